"""Rules in a file decide: by whom, where, when and under which conditions, as people see it."""

import hashlib
import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.slack import Channel, Message, Person, plain_text
from tests.scenario.conftest import AMY, APPROVALS, BEN, CAT, DB_1, OPS, WEB_1, World, furnish_one

pytestmark = pytest.mark.parametrize("mode", ["http"])

DATABASES = "C0DBAPPROVALS"
DB_2 = "i-db2aaaaaaa"


@pytest.fixture
def world(world: World) -> World:
    """With a second database, which is stopped, and a channel where databases are decided about."""
    furnish_one(world.cloud, DB_2, "db-2")
    members = {AMY, BEN, CAT}
    world.slack.add_channel(Channel(id=DATABASES, name="db-approvals", members=members))
    return world


def rules(world: World, *tables: str) -> bytes:
    """Writes the policy file, a table a rule; returns what is in it."""
    path = Path(world.environ["DATABASE_URL"].removeprefix("sqlite:///")).with_name("policy.toml")
    path.write_text("".join(f"[[rule]]\n{table}\n" for table in tables), encoding="utf-8")
    world.environ["POLICY_FILE"] = str(path)
    return path.read_bytes()


def cards_in(world: World, channel: str) -> list[Message]:
    """The approval cards in a channel."""
    return [message for message in world.slack.messages(channel) if not message.thread_ts]


async def sent(world: World, instance: str, channel: str = APPROVALS) -> Message:
    """A request of Amy's: its card in a channel."""
    before = len(cards_in(world, channel))
    await world.form(instance=instance)
    assert await world.attempt(world.amy) == {}
    await world.until(lambda: len(cards_in(world, channel)) > before)
    return cards_in(world, channel)[-1]


async def approve(person: Person, card: Message) -> None:
    """Presses Approve."""
    assert (await person.press("Approve", message=card, confirm=True)).status == 200


DB_RULE = f"""
name = "databases"
match = {{ names = ["db-*"] }}
channel = "{DATABASES}"
approvers = ["{CAT}"]
"""


async def test_a_rule_has_its_channel_and_its_approvers(world: World) -> None:
    """The form says where it goes; those of the settings decide about the other machines, and about no database."""
    rules(world, DB_RULE)
    async with world.bot():
        await world.form(instance="db-2")
        await world.until(lambda: f"Goes to #{DATABASES}. Approvals needed: 1, from @{CAT}." in world.shown(world.amy))
        card = await sent(world, "db-2", DATABASES)
        assert cards_in(world, APPROVALS) == []
        await approve(world.ben, card)
        await world.until(lambda: "not among the approvers" in world.ephemeral(BEN))
        assert world.created() == 0
        await approve(world.cat, card)
        await world.until(lambda: world.created() == 1)
        other = await sent(world, "web-1")
        await approve(world.ben, other)
        await world.until(lambda: world.created() == 2)


async def test_every_rule_of_several_machines_must_agree(world: World) -> None:
    """A card in each channel; each says who is still needed for what, and none is enough alone."""
    rules(world, DB_RULE)
    async with world.bot():
        await world.form(instance="db-2")
        await world.amy.choose("Instances", "web-1")
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
        await world.until(lambda: "For the other machines: goes to" in world.shown(world.amy))
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, DATABASES) and cards_in(world, APPROVALS)))
        (of_databases,) = cards_in(world, DATABASES)
        assert "needed for databases: 1" in plain_text(of_databases)
        await approve(world.cat, of_databases)
        await world.until(lambda: "needed for databases" not in plain_text(cards_in(world, APPROVALS)[0]))
        # Cat is an approver of the others too, through the group of admins.
        await world.until(lambda: world.created() == 2)


async def test_one_person_counts_only_for_the_rules_that_name_them(world: World) -> None:
    """Ben's word moves the other machines, and the databases go on waiting for theirs."""
    rules(world, DB_RULE)
    async with world.bot(APPROVERS=BEN):
        await world.form(instance="db-2")
        await world.amy.choose("Instances", "web-1")
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, DATABASES) and cards_in(world, APPROVALS)))
        await approve(world.ben, cards_in(world, APPROVALS)[0])
        await world.until(lambda: f"Approved by @{BEN}." in plain_text(cards_in(world, DATABASES)[0]))
        assert "needed for databases: 1" in plain_text(cards_in(world, DATABASES)[0])
        assert "needed for the other" not in plain_text(cards_in(world, DATABASES)[0])
        assert world.created() == 0
        await approve(world.cat, cards_in(world, DATABASES)[0])
        await world.until(lambda: world.created() == 2)


