"""The circuit: whoever does not answer is left alone for growing pauses, and asked by one caller at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

FAILURES = 3
"""Failures in a row that open a circuit. One success closes it."""

SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds; each failed trial doubles the pause."""


@dataclass
class Circuit:
    """One neighbour, or one part of it that fails by itself.

    `closed_for` comes before each call, and `succeeded` or `failed` after it.
    """

    name: str  # for the log: "jdcloud vm cn-north-1"
    clock: Callable[[], float]
    _failures: int = 0
    _silent_since: float = 0.0
    _next_trial: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the neighbour is being left alone."""
        return self._failures >= FAILURES

    def closed_for(self) -> float:
        """Seconds to wait before a call, 0 to go ahead. While it is open, the one who may go ahead holds it closed
        to the others for the length of a pause: should that caller die, the next trial is another's.
        """
        if not self.is_open:
            return 0.0
        now = self.clock()
        if now < self._next_trial:
            return self._next_trial - now
        self._next_trial = now + self._pause()
        return 0.0

    def succeeded(self) -> None:
        """There was an answer, whatever it said."""
        if self.is_open:
            log.info("neighbour.answers_again", neighbour=self.name, seconds=round(self.clock() - self._silent_since))
        self._failures = 0

    def failed(self, why: str) -> None:
        """There was none."""
        now = self.clock()
        if self._failures == 0:
            self._silent_since = now
        self._failures += 1
        self._next_trial = now + self._pause()
        if self._failures == FAILURES:  # said once
            log.error("neighbour.not_answering", neighbour=self.name, why=why)

    def said(self) -> str:
        """For an operator: `ok`, or since when there has been no answer."""
        if not self.is_open:
            return "ok"
        return f"not answering for {self.clock() - self._silent_since:.0f} s"

    def _pause(self) -> float:
        return float(min(SHORTEST_PAUSE * 2 ** min(self._failures - FAILURES, 10), LONGEST_PAUSE))


@dataclass
class Circuits:
    """Circuits by name, made when they are first needed."""

    clock: Callable[[], float]
    _known: dict[str, Circuit] = field(default_factory=dict)

    def of(self, name: str) -> Circuit:
        """The circuit of that name."""
        return self._known.setdefault(name, Circuit(name, self.clock))

    def said(self) -> dict[str, str]:
        """What each one says for an operator."""
        return {name: circuit.said() for name, circuit in sorted(self._known.items())}
