"""What the bot says no to, and whom it tells."""

import json

import pytest

from bot.demo.jdcloud import Disk, Refuse
from tests.scenario.conftest import AMY, APPROVALS, BEN, BUSY_1, CAT, GUS, OPS, WEB_1, World


async def test_nothing_chosen(running: World) -> None:
    """A form without an instance is given back at that field."""
    await running.amy.command("/createimage", "", channel=OPS)
    await running.until(lambda: running.amy.view is not None)
    await running.amy.fill("Name", "some-name")
    await running.amy.fill("Description", "why not")
    errors = await running.attempt(running.amy)
    assert set(errors) == {"Instances"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("Name", "a b", "space"),
        ("Name", "naïve", "ï"),
        ("Name", "x" * 33, "32"),
        ("Name", "x", "2"),
        ("Description", "x" * 246, "245"),
        ("Description", "   ", ""),
        ("Note for the approver", "x" * 1001, "1000"),
    ],
)
async def test_rules_at_their_field(running: World, field: str, value: str, said: str) -> None:
    """What breaks a rule is said under the field it belongs to, in the answer to the submission."""
    await running.form()
    await running.amy.fill(field, value)
    errors = await running.attempt(running.amy)
    assert set(errors) == {field}
    assert said in errors[field]
    assert running.cards() == []


@pytest.mark.parametrize("state", ["stopping", "error", "resizing"])
async def test_instance_that_neither_runs_nor_is_stopped(running: World, state: str) -> None:
    """Nobody is asked to approve what JD Cloud would refuse: the form comes back and says the instance's state."""
    running.cloud.instances[BUSY_1].status = state
    await running.form(instance="busy-1")
    assert await running.amy.submit() == {}
    await running.until(lambda: state in running.shown(running.amy) and "Description" in running.shown(running.amy))
    assert running.cards() == []
    assert running.created() == 0


async def test_stopped_meanwhile(running: World) -> None:
    """After the instance has been stopped, the same form can be sent as it is."""
    await running.form(instance="busy-1")
    await running.amy.submit()
    await running.until(
        lambda: "stopping" in running.shown(running.amy) and "Description" in running.shown(running.amy)
    )
    running.cloud.stop(BUSY_1)
    assert await running.amy.submit() == {}
    await running.until(lambda: bool(running.cards()))
    assert "weekly" in running.card()


async def test_disks_changed_since_the_form(running: World) -> None:
    """Nobody sends a disk they have not seen: the form comes back with the disks of now."""
    await running.form()
    running.cloud.instances[WEB_1].data_disks.append(Disk(device="vdd", id="vol-new", name="new", size_gb=50))
    await running.amy.submit()
    await running.until(lambda: "vdd" in running.shown(running.amy))
    assert running.cards() == []


async def test_guest(running: World) -> None:
    """Guests may not ask; they are told in the window that they opened."""
    gus = running.slack.person(GUS)
    await gus.command("/createimage", "", channel=OPS)
    await running.until(lambda: "guest" in running.shown(gus).lower())


async def test_requesters_are_limited(world: World) -> None:
    """Who is not among the requesters is told at once, and no form opens."""
    async with world.bot(REQUESTERS=CAT):
        answer = await world.amy.command("/createimage", "", channel=OPS)
        assert answer.status == 200
        assert answer.text
        assert world.amy.view is None


async def test_bystander_cannot_approve(running: World) -> None:
    """A click by somebody who may not is answered where only they see it, and changes nothing."""
    card = await running.request()
    zhang = running.slack.person("U0ZHANG")
    await zhang.press("Approve", message=card, confirm=True)
    await running.until(lambda: bool(running.ephemeral("U0ZHANG")))
    assert "Approve" in running.card()
    assert running.created() == 0


async def test_own_request(world: World) -> None:
    """Nobody approves their own request."""
    async with world.bot(APPROVERS=f"{AMY},{BEN}"):
        card = await world.request()
        await world.amy.press("Approve", message=card, confirm=True)
        await world.until(lambda: bool(world.ephemeral(AMY)))
        assert "own" in world.ephemeral(AMY)
        assert "Approve" in world.card()


async def test_self_approval_where_allowed(world: World) -> None:
    """A team may allow it."""
    async with world.bot(APPROVERS=AMY, ALLOW_SELF_APPROVAL="true"):
        card = await world.request()
        await world.amy.press("Approve", message=card, confirm=True)
        await world.until(lambda: world.created() == 1)


async def test_only_the_requester_cancels(running: World) -> None:
    """Cancel is the requester's."""
    await running.request()
    card = await running.own_card()
    await running.ben.press("Cancel", message=card, confirm=True)
    await running.until(
        lambda: "Only the person who asked" in running.told(running.slack.dm(BEN).id) + running.ephemeral(BEN)
    )
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "cancelled" in running.card().lower())
    assert "Approve" not in running.card()


async def test_reject_needs_a_reason(running: World) -> None:
    """Reject opens a form; the reason stands on the card and reaches the requester."""
    card = await running.request()
    await running.ben.press("Reject", message=card)
    await running.until(lambda: running.ben.view is not None)
    await running.ben.fill("Reason", "  ")
    assert set(await running.attempt(running.ben)) == {"Reason"}
    await running.ben.fill("Reason", "wait for <!here> Monday")
    assert await running.ben.submit() == {}
    await running.until(lambda: "rejected" in running.card().lower())
    assert "Monday" in running.card()
    told = [block["text"] for block in running.cards()[-1].blocks if "<!here>" in json.dumps(block)]
    assert [text["type"] for text in told] == ["plain_text"]  # in which Slack reads no markup
    assert "<!here>" not in running.cards()[-1].text
    await running.until(lambda: "Monday" in running.told(running.slack.dm(AMY).id))


