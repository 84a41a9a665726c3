"""Drafts: what people have chosen in forms that are not requests yet."""

from dataclasses import replace
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, TypeAdapter

from bot.domain.draft import Draft, DraftState
from bot.store.database import Lease
from bot.store.leased import Leased

_OF_THE_INSTANCE = ("instance", "offered", "usual_seconds", "left_out", "added", "others")


def _of_earlier(stored: Any) -> Any:
    """A draft as an earlier version may have written it: a form is not lost over a deployment."""
    if not isinstance(stored, dict):
        return stored
    unsent = stored.get("unsent")
    if isinstance(unsent, dict) and "instance" in unsent:  # the names of several were one text
        stored = stored | {"unsent": unsent | {"names": unsent["instance"].split(", ")}}
    return stored if "jobs" in stored or "instance_id" not in stored else _with_jobs(stored)


def _with_jobs(stored: dict[str, Any]) -> dict[str, Any]:
    """One that knew one instance only."""
    draft = {name: value for name, value in stored.items() if name not in _OF_THE_INSTANCE}
    instance_id, suggested = draft.pop("instance_id"), draft.pop("suggested_name", "")
    warned, form = draft.pop("warned_name", ""), draft.get("disk_form")
    draft |= {"jobs": [], "warned_names": [warned] if warned else []}
    if form:
        draft["disk_form"] = form | {"instance_id": instance_id}
    if instance_id:
        share = {name: stored[name] for name in _OF_THE_INSTANCE if name in stored}
        called = {"name": draft.pop("name", ""), "free_names": [suggested] if suggested else []}
        draft["jobs"] = [share | called | {"region": stored["region"], "instance_id": instance_id}]
    return draft


@cache
def _content() -> TypeAdapter[Draft]:
    """Made for the first draft, and not at the start."""
    return TypeAdapter(Annotated[Draft, BeforeValidator(_of_earlier)])


_CHECKING = "state = 'checking'"
"""SQL: what was sent and is to be checked."""


class Drafts(Leased):
    """The table `draft`."""

    table = "draft"
    unheld: ClassVar[str] = "state = 'open'"
    """What may be written without a lease: a draft that was sent is its check's."""

    def add(self, draft: Draft) -> None:
        """A new draft."""
        self._query(
            """
            INSERT INTO draft (id, state, revision, requester, region, content, created_at)
            VALUES (:id, :state, :revision, :requester, :region, :content, :created_at)
            """,
            **_columns(draft),
        )

    def get(self, draft_id: str) -> Draft | None:
        """A draft as it stands."""
        rows = self._query("SELECT content FROM draft WHERE id = :id", id=draft_id)
        return _content().validate_json(rows[0]["content"]) if rows else None

    def save(self, draft: Draft, *, lease: Lease | None = None) -> Draft | None:
        """Writes a changed draft over the revision it was read at; with a lease, and lets go of it.

        Returns it with its new revision; None when somebody else was first, the lease is no longer held, or there is
        none and the draft was sent.
        """
        saved = replace(draft, revision=draft.revision + 1)
        query = self._query if saved.state is DraftState.CHECKING else self._query.quietly
        rows = query(
            f"""
            UPDATE draft SET state = :state, revision = :revision, requester = :requester, region = :region,
                content = :content, created_at = :created_at, next_at = 0, owner = '', lease_until = 0
            WHERE id = :id AND revision = :read_at AND {self._held if lease else self.unheld}
            RETURNING id
            """,
            **_columns(saved),
            read_at=draft.revision,
            **({"lease": lease.token} if lease else {}),
        )
        return saved if rows else None

    def unsent(self, requester: str, since: float) -> Draft | None:
        """Somebody's newest form that was opened since then, not sent, and about an instance."""
        rows = self._query(
            """
            SELECT content FROM draft WHERE requester = :requester AND created_at >= :since AND state = 'open'
            ORDER BY created_at DESC LIMIT 10
            """,
            requester=requester,
            since=since,
        )
        drafts = (_content().validate_json(row["content"]) for row in rows)
        return next((draft for draft in drafts if draft.jobs and not draft.taken_over_by), None)

    @property
    def any_to_check(self) -> str:
        """SQL of whether there is anything for `claim_checking`."""
        return self._any(_CHECKING)

    @property
    def next_to_check(self) -> str:
        """SQL of when the next is due that was put off."""
        return self._next(_CHECKING)

    def bring_back(self, *, held: float) -> None:
        """After the clock went back (see `Leased`)."""
        self._bring_back(_CHECKING, held=held)

    def claim_checking(self, lease: Lease, limit: int) -> tuple[Draft, ...]:
        """Drafts that were sent and are to be checked."""
        rows = self._claim(_CHECKING, lease, limit)
        return tuple(_content().validate_json(row["content"]) for row in rows)

    def of_request(self, request_id: str) -> Draft | None:
        """The form that a request was sent with, as long as it is kept."""
        rows = self._query(
            "SELECT content FROM draft WHERE id = (SELECT draft_id FROM request WHERE id = :id)", id=request_id
        )
        return _content().validate_json(rows[0]["content"]) if rows else None

    def last_region(self, requester: str) -> str | None:
        """The region somebody chose last."""
        rows = self._query(
            "SELECT region FROM draft WHERE requester = :requester ORDER BY created_at DESC LIMIT 1",
            requester=requester,
        )
        return str(rows[0]["region"]) if rows else None

    def purge(self, before: float) -> int:
        """Forgets drafts that are older and not being checked; says how many."""
        rows = self._query(
            "DELETE FROM draft WHERE created_at < :before AND state <> 'checking' RETURNING id", before=before
        )
        return len(rows)


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "id": draft.id,
        "state": draft.state,
        "revision": draft.revision,
        "requester": draft.requester,
        "region": draft.region,
        "content": _content().dump_json(draft).decode(),
        "created_at": draft.created_at,
    }
