"""New ids, and chance. Whoever needs one is handed the function, so that a test can own it."""

import random
from dataclasses import dataclass, field

from bot.domain.limits import REQUEST_ID_ALPHABET, REQUEST_ID_LENGTH


@dataclass(frozen=True)
class Ids:
    """New ids, from the system's randomness unless a test has another."""

    source: random.Random = field(default_factory=random.SystemRandom)

    def request(self) -> str:
        """An id that people can say aloud: `IR-7K3QF`. The store says when it is taken already."""
        return "IR-" + self._letters(REQUEST_ID_LENGTH)

    def reference(self) -> str:
        """A short reference to a line in the operator's log: `E-4QZ7M2`."""
        return "E-" + self._letters(6)

    def draft(self) -> str:
        """An id nobody can guess: it stands in for its draft in a form's private metadata."""
        return self._hex(16)

    def owner(self) -> str:
        """The name of a worker, new at every start."""
        return "worker-" + self._hex(8)

    def nonce(self) -> str:
        """A nonce for one signed call (JD Cloud: x-jdcloud-nonce)."""
        return self._hex(16)

    def chance(self) -> float:
        """A number from 0 to 1, for pauses that no two processes shall share."""
        return self.source.random()

    def _letters(self, count: int) -> str:
        return "".join(self.source.choices(REQUEST_ID_ALPHABET, k=count))

    def _hex(self, size: int) -> str:
        return f"{self.source.getrandbits(8 * size):0{2 * size}x}"