async def test_bystander_cannot_reject(running: World) -> None:
    """Who may not reject is told before they type a reason."""
    card = await running.request()
    zhang = running.slack.person("U0ZHANG")
    await zhang.press("Reject", message=card)
    await running.until(lambda: bool(running.ephemeral("U0ZHANG")))
    assert zhang.view is None


async def test_too_late(running: World) -> None:
    """A button of an old card is no proof of a right: who clicks too late is told so."""
    card = await running.request()
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "cancelled" in running.card().lower())
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "cancelled" in running.ephemeral(BEN).lower())
    assert running.created() == 0


async def test_expired(running: World) -> None:
    """A request that nobody decides expires, and its card loses its buttons."""
    await running.request()
    running.clock.ahead = 25 * 3600
    await running.until(lambda: "expired" in running.card().lower())
    assert "Approve" not in running.card()


CODES = [
    (400, "INVALID_ARGUMENT", "Invalid parameter"),
    (400, "FAILED_PRECONDITION", "Please stop the instance first"),
    (401, "UNAUTHENTICATED", "Authentication failed"),
    (403, "HTTP_FORBIDDEN", "Forbidden"),
    (429, "QUOTA_EXCEEDED", "Image quota limit exceeded"),
]


@pytest.mark.parametrize(("http", "status", "message"), CODES)
async def test_cloud_refuses(running: World, http: int, status: str, message: str) -> None:
    """A definite refusal fails the request with JD Cloud's reason and request id, and offers a way out."""
    card = await running.request()
    running.cloud.faults.add("createImage", Refuse(http, status, message))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "failed" in running.card().lower())
    assert "Retry" in running.card()
    assert "Request again" in running.card()
    await running.until(lambda: f"@{AMY}" in running.told(OPS))
    assert running.created() == 1


async def test_cloud_cannot_find_it(running: World) -> None:
    """An instance that is gone leaves nothing to retry: only the form with the old choices is offered."""
    card = await running.request()
    running.cloud.faults.add("createImage", Refuse(404, "NOT_FOUND", "Instance 'i-web1aaaaaa' not found."))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Request again" in running.card())
    assert "Retry" not in running.card()


async def test_retry_carries_out_the_approved_plan(running: World) -> None:
    """After a refusal that has passed, the approved plan is carried out once more without a new approval."""
    card = await running.request()
    running.cloud.faults.add("createImage", Refuse(429, "QUOTA_EXCEEDED", "Image quota limit exceeded"))
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Retry" in running.card())
    await running.amy.press("Retry", message=running.cards()[-1])
    await running.until(lambda: "img-" in running.told(OPS))
    assert len(running.cloud.images) == 1


async def test_request_again_opens_the_form_filled_in(running: World) -> None:
    """A request that came to nothing can be asked again without typing it again."""
    await running.form()
    await running.amy.untick("Data disks", "vdc")
    await running.amy.submit()
    await running.until(lambda: bool(running.cards()))
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Request again" in running.card())
    await running.amy.press("Request again", message=running.cards()[-1])
    await running.until(lambda: "vdb" in running.shown(running.amy))
    assert await running.amy.submit() == {}
    await running.until(lambda: len(running.cards()) == 2)
    await running.ben.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: running.created() == 1)
    (call,) = [call for call in running.cloud.calls if call.action == "createImage"]
    assert call.body["dataDisks"] == [{"deviceName": "vdc", "noDevice": True}]
    assert call.body["description"].startswith("weekly")


@pytest.mark.parametrize(("place", "told"), [("", APPROVALS), (OPS, OPS)])
async def test_request_again_by_somebody_else_tells_them(running: World, place: str, told: str) -> None:
    """Not the first requester in direct messages, which are nobody else's: where it is pressed. A channel stays."""
    own = running.slack.dm(AMY).id
    await running.form()
    await running.amy.choose("Announce in", place or own)
    await running.amy.submit()
    await running.until(lambda: bool(running.cards()))
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Request again" in running.card())
    await running.ben.press("Request again", message=running.cards()[-1])
    await running.until(lambda: "vdb" in running.shown(running.ben))
    assert own not in str(running.ben.view)
    assert await running.ben.submit() == {}
    await running.until(lambda: len(running.cards()) == 2)
    await running.cat.press("Approve", message=running.cards()[-1], confirm=True)
    await running.until(lambda: "img-" in running.told(told))
    assert "img-" not in running.told(own)


async def test_drift(running: World) -> None:
    """A plan that no longer fits its instance is not carried out; what changed is said by name."""
    card = await running.request()
    disks = running.cloud.instances[WEB_1].data_disks
    disks[:] = [disk for disk in disks if disk.device != "vdc"]
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "failed" in running.card().lower())
    assert "vdc" in running.card()
    assert "detached" in running.card()
    assert "Retry" not in running.card()
    assert running.created() == 0


async def test_started_meanwhile(running: World) -> None:
    """An instance that was started meanwhile is said to run, and waited for: stopped again, its image is made."""
    card = await running.request()
    running.cloud.start(WEB_1)
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "begins when the machine is stopped" in running.card())
    assert "running" in running.card()
    assert running.created() == 0
    running.cloud.stop(WEB_1)
    await running.until(lambda: "img-" in running.told(OPS))
