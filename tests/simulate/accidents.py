"""Accidents: a machine breaks, or is deleted, while nobody can know whether it was stopped or started."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.demo.jdcloud import Drop, Instance, JDCloud, LoseAnswer

LOST = 0.7
"""How often, of 1, the answer to a stop or a start is lost, and then the machine with it."""

DELETED = 0.3
"""How often, of 1, a machine is deleted then, rather than in an error for ever."""

WHY = frozenset(
    {
        *("cloud_instance_gone", "instance_not_stopped", "instance_busy", "cloud_not_stopped", "cloud_not_running"),
        *("patience_over", "not_stopped", "not_started", "gone_stopping", "gone_starting"),
    }
)
"""What a card says of these machines."""

_STEPS = """
    SELECT step.id, step.instance_id, step.kind, step.state FROM step JOIN request ON request.id = step.request_id
    WHERE request.state IN ('approved', 'working') AND step.kind IN ('stop', 'start')
        AND step.state IN ('planned', 'calling')
    ORDER BY step.id
"""


@dataclass
class Accidents:
    """Loses the answer to a stop or a start, and breaks its machine in that moment."""

    cloud: JDCloud
    random: Random  # its own: nothing else in a run goes another way by its draws
    query: Callable[..., Sequence[Mapping[str, Any]]]
    trace: Callable[[str], None]
    wrecked: dict[str, Instance] = field(default_factory=dict)  # by id
    _seen: dict[int, bool] = field(default_factory=dict)  # ids of steps, and whether this is to befall them

    def look(self) -> None:
        """Has it befall some of the steps that are to come, and some machines of those that are under way."""
        for step in self.query(_STEPS):
            which, machine = int(step["id"]), str(step["instance_id"])
            if which not in self._seen:
                self._seen[which] = self.random.random() < LOST
                if self._seen[which]:
                    fault = self.random.choice((Drop(), LoseAnswer()))
                    self.cloud.faults.add(f"{step['kind']}Instance", fault, instance=machine)
            if step["state"] == "calling" and self._seen[which] and machine not in self.wrecked:
                self._wreck(machine)

    def _wreck(self, machine: str) -> None:
        """Nothing brings it back."""
        instance = self.wrecked[machine] = self.cloud.instances[machine]
        instance.status, instance.next_status = "error", ""
        gone = self.random.random() < DELETED
        if gone:
            del self.cloud.instances[machine]
        self.trace(f"accident: {machine} is {'deleted' if gone else 'in an error'}")
