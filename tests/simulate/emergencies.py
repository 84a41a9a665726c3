"""Questions, which decide nothing; and emergencies, which those alone begin whom the rules name: they are told to those
whom they pass over, and are owed a review until one of these has looked.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack import Message, Slack
from tests.simulate.rights import Rights
from tests.simulate.ruled import APPROVERS, CHANNEL, EMERGENCY, Others

BEGIN = "Begin now (emergency)"

Row = dict[str, Any]

_STANDS = "id, state, plan, expires_at, approved_at, begin_at, finished_at, ending"
"""What a question leaves as it was."""

_AT_ODDS = """
    SELECT id FROM request WHERE
        (emergency_at IS NOT NULL) <> EXISTS (SELECT 1 FROM event WHERE request_id = request.id AND kind = 'emergency')
        OR (reviewed_at IS NOT NULL) <> EXISTS (SELECT 1 FROM event WHERE request_id = request.id AND kind = 'review')
"""


@dataclass
class Emergencies:
    """Watches both. It is read from outside, as everything is."""

    slack: Slack
    rights: Rights
    others: Others
    query: Callable[..., Sequence[Row]]
    _seen: int = 0
    _stood: dict[str, Row] = field(default_factory=dict)  # requests as they stood when they were last looked at

    def wrong(self) -> Iterator[str]:
        """What must hold at every step, and does not."""
        happened: dict[str, set[str]] = {}
        for event in self.query("SELECT * FROM event WHERE id > ? AND request_id IS NOT NULL ORDER BY id", self._seen):
            self._seen = event["id"]
            happened.setdefault(event["request_id"], set()).add(event["kind"])
            if event["kind"] == "emergency":
                yield from self._begun(event)
            if event["kind"] == "review":
                yield from self._reviewed(event)
        yield from self._asked(happened)
        for row in self.query(_AT_ODDS):
            yield f"{row['id']}: what is owed after an emergency is not what the events say"

    def wrong_in_the_end(self) -> Iterator[str]:
        """What must hold once nothing is owed any more, and does not."""
        said = [(message, dict(message.metadata["event_payload"])) for message in self._messages() if message.metadata]
        for event in self.query("SELECT * FROM event WHERE kind IN ('ask', 'emergency') ORDER BY id"):
            told = "notice.asked" if event["kind"] == "ask" else "notice.passed_over"
            about = [one for one, of in said if of["kind"] == told and of["request"] == event["request_id"]]
            yield from (self._told if event["kind"] == "ask" else self._passed_over)(event, about)
        for row in self.query("SELECT id, reviewed_at FROM request WHERE emergency_at IS NOT NULL"):
            for message, of in said:
                is_card = str(of["kind"]).startswith("card.") and of["request"] == row["id"]
                if is_card and ("Review owed." in message.text) is not (row["reviewed_at"] is None):
                    yield f"a card of {row['id']} does not say whether its review is owed: {message.text[:200]!r}"

    def _messages(self) -> Iterator[Message]:
        for channel in self.slack.channels:
            yield from self.slack.messages(channel)

    def _begun(self, event: Row) -> Iterator[str]:
        """By somebody whom every rule of the request names, who has pressed the button and said why."""
        request_id, who = event["request_id"], event["actor"]
        named = who in EMERGENCY and self.others.concerns(request_id) == (True, False)
        why = json.loads(event["detail"])["reason"]
        (request,) = self.query("SELECT emergency_by, emergency_why FROM request WHERE id = ?", request_id)
        if not named or not self.rights.pressed(request_id, who, BEGIN):
            yield f"{who} began {request_id} in an emergency, and might not"
        if not why or (request["emergency_by"], request["emergency_why"]) != (who, why):
            yield f"{who} began {request_id} in an emergency for {why!r}, and the request says {request}"

    def _reviewed(self, event: Row) -> Iterator[str]:
        """Neither by who began it nor by who asked for it."""
        (request,) = self.query("SELECT requester, emergency_by FROM request WHERE id = ?", event["request_id"])
        if event["actor"] in request.values():
            yield f"{event['actor']} has reviewed their own {event['request_id']}"

    def _asked(self, happened: dict[str, set[str]]) -> Iterator[str]:
        """A request of which nothing happened but a question stands as it stood before."""
        for row in self.query(f"SELECT {_STANDS} FROM request"):
            before, self._stood[row["id"]] = self._stood.get(row["id"]), row
            if happened.get(row["id"]) == {"ask"} and before not in (None, row):
                yield f"a question about {row['id']} has made {row} of {before}"

    def _told(self, event: Row, about: Sequence[Message]) -> Iterator[str]:
        """Once in the thread of each card, and once to the requester."""
        question, request_id = json.loads(event["detail"])["question"], event["request_id"]
        (request,) = self.query("SELECT requester FROM request WHERE id = ?", request_id)
        asked = Counter(one.channel if one.thread_ts else "direct" for one in about if question in one.text)
        cards = self.query("SELECT channel FROM card WHERE request_id = ? AND kind = 'approval'", request_id)
        wanted = Counter([*(card["channel"] for card in cards), "direct"])
        direct = {one.channel for one in about if not one.thread_ts}
        if asked != wanted or direct != {self.slack.dm(request["requester"]).id}:
            yield f"{question!r} about {request_id} was told {dict(asked)}, and {direct}"

    def _passed_over(self, event: Row, about: Sequence[Message]) -> Iterator[str]:
        """Once, below their card, and by name."""
        names = [one for one in APPROVERS if one != event["actor"]]
        told = [one for one in about if one.channel == CHANNEL and one.thread_ts]
        if len(about) != 1 or about != told or not all(f"<@{name}>" in about[0].text for name in names):
            yield f"{names} were told {[one.text for one in about]} of the emergency of {event['request_id']}"

    def count(self) -> dict[str, int]:
        """How many questions, emergencies and reviews there were."""
        kinds = Counter(row["kind"] for row in self.query("SELECT kind FROM event"))
        return {"questions": kinds["ask"], "emergencies": kinds["emergency"], "reviews": kinds["review"]}
