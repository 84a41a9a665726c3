"""Other requests for the machines of a form: as the form names them, and which came in since it was loaded."""

import dataclasses
from collections.abc import Iterable, Iterator

from bot.domain.draft import Draft, OtherRequest
from bot.domain.errors import Code, Field, Problem
from bot.domain.request import ImageRequest
from bot.store import Transaction


def named(requests: Iterable[ImageRequest]) -> tuple[OtherRequest, ...]:
    """Requests as a form names them."""
    return tuple(OtherRequest(id=one.id, requester=one.requester, state=one.state) for one in requests)


def with_others(tx: Transaction, draft: Draft) -> Draft:
    """A form with the other requests as they stand now."""
    found = [(job, tx.requests.waiting_for(job.instance_id)) for job in draft.jobs]
    return dataclasses.replace(draft, jobs=tuple(dataclasses.replace(job, others=named(there)) for job, there in found))


def came_in(shown: Draft, now: Draft) -> Iterator[Problem]:
    """The requests that whoever filled in a form could not see: said once, as a form that comes back shows them.

    Args:
        shown: the form as it was sent.
        now: the same `with_others`.
    """
    for before, after in zip(shown.jobs, now.jobs, strict=True):
        known = {one.id for one in before.others}
        for one in after.others:
            if one.id not in known:
                facts = {"request": one.id, "instance": after.called, "instance_id": after.instance_id}
                yield Problem(Code.OTHER_CAME_IN, Field.INSTANCE, facts)
