"""Deciding: quorums, repeats, races."""

import asyncio

from tests.scenario.conftest import BEN, CAT, World


async def test_two_approvers_at_once(running: World) -> None:
    """Two clicks at the same instant make one approval and one image; one of the two is told."""
    card = await running.request()
    await asyncio.gather(
        running.ben.press("Approve", message=card, confirm=True),
        running.cat.press("Approve", message=card, confirm=True),
    )
    await running.until(lambda: "img-" in running.card())
    assert running.created() == 1
    await running.until(lambda: bool(running.ephemeral(BEN) or running.ephemeral(CAT)))
    assert not (running.ephemeral(BEN) and running.ephemeral(CAT))


async def test_repeated_click(running: World) -> None:
    """The same click twice counts once."""
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.card())
    assert running.created() == 1


async def test_quorum_of_two(world: World) -> None:
    """With a quorum of two, one approval is shown on the card and starts nothing; the same person counts once."""
    async with world.bot(REQUIRED_APPROVALS="2"):
        card = await world.request()
        await world.ben.press("Approve", message=card, confirm=True)
        await world.until(lambda: f"@{BEN}" in world.card())
        await world.ben.press("Approve", message=world.cards()[-1], confirm=True)
        await world.until(lambda: bool(world.ephemeral(BEN)))
        assert world.created() == 0
        await world.cat.press("Approve", message=world.cards()[-1], confirm=True)
        await world.until(lambda: world.created() == 1 and f"@{CAT}" in world.card())


async def test_double_submission(running: World) -> None:
    """The same form sent twice makes one request."""
    await running.form()
    assert not any(await asyncio.gather(running.amy.submit(), running.amy.submit()))
    await running.until(lambda: bool(running.cards()))
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.card())
    assert len(running.cards()) == 1


async def test_cancel_after_approval_or_launch(running: World) -> None:
    """Approve and Cancel at the same instant: whichever wins, the card tells one story."""
    card = await running.request()
    await asyncio.gather(
        running.ben.press("Approve", message=card, confirm=True),
        running.amy.press("Cancel", message=await running.own_card(), confirm=True),
    )
    await running.until(lambda: "img-" in running.card() or "cancelled" in running.card().lower())
    assert running.created() <= 1
    assert ("cancelled" in running.card().lower()) == (running.created() == 0)


async def test_one_launch_at_a_time_per_instance(running: World) -> None:
    """Two approved requests for one instance are launched one after the other."""
    first = await running.request()
    second = await running.request()
    await asyncio.gather(
        running.ben.press("Approve", message=first, confirm=True),
        running.ben.press("Approve", message=second, confirm=True),
    )
    await running.until(lambda: len([i for i in running.cloud.images.values() if i.status == "ready"]) == 2)
    assert running.created() == 2
