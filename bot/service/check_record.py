"""What becomes of a draft that was checked, written down: a request, or an open draft that says what is wrong."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.domain.cloud import Seen
from bot.domain.delivery import POSTED_WITHIN, CardKind
from bot.domain.draft import Draft, DraftState
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import Notice, Place
from bot.domain.reminders import next_look
from bot.domain.request import ImageRequest
from bot.domain.rule import Ruleset
from bot.service.others import came_in, with_others
from bot.service.ports import NewId
from bot.store import Lease, Store, Transaction

log = structlog.get_logger(__name__)


class _NotOurs(Exception):
    """The lease has ended: whoever took over says what becomes of the draft, and nothing of this is stored."""


@dataclass(frozen=True)
class Checked:
    """A draft in whose way nothing stands."""

    draft: Draft  # as it was sent
    looked: Draft  # with its instances as they stand now
    ruleset: Ruleset  # that decides about it
    seen: Sequence[Seen]  # its instances as they were found, in the order of the plan's jobs


@dataclass(frozen=True, kw_only=True)
class CheckRecord:
    """Writes it under the lease of the check. Other requests are looked for in the same transaction: whoever sent the
    form could not see those that came in since.
    """

    store: Store
    new_request_id: NewId

    async def sent(self, checked: Checked, request: ImageRequest, lease: Lease) -> None:
        """It is a request now; or it comes back, where others came in for its machines."""
        draft, ruleset, made_at = checked.draft, checked.ruleset, request.created_at
        cards = [(CardKind.APPROVAL, channel) for channel in ruleset.channels]
        cards.append((CardKind.REQUESTER, request.requester))
        remind_at = next_look(ruleset.rules, created_at=made_at, told={}, now=made_at)

        def work(tx: Transaction) -> str | None:
            found = with_others(tx, checked.looked)
            if came := tuple(came_in(draft, found)):
                _give_back(tx, found, came, lease)
                return None
            wanted = dataclasses.replace(draft, state=DraftState.SENT, request_id=request.id)
            if not tx.requests.add(request, draft_id=draft.id, cards=cards, seen=checked.seen, remind_at=remind_at):
                known = tx.requests.of_draft(draft.id)
                if known is None:
                    return ""  # the id is taken: another one
                wanted = dataclasses.replace(wanted, request_id=known.id)
            if tx.drafts.save(wanted, lease=lease) is None:
                raise _NotOurs
            tx.notices.owe(
                Notice.SUBMITTED,
                Place.VIEW,
                conversation=draft.requester,
                request_id=wanted.request_id,
                draft_id=draft.id,
                version=draft.revision,
                after=POSTED_WITHIN,  # it has a link to the card
            )
            return wanted.request_id

        try:
            while (request_id := await self.store.transact(work)) == "":
                request = dataclasses.replace(request, id=self.new_request_id())
        except _NotOurs:
            log.info("draft.not_ours", draft_id=draft.id)
            return
        if request_id:
            log.info("request.submitted", request_id=request_id, actor=request.requester, plan_hash=request.plan.hash)

    async def back(self, draft: Draft, looked: Draft | None, problems: Sequence[Problem], lease: Lease) -> None:
        """It is open again, and says what is wrong.

        Args:
            draft: as it was sent.
            looked: with its instances as they stand now, and what is wrong with them, where they could be looked at.
            problems: what is wrong besides.
            lease: by which it is held.
        """

        def work(tx: Transaction) -> None:
            found = with_others(tx, looked) if looked else draft
            _give_back(tx, found, (*problems, *came_in(draft, found)), lease)

        await self.store.transact(work)


def _give_back(tx: Transaction, draft: Draft, problems: Sequence[Problem], lease: Lease) -> None:
    taken = [problem.facts["name"] for problem in problems if problem.code is Code.NAME_TAKEN]
    opened = dataclasses.replace(
        placed(draft, problems),
        state=DraftState.OPEN,
        warned_names=tuple(dict.fromkeys([*draft.warned_names, *taken])),
        came_back=True,
        round=draft.round + 1,
    )
    if saved := tx.drafts.save(opened, lease=lease):
        tx.notices.owe(
            Notice.NOT_SUBMITTED, Place.VIEW, conversation=draft.requester, draft_id=draft.id, version=saved.revision
        )
    told = [*(problem for job in draft.jobs for problem in job.problems), *problems]
    log.info("draft.returned", draft_id=draft.id, actor=draft.requester, problems=[one.code for one in told])


def placed(draft: Draft, problems: Sequence[Problem]) -> Draft:
    """A draft with problems where they belong: those that name one of its instances stand at that."""
    only = draft.only
    jobs, general = list(draft.jobs), list(problems)
    for number, job in enumerate(jobs):
        own = [one for one in general if only is None and one.facts.get("instance_id") == job.instance_id]
        general = [one for one in general if one not in own]
        jobs[number] = dataclasses.replace(job, problems=(*job.problems, *own))
    return dataclasses.replace(draft, jobs=tuple(jobs), problems=tuple(general))
