"""Rights that change, and a Slack that does not tell: who may approve is known when it counts, or waited for."""

import pytest

from bot.demo.slack import ALWAYS, Error, Message, Person, Slow, User, Usergroup, Without
from tests.scenario.conftest import ADMINS, AMY, APPROVALS, BEN, CAT, GUS, OPS, World

GROUP = "usergroups.users.list"
PROFILE = "users.info"

pytestmark = pytest.mark.parametrize("mode", ["http"])


def silence(world: World, *methods: str) -> None:
    """Slack does not tell, until `world.slack.faults.clear()`."""
    for method in methods or (GROUP,):
        world.slack.faults.add(method, Error("fatal_error"), ALWAYS)


def admit(world: World, *users: str) -> None:
    """The group of admins holds just these people."""
    world.slack.usergroups[ADMINS].users = list(users)


async def approve(person: Person, card: Message) -> None:
    """Presses Approve, and Slack sees an ack."""
    assert (await person.press("Approve", message=card, confirm=True)).status == 200


def dm(user: str) -> str:
    """The direct messages with somebody."""
    return f"D{user}"


async def test_an_approval_waits_for_slack_and_counts_by_itself(world: World) -> None:
    """The quorum is reached while Slack cannot tell who is in the group: it is noted, and counts once Slack can."""
    admit(world, BEN, CAT)
    async with world.bot(APPROVERS=ADMINS, REQUIRED_APPROVALS="2"):
        card = await world.request()
        await approve(world.ben, card)
        await world.until(lambda: f"Approved by @{BEN}." in world.card())
        silence(world)
        await approve(world.cat, card)
        await world.until(lambda: "counts once Slack has said" in world.card() and f"@{CAT}" in world.card())
        await approve(world.cat, card)
        await world.until(lambda: "is noted" in world.ephemeral(CAT))
        assert world.created() == 0
        world.slack.faults.clear()
        await world.until(lambda: world.created() == 1)
        await world.until(lambda: f"Approved by @{BEN}, @{CAT}." in world.card())


async def test_who_may_have_left_does_not_count(world: World) -> None:
    """Slack tells of an approver, and leaves out whether they are deactivated: their approval waits for that."""
    async with world.bot(APPROVERS=f"{BEN},{CAT}", REQUIRED_APPROVALS="2"):
        card = await world.request()
        await approve(world.ben, card)
        await world.until(lambda: f"Approved by @{BEN}." in world.card())
        world.slack.users[BEN].deleted = True
        world.slack.faults.add(PROFILE, Without(("user.deleted",)), ALWAYS)
        await approve(world.cat, card)
        await world.until(lambda: "counts once Slack has said" in world.card())
        assert world.created() == 0
        world.slack.faults.clear()
        await world.in_time(lambda: "does not count" in world.told(dm(BEN)) or f"@{BEN}" not in world.card(), step=20)
        assert world.created() == 0


async def test_pressing_again_counts_again(world: World) -> None:
    """Whoever has approved already and presses again moves on what has its quorum by now, and is told so."""
    admit(world, BEN, CAT)
    world.environ |= {"APPROVERS": ADMINS, "REQUIRED_APPROVALS": "2"}
    async with world.bot(work=False):
        async with world.bot(serve=False):
            card = await world.request()
        await approve(world.ben, card)
        silence(world)
        await approve(world.cat, card)
        world.slack.faults.clear()
        world.clock.ahead += 20  # Slack is asked again a little after it did not answer
        await approve(world.ben, card)
        await world.until(lambda: "counts now" in world.ephemeral(BEN))
        assert "already" not in world.ephemeral(BEN)
    async with world.bot(serve=False):
        await world.until(lambda: world.created() == 1)


async def test_an_approval_that_slack_does_not_bear_out_is_void(running: World) -> None:
    """Somebody else presses Approve while Slack cannot tell: it never counts, and they hear of it."""
    card = await running.request()
    silence(running)
    await approve(running.slack.person(GUS), card)
    await running.until(lambda: f"@{GUS}" in running.card())
    running.slack.faults.clear()
    await running.until(lambda: "does not count" in running.told(dm(GUS)))
    await running.until(lambda: f"@{GUS}" not in running.card())
    assert running.created() == 0
    await approve(running.ben, running.cards()[-1])
    await running.until(lambda: running.created() == 1)


async def test_who_left_the_group_approves_nothing_more(running: World) -> None:
    """From the very next click on."""
    first, card = await running.request(), await running.request()
    await approve(running.cat, first)
    await running.until(lambda: running.created() == 1)
    admit(running)
    await approve(running.cat, card)
    await running.until(lambda: "not among the approvers" in running.ephemeral(CAT))
    assert running.created() == 1


async def test_who_joined_the_group_approves_at_once(running: World) -> None:
    """Likewise the other way round."""
    card = await running.request()
    admit(running, CAT, GUS)
    await approve(running.slack.person(GUS), card)
    await running.until(lambda: running.created() == 1)


