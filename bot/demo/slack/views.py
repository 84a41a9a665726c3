"""Modals and Home tabs: who has which open, in which order, and what is entered in them."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.demo.slack.changes import Changes
from bot.demo.slack.entries import changed, entered
from bot.demo.slack.layout import completed
from bot.demo.slack.records import View
from bot.demo.slack.refusals import Json, Refusal

STACK = 3
"""How many views may lie on each other (Slack: modals)."""


class Views:
    """All views that are open."""

    def __init__(self, changes: Changes, clock: Callable[[], float], new_id: Callable[[int], str]) -> None:
        self._changes = changes
        self._clock = clock
        self._new_id = new_id
        self._open: dict[str, View] = {}
        self._stacks: dict[str, list[str]] = {}  # user id -> view ids, the root first
        self._homes: dict[str, str] = {}  # user id -> view id

    def stack(self, user_id: str) -> list[View]:
        """The modals somebody has open, the root first."""
        return [self._open[view_id] for view_id in self._stacks.get(user_id, [])]

    def top(self, user_id: str) -> View | None:
        """The modal somebody sees."""
        stack = self.stack(user_id)
        return stack[-1] if stack else None

    def home(self, user_id: str) -> View | None:
        """What is published in somebody's Home tab."""
        view_id = self._homes.get(user_id)
        return self._open[view_id] if view_id else None

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """An open view.

        Raises:
            Refusal: `not_found`, also when it was closed.
        """
        if view_id in self._open:
            return self._open[view_id]
        for view in self._open.values():
            if external_id and view.external_id == external_id:
                return view
        raise Refusal("not_found")

    def open(self, user_id: str, content: Json, *, origin: str) -> View:
        """Shows a modal; what was open goes."""
        self._check_external_id(content)
        self.close_all(user_id)
        view = self._place(user_id, content, origin=origin, previous=None)
        self._changes.tell("view.opened", view)
        return view

    def push(self, user_id: str, content: Json) -> View:
        """Lays a modal on top of the one somebody sees.

        Raises:
            Refusal: `push_limit_reached`, `duplicate_external_id`.
        """
        stack = self.stack(user_id)
        if len(stack) >= STACK:
            raise Refusal("push_limit_reached")
        self._check_external_id(content)
        view = self._place(user_id, content, origin=stack[-1].origin, previous=stack[-1])
        self._changes.tell("view.pushed", view)
        return view

    def update(self, view: View, content: Json, *, only: str = "") -> View:
        """Replaces what a view shows, and keeps what is entered where the ids stay the same.

        Args:
            view: which.
            content: what it shows from now on.
            only: the hash it must still have; empty for any.

        Raises:
            Refusal: `hash_conflict`, `duplicate_external_id`.
        """
        current = self.find(view_id=view.id)
        if only and only != current.hash:
            raise Refusal("hash_conflict")
        self._check_external_id(content, own=current.external_id)
        complete = self._completed(content)
        updated = replace(
            current,
            content=complete,
            hash=self._hash(),
            external_id=content.get("external_id", ""),
            values=entered(complete["blocks"], current.values, current.origin),
            errors={},
            trouble="",
        )
        self._open[view.id] = updated
        self._changes.tell("home.published" if view.type == "home" else "view.updated", updated)
        return updated

    def publish(self, user_id: str, content: Json, *, only: str = "") -> View:
        """Shows a Home tab."""
        current = self.home(user_id)
        if current:
            return self.update(current, content, only=only)
        if only:
            raise Refusal("hash_conflict")
        self._check_external_id(content)
        view = self._new(user_id, content, origin="", previous=None)
        self._homes[user_id] = view.id
        self._changes.tell("home.published", view)
        return view

    def enter(self, view: View, block_id: str, action_id: str, state: Json) -> View:
        """Somebody fills in an element; the hash stays."""
        current = self.find(view_id=view.id)
        values = changed(current.values, block_id, action_id, state)
        return self._amend("view.entered", replace(current, values=values))

    def show_errors(self, view: View, errors: Mapping[str, str], trouble: str = "") -> View:
        """Errors are shown under fields (block id -> text), and `trouble` at the top."""
        return self._amend("view.entered", replace(self.find(view_id=view.id), errors=errors, trouble=trouble))

    def close(self, view: View) -> None:
        """A modal goes, and with it what lies on it."""
        stack = self._stacks.get(view.user_id, [])
        if view.id in stack:
            while self._pop(view.user_id) != view.id:
                pass

    def close_all(self, user_id: str) -> None:
        """All of somebody's modals go."""
        while self._stacks.get(user_id):
            self._pop(user_id)

    def _pop(self, user_id: str) -> str:
        view_id = self._stacks[user_id].pop()
        self._changes.tell("view.closed", self._open.pop(view_id))
        return view_id

    def _place(self, user_id: str, content: Json, *, origin: str, previous: View | None) -> View:
        view = self._new(user_id, content, origin=origin, previous=previous)
        self._stacks.setdefault(user_id, []).append(view.id)
        return view

    def _new(self, user_id: str, content: Json, *, origin: str, previous: View | None) -> View:
        complete = self._completed(content)
        view_id = f"V{self._new_id(10)}"
        view = View(
            id=view_id,
            user_id=user_id,
            content=complete,
            hash=self._hash(),
            root_id=previous.root_id if previous else view_id,
            previous_id=previous.id if previous else None,
            external_id=content.get("external_id", ""),
            origin=origin,
            values=entered(complete["blocks"], {}, origin),
        )
        self._open[view_id] = view
        return view

    def _amend(self, kind: str, view: View) -> View:
        self._open[view.id] = view
        self._changes.tell(kind, view)
        return view

    def _completed(self, content: Json) -> Json:
        return {**content, "blocks": completed(content["blocks"], self._new_id)}

    def _check_external_id(self, content: Json, own: str = "") -> None:
        external_id = content.get("external_id", "")
        if external_id and external_id != own and any(v.external_id == external_id for v in self._open.values()):
            raise Refusal("duplicate_external_id")

    def _hash(self) -> str:
        return f"{int(self._clock())}.{self._new_id(8)}"
