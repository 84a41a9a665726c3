"""What came of something that a notice asked people to do, in a line: who settled it, or that it settled itself."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.lifecycle import Notice
from bot.domain.request import ImageRequest
from bot.domain.steps import JobStep, Step, StepState
from bot.slack.protocol.markup import code, moment, person
from bot.store import Event
from bot.texts import Text, card
from bot.texts import notice as texts

_WORDS: Mapping[str, Text] = {
    **card.RESUMED,
    "end_here": card.ENDED_HERE,
    "give_up": texts.GAVE_UP,
    "leave_stopped": texts.LEFT_STOPPED,
}
"""What people do about it, by its event."""

OF_THE_WHOLE = frozenset({"retry", "end_here"})
"""What is done about a whole request, and not about one of its machines."""

Came = tuple[str, str, str]
"""The event, whose it was, and the words."""


def pressed(how: str, request: ImageRequest, number: int, *, by: str, at: float) -> str:
    """The words for a button that somebody has pressed where it stood.

    Args:
        how: the event that it has made.
        request: in the language of whoever reads it there.
        number: of the job that it is about.
        by: who.
        at: unix seconds.
    """
    return _said(how, request, code(request.plan.jobs[number].called), by=by, at=at)


def what_came(kind: Notice, request: ImageRequest, number: int, events: Sequence[Event]) -> Came:
    """The words for what a notice asked about a job, and is settled.

    Args:
        kind: of the notice.
        request: as it stands, in the language of whoever reads it there.
        number: of the job.
        events: of the request, oldest first.
    """
    job, planned = request.jobs[number], request.plan.jobs[number]
    instance, by_itself = code(planned.called), ("", "", texts.SETTLED(request.language, request=request.id))
    match kind:
        case Notice.FAILED:
            return _by(events, {"retry"}, request, instance) or by_itself
        case Notice.HELD:
            how = {"end_here"} if request.ending else {"go_on"} if job.let_on else set[str]()
            gone_on = ("", "", texts.GONE_ON(request.language))
            return _by(_about(events, planned.instance_id), how, request, instance) or gone_on
        case Notice.MACHINE_OFF:
            return _off(job.of_kind(Step.START), request, instance, _about(events, planned.instance_id)) or by_itself
        case Notice.RUNS_AGAIN if any(step.may_have_acted for step in job.steps):
            return "", "", texts.HAS_BEGUN(request.language, instance=instance)
        case Notice.UNSURE:
            return _unsure(job.of_kind(Step.IMAGE), request, instance, _about(events, planned.instance_id)) or by_itself
        case _:
            return by_itself


def _off(start: JobStep | None, request: ImageRequest, instance: str, events: Sequence[Event]) -> Came | None:
    """Of a machine that was off."""
    if start is None:
        return None
    if start.left_by:
        return _by(events, {"leave_stopped"}, request, instance)
    if start.state in {StepState.DONE, StepState.SKIPPED} and start.ended_at:
        return "", "", texts.STARTED_AGAIN(request.language, instance=instance, when=moment(start.ended_at))
    return None


def _unsure(image: JobStep | None, request: ImageRequest, instance: str, events: Sequence[Event]) -> Came | None:
    """Of a machine of which nobody could tell whether its image was made."""
    if image is None:
        return None
    said = _by(events, {"create_anyway", "give_up"}, request, instance)
    found = image.state in {StepState.WORKING, StepState.DONE} and not (said and said[0] == "create_anyway")
    return ("", "", texts.FOUND(request.language, image=code(image.result))) if found and image.result else said


def _by(events: Sequence[Event], how: Collection[str], request: ImageRequest, instance: str) -> Came | None:
    """Who did so last, and when."""
    event = next((event for event in reversed(events) if _done(event) in how), None)
    if event is None:
        return None
    did = _done(event)
    return did, event.actor, _said(did, request, instance, by=event.actor, at=event.at)


def _said(how: str, request: ImageRequest, instance: str, *, by: str, at: float) -> str:
    return _WORDS[how](request.language, person=person(by), when=moment(at), instance=instance)


def _about(events: Sequence[Event], instance_id: str) -> Sequence[Event]:
    """Those about an instance, or about the whole."""
    return [event for event in events if event.detail.get("instance", instance_id) == instance_id]


def _done(event: Event) -> str:
    """What an event says that somebody did: that of a step names its kind first."""
    return event.kind.rpartition(".")[2]
