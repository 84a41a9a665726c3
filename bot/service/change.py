"""Changing a draft: read, change, write over the revision that was read; once more when somebody else was first."""

from collections.abc import Callable

from bot.domain.draft import Draft
from bot.domain.errors import Code, Problem, UserError
from bot.store import Store, Transaction

Change = Callable[[Draft], Draft]


async def change_draft(store: Store, draft_id: str, change: Change, *, requester: str = "") -> Draft:
    """Applies a change to a draft as it stands, and returns it as it then is.

    Args:
        store: where it is kept.
        draft_id: which.
        change: pure, as it may be applied more than once.
        requester: who changes it, where that is a person: nobody changes another's draft.

    Raises:
        UserError: there is no such draft, it is somebody else's, or what `change` raises.
    """

    def work(tx: Transaction) -> Draft | None:
        draft = existing_draft(tx.drafts.get(draft_id))
        if requester and draft.requester != requester:
            raise UserError(Problem(Code.NOT_YOUR_REQUEST))
        changed = change(draft)
        return draft if changed == draft else tx.drafts.save(changed)

    while True:
        saved = await store.transact(work)
        if saved is not None:
            return saved


def existing_draft(draft: Draft | None) -> Draft:
    """A draft that was looked for.

    Raises:
        UserError: it is not there (any more).
    """
    if draft is None:
        raise UserError(Problem(Code.FORM_GONE))
    return draft
