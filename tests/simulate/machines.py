"""What must hold of machines: none is stopped without an approval that says so, none is started that the bot has not
stopped, and none that it has stopped is left off.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.demo.jdcloud import API, Instance, JDCloud, Switch
from bot.domain.steps import ENDED, StepMove, StepState

Row = Mapping[str, Any]

_MOVES = {move.event: move for move in StepMove}

_STOPS = frozenset({"stop.call", "stop.recall"})

_OVERLAP = """
    SELECT step.request_id, step.kind, earlier.kind AS other, earlier.state FROM step
    JOIN step AS earlier ON earlier.request_id = step.request_id AND earlier.job = step.job
        AND earlier.position < step.position
    WHERE step.state IN ('calling', 'working') AND earlier.state IN ('planned', 'working')
"""
"""Steps under way before those in front of them have ended. One that a person has taken up again out of doubt is looked
at beside what is owed.
"""

_SHARED = """
    SELECT instance_id, group_concat(request_id) AS requests FROM job
    WHERE state = 'running' GROUP BY instance_id HAVING count(*) > 1
"""

_SETTLED = """
    SELECT step.request_id, step.kind, step.state FROM step JOIN request ON request.id = step.request_id
    WHERE request.state NOT IN ('pending', 'approved', 'working') AND step.state NOT IN ('done', 'skipped', 'failed')
