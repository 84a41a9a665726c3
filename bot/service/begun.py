"""What is left to be done about what a transaction has claimed, once that is committed."""

from collections.abc import Callable, Coroutine
from typing import Any

Begun = Callable[[], Coroutine[Any, Any, None]]
"""Does it, once."""


async def done() -> None:
    """Nothing is."""
