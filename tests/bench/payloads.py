"""Clicks as Slack's stand-in would send them, made beforehand in any number."""

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.demo.slack import Answer, Person, Slack, payloads, plain_text
from bot.demo.slack.requests import COMMAND, INTERACTION, Transport
from bot.domain.delivery import CardKind
from bot.domain.draft import Draft, DraftState, disks_seen
from bot.domain.request import ImageRequest
from bot.store import SQLite, Store, Transaction
from tests.bench.bench import Bench
from tests.bench.clicks import Body
from tests.bench.processes import program
from tests.bench.seeds import REGIONS
from tests.bench.standins import AMY, APPROVALS, OPS, Neighbours, instance

TEMPLATE = 987_650
"""The number of the instance that the recorded form is about."""


def command(slack: Slack, user: str, text: str) -> Body:
    """`/createimage`, typed in #ops."""
    trigger = slack.triggers.issue(user, origin=OPS)
    secret = slack.response_urls.issue(user, OPS)
    urls = (trigger, f"{slack.url}/commands/{slack.team.id}/{secret}")
    return COMMAND, payloads.command(slack, slack.users[user], words=("/createimage", text), channel=OPS, urls=urls)


def look_up(slack: Slack, user: str, typed: str) -> Body:
    """Typed into the menu of instances."""
    asked = {"action_id": "instance", "block_id": "instance/0/0/", "value": typed}
    return INTERACTION, payloads.interaction(slack, slack.users[user], "block_suggestion") | asked


def button(slack: Slack, user: str, action_id: str, request: ImageRequest, kind: CardKind) -> Body:
    """A button on the card of a request."""
    channel = APPROVALS if kind is CardKind.APPROVAL else slack.dm(user).id
    message = next(one for one in slack.messages(channel) if any(_is_about(request, block) for block in one.blocks))
    element = {"type": "button", "action_id": action_id, "value": f"{request.id}/{request.plan.hash}"}
    told = payloads.in_message(slack, message, {}) | {
        "actions": [payloads.action("buttons", element, slack.next_ts())],
        "trigger_id": slack.triggers.issue(user, origin=channel),
        "response_url": f"{slack.url}/actions/{slack.team.id}/{slack.response_urls.issue(user, channel, message.ts)}",
    }
    return INTERACTION, payloads.interaction(slack, slack.users[user], "block_actions") | told


def _is_about(request: ImageRequest, block: dict[str, Any]) -> bool:
    return any(element.get("value", "").startswith(f"{request.id}/") for element in block.get("elements", ()))


@dataclass
class _Taking:
    """Takes what a person sends, instead of the app."""

    payload: dict[str, Any] = dataclasses.field(default_factory=dict)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Answer:
        """Keeps it."""
        del kind
        self.payload = payload
        return Answer(status=200)


@dataclass(frozen=True)
class Recorded:
    """A form that was filled in once, and can be sent any number of times: each time for another instance."""

    payload: dict[str, Any]
    draft: Draft
    first: int  # the number of the first instance

    def payload_of(self, number: int) -> dict[str, Any]:
        """What is sent."""
        made, old = self._draft_of(number), json.dumps(self.payload)
        new = self._renumbered(old, number).replace(self.draft.id, made.id)
        told: dict[str, Any] = json.loads(new.replace(disks_seen(self.draft), disks_seen(made)))
        return told

    async def seed(self, path: Path, count: int) -> None:
        """Puts the drafts of so many into a database."""
        store = Store(SQLite(path))
        await store.open()

        def work(tx: Transaction) -> None:
            for number in range(count):
                tx.drafts.add(self._draft_of(number))

        await store.transact(work)
        await store.close()

    def _draft_of(self, number: int) -> Draft:
        text = _DRAFT.dump_json(self.draft).decode()
        made = _DRAFT.validate_json(self._renumbered(text, number))
        return dataclasses.replace(made, id=f"{self.draft.id[:-5]}{number:05}", state=DraftState.OPEN, revision=0)

    def _renumbered(self, text: str, number: int) -> str:
        return text.replace(f"{TEMPLATE}", f"{self.first + number}")


_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


async def recorded_form(bench: Bench, standins: Neighbours, count: int) -> Recorded:
    """Amy fills in the form of one instance, with the real bot; what she would send is kept."""
    slack = standins.slack
    url = bench.new_database("SQLite")
    # The regions of the others are those of the template, so that only numbers differ.
    machine = dataclasses.replace(instance(TEMPLATE), region=REGIONS[0])
    standins.cloud.add_instance(machine)
    for number in range(2 * count, 3 * count):
        standins.cloud.instances[f"i-{number}"].region = REGIONS[0]
    async with program("bot", "web", environ=standins.environ | {"DATABASE_URL": url}) as served:
        slack.request_url = f"{served.url}/slack/events"
        amy = slack.person(AMY)
        await amy.command("/createimage", machine.id, channel=OPS)
        await slack.settle(_shows(amy, machine.name), timeout=30)
        await amy.fill("Description", "weekly")
        usual, taking = slack.transport, _Taking()
        slack.transport = taking
        await amy.submit()
        slack.transport = usual
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        ((content,),) = connection.execute("SELECT content FROM draft")
    return Recorded(taking.payload, _DRAFT.validate_json(content), 2 * count)


def _shows(person: Person, words: str) -> Callable[[], bool]:
    def shown() -> bool:
        return person.view is not None and words in plain_text(person.view)

    return shown


_: type[Transport] = _Taking