"""


@dataclass
class Machines:
    """Watches what is stopped and started, by whom, and on whose word."""

    cloud: JDCloud
    query: Callable[..., Sequence[Row]]
    quorum: int
    wrecked: Mapping[str, Instance] = field(default_factory=dict)  # what nothing brings back
    _seen: int = 0  # how many of the switches
    _done: dict[tuple[str, str, str], Switch] = field(default_factory=dict)  # the last by request, action, instance
    _down: dict[str, str] = field(default_factory=dict)  # instances that the bot has down, and for which request

    def wrong(self) -> Iterator[str]:
        """What must hold at every step, and does not."""
        for row in self.query(_SHARED):
            yield f"{row['instance_id']} is held by two jobs: {row['requests']}"
        for row in self.query(_OVERLAP):
            yield f"{row['request_id']}: {row['kind']} is under way, and {row['other']} is {row['state']}"
        for switch in self.cloud.switches[self._seen :]:
            self._seen += 1
            yield from self._one_at_a_time(switch)
            if switch.by == API:
                yield from self._stopped(switch) if switch.action == "stop" else self._started(switch)

    def wrong_in_the_end(self) -> Iterator[str]:
        """What must hold once nothing is owed any more, and does not."""
        yield from self._left_off()
        yield from self._lives()
        for row in self.query(_SETTLED):
            yield f"{row['request_id']} has ended, and its {row['kind']} is {row['state']}"
        for call in self.cloud.calls:
            if call.action == "stopInstance" and "stopCharging" in str(call.body):
                yield f"stopCharging was sent at {call.at:.0f}"

    def _stopped(self, switch: Switch) -> Iterator[str]:
        """A stop of the bot's took effect: it was approved, is in time, releases nothing, and is the only one."""
        call = self._call("stop", switch)
        if call is None:
            yield f"{switch.instance_id} was stopped, and no step says so"
            return
        request_id = call["request_id"]
        (request,) = self.query("SELECT requester, plan FROM request WHERE id = ?", request_id)
        plan, before = json.loads(request["plan"]), self._events(request_id, switch.instance_id, before=call["id"])
        job = next(job for job in jobs_of(plan) if job["instance_id"] == switch.instance_id)
        if job.get("while_imaged") != "stop_and_start":
            yield f"{switch.instance_id} was stopped for {request_id}, whose plan does not say so"
        people = {event["actor"] for event in before if event["kind"] == "decide.approve"} - {request["requester"]}
        if len(people) < self.quorum and not any(event["kind"] == "emergency" for event in before):
            yield f"{switch.instance_id} was stopped for {request_id} on the word of {sorted(people)}"
        told_not_to_wait = any(event["kind"] in {"start_now", "emergency"} for event in before)
        if switch.at < (plan.get("not_before") or 0.0) and not told_not_to_wait:
            yield f"{switch.instance_id} was stopped for {request_id} before its time"
        ended = [event["kind"] for event in before if event["kind"] in {"end_here", "retry"}]
        if ended and ended[-1] == "end_here":
            yield f"{switch.instance_id} was stopped for {request_id}, which had been ended"
        if switch.charge_on_stopped == "stopCharging" or switch.releases:
            yield f"{switch.instance_id} was stopped for {request_id} with {switch.charge_on_stopped or 'nothing said'}"
        yield from self._once(switch, request_id, before)

    def _started(self, switch: Switch) -> Iterator[str]:
        """A start of the bot's took effect: it had stopped that machine, and nobody has said to leave it so."""
        call = self._call("start", switch)
        if call is None:
            yield f"{switch.instance_id} was started, and no step says so"
            return
        request_id = call["request_id"]
        before = self._events(request_id, switch.instance_id, before=call["id"])
        stops = [event["kind"] for event in before if event["kind"].startswith("stop.")]
        if "stop.call" not in stops or stops[-1] == "stop.skip":
            yield f"{switch.instance_id} was started for {request_id}, which had not stopped it"
        if self._left_stopped(before):
            yield f"{switch.instance_id} was started for {request_id}, and somebody had said to leave it"
        yield from self._once(switch, request_id, before)

    def _once(self, switch: Switch, request_id: str, before: Sequence[Row]) -> Iterator[str]:
        """It is the only one for its step, unless what it did was undone by hand, or by itself, or it was retried."""
        which = (request_id, switch.action, switch.instance_id)
        last, self._done[which] = self._done.get(which), switch
        if last is None or any(event["kind"] == "retry" for event in before):
            return
        between = [one for one in self.cloud.switches[: self._seen] if last.at < one.at < switch.at]
        if any(one.instance_id == switch.instance_id and one.by == API for one in between):
            yield f"{switch.action} took effect twice for {request_id}, at {last.at:.0f} and at {switch.at:.0f}"

    def _left_off(self) -> Iterator[str]:
        """The last that was done to a machine which does not run was done by hand, or somebody has said to leave it."""
        last: dict[str, Switch] = {switch.instance_id: switch for switch in self.cloud.switches}
        for instance_id, switch in last.items():
            instance = self.cloud.instances.get(instance_id)
            if instance is None:  # it was deleted
                continue
            if switch.by != API or instance.status == "running":
                continue
            call = self._call("stop", switch)
            if call is None or not self._left_stopped(self._events(call["request_id"], instance_id)):
                whose = call["request_id"] if call else "nobody"
                yield f"{instance_id} was left {instance.status}: the bot had stopped it for {whose}"

    def _lives(self) -> Iterator[str]:
        """Every step has lived as the table of moves allows, each after those before it."""
        steps: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.query("SELECT * FROM step ORDER BY request_id, job, position"):
            steps[row["request_id"], row["instance_id"]].append(row)
        for (request_id, instance_id), rows in steps.items():
            yield from _lived(request_id, rows, self._events(request_id, instance_id))
        yield from self._turns()

    def _turns(self) -> Iterator[str]:
        """With one after another, a job begins when the one before has ended well, or somebody has let it go on."""
        for request in self.query("SELECT id, plan FROM request"):
            plan = json.loads(request["plan"])
            if plan.get("order") == "one_after_another":
                instances = [job["instance_id"] for job in jobs_of(plan)]
                events = self.query("SELECT * FROM event WHERE request_id = ? ORDER BY id", request["id"])
                yield from _in_turn(request["id"], instances, events)

    def _one_at_a_time(self, switch: Switch) -> Iterator[str]:
        """With one after another, no second machine is taken down before the first runs again, or somebody has said to
        leave it.
        """
        self._down.pop(switch.instance_id, None)
        call = self._call("stop", switch) if switch.action == "stop" and switch.by == API else None
        if call is None:
            return
        request_id = call["request_id"]
        (request,) = self.query("SELECT plan FROM request WHERE id = ?", request_id)
        others = [instance for instance, whose in self._down.items() if whose == request_id]
        self._down[switch.instance_id] = request_id
        if json.loads(request["plan"]).get("order") != "one_after_another":
            return
        for instance_id in others:
            if not self._left_stopped(self._events(request_id, instance_id, before=call["id"])):
                yield f"{switch.instance_id} was stopped for {request_id} while {instance_id} was down for it"

    def _call(self, kind: str, switch: Switch) -> Row | None:
        """The intent behind what took effect: the last one for that machine."""
        called = """
            SELECT * FROM event WHERE kind IN (?, ?) AND json_extract(detail, '$.instance') = ?
            ORDER BY id DESC LIMIT 1
        """
        return next(iter(self.query(called, f"{kind}.call", f"{kind}.recall", switch.instance_id)), None)

    def _events(self, request_id: str, instance_id: str, *, before: int = 2**62) -> Sequence[Row]:
        """What has happened to a request as a whole, and to this instance for it."""
        happened = """
            SELECT * FROM event WHERE request_id = ? AND id < ?
                AND COALESCE(json_extract(detail, '$.instance'), ?) = ?
            ORDER BY id
        """
        return self.query(happened, request_id, before, instance_id, instance_id)

    @staticmethod
    def _left_stopped(events: Sequence[Row]) -> bool:
        """Whether somebody has said to leave it so, and it was not stopped again since."""
        said = [event for event in events if _says_to_leave_it(event) or event["kind"] in _STOPS]
        return bool(said) and _says_to_leave_it(said[-1])