async def test_who_may_ask(world: World) -> None:
    """Of a machine whose rule names others, Amy learns it when she sends, and may ask for the rest."""
    rules(world, f'{DB_RULE}requesters = ["{BEN}"]')
    async with world.bot():
        await world.form(instance="db-2")
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: "not among the people who may ask" in world.shown(world.amy))
        await sent(world, "web-1")
    assert cards_in(world, DATABASES) == []


async def test_nobody_may_ask(world: World) -> None:
    """The form says so as soon as the machine is chosen, and does not go through."""
    rules(world, f'{DB_RULE}refuse = "Moving to the new cluster."')
    async with world.bot():
        await world.form(instance="db-2")
        await world.until(lambda: "image of db-2: Moving to the new cluster." in world.shown(world.amy))
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: "image of db-2: Moving to the new cluster." in world.shown(world.amy))
    assert cards_in(world, DATABASES) == []


async def test_a_ticket_and_a_warning(world: World) -> None:
    """The warning stands first; without a ticket nothing is sent, nothing typed is lost; on the card it is a link."""
    ticket = "ticket = { pattern = 'OPS-[0-9]+', link = 'https://tickets.example/{ticket}' }"
    rules(world, f'{DB_RULE}{ticket}\nwarning = "Tell the shift first."')
    async with world.bot():
        await world.form(instance="db-2", description="Before the patch")
        await world.until(lambda: "A ticket is needed here or in the note, such as OPS-123." in world.shown(world.amy))
        assert world.shown(world.amy).splitlines()[1].endswith("Tell the shift first.")
        assert "A ticket is needed, such as OPS-123:" in (await world.attempt(world.amy))["Description"]
        assert cards_in(world, DATABASES) == []
        await world.amy.fill("Description", "Before the patch, OPS-12")
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, DATABASES)))
        (card,) = cards_in(world, DATABASES)
        assert plain_text(card).splitlines()[0].endswith("Tell the shift first.")
        assert "https://tickets.example/OPS-12" in json.dumps(card.blocks)


async def test_what_may_be_done_to_a_running_machine(world: World) -> None:
    """By its own rule, whatever the settings let others do."""
    rules(world, f"{DB_RULE}stopping = false\nlive = true")
    furnish_one(world.cloud, "i-web2aaaaaa", "web-2", status="running")
    async with world.bot():
        await world.form(instance="db-1")
        await world.until(lambda: "Make the image while it runs" in world.shown(world.amy))
        assert "Stop it" not in world.shown(world.amy)
        await world.form(instance="web-2")
        await world.until(lambda: "Stop it, make the image, start it again" in world.shown(world.amy))
        assert "while it runs" not in world.shown(world.amy)


async def test_self_approval(world: World) -> None:
    """Where its rule lets people, and only there."""
    rules(world, f"{DB_RULE.replace(CAT, AMY)}self_approval = true")
    async with world.bot(APPROVERS=f"{AMY},{BEN}"):
        await approve(world.amy, await sent(world, "db-2", DATABASES))
        await world.until(lambda: world.created() == 1)
        await approve(world.amy, await sent(world, "web-1"))
        await world.until(lambda: "cannot approve your own" in world.ephemeral(AMY))
    assert world.created() == 1


def window(begin: float, end: float) -> str:
    """The hours between two times from now, in whole minutes."""
    now = datetime.fromtimestamp(time.time(), UTC)
    first, last = (now + timedelta(seconds=seconds) for seconds in (begin, end))
    return f'hours = {{ times = ["{first:%H:%M}-{last:%H:%M}"], zone = "UTC" }}'


async def test_steps_begin_in_their_hours(world: World) -> None:
    """The card says when that is; an approval that is given before stays good until then."""
    rules(world, DB_RULE + window(4 * 3600, 6 * 3600))
    async with world.bot(APPROVAL_TTL="1h"):
        await world.form(instance="db-2")
        await world.until(lambda: "Steps begin every day" in world.shown(world.amy))
        await approve(world.cat, await sent(world, "db-2", DATABASES))
        await world.until(lambda: "when the hours of its rule begin" in plain_text(cards_in(world, DATABASES)[0]))
        world.clock.ahead += 2 * 3600
        await world.in_time(lambda: world.created() == 1, step=3600)
        assert world.clock.ahead > 3 * 3600


async def test_a_machine_is_started_again_when_the_hours_end(world: World) -> None:
    """It was stopped in time, and no image may be begun any more: it does not stay off until the next night."""
    rules(world, DB_RULE + window(-3600, 3600))
    world.cloud.stop_time = 30.0
    async with world.bot():
        await world.form(instance="db-1")
        await world.until(lambda: "Stop it" in world.shown(world.amy))
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: bool(cards_in(world, DATABASES)))
        await approve(world.cat, cards_in(world, DATABASES)[0])
        await world.until(lambda: world.called("stopInstance") > 0)
        world.clock.ahead += 2 * 3600
        await world.until(lambda: world.cloud.instances[DB_1].status == "running")
        await world.until(lambda: "No image was begun any more" in plain_text(cards_in(world, DATABASES)[0]))
    assert world.created() == 0


