"""Circuit breakers: who does not answer is left alone for growing pauses, and tried by one caller at a time."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

FAILURES = 3
"""Failures in a row that open a circuit. One success closes it."""

SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds; each failed trial doubles the pause."""


def loop_time() -> float:
    """The event loop's clock: nobody sets it, and it never steps back, as the clock on the wall may."""
    return asyncio.get_running_loop().time()


@dataclass
class Circuit:
    """The circuit breaker of one upstream, or of one part of it that fails by itself.

    `open_for` comes before each call, and `succeeded` or `failed` after it. Many calls may be in flight when an
    upstream falls silent, and they fail one after the other: only the trial of a pause speaks for what comes after it.
    """

    name: str  # for the log: "jdcloud vm cn-north-1"
    clock: Callable[[], float] = loop_time  # seconds since whenever
    _failures: int = 0
    _silent_since: float = 0.0
    _next_trial: float = 0.0
    _trial_began: float = math.inf  # of the trial that is out; while there is none, no failure counts any more

    @property
    def is_open(self) -> bool:
        """Whether the upstream is being left alone."""
        return self._failures >= FAILURES

    def until_trial(self) -> float:
        """Seconds until a call may be tried, 0 for now; nobody is let through by asking."""
        return max(0.0, self._next_trial - self.clock()) if self.is_open else 0.0

    def open_for(self) -> float:
        """Seconds to wait before a call, 0 to go ahead. Whoever may go ahead while it is open makes the trial
        (half-open); for the others it stays open for a pause: should that caller die, the next trial is another's.
        """
        seconds = self.until_trial()
        if self.is_open and not seconds:
            self._trial_began = self.clock()
            self._next_trial = self._trial_began + self._pause()
        return seconds

    def succeeded(self) -> None:
        """There was an answer, whatever it said."""
        if self.is_open:
            log.info("upstream.recovered", upstream=self.name, seconds=round(self.clock() - self._silent_since))
        self._failures = 0

    def failed(self, why: str, *, begun: float) -> None:
        """There was none for a call that was `begun` then, by the circuit's clock."""
        if self.is_open and begun < self._trial_began:
            return
        now = self.clock()
        if self._failures == 0:
            self._silent_since = now
        self._failures += 1
        self._next_trial, self._trial_began = now + self._pause(), math.inf
        if self._failures == FAILURES:  # said once
            log.error("upstream.not_answering", upstream=self.name, why=why)

    def status(self) -> str:
        """For an operator: `ok`, or since when there has been no answer."""
        if not self.is_open:
            return "ok"
        return f"not answering for {self.clock() - self._silent_since:.0f} s"

    def _pause(self) -> float:
        return float(min(SHORTEST_PAUSE * 2 ** min(self._failures - FAILURES, 10), LONGEST_PAUSE))


@dataclass
class Circuits:
    """Circuits by name, made when they are first needed."""

    clock: Callable[[], float] = loop_time
    _known: dict[str, Circuit] = field(default_factory=dict)

    def of(self, name: str) -> Circuit:
        """The circuit of that name."""
        return self._known.setdefault(name, Circuit(name, self.clock))

    def status(self) -> dict[str, str]:
        """What each one says for an operator."""
        return {name: circuit.status() for name, circuit in sorted(self._known.items())}