async def test_a_disabled_group_holds_nobody(running: World) -> None:
    """Slack answers `no_such_subteam` for it, which is an answer."""
    card = await running.request()
    running.slack.usergroups[ADMINS].is_disabled = True
    await approve(running.cat, card)
    await running.until(lambda: "not among the approvers" in running.ephemeral(CAT))
    running.slack.usergroups[ADMINS].is_disabled = False
    await approve(running.cat, card)
    await running.until(lambda: running.created() == 1)


async def test_an_approval_of_who_has_left_counts_no_more(world: World) -> None:
    """It was given by right, and the quorum is reached without its giver's being an approver any more."""
    admit(world, CAT, GUS)
    async with world.bot(REQUIRED_APPROVALS="2"):
        card = await world.request()
        await approve(world.cat, card)
        await world.until(lambda: f"@{CAT}" in world.card())
        admit(world, GUS)
        await approve(world.ben, card)
        await world.until(lambda: "does not count" in world.told(dm(CAT)))
        await world.until(lambda: f"Approved by @{BEN}." in world.card())
        assert world.created() == 0
        await approve(world.slack.person(GUS), card)
        await world.until(lambda: world.created() == 1)
        await world.until(lambda: f"Approved by @{BEN}, @{GUS}." in world.card())


async def test_a_deactivated_approver_has_no_right(world: World) -> None:
    """Named by their id, approved, and deactivated before the quorum was reached."""
    async with world.bot(APPROVERS=f"{BEN},{CAT},{GUS}", REQUIRED_APPROVALS="2"):
        card = await world.request()
        await approve(world.cat, card)
        await world.until(lambda: f"@{CAT}" in world.card())
        world.slack.deactivate(CAT)
        await approve(world.ben, card)
        await world.until(lambda: f"Approved by @{BEN}." in world.card())
        assert world.created() == 0


async def test_a_rejection_keeps_its_reason_until_slack_tells(running: World) -> None:
    """The window stays open, and says that it is to be sent again in a moment."""
    card = await running.request()
    await running.cat.press("Reject", message=card)
    await running.until(lambda: running.cat.view is not None)
    await running.cat.fill("Reason", "web-1 is being moved")
    silence(running)
    told = await running.attempt(running.cat)
    assert "try again in a moment" in "".join(told.values())
    assert running.cat.view is not None
    running.slack.faults.clear()
    running.clock.ahead += 20
    assert await running.cat.submit() == {}
    await running.until(lambda: "web-1 is being moved" in running.card())


async def test_a_click_is_answered_in_time_when_slack_hangs(running: World) -> None:
    """Slack waits 3 s for an ack, whatever its own Web API does; the approval is noted and counts later."""
    card = await running.request()
    running.slack.faults.add(GROUP, Slow(4), 1)
    running.slack.faults.add(PROFILE, Slow(4), ALWAYS)
    await approve(running.cat, card)
    await running.until(lambda: running.created() == 1)


async def test_a_person_whom_slack_does_not_know_is_told_so(running: World) -> None:
    """And not to try again in a minute, for ever."""
    await running.form()
    running.slack.faults.add(PROFILE, Error("user_not_found"), ALWAYS)
    assert await running.amy.submit() == {}
    await running.until(lambda: "Slack does not know you" in running.shown(running.amy))
    assert not running.cards()


async def test_who_has_become_a_guest_meanwhile_asks_for_nothing(running: World) -> None:
    """Their profile was looked at when the form was opened, and is looked at again before anybody is asked."""
    await running.form()
    running.slack.users[AMY].is_restricted = True
    assert await running.amy.submit() == {}
    await running.until(lambda: "Only full members" in running.shown(running.amy))
    assert not running.cards()


@pytest.mark.parametrize(
    ("approvers", "members", "quorum"),
    [(AMY, [], "1"), (f"{AMY},{BEN}", [], "2"), (ADMINS, [CAT], "1"), (ADMINS, [], "1")],
    ids=["the only approver asks", "one of two who are needed asks", "deactivated", "empty"],
)
async def test_a_quorum_out_of_reach_is_refused_before_anybody_is_asked(
    world: World, approvers: str, members: list[str], quorum: str
) -> None:
    """The form comes back and says who can change it."""
    admit(world, *members)
    world.slack.usergroups[ADMINS].lists_deactivated = True
    world.slack.deactivate(CAT)
    async with world.bot(APPROVERS=approvers, REQUIRED_APPROVALS=quorum):
        await world.form()
        assert await world.amy.submit() == {}
        await world.until(lambda: "could never be approved" in world.shown(world.amy))
        assert "Whoever runs this bot" in world.shown(world.amy)
        assert not world.cards()


async def test_a_quorum_that_is_not_known_refuses_nothing(world: World) -> None:
    """Slack has never told who is in the group."""
    silence(world)
    async with world.bot(APPROVERS=ADMINS):
        await world.request()


