"""Rules in a file: some machines are decided about by other people, in another channel and at certain hours; and those
who decide freeze now and then what they decide about.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from bot.demo.slack import Channel, Person, Slack, User
from tests.simulate.machines import jobs_of
from tests.simulate.rights import Rights

CHANNEL = "C0OTHERS"
APPROVERS = ("U0EVE", "U0FAY", "U0GIL")
EMERGENCY = ("U0FAY", "U0HAL")
"""Who may begin there before anybody has approved: one of those who decide, and somebody else."""

INSTANCES = ("i-two22222", "i-four4444")

CLOSED = (60, 120)
"""Seconds of the run between which nothing begins on these machines: in the midst of the trouble."""

FREEZES = ("freeze 1m testing", "freeze 1m", "unfreeze", "unfreeze")

REASONS = frozenset({"closed_meanwhile", "out_of_hours", "frozen"})
"""Why a request may fail here besides."""

_RULE = """
[[rule]]
name = "others"
match = {{ instance_ids = {instances} }}
channel = "{channel}"
approvers = {approvers}
quorum = {quorum}
hours = {{ times = ["00:00-{closes}", "{opens}-24:00"], zone = "UTC" }}
remind_after = ["20s", "40s"]
emergency = {emergency}
"""

Row = dict[str, Any]


@dataclass
class Others:
    """Who decides about the other machines, and what must hold of them."""

    rights: Rights
    query: Callable[..., Sequence[Row]]
    begun: float  # unix seconds
    _seen: int = field(default=0)

    def concerns(self, request_id: str) -> tuple[bool, bool]:
        """Whether it is about some of these machines, and whether about some of the rest."""
        (request,) = self.query("SELECT plan FROM request WHERE id = ?", request_id)
        ruled = [job["instance_id"] in INSTANCES for job in jobs_of(json.loads(request["plan"]))]
        return any(ruled), not all(ruled)

    def wrong(self) -> Iterator[str]:
        """Nothing begins that the rules do not allow at that moment, but in an emergency."""
        for event in self.query("SELECT * FROM event WHERE id > ? ORDER BY id", self._seen):
            self._seen = event["id"]
            if event["kind"] in {"stop.call", "stop.recall", "image.call", "image.recall"}:
                yield from self._begun(event)

    def _begun(self, event: Row) -> Iterator[str]:
        emergency = "SELECT 1 FROM event WHERE request_id = ? AND kind = 'emergency' AND id < ?"
        if self.query(emergency, event["request_id"], event["id"]):
            return  # whether it was one: `emergencies`
        since, ruled = event["at"] - self.begun, self.concerns(event["request_id"])
        scopes = {name for name, concerned in zip(("others", ""), ruled, strict=True) if concerned}
        for freeze in self._frozen(event):
            if freeze["rules"] == "*" or scopes & set(json.loads(freeze["rules"])):
                yield f"{event['kind']} of {event['request_id']} was begun in the freeze {freeze['freeze']}"
        if ruled[0] and CLOSED[0] <= since < CLOSED[1]:
            yield f"{event['kind']} of {event['request_id']} was begun out of hours, {since:.3f} s after the beginning"

    def _frozen(self, event: Row) -> list[Row]:
        """The freezes that were written before an event, were not ended before it, and lasted until after it."""
        said = "SELECT kind, detail FROM event WHERE kind IN ('freeze', 'unfreeze') AND id < ? ORDER BY id"
        frozen: dict[str, Row] = {}
        for one in self.query(said, event["id"]):
            detail = json.loads(one["detail"])
            if one["kind"] == "freeze":
                frozen[detail["freeze"]] = detail
            else:
                frozen.pop(detail["freeze"], None)
        # The record has it to the second.
        until = {str(row["id"]): row["until"] for row in self.query("SELECT id, until FROM frozen")}
        return [freeze for one, freeze in frozen.items() if until[one] > event["at"]]


async def freeze(person: Person, random: Random, channel: str) -> None:
    """Somebody freezes what they decide about, or says that it is over."""
    await person.command("/createimage", random.choice(FREEZES), channel=channel)


async def unfreeze(person: Person, channel: str) -> None:
    """Somebody ends what is frozen of that."""
    await person.command("/createimage", "unfreeze", channel=channel)


def written(folder: Path, quorum: int, begun: float) -> Path:
    """The policy file of a run that begins at a time."""
    closes, opens = (datetime.fromtimestamp(begun + seconds, UTC).strftime("%H:%M") for seconds in CLOSED)
    path = folder / "policy.toml"
    rule = _RULE.format(
        instances=json.dumps(INSTANCES),
        channel=CHANNEL,
        approvers=json.dumps(APPROVERS),
        quorum=quorum,
        emergency=json.dumps(EMERGENCY),
        closes=closes,
        opens=opens,
    )
    path.write_text(rule, encoding="utf-8")
    return path


def populate(slack: Slack, everybody: Sequence[str]) -> None:
    """Those who decide about the other machines, and where."""
    for user in sorted({*APPROVERS, *EMERGENCY}):
        slack.add_user(User(id=user, name=user.lower()))
    slack.add_channel(Channel(id=CHANNEL, name="others", members={*APPROVERS, *EMERGENCY, *everybody}))
