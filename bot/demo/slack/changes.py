"""News of the workspace: everything that becomes visible is told to whoever listens."""

import asyncio
import weakref
from typing import Any, NamedTuple


class Change(NamedTuple):
    """Something happened.

    Kinds: `message.posted`, `message.updated`, `message.deleted`, `view.opened`, `view.pushed`, `view.updated`,
    `view.entered`, `view.closed`, `home.published`, `person.acted`, `call`, `failure`, `workspace.edited`, `socket`.
    """

    kind: str
    payload: Any  # the record that changed


class Listener:
    """All changes from the moment it was made; an asynchronous iterator that never ends."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Change] = asyncio.Queue()

    def hear(self, change: Change) -> None:
        """Takes note of a change."""
        self._queue.put_nowait(change)

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> Change:
        return await self._queue.get()


class Changes:
    """Tells changes to any number of listeners: `async for change in slack.changes`."""

    def __init__(self) -> None:
        # A listener that nobody holds any more must not fill up.
        self._listeners: weakref.WeakSet[Listener] = weakref.WeakSet()

    def __aiter__(self) -> Listener:
        return self.listen()

    def listen(self) -> Listener:
        """Hears everything from now on."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def tell(self, kind: str, payload: object) -> None:
        """Something happened."""
        for listener in tuple(self._listeners):
            listener.hear(Change(kind, payload))