async def test_the_card_says_when_too_few_are_left(world: World) -> None:
    """And says it no more when there are enough again."""
    admit(world, CAT, GUS)
    async with world.bot(APPROVERS=ADMINS, REQUIRED_APPROVALS="2"):
        card = await world.request()
        admit(world, CAT)
        await approve(world.cat, card)
        await world.until(lambda: "Approvals still needed: 1; people who still can: 0" in world.card())
        admit(world, CAT, GUS)
        await approve(world.slack.person(GUS), card)
        await world.until(lambda: world.created() == 1)
        await world.until(lambda: "people who still can" not in world.card())


@pytest.fixture
def grid(world: World) -> World:
    """A workspace on Enterprise Grid: Amy, Ben and Cat have an id in the organisation too."""
    for user in (AMY, BEN, CAT):
        everywhere = user.replace("U", "W", 1)
        world.slack.users[user].enterprise_id = everywhere
        world.slack.add_user(User(id=everywhere, name=world.slack.users[user].name, enterprise_id=everywhere))
        for channel in (OPS, APPROVALS):
            world.slack.channels[channel].members.add(everywhere)
    return world


@pytest.mark.parametrize(("named", "clicks"), [("W0BEN", "U0BEN"), ("U0BEN", "W0BEN")])
async def test_an_approver_is_one_by_either_id(grid: World, named: str, clicks: str) -> None:
    """Named by one of their ids, acting by the other."""
    async with grid.bot(APPROVERS=f"{named},{GUS}"):
        await approve(grid.slack.person(clicks), await grid.request())
        await grid.until(lambda: grid.created() == 1)


async def test_nobody_approves_their_own_request_by_another_id(grid: World) -> None:
    """Whichever id they asked by."""
    async with grid.bot(APPROVERS=f"W0AMY,{BEN},{GUS}"):
        await approve(grid.slack.person("W0AMY"), await grid.request())
        await grid.until(lambda: "your own request" in grid.ephemeral("W0AMY"))
        assert grid.created() == 0


async def test_an_id_that_is_not_known_yet_may_be_the_requesters(grid: World) -> None:
    """A bot that has just been started, and a Slack that does not say who it is that presses."""
    grid.environ["APPROVERS"] = f"W0AMY,{BEN},{GUS}"
    async with grid.bot():
        card = await grid.request()
    silence(grid, PROFILE)
    async with grid.bot():
        await approve(grid.slack.person("W0AMY"), card)
        await grid.until(lambda: "counts once Slack has said" in grid.card())
        grid.slack.faults.clear()
        await grid.until(lambda: "your own request" in grid.told(dm("W0AMY")))
        assert grid.created() == 0


async def test_nobody_counts_twice_by_two_ids(grid: World) -> None:
    """The second time they are told that they have decided."""
    async with grid.bot(APPROVERS=f"{BEN},W0BEN,{CAT},{GUS}", REQUIRED_APPROVALS="2"):
        card = await grid.request()
        assert f"@{BEN}" in grid.card()
        assert "@W0BEN" not in grid.card()
        await approve(grid.ben, card)
        await approve(grid.slack.person("W0BEN"), card)
        await grid.until(lambda: "already" in grid.ephemeral("W0BEN"))
        assert grid.created() == 0


async def test_a_request_is_its_requesters_by_either_id(grid: World) -> None:
    """They cancel it by the one, having asked by the other; anybody else is refused."""
    async with grid.bot():
        await grid.request()
        card = await grid.own_card("U0AMY")
        await grid.slack.person("W0BEN").press("Cancel", message=card, confirm=True)
        await grid.until(lambda: "Only the person who asked" in grid.told(dm("W0BEN")))
        await grid.slack.person("W0AMY").press("Cancel", message=card, confirm=True)
        await grid.until(lambda: "cancelled" in grid.card().lower())


async def test_members_of_a_group_are_known_by_either_id(grid: World) -> None:
    """The group holds one id, its member acts by the other."""
    grid.slack.add_usergroup(Usergroup(id="S0OTHERS", handle="others", users=["W0CAT", "U0NEVER"]))
    grid.slack.add_user(User(id="U0NEVER", name="never", enterprise_id="W0NEVER"))
    async with grid.bot(APPROVERS="S0OTHERS"):
        card = await grid.request()
        await approve(grid.ben, card)
        await grid.until(lambda: "not among the approvers" in grid.ephemeral(BEN))
        await approve(grid.cat, card)
        await grid.until(lambda: grid.created() == 1)


async def test_who_may_decide_for_all_that_is_known_is_not_said_to_be_nobody(world: World) -> None:
    """Somebody who may not ask themselves, while Slack does not tell who is in the group of approvers."""
    admit(world, GUS)
    silence(world)
    async with world.bot(APPROVERS=ADMINS):
        await world.slack.person(GUS).command("/createimage", "status IR-7K3QF", channel=OPS)
        await world.until(lambda: "Slack has not told in time" in world.ephemeral(GUS))
        world.slack.faults.clear()
        world.clock.ahead += 60
        said = await world.slack.person(GUS).command("/createimage", "status IR-7K3QF", channel=OPS)
        assert "IR-7K3QF" in said.text
