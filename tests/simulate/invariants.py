"""What must hold at every step, and what must hold in the end.

It is read from outside, with SQL and the stand-ins' own records, not with the code that is being tested.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.jdcloud import API, Instance, JDCloud
from bot.demo.slack import Message, Slack
from bot.domain.lifecycle import OPEN, Move, State
from tests.simulate import accidents
from tests.simulate.aim import WHY
from tests.simulate.emergencies import Emergencies
from tests.simulate.machines import Machines, jobs_of
from tests.simulate.rights import STANDING, Rights
from tests.simulate.ruled import REASONS, Others
from tests.simulate.shown import Sendings, in_image, in_plan

APPROVALS = "C0APPROVALS"

GRACE = 30.0
"""Seconds after which an image that is not listed may be taken for gone: LAUNCH_GRACE."""

STUCK = 60.0
"""Seconds without trouble in which a request goes on whose quorum is there."""

_BY_BUTTON = {
    "decide.reject": "Reject",
    "check_again": "Check again",
    "create_anyway": "Create anyway",
    "give_up": "Give up",
    "ask": "Ask",
    "review": "Reviewed",
}
"""What an approver's click is called in the record of events."""

_BY_EITHER = {"end_here": "End here", "start_now": "Start now", "start_again": "Try again", "go_on": "Go on"}
"""Likewise what a requester may do as well."""

_TRUE_REASONS = {"given_up", "cloud_image_quota", "cloud_snapshot_quota"}
"""Why a request may fail here: no disk changes, and no image breaks."""

_BY_HAND = {"instance_not_stopped", "not_stopped", "cloud_not_running", "approval_expired"}
"""Likewise where somebody has started the machine under the bot."""

_BY_A_CLOCK = {"cloud_credentials", "instance_not_stopped", "approval_expired"}
"""Likewise where a clock was wrong: what people were waited for has expired by it."""


class Broken(AssertionError):
    """An invariant does not hold."""


class Faulty(Broken):
    """The bot itself came upon something that nobody planned for."""


