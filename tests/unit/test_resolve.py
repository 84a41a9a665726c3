"""What people's words mean: one instance, several, none, or that nobody knows; never more than JD Cloud has said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.domain.cloud import Instance, ListedInstance
from bot.jdcloud import JDCloud, NotFound, ServiceUnavailable
from bot.service.listing import FRESH, Listing
from bot.service.resolve import Found, Nothing, Resolved, Resolving, Several, Untold
from bot.service.search import Search, Unlisted
from tests.unit.examples import an_instance

NORTH, EAST = "cn-north-1", "cn-east-2"
WEB_1 = an_instance()
WEB_2 = an_instance(id="i-web2", name="web-2", private_ip="10.0.0.6", region=EAST)
WEB_10 = an_instance(id="i-web10", name="web-10", private_ip="10.0.0.55")
DB_NORTH = an_instance(id="i-db1", name="db", private_ip="10.0.0.7")
DB_EAST = an_instance(id="i-db2", name="DB", private_ip="10.0.0.8", region=EAST)
DOWN = ServiceUnavailable(action="describeInstances", region=EAST)
CLEANER = an_instance(id="i-cl", name="cleaner-of-images", private_ip="", region=EAST)


@dataclass
class Cloud:
    """Regions that list and find instances, or do not answer."""

    there: list[Instance] = field(default_factory=lambda: [WEB_10, WEB_1, WEB_2, DB_NORTH, DB_EAST, CLEANER])
    silent: set[str] = field(default_factory=set)
    now: float = 1_795_000_000.0

    def clock(self) -> float:
        """The time."""
        return self.now

    async def instances(self, region: str) -> Sequence[ListedInstance]:
        """All of a region."""
        self._answers(region)
        return [one for one in self.there if one.region == region]

    async def instance(self, region: str, instance_id: str) -> Instance:
        """One of them."""
        self._answers(region)
        for one in self.there:
            if (one.region, one.id) == (region, instance_id):
                return one
        raise NotFound(action="describeInstance", region=region)

    def _answers(self, region: str) -> None:
        if region in self.silent:
            raise DOWN


def resolving(cloud: Cloud) -> Resolving:
    listing = Listing(
        name="instances",
        fetch=cloud.instances,
        words=lambda one: (one.name, one.id, one.private_ip),
        clock=cloud.clock,
    )
    return Resolving(search=Search(regions=(NORTH, EAST), instances=listing), cloud=cast("JDCloud", cloud))


@pytest.mark.parametrize(
    ("words", "resolved"),
    [
        (["web-1"], Resolved(meanings=(Found(word="web-1", instance=WEB_1),))),
        (["WEB-2"], Resolved(meanings=(Found(word="WEB-2", instance=WEB_2),))),
        (["10.0.0.6"], Resolved(meanings=(Found(word="10.0.0.6", instance=WEB_2),))),
        (["I-WEB2"], Resolved(meanings=(Found(word="I-WEB2", instance=WEB_2),))),
        (["cleaner"], Resolved(meanings=(Found(word="cleaner", instance=CLEANER),))),
        (["db"], Resolved(meanings=(Several(word="db", instances=(DB_NORTH, DB_EAST)),))),
        (["web"], Resolved(meanings=(Several(word="web", instances=(WEB_1, WEB_10, WEB_2)),))),
        (["10.0.0.5"], Resolved(meanings=(Found(word="10.0.0.5", instance=WEB_1),))),
        (["mail"], Resolved(meanings=(Nothing(word="mail"),))),
        (["webb-1"], Resolved(meanings=(Nothing(word="webb-1", nearest=(WEB_1, WEB_10)),))),
        (["WBE-2"], Resolved(meanings=(Nothing(word="WBE-2", nearest=(WEB_2,)),))),
        (["web-1", "webb-1"], Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="webb-1")),
        (["i-gone"], Resolved(meanings=(Nothing(word="i-gone"),))),
        (["web-1", "patch"], Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="patch")),
        (["web-1", "补丁前"], Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="补丁前")),
        (["db", "patch"], Resolved(meanings=(Several(word="db", instances=(DB_NORTH, DB_EAST)),), image_name="patch")),
        (["mail", "patch"], Resolved(meanings=(Nothing(word="mail"),), image_name="patch")),
        (
            ["web-1", "db"],
            Resolved(
                meanings=(
                    Found(word="web-1", instance=WEB_1),
                    Several(word="db", instances=(DB_NORTH, DB_EAST)),
                )
            ),
        ),
        (["web-1", "we"], Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="we")),
        (["mail", "clean"], Resolved(meanings=(Nothing(word="mail"),), image_name="clean")),
        (
            ["web-1", "clean", "patch"],  # no image's name may stand there
            Resolved(
                meanings=(
                    Found(word="web-1", instance=WEB_1),
                    Found(word="clean", instance=CLEANER),
                    Nothing(word="patch"),
                )
            ),
        ),
        (["web-1", "x" * 60], Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="x" * 60)),
        (["web-1", "i-gone"], Resolved(meanings=(Found(word="web-1", instance=WEB_1), Nothing(word="i-gone")))),
        (["web-1", "10.0.0.9"], Resolved(meanings=(Found(word="web-1", instance=WEB_1), Nothing(word="10.0.0.9")))),
        (
            ["web-1", "mail", "patch"],
            Resolved(meanings=(Found(word="web-1", instance=WEB_1), Nothing(word="mail"), Nothing(word="patch"))),
        ),
        (
            ["web-1", "clean"],  # a part of an instance's name may be all of an image's
            Resolved(meanings=(Found(word="web-1", instance=WEB_1),), image_name="clean"),
        ),
    ],
)
async def test_words(words: list[str], resolved: Resolved) -> None:
    """By name, id in any case or address; exactly before in part; the second of two is the image's name, unless an
    instance is called exactly so.
    """
    assert await resolving(Cloud()).resolve(words) == resolved


async def test_many_words_keep_their_order_and_each_instance_is_there_once() -> None:
    """However often it is named."""
    resolved = await resolving(Cloud()).resolve(["web-2", "10.0.0.5", "i-abc123", "db", "mail"])
    assert resolved.instances == (WEB_2, WEB_1)
    assert [one.word for one in resolved.unsettled] == ["db", "mail"]


async def test_nothing_is_said_of_a_region_that_does_not_answer() -> None:
    """There may be another web-1 there; an id is nobody else's, and a word in a name's place is one for all that is
    known.
    """
    both = await resolving(Cloud(silent={EAST})).resolve(["web-1", "before-patch"])
    assert both.meanings == (
        Untold(word="web-1", unlisted=(Unlisted(region=EAST, why=DOWN.problem()),), instances=(WEB_1,)),
    )
    assert both.image_name == "before-patch"
    machines = await resolving(Cloud(silent={EAST})).resolve(["web-1", "web-10"])
    assert [one.word for one in machines.unsettled] == ["web-1", "web-10"]
    ids = await resolving(Cloud(silent={EAST})).resolve(["I-ABC123", "i-web2"])
    assert ids.instances == (WEB_1,)
    assert [one.word for one in ids.unsettled if isinstance(one, Untold)] == ["i-web2"]


async def test_what_is_not_listed_is_asked_for() -> None:
    """An instance that is newer than the list is found by its name, and by its id alone where no region lists."""
    cloud = Cloud()
    asks = resolving(cloud)
    assert isinstance((await asks.resolve(["new-1"])).meanings[0], Nothing)
    new = an_instance(id="i-new1", name="new-1", region=EAST)
    cloud.there.append(new)
    assert (await asks.resolve(["i-new1"])).instances == (new,)
    cloud.now += FRESH + 1
    assert asks.known(["web-1", "new-1"]) is None  # it would be taken for an image's name
    assert (await asks.resolve(["web-1", "new-1"])).instances == (WEB_1, new)
    another = an_instance(id="i-new10", name="new", region=EAST)
    cloud.there.append(another)
    cloud.now += FRESH + 1
    assert (await asks.resolve(["web-1", "new"])).instances == (WEB_1, another)  # new-1 is listed, and is not it


async def test_what_is_known_needs_no_wait() -> None:
    """Only what is called exactly so, and only where all regions have been listed."""
    asks = resolving(Cloud())
    assert asks.known(["web-1"]) is None
    asks.search.prepare()
    await asyncio.gather(*(asks.search.find_fresh(one) for one in ("web", "db")))
    for words in (["cleaner"], ["db"], ["mail"], ["web-1", "mail", "patch"], ["web-1", "db"]):
        assert asks.known(words) is None, words
    assert asks.known([]) == Resolved()
    known = asks.known(["web-1", "10.0.0.6"])
    assert known
    assert known.instances == (WEB_1, WEB_2)
    named = asks.known(["web-1", "patch"])
    assert named
    assert (named.instances, named.image_name) == ((WEB_1,), "patch")
    part = asks.known(["web-1", "clean"])
    assert part
    assert (part.instances, part.image_name) == ((WEB_1,), "clean")
