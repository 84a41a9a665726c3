"""Changing a draft: read, change, write over the revision that was read; once more when somebody else was first."""

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.domain.draft import Act, Draft, is_late
from bot.domain.errors import Code, Late, Problem, UserError
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")

Change = Callable[[Draft], Draft]

ChangeIn = Callable[[Transaction, Draft], Draft]
"""A change that needs what is known besides the draft."""

BY_ITSELF = Act(person="")
"""What the bot does to a draft by itself: it loads disks, and learns which view shows it."""


async def change_draft(store: Store, draft_id: str, change: Change, act: Act = BY_ITSELF) -> Draft:
    """Applies a change to a draft as it stands, and returns it as it then is.

    What comes too late changes nothing (`is_late`). Only its check, which holds its lease, changes a draft that was
    sent.

    Args:
        store: where it is kept.
        draft_id: which.
        change: pure, as it may be applied more than once.
        act: what a person did, where it was one: nobody changes another's draft.

    Raises:
        UserError: there is no such draft, it is somebody else's, or what `change` raises.
        Late: what a person did came too late. What the bot does by itself is left undone without a word.
    """
    return await until_saved(store, lambda tx: changed_draft(tx, draft_id, lambda _, draft: change(draft), act))


async def until_saved(store: Store, work: Callable[[Transaction], T | None]) -> T:
    """Runs `work` until nobody was first: it returns None where somebody was."""
    while True:
        saved = await store.transact(work)
        if saved is not None:
            return saved


def changed_draft(tx: Transaction, draft_id: str, change: ChangeIn, act: Act) -> Draft | None:
    """The change in a transaction (see `change_draft`); None where somebody else was first."""
    draft = existing_draft(tx.drafts.get(draft_id))
    if act.person and draft.requester != act.person:
        raise UserError(Problem(Code.NOT_YOUR_REQUEST))
    if is_late(draft, act):
        log.info("draft.late", draft_id=draft_id, state=draft.state, round=draft.round)
        if act.person:
            raise Late
        return draft
    changed = dataclasses.replace(
        change(tx, draft),
        acted_at=max(draft.acted_at, act.at),
        came_back=draft.came_back and not act.person,
    )
    return draft if changed == draft else tx.drafts.save(changed)


def existing_draft(draft: Draft | None) -> Draft:
    """A draft that was looked for.

    Raises:
        UserError: it is not there (any more).
    """
    if draft is None:
        raise UserError(Problem(Code.FORM_GONE))
    return draft