@dataclass
class Watch:
    """Watches one run."""

    database: sqlite3.Connection
    slack: Slack
    cloud: JDCloud
    rights: Rights
    quorum: int
    faults: list[str]  # of the bot, that it logged: it plans for whatever the world does
    guests: frozenset[str] = frozenset()
    others: Others | None = None  # who decide about some of the machines
    emergencies: Emergencies | None = None  # that those begin, and questions
    sendings: Sendings = field(default_factory=Sendings)
    wrecked: Mapping[str, Instance] = field(default_factory=dict)  # machines that had an accident
    aimed_at: set[str] = field(default_factory=set)  # instances of which an image was made to come to nothing
    clock_wrong: bool = False  # whether one was ever so wrong that it expires what is not, or signs what is not taken
    calm_since: float | None = None  # when trouble ended
    steps: int = 0
    machines: Machines = field(init=False)
    _known: dict[tuple[object, ...], list[dict[str, Any]]] = field(default_factory=dict)  # rows, while nobody writes
    _written: int = -1  # as of which state of the database
    _seen_event: int = 0
    _given: set[tuple[str, str]] = field(default_factory=set)  # approvals that count, by request and approver
    _standing_since: dict[str, float] = field(default_factory=dict)  # requests that have their quorum, and wait

    def __post_init__(self) -> None:
        self.machines = Machines(self.cloud, self.query, self.quorum)

    def query(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Rows as they are on disk; read again once anybody has written (SQLite: `PRAGMA data_version`)."""
        (written,) = self.database.execute("PRAGMA data_version").fetchone()
        if written != self._written:
            self._written = written
            self._known.clear()
        if (sql, *parameters) not in self._known:
            found = self.database.execute(sql, parameters)
            names = [column for column, *_ in found.description]
            self._known[sql, *parameters] = [dict(zip(names, row, strict=True)) for row in found]
        return self._known[sql, *parameters]

    def sent(self, draft_id: str) -> None:
        """A submission was acknowledged: it is stored."""
        (draft,) = self.query("SELECT state FROM draft WHERE id = ?", draft_id)
        if draft["state"] == "open" and not self.query(
            "SELECT 1 FROM notice WHERE draft_id = ? AND kind = 'not_submitted'", draft_id
        ):
            raise Broken(f"the submission of draft {draft_id} was acknowledged and is not stored")

    def decided(self, request_id: str, approver: str, verdict: str) -> None:
        """A decision was acknowledged: it is stored, unless it came too late or was not allowed.

        Who is in a group is asked of Slack behind the ack: of them `_stuck` says whether what they did counts. And by
        a clock that is wrong everything comes too late.
        """
        if not self.rights.fixed or self.clock_wrong:
            return
        (request,) = self.query("SELECT state, requester FROM request WHERE id = ?", request_id)
        decision = self.query(
            "SELECT verdict FROM decision WHERE request_id = ? AND approver = ?", request_id, approver
        )
        may = any(approver in by.now for by in self._by(request_id)) and approver != request["requester"]
        if may and request["state"] == State.PENDING and not decision:
            raise Broken(f"{approver}'s {verdict} of {request_id} was acknowledged and is not stored")

    def look(self) -> None:
        """What must hold at every step."""
        self.steps += 1
        if self.faults:
            raise Faulty(self.faults[0])
        anew = Counter(
            row["request_id"] for row in self.query("SELECT request_id FROM event WHERE kind = 'create_anyway'")
        )
        for request_id, images in self._images().items():
            machines = Counter(self.cloud.images[image].instance_id for image in images)
            if max(machines.values()) > 1 + anew[request_id]:
                raise Broken(f"{dict(machines)} images for one approval of {request_id}: {images}")
        ruled = (self.others, self.emergencies) if self.query(_IS_THERE) else ()
        by_rules = (problem for watch in ruled if watch for problem in watch.wrong())
        for problem in (*self.machines.wrong(), *self._asked(), *self._decisions(), *self._stuck(), *by_rules):
            raise Broken(problem)

    def _asked(self) -> Iterator[str]:
        """What the approvers are asked is what was acknowledged, and what JD Cloud was asked is that."""
        made = self._images()
        for request in self.query("SELECT id, draft_id, requester, plan FROM request"):
            asked = in_plan(request["plan"])
            if difference := self.sendings.differs(request["draft_id"], asked):
                yield f"{request['id']} asks for {difference}"
            if request["requester"] in self.guests:
                yield f"{request['id']} was asked for by a guest"
            for image_id in made[request["id"]]:
                image = self.cloud.images[image_id]
                instance = self.wrecked.get(image.instance_id) or self.cloud.instances[image.instance_id]
                attached = frozenset(disk.device for disk in instance.data_disks)
                wanted = asked.of(image.instance_id)
                if wanted is None:
                    yield f"{image_id} of {request['id']} is of {image.instance_id}, which nobody asked for"
                elif difference := in_image(image, attached, wanted).differs(wanted):
                    yield f"{image_id} of {request['id']} has {difference}"
                elif image.description.rpartition(" [")[0] != asked.description:
                    yield f"{image_id} of {request['id']} is described as {image.description!r}"
                if image.created_at < asked.not_before and not self._hastened(request["id"]):
                    yield f"{image_id} of {request['id']} was made before its time"

    def _hastened(self, request_id: str) -> bool:
        """Whether somebody has said not to wait for its time."""
        return bool(
            self.query("SELECT 1 FROM event WHERE request_id = ? AND kind IN ('start_now', 'emergency')", request_id)
        )

    def _decisions(self) -> Iterator[str]:
        """Nobody decides whose right had ended when they clicked."""
        for event in self.query("SELECT * FROM event WHERE id > ? ORDER BY id", self._seen_event):
            self._seen_event = event["id"]
            button = _BY_BUTTON.get(event["kind"])
            if button and not self._allowed(event["request_id"], event["actor"], button):
                yield f"{event['actor']}'s {event['kind']} of {event['request_id']} counts, and they might not"
            yield from self._of_either(event)
            if event["kind"] == "approve":
                yield from self._quorum(event["request_id"])
        for one in self.query("SELECT * FROM decision WHERE verdict = 'approve'"):
            given = (one["request_id"], one["approver"])
            if given in self._given or one.get("validity", "valid") != "valid":  # waits for Slack's word, or is void
                continue
            self._given.add(given)
            if not self._allowed(*given, "Approve"):
                yield f"{one['approver']}'s approval of {one['request_id']} counts, and they might not"

    def _of_either(self, event: dict[str, Any]) -> Iterator[str]:
        """What a requester may do with their own, and an approver with any, is done by one of them."""
        left = event["kind"] == "leave_stopped" or "left stopped" in event["detail"]
        button = "Leave it stopped" if left else _BY_EITHER.get(event["kind"])
        if button is None:
            return
        (request,) = self.query("SELECT requester FROM request WHERE id = ?", event["request_id"])
        clicked = (event["request_id"], event["actor"], button)
        own = event["actor"] == request["requester"] and self.rights.pressed(*clicked)
        if not own and not self._allowed(*clicked):
            yield f"{event['actor']}'s {event['kind']} of {event['request_id']} counts, and they might not"

    def _quorum(self, request_id: str) -> Iterator[str]:
        """A quorum is of people who may still approve."""
        now = self.rights.clock()
        people = self.query("SELECT approver FROM decision WHERE request_id = ? AND verdict = 'approve'", request_id)
        for by in self._by(request_id):
            standing = [one["approver"] for one in people if by.held(one["approver"], since=now - STANDING, until=now)]
            if len(standing) < self.quorum:
                yield f"{request_id} is approved, and of its approvers only {standing} are any"

    def _stuck(self) -> Iterator[str]:
        """Without trouble, a request goes on whose quorum is there."""
        if self.calm_since is None:
            return
        now = self.rights.clock()
        waiting = "SELECT request_id, approver FROM decision JOIN request ON id = request_id WHERE state = 'pending'"
        given: dict[str, list[str]] = defaultdict(list)
        for row in self.query(waiting):
            given[row["request_id"]].append(row["approver"])
        for request_id, people in given.items():
            by = self._by(request_id)
            if not any(person in one.now for one in by for person in people):
                continue
            since = self._standing_since.setdefault(request_id, now)
            enough = all(sum(person in one.now for person in people) >= self.quorum for one in by)
            if enough and now - since > STUCK:
                yield f"{request_id} has its quorum and is stuck"

    def _by(self, request_id: str) -> list[Rights]:
        """Who decides about a request, by each of its rules."""
        some, rest = self.others.concerns(request_id) if self.others else (False, True)
        return [*([self.others.rights] if self.others and some else []), *([self.rights] if rest else [])]

    def _allowed(self, request_id: str, person: str, did: str) -> bool:
        """Whether something that somebody did counts, by one of the rules."""
        return any(by.allowed(request_id, person, did) for by in self._by(request_id))

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
                (SELECT count(*) FROM notice WHERE ended_at IS NULL) AS notices,
                (SELECT count(*) FROM notice JOIN request ON request.id = request_id
                    WHERE watched = 1 AND looked_version <> request.version) AS settled
        """
        return not any(self.query(owed)[0].values())

    def finish(self) -> None:
        """What must hold in the end."""
        self.look()
        if not self.converged():
            raise Broken(f"not converged: {self.owed()}")
        for problem in (
            *self.machines.wrong_in_the_end(),
            *self._lives(),
            *self._approvals(),
            *self._submissions(),
            *self._nothing_made(),
            *self._failures(),
            *self._results(),
            *self._cards(),
            *self._notices(),
            *self._asking(),
            *(self.emergencies.wrong_in_the_end() if self.emergencies else ()),
        ):
            raise Broken(problem)

    def owed(self) -> dict[str, list[str]]:
        """What is still owed, for a person to read."""
        return {
            "requests": [
                f"{row['id']} {row['state']}" for row in self.query("SELECT * FROM request") if row["state"] in OPEN
            ],
            "steps": [
                f"{row['request_id']} {row['kind']} {row['state']} next {row['next_at']:.0f} held by {row['owner']!r}"
                f" {row['problems']}"
                for row in self.query("SELECT * FROM step WHERE state NOT IN ('done', 'skipped', 'failed')")
            ],
            "drafts": [row["id"] for row in self.query("SELECT id FROM draft WHERE state = 'checking'")],
            "cards": [
                f"{row['request_id']} {row['kind']} tries {row['attempts']} next {row['next_at']:.0f}"
                for row in self.query("SELECT * FROM card WHERE drawn_version < version")
            ],
            "notices": [
                f"{row['subject']} {row['kind']} {row['place']} tries {row['attempts']} next {row['next_at']:.0f}"
                for row in self.query("SELECT * FROM notice WHERE ended_at IS NULL OR watched = 1")
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
        """Nothing was launched without as many distinct people as it takes, none of them the requester; or it is an
        emergency.
        """
        launched = """
            SELECT DISTINCT request_id FROM event WHERE kind LIKE '%.call' AND actor LIKE 'worker%'
                AND request_id NOT IN (SELECT request_id FROM event WHERE kind = 'emergency')
        """
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
        for draft_id in self.sendings.acknowledged():
            requests = self.query("SELECT id FROM request WHERE draft_id = ?", draft_id)
            told = self.query("SELECT 1 FROM notice WHERE draft_id = ? AND kind = 'not_submitted'", draft_id)
            if len(requests) > 1 or not (requests or told):
                yield f"draft {draft_id} was sent and became {len(requests)} requests"

    def _nothing_made(self) -> Iterator[str]:
        """Nothing was made for a request that ended before it was asked for, unless a person said to go on in doubt."""
        made = self._images()
        told = {row["request_id"] for row in self.query("SELECT request_id FROM event WHERE kind = 'create_anyway'")}
        ended = "SELECT id, state FROM request WHERE state IN ('rejected', 'cancelled', 'expired')"
        for request in self.query(ended):
            if made[request["id"]] and request["id"] not in told:
                yield f"{request['id']} is {request['state']}, and {made[request['id']]} was made"

    def _failures(self) -> Iterator[str]:
        """A request fails only for a reason that holds, or as somebody has ended it."""
        started = {one.instance_id for one in self.cloud.switches if one.action == "start" and one.by != API}
        for request in self.query("SELECT * FROM request WHERE state IN ('failed', 'partly')"):
            steps = self.query("SELECT * FROM step WHERE request_id = ? AND state = 'failed'", request["id"])
            aimed_at = {
                step["id"] for step in steps if step["kind"] == "image" and step["instance_id"] in self.aimed_at
            }
            said = {step["id"]: {str(problem["code"]) for problem in json.loads(step["problems"])} for step in steps}
            codes = set().union(*(of - (WHY if step in aimed_at else set()) for step, of in said.items()))
            made = [self.cloud.images.get(step["result"]) for step in steps if step["kind"] == "image"]
            listed_late = any(image and image.hidden_until - image.created_at > GRACE for image in made)
            true = _TRUE_REASONS | ({"image_gone"} if listed_late else set())
            true |= _BY_A_CLOCK if self.clock_wrong else set()
            true |= REASONS if self.others else set()
            true |= _BY_HAND if {step["instance_id"] for step in steps} & started else set()
            true |= accidents.WHY if {step["instance_id"] for step in steps} & self.wrecked.keys() else set()
            # A list of data disks that is left out says that there are none: it was, whenever the form was looked at.
            without = {job["instance_id"] for job in jobs_of(json.loads(request["plan"])) if not job["data_disks"]}
            true |= {"disk_attached"} if {step["instance_id"] for step in steps} & without else set()
            true |= {"not_started"} if any(step["let_go"] for step in steps) else set()  # a person left it stopped
            if not (any(said.values()) or request["ending"]) or codes - true:
                yield f"{request['id']} failed for {sorted(codes)}, which is not so"

    def _results(self) -> Iterator[str]:
        """What is ready is ready, and is the request's own image."""
        made = self._images()
        results: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.query("SELECT request_id, instance_id, result, state FROM step WHERE kind = 'image'"):
            results[row["request_id"]][row["instance_id"]] = row["result"] if row["state"] == "done" else ""
        for request in self.query("SELECT id, state FROM request WHERE state IN ('ready', 'partly')"):
            told = results[request["id"]]
            for instance_id, image_id in told.items():
                image = self.cloud.images.get(image_id)
                so = image is not None and image.status == "ready" and image.instance_id == instance_id
                if image_id and not (so and image_id in made[request["id"]]):
                    yield f"{image_id} of {request['id']} is said to be ready and is not"
            if not any(told.values()) or (request["state"] == "ready") is not all(told.values()):
                yield f"{request['id']} is said to be {request['state']}, and its images are {told}"

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
        for request in self.query("SELECT id, state, ending, emergency_by FROM request"):
            above = ABOVE if request["emergency_by"] else 0
            for kind in ("card.approval", "card.requester"):
                messages = shown[request["id"], kind]
                if len(messages) != (len(self._by(request["id"])) if kind == "card.approval" else 1):
                    yield f"{len(messages)} messages for {kind} of {request['id']}"
                for message in messages:
                    if not _says(message.text, request["id"], _TITLES[request["state"]], above) and not (
                        request["ending"] and _says(message.text, request["id"], ENDED, above)
                    ):
                        yield f"{kind} of {request['id']} shows {message.text[:60]!r}; it is {request['state']}"

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

    def _asking(self) -> Iterator[str]:
        """Nothing that is over is asked for any more."""
        states = {row["id"]: row["state"] for row in self.query("SELECT id, state FROM request")}
        for message, payload in self._said():
            kind = str(payload["kind"]).removeprefix("notice.")
            settled = kind in _SETTLED or (kind == "failed" and states[payload["request"]] != "failed")
            if settled and any(block["type"] == "actions" for block in message.blocks):
                yield f"{kind} of {payload['request']} asks for what is over: {message.text[:60]!r}"


def _says(card: str, request: str, title: str, above: int) -> bool:
    """Whether a card says of a request how it ended: in its first line, but for so many above it."""
    return card.split("\n")[above].endswith(f" · {title}") and request in card


_IS_THERE = "SELECT 1 FROM sqlite_master WHERE name = 'event'"

ABOVE = 3
"""Lines that stand above all others on the card of an emergency: by whom and when, why, and whether it was reviewed."""

ENDED = "ended"

_SETTLED = {"machine_off", "held", "unsure"}
"""What is told of a request that is under way, and settled once that has ended."""

_TITLES = {
    "ready": "ready",
    "failed": "failed",
    "partly": "partly ready",
    "rejected": "rejected",
    "cancelled": "cancelled",
    "expired": "expired",
}
