"""Trouble with one machine of several: a job that comes to no good end, and holds those after it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.demo.jdcloud import ImageBreaks, JDCloud, Refuse

AIMED = 0.9
"""How often, of 1, a request of several machines has one whose image comes to nothing."""

GO_ON, END = "Go on", "End here"

ENDED = 0.4
"""How often, of 1, people end what is held, rather than go on."""

WRONG = (ImageBreaks(), Refuse(400, "INVALID_ARGUMENT", "no such thing"))

WHY = frozenset({"image_broken", "cloud_invalid"})
"""What a card says of these."""

_TO_COME = """
    SELECT step.request_id, step.instance_id FROM step JOIN request ON request.id = step.request_id
    WHERE request.state IN ('approved', 'working') AND step.kind = 'image' AND step.state = 'planned'
        AND EXISTS (SELECT 1 FROM job WHERE job.request_id = step.request_id AND job.number > step.job)
    ORDER BY step.request_id, step.job
"""

_WAITING = """
    SELECT id FROM request WHERE state = 'working' AND ending = 0
        AND EXISTS (SELECT 1 FROM job WHERE request_id = id AND job.state = 'held')
        AND NOT EXISTS (SELECT 1 FROM job WHERE request_id = id AND job.state IN ('waiting', 'running'))
"""

_TOLD = "SELECT DISTINCT request_id FROM notice WHERE kind = 'held'"

_SAID = f"SELECT DISTINCT request_id FROM event WHERE kind = ? AND request_id IN ({_TOLD})"


@dataclass
class Aim:
    """Has images of single machines come to nothing, of which others of their request come later."""

    cloud: JDCloud
    random: Random  # its own: nothing else in a run goes another way by its draws
    query: Callable[..., Sequence[Mapping[str, Any]]]
    trace: Callable[[str], None]
    aimed_at: set[str] = field(default_factory=set)  # ids of instances
    _seen: set[str] = field(default_factory=set)  # ids of requests

    def look(self) -> None:
        """Takes aim at one machine of each request that is approved, but for its last: that holds nobody."""
        to_come: dict[str, list[str]] = defaultdict(list)
        for row in self.query(_TO_COME):
            to_come[row["request_id"]].append(row["instance_id"])
        for request_id in sorted(to_come.keys() - self._seen):
            self._seen.add(request_id)
            if self.random.random() < AIMED:
                instance_id = self.random.choice(to_come[request_id])
                self.cloud.faults.add("createImage", self.random.choice(WRONG), instance=instance_id)
                self.aimed_at.add(instance_id)
                self.trace(f"aimed at {instance_id} of {request_id}")

    def again(self) -> None:
        """What was aimed was called off: all of it is drawn anew."""
        self._seen.clear()

    def word(self) -> str:
        """What somebody says next who looks for machines that are held; of none there is nothing to end."""
        return END if self.query(_WAITING) and self.random.random() < ENDED else GO_ON

    def count(self) -> Mapping[str, int]:
        """How many requests were held, of how many of these people said to go on, and how many they ended."""
        went_on, ended = (len(self.query(_SAID, kind)) for kind in ("go_on", "end_here"))
        return {"held": len(self.query(_TOLD)), "went_on": went_on, "ended": ended}