async def test_no_time_in_common(world: World) -> None:
    """Nobody is asked for what could never begin."""
    rules(world, DB_RULE + window(3600, 7200), 'name = "web"\nmatch = { names = ["web-*"] }\n' + window(-7200, -3600))
    async with world.bot():
        await world.form(instance="db-2")
        await world.amy.choose("Instances", "web-1")
        await world.until(lambda: world.shown(world.amy).count("[Disks and name]") == 2)
        assert await world.attempt(world.amy) == {}
        await world.until(lambda: "no time at which all of these" in world.shown(world.amy))
    assert cards_in(world, DATABASES) == []


async def test_a_rule_that_has_become_stricter_counts(world: World) -> None:
    """When the approval takes effect: the card says who is missing by now. A looser one makes do with no fewer."""
    rules(world, DB_RULE)
    async with world.bot():
        card = await sent(world, "db-2", DATABASES)
    rules(world, DB_RULE.replace(f'"{CAT}"', f'"{CAT}", "{BEN}"') + "quorum = 2")
    async with world.bot():
        await approve(world.cat, card)
        await world.until(lambda: "still needed: 1" in plain_text(cards_in(world, DATABASES)[0]))
        assert world.created() == 0
        await approve(world.ben, card)
        await world.until(lambda: "· ready" in plain_text(cards_in(world, DATABASES)[0]))
        assert world.created() == 1
        second = await sent(world, "db-2", DATABASES)
    rules(world, DB_RULE)
    async with world.bot():
        await approve(world.cat, second)
        await world.until(lambda: f"Approved by @{CAT}." in plain_text(cards_in(world, DATABASES)[1]))
        assert world.created() == 1


async def test_what_rules_forbid_by_now_does_not_begin(world: World) -> None:
    """It was approved while it was allowed, for later."""
    rules(world, DB_RULE + window(4 * 3600, 6 * 3600))
    async with world.bot():
        await approve(world.cat, await sent(world, "db-2", DATABASES))
        await world.until(lambda: "when the hours" in plain_text(cards_in(world, DATABASES)[0]))
    rules(world, f'{DB_RULE}refuse = "Moving."')
    world.clock.ahead += 61  # the next look at the gate
    async with world.bot():
        await world.until(lambda: "image of db-2: Moving." in plain_text(cards_in(world, DATABASES)[0]))
    assert world.created() == 0


async def test_tags_decide_as_they_are_when_it_is_approved(world: World) -> None:
    """A machine that has become a production machine since it was asked for is decided about as one."""
    rules(world, f'name = "production"\nmatch = {{ tags = {{ env = "prod" }} }}\napprovers = ["{CAT}"]')
    async with world.bot():
        card = await sent(world, "web-1")
        world.cloud.instances[WEB_1].tags = {"env": "prod"}
        await approve(world.ben, card)
        await world.until(lambda: "not among the approvers" in world.ephemeral(BEN))
        assert world.created() == 0
        await approve(world.cat, card)
        await world.until(lambda: world.created() == 1)


async def test_the_audit_says_by_which_rule(world: World) -> None:
    """With the request and with each decision: its name, and the file's hash."""
    written = rules(world, DB_RULE)
    async with world.bot():
        await approve(world.cat, await sent(world, "db-2", DATABASES))
        await world.until(lambda: world.created() == 1)
    by = {"rules": '["databases"]', "policy_hash": hashlib.sha256(written).hexdigest()}
    with closing(sqlite3.connect(world.environ["DATABASE_URL"].removeprefix("sqlite:///"))) as connection:
        for kind in ("request", "decide.approve"):
            ((detail,),) = connection.execute("SELECT detail FROM event WHERE kind = ?", [kind]).fetchall()
            assert by.items() <= json.loads(detail).items()


async def test_approvers_see_what_is_theirs(world: World) -> None:
    """Each hears of what waits for them, by their own rules."""
    rules(world, DB_RULE)
    async with world.bot(APPROVERS=BEN):
        await sent(world, "db-2", DATABASES)
        await sent(world, "web-1")

        async def listed(person: Person) -> str:
            return str((await person.command("/createimage", "list", channel=OPS)).text)

        assert "db-2" in await listed(world.cat)
        assert "web-1" not in await listed(world.cat)
        assert "web-1" in await listed(world.ben)
        assert "db-2" not in await listed(world.ben)
