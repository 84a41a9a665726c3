"""What must hold at every step, and what must hold in the end.

It is read from outside, with SQL and the stand-ins' own records, not with the code that is being tested.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.demo.jdcloud import JDCloud
from bot.demo.slack import Message, Slack
from bot.domain.lifecycle import OPEN, Move, State

APPROVALS = "C0APPROVALS"


class Broken(AssertionError):
    """An invariant does not hold."""


@dataclass
class Watch:
    """Watches one run."""

    database: Path
    slack: Slack
    cloud: JDCloud
    approvers: tuple[str, ...]
    quorum: int
    acknowledged: list[str] = field(default_factory=list)  # drafts whose submission was acknowledged
    steps: int = 0

    def query(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Rows as they are on disk."""
        with closing(sqlite3.connect(self.database)) as file:
            file.row_factory = sqlite3.Row
            return [dict(row) for row in file.execute(sql, parameters)]

    def sent(self, draft_id: str) -> None:
        """A submission was acknowledged: it is stored."""
        self.acknowledged.append(draft_id)
        (draft,) = self.query("SELECT state FROM draft WHERE id = ?", draft_id)
        if draft["state"] == "open" and not self.query(
            "SELECT 1 FROM notice WHERE draft_id = ? AND kind = 'not_submitted'", draft_id
        ):
            raise Broken(f"the submission of draft {draft_id} was acknowledged and is not stored")

    def decided(self, request_id: str, approver: str, verdict: str) -> None:
        """A decision was acknowledged: it is stored, unless it came too late or was not allowed."""
        (request,) = self.query("SELECT state, requester FROM request WHERE id = ?", request_id)
        decision = self.query(
            "SELECT verdict FROM decision WHERE request_id = ? AND approver = ?", request_id, approver
        )
        may = approver in self.approvers and approver != request["requester"]
        if may and request["state"] == State.PENDING and not decision:
            raise Broken(f"{approver}'s {verdict} of {request_id} was acknowledged and is not stored")

    def look(self) -> None:
        """What must hold at every step."""
        self.steps += 1
        anew = Counter(
            row["request_id"] for row in self.query("SELECT request_id FROM event WHERE kind = 'create_anyway'")
        )
        for request_id, images in self._images().items():
            if len(images) > 1 + anew[request_id]:
                raise Broken(f"{len(images)} images for one approval of {request_id}: {images}")

    def _images(self) -> dict[str, list[str]]:
        """The images that JD Cloud has made for each request, by the mark in their description."""
        made: dict[str, list[str]] = defaultdict(list)
        for image in self.cloud.images.values():
            request_id = image.description.rpartition("[")[2].rstrip("]")
            made[request_id].append(image.id)
        return made

    def converged(self) -> bool:
        """Whether nothing is owed any more."""
        open_states = ", ".join(f"'{state}'" for state in OPEN)
        owed = f"""
            SELECT (SELECT count(*) FROM request WHERE state IN ({open_states})) AS requests,
                (SELECT count(*) FROM draft WHERE state = 'checking') AS drafts,
                (SELECT count(*) FROM card WHERE drawn_version < version) AS cards,
                (SELECT count(*) FROM notice WHERE ended_at IS NULL) AS notices
        """
        return not any(self.query(owed)[0].values())

    def finish(self) -> None:
        """What must hold in the end."""
        self.look()
        if not self.converged():
            raise Broken(f"not converged: {self.owed()}")
        for problem in (
            *self._lives(),
            *self._approvals(),
            *self._submissions(),
            *self._results(),
            *self._cards(),
            *self._notices(),
        ):
            raise Broken(problem)

    def owed(self) -> dict[str, list[str]]:
        """What is still owed, for a person to read."""
        return {
            "requests": [
                f"{row['id']} {row['state']} next {row['next_at']:.0f} held by {row['owner']!r}"
                for row in self.query("SELECT * FROM request")
                if row["state"] in OPEN
            ],
            "drafts": [row["id"] for row in self.query("SELECT id FROM draft WHERE state = 'checking'")],
            "cards": [
                f"{row['request_id']} {row['kind']} tries {row['attempts']} next {row['next_at']:.0f}"
                for row in self.query("SELECT * FROM card WHERE drawn_version < version")
            ],
            "notices": [
                f"{row['subject']} {row['kind']} {row['place']} tries {row['attempts']} next {row['next_at']:.0f}"
                for row in self.query("SELECT * FROM notice WHERE ended_at IS NULL")
            ],
        }

    def _lives(self) -> Iterator[str]:
        """Every request has lived as the table of moves allows, each decision once."""
        moves = {move.event: move for move in Move}
        for request in self.query("SELECT * FROM request"):
            state = State.PENDING
            for event in self.query("SELECT * FROM event WHERE request_id = ? ORDER BY id", request["id"]):
                if event["kind"] in moves:
                    move = moves[event["kind"]]
                    if state not in move.sources:
                        yield f"{request['id']} made {move} from {state}"
                    state = move.target
            if state != request["state"]:
                yield f"{request['id']} is {request['state']}; its events end in {state}"

    def _approvals(self) -> Iterator[str]:
        """Nothing was launched without as many distinct people as it takes, none of them the requester."""
        launched = "SELECT DISTINCT request_id FROM event WHERE kind = 'submit' AND actor LIKE 'worker%'"
        requesters = {row["id"]: row["requester"] for row in self.query("SELECT id, requester FROM request")}
        for row in self.query(launched):
            events = self.query(
                "SELECT actor FROM event WHERE request_id = ? AND kind = 'decide.approve'", row["request_id"]
            )
            people = Counter(event["actor"] for event in events)
            if len(people) < self.quorum or requesters[row["request_id"]] in people or max(people.values()) > 1:
                yield f"{row['request_id']} was launched on the word of {dict(people)}"

    def _submissions(self) -> Iterator[str]:
        """Every acknowledged submission became one request, or its requester was told why not."""
        for draft_id in self.acknowledged:
            requests = self.query("SELECT id FROM request WHERE draft_id = ?", draft_id)
            told = self.query("SELECT 1 FROM notice WHERE draft_id = ? AND kind = 'not_submitted'", draft_id)
            if len(requests) > 1 or not (requests or told):
                yield f"draft {draft_id} was sent and became {len(requests)} requests"

    def _results(self) -> Iterator[str]:
        """What is ready is ready, and is the request's own image."""
        made = self._images()
        for request in self.query("SELECT * FROM request WHERE state = 'ready'"):
            image = self.cloud.images.get(request["image_id"])
            if image is None or image.status != "ready" or image.id not in made[request["id"]]:
                yield f"{request['id']} is said to be ready and is not"

    def _said(self) -> Iterator[tuple[Message, dict[str, Any]]]:
        """Every message of the bot that names a request."""
        for channel in self.slack.channels:
            for message in self.slack.messages(channel):
                if message.metadata:
                    yield message, dict(message.metadata["event_payload"])

    def _cards(self) -> Iterator[str]:
        """One message for each card, which shows how it ended."""
        shown: dict[tuple[str, str], list[Message]] = defaultdict(list)
        for message, payload in self._said():
            if str(payload["kind"]).startswith("card."):
                shown[payload["request"], payload["kind"]].append(message)
        for request in self.query("SELECT id, state FROM request"):
            for kind in ("card.approval", "card.requester"):
                messages = shown[request["id"], kind]
                if len(messages) != 1:
                    yield f"{len(messages)} messages for {kind} of {request['id']}"
                elif f"{request['id']} · {_TITLES[request['state']]}" not in messages[0].text:
                    yield f"{kind} of {request['id']} shows {messages[0].text[:60]!r}; it is {request['state']}"

    def _notices(self) -> Iterator[str]:
        """Each notice once, and none that nobody owed."""
        said = Counter(str(payload["notice"]) for _, payload in self._said() if "notice" in payload)
        owed = {str(row["id"]): row for row in self.query("SELECT * FROM notice")}
        for notice_id, count in said.items():
            if count != 1 or notice_id not in owed:
                yield f"notice {notice_id} was said {count} times: {json.dumps(owed.get(notice_id))}"
        for notice_id, row in owed.items():
            if row["ts"] and not said[notice_id]:
                yield f"notice {notice_id} is noted as sent, and is not there"
            if row["failure"]:
                yield f"notice {notice_id} was given up: {row['failure']}"


_TITLES = {
    "ready": "ready",
    "failed": "failed",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "expired": "expired",
}