def _says_to_leave_it(event: Row) -> bool:
    return "left stopped" in event["detail"] or event["kind"] == "leave_stopped"


def jobs_of(plan: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The jobs of a stored plan: that of one machine is written flat."""
    return plan.get("jobs") or [plan]


def _in_turn(request_id: str, instances: Sequence[str], events: Sequence[Row]) -> Iterator[str]:
    begun: list[str] = []  # in the order in which they were
    badly: set[str] = set()  # with something that failed, is unsure, or was let go
    asked: dict[str, set[str]] = defaultdict(set)  # what was asked for each, and has not ended
    let_on = 0
    for event in events:
        kind, _, what = event["kind"].partition(".")
        instance = json.loads(event["detail"]).get("instance")
        if event["kind"] == "retry":
            begun, badly, let_on = [], set(), 0
        elif event["kind"] == "go_on":
            let_on += 1
        if instance is None:
            continue
        if what == "call" and instance not in begun:
            before = instances[: instances.index(instance)]
            waits = [one for one in before if one in badly or asked[one]]
            if len(waits) > let_on:
                yield f"{instance} was begun for {request_id}, and {waits} had not ended well"
            begun.append(instance)
        if what in {"call", "recall", "accept", "again", "retry"}:
            asked[instance].add(kind)
        elif what in {"finish", "skip"}:
            asked[instance].discard(kind)
        if what in {"refuse", "drift", "break", "give_up", "doubt"} or "left stopped" in event["detail"]:
            asked[instance].discard(kind)
            badly.add(instance)
        if what in {"finish", "accept"} and kind == "image" and not asked[instance] - {"image"}:
            badly.discard(instance)  # a doubt that was settled


def _lived(request_id: str, rows: Sequence[Row], events: Sequence[Row]) -> Iterator[str]:
    states = {row["kind"]: StepState.PLANNED for row in rows}
    order = list(states)
    for event in events:
        kind, _, what = event["kind"].partition(".")
        if event["kind"] == "retry":
            states = dict.fromkeys(states, StepState.PLANNED)
        elif event["kind"] in {"reject", "cancel", "expire"}:
            states = dict.fromkeys(states, StepState.SKIPPED)
        elif kind in states and what in _MOVES:
            move = _MOVES[what]
            if states[kind] not in move.sources:
                yield f"{request_id}: {kind} made {move} from {states[kind]}"
            before = [states[one] for one in order[: order.index(kind)]]
            if what == "call" and any(state not in ENDED | {StepState.UNSURE, StepState.CALLING} for state in before):
                yield f"{request_id}: {kind} was asked for while those before it were {before}"
            states[kind] = move.target
    for row in rows:
        if row["state"] != states[row["kind"]]:
            yield f"{request_id}: {row['kind']} is {row['state']}; its events end in {states[row['kind']]}"
