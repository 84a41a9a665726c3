"""What notices say of one machine and of several in the same words."""

from bot.domain.asked import runs_again
from bot.domain.lifecycle import Notice
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import code, moment, person
from bot.slack.screens import machines
from bot.texts import notice as texts
from bot.texts import several


def what(request: ImageRequest) -> str:
    """An image of a machine, or images of several, in words."""
    language, plan = request.language, request.plan
    if job := plan.only:
        return texts.WHAT(language, name=code(job.image_name), instance=code(job.called))
    return several.WHAT(language, count=str(len(plan.jobs)), machines=machines.named(plan.jobs, language))


def told_alike(kind: Notice, request: ImageRequest) -> str:
    """What is told of one machine and of several in the same words.

    Args:
        kind: what is told.
        request: as it stands.
    """
    facts = {"request": request.id, "requester": person(request.requester), "what": what(request)}
    match kind:
        case Notice.REJECTED:
            who = request.rejection
            assert who is not None
            return texts.REJECTED(request.language, **facts, person=person(who.approver))
        case Notice.FAILED if request.ending:
            return texts.ENDED(request.language, **facts, person=person(request.ended_by))
        case Notice.EXPIRED if request.approved_at:
            return texts.APPROVAL_EXPIRED(request.language, **facts)
        case Notice.RUNS_AGAIN:
            waiting = [request.plan.jobs[number] for number in runs_again(request)]
            facts |= {"machines": machines.named(waiting, request.language), "when": moment(request.expires_at)}
            return texts.TO_BE_STOPPED(request.language, **facts)
        case _ if kind in _ALIKE:
            return _ALIKE[kind](request.language, **facts)
        case _:
            raise ValueError(f"{kind} is told in a form, or on the card")


_ALIKE = {
    Notice.EXPIRED: texts.EXPIRED,
    Notice.FAILED: texts.FAILED,
    Notice.APPROVAL_VOID: texts.APPROVAL_VOID,
    Notice.APPROVAL_OWN: texts.APPROVAL_OWN,
    Notice.NOT_SHOWN: texts.NOT_SHOWN,
    Notice.CARD_LOST: texts.CARD_LOST,
}
