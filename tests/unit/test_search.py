"""The search over all regions: fair, in order, and no longer than one wait, whatever a region does."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.domain.cloud import ListedInstance
from bot.domain.errors import Code
from bot.jdcloud import Forbidden, NeverSent, ServiceUnavailable
from bot.service.listing import FRESH, STALE, Listing
from bot.service.search import Matches, Search, shares
from tests.unit.examples import an_instance

NORTH, EAST, SOUTH = "cn-north-1", "cn-east-2", "cn-south-1"
Fetch = Callable[[str], Awaitable[Sequence[ListedInstance]]]


class Clock:
    """A clock that a test moves."""

    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def searching(fetch: Fetch, *, clock: Clock | None = None, wait: float = 60.0) -> Search:
    listing = Listing(
        name="instances", fetch=fetch, words=lambda i: (i.name, i.id, i.private_ip), clock=clock or Clock(), wait=wait
    )
    return Search(regions=(NORTH, EAST, SOUTH), instances=listing)


def machines(region: str, *names: str) -> list[ListedInstance]:
    return [an_instance(region=region, name=one, id=f"i-{region}-{one}", private_ip="") for one in names]


def unlisted(matches: Matches) -> dict[str, Code]:
    return {one.region: one.why.code for one in matches.unlisted}


def found(matches: Matches) -> dict[str, list[str]]:
    return {one.region: [instance.name for instance in one.instances] for one in matches.regions}


async def test_what_fits_is_told_by_region_in_the_configured_order() -> None:
    """By part of a name, id or address; what is called exactly so comes first; a region with nothing is left out."""

    async def fetch(region: str) -> Sequence[ListedInstance]:
        there = {NORTH: ("my-web", "web-10", "web-1"), EAST: ("db-1",), SOUTH: ("web-1",)}
        addressed = [
            an_instance(region=region, name=name, id=f"i-{name}", private_ip=address)
            for name, address in (("x", "10.0.0.10"), ("z", "10.0.0.1"))
        ]
        return [*machines(region, *there[region]), *(addressed if region == EAST else ())]

    search = searching(fetch)
    assert found(await search.find("web-1")) == {NORTH: ["web-1", "web-10"], SOUTH: ["web-1"]}
    assert found(await search.find("WEB")) == {NORTH: ["web-1", "web-10", "my-web"], SOUTH: ["web-1"]}
    assert found(await search.find("10.0.0.1")) == {EAST: ["z", "x"]}
    assert found(await search.find("i-cn-east")) == {EAST: ["db-1"]}
    assert (await search.find("nobody")).unlisted == ()


async def test_regions_are_asked_side_by_side() -> None:
    """Each answers only once the others were asked: asked one after another, none would."""
    asked, all_asked = set(), asyncio.Event()

    async def fetch(region: str) -> Sequence[ListedInstance]:
        asked.add(region)
        if len(asked) == 3:
            all_asked.set()
        await all_asked.wait()
        return machines(region, "web-1")

    matches = await searching(fetch, wait=5.0).find("web")
    assert (list(found(matches)), matches.unlisted) == ([NORTH, EAST, SOUTH], ())


async def test_a_region_that_is_not_listed_is_named_with_its_answer_and_the_others_are_offered() -> None:
    """One hangs, one refuses; what the slow one says in the end is there at the next look. What was answered before
    is not said of an attempt that has no answer yet, but of one that was not made for it.
    """
    answers = asyncio.Event()

    async def fetch(region: str) -> Sequence[ListedInstance]:
        if region == EAST:
            await answers.wait()
        if region == SOUTH:
            if hangs:
                await asyncio.Event().wait()
            if left_alone:
                raise NeverSent(action="describeInstances", region=region, retry_after=2.0)
            raise Forbidden(action="describeInstances", region=region)
        return machines(region, "web-1")

    hangs, left_alone, search = False, False, searching(fetch, wait=0.01)
    matches = await search.find("web")
    assert found(matches) == {NORTH: ["web-1"]}
    assert unlisted(matches) == {EAST: Code.CLOUD_SILENT, SOUTH: Code.CLOUD_FORBIDDEN}
    answers.set()
    matches = await search.find_fresh("web")
    assert found(matches) == {NORTH: ["web-1"], EAST: ["web-1"]}
    assert unlisted(matches) == {SOUTH: Code.CLOUD_FORBIDDEN}
    left_alone = True
    assert unlisted(await search.find("web")) == {SOUTH: Code.CLOUD_FORBIDDEN}
    hangs = True
    assert unlisted(await search.find("web")) == {SOUTH: Code.CLOUD_SILENT}
    await search.instances.close()


async def test_what_was_listed_lately_is_offered_while_jdcloud_is_slow() -> None:
    """It is never taken for what JD Cloud says now, and after a while it is offered no more."""
    clock, hangs = Clock(), False

    async def fetch(region: str) -> Sequence[ListedInstance]:
        if hangs:
            await asyncio.Event().wait()
        return machines(region, "web-1")

    search = searching(fetch, clock=clock, wait=0.0)
    assert list(unlisted(search.find_listed("web"))) == [NORTH, EAST, SOUTH]
    await search.find_fresh("web")
    assert search.fresh
    hangs = True
    clock.now += FRESH + 1
    assert not search.fresh
    assert unlisted(await search.find("web")) == unlisted(search.find_listed("web")) == {}
    clock.now += STALE
    assert list(unlisted(await search.find("web"))) == list(unlisted(search.find_listed("web"))) == [NORTH, EAST, SOUTH]
    await search.instances.close()


@pytest.mark.parametrize(("takes", "rests"), [(0.5, FRESH), (4.0, 40.0), (100.0, STALE / 2)])
async def test_a_listing_is_renewed_by_how_long_it_takes(takes: float, rests: float) -> None:
    """However many keys are pressed: a region of thousands takes dozens of calls each time."""
    clock, listed = Clock(), 0

    async def fetch(region: str) -> Sequence[ListedInstance]:
        nonlocal listed
        listed += 1
        clock.now += takes
        return machines(region, "web-1")

    listing = searching(fetch, clock=clock).instances

    async def type_web() -> None:
        for _ in range(5):
            await listing.search(NORTH, "web", limit=9)
            await asyncio.sleep(0)  # what is renewed behind it has its turn

    await type_web()
    clock.now += rests - 0.1
    await type_web()
    assert listed == 1
    clock.now += 0.2
    await type_web()
    assert listed == 2


async def test_no_region_crowds_out_another() -> None:
    """A menu holds so many: as even as can be, and one place for each region that is named for its silence."""

    async def fetch(region: str) -> Sequence[ListedInstance]:
        if region == EAST:
            raise ServiceUnavailable(action="describeInstances", region=region)
        many = {NORTH: 500, SOUTH: 20}[region]
        return machines(region, *(f"web-{number:03}" for number in range(many)))

    matches = await searching(fetch).find("web")
    assert {region: len(names) for region, names in found(matches).items()} == {NORTH: 79, SOUTH: 20}
    assert found(matches)[NORTH][:2] == ["web-000", "web-001"]


@pytest.mark.parametrize(
    ("counts", "limit", "taken"),
    [
        ([], 100, []),
        ([3, 2], 100, [3, 2]),
        ([500, 500, 500], 100, [33, 33, 34]),
        ([500, 10, 500], 100, [45, 10, 45]),
        ([1] * 150, 100, [0] * 50 + [1] * 100),
        ([5, 5], -3, [0, 0]),
    ],
)
def test_shares(counts: list[int], limit: int, taken: list[int]) -> None:
    """As even as the numbers allow, and never more than the limit in all."""
    assert sorted(shares(counts, limit)) == sorted(taken)
    assert all(some <= there for some, there in zip(shares(counts, limit), counts, strict=True))
