"""The buttons of a request, by its state. A button carries which request and which plan, and proves nothing."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.domain.asked import to_be_stopped
from bot.domain.delivery import CardKind
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.domain.steps import Job, JobStep, StepState
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, name, plain
from bot.slack.protocol.values import ButtonValue
from bot.slack.screens import machine_progress
from bot.slack.screens.confirm import confirm, confirm_plan
from bot.texts import Text, card, emergency, question, reminders, several

CONSOLE_URL = "https://cns-console.jdcloud.com/host/image/list"
"""JD Cloud's documentation names the list of images; the address of a region or of a single one is written nowhere."""
INSTANCES_URL = "https://cns-console.jdcloud.com/host/compute/list"
"""Likewise of instances."""


MACHINES = 3
"""Machines that have a row of buttons each: the next ones follow as these are dealt with."""


def of(request: ImageRequest, kind: CardKind) -> Sequence[ButtonElement]:
    """What can be done about a request now, in one row; what exactly is to be made can always be looked at."""
    return [*_review(request, kind), *_moves(request, kind), _button(request, ids.SHOW_DETAILS, card.DETAILS)]


def rows(request: ImageRequest, kind: CardKind, *, emergencies: bool = False) -> Sequence[Sequence[ButtonElement]]:
    """The same on a card: of several machines, those that wait for a person have a row each.

    Args:
        request: as it stands.
        kind: of the card.
        emergencies: whether its rules let anybody begin before it is approved.
    """
    if request.state is State.PENDING and emergencies:
        return [[*of(request, kind), _button(request, ids.BEGIN_UNAPPROVED, emergency.BUTTON, style="danger")]]
    if request.plan.only or request.state is not State.WORKING:
        return [of(request, kind)]
    steps = machine_progress.needing_a_person(request)
    found = [_for_step(request, step, deciding=kind is CardKind.APPROVAL) for step in steps]
    whole = [*_review(request, kind), *_whole(request), _button(request, ids.SHOW_DETAILS, card.DETAILS)]
    return [*[row for row in found if row][:MACHINES], whole]


def decisions(request: ImageRequest) -> Sequence[ButtonElement]:
    """What an approver needs where there is no card: the decision, and what exactly is decided."""
    return [*_deciding(request), _button(request, ids.SHOW_DETAILS, card.DETAILS)]


def _review(request: ImageRequest, kind: CardKind) -> Sequence[ButtonElement]:
    """An approver's word that they have looked at what was begun without one, whatever has become of it."""
    owed = request.review_owed and kind is CardKind.APPROVAL
    return [_button(request, ids.REVIEWED, emergency.REVIEWED_BUTTON, style="primary")] if owed else []


def _moves(request: ImageRequest, kind: CardKind) -> Sequence[ButtonElement]:
    deciding = kind is CardKind.APPROVAL
    match request.state:
        case State.PENDING:
            return _deciding(request) if deciding else [_button(request, ids.NUDGE, reminders.NUDGE), _cancel(request)]
        case State.APPROVED:
            early = [_start_now(request)] if request.begin_at else []
            early += [console_of_machines(request)] if to_be_stopped(request) else []
            return [*early, *([] if deciding else [_cancel(request)])]
        case State.WORKING:
            return _under_way(request, deciding=deciding)
        case State.FAILED | State.PARTLY:
            return ways_out(request)
        case State.REJECTED | State.CANCELLED | State.EXPIRED:
            return [_request_again(request)]
        case State.READY:
            return [console(request)]
        case _:
            return []


def _under_way(request: ImageRequest, *, deciding: bool) -> Sequence[ButtonElement]:
    """What can be done while the cloud is at it: settle what is unsure, start what stands still, or end it here."""
    settling: Sequence[ButtonElement] = ()
    if deciding and (undecided := request.undecided_steps):
        settling = _for_step(request, undecided[0], deciding=True)
    stuck = _for_step(request, request.stuck, deciding=deciding) if request.stuck else []
    return [*settling, *stuck, *_whole(request)]


def _whole(request: ImageRequest) -> Sequence[ButtonElement]:
    """What can be done about all that is still to come."""
    going_on = [_let_on(request, job)] if (job := request.held_up) else []
    console = [console_of_machines(request)] if to_be_stopped(request) else []
    return [*going_on, *console, *([_end_here(request)] if request.can_end or going_on else [])]


def _for_step(request: ImageRequest, step: JobStep, *, deciding: bool) -> Sequence[ButtonElement]:
    """What can be done about one step that does not go on by itself."""
    if step.state is StepState.UNSURE:
        return _settling(request, step) if deciding else []
    if step.is_doubted:
        return [_give_up(request, step)] if deciding else []
    if step.state is StepState.WORKING:
        return [_give_up(request, step, card.GIVE_UP_WATCHING_TEXT)] if deciding else []
    return [_start_again(request, step), _leave_stopped(request, step)]


def for_the_machines(request: ImageRequest) -> Sequence[Sequence[ButtonElement]]:
    """What can be done about machines that the bot has stopped, and cannot start: a row each."""
    steps = request.stuck_steps[:MACHINES]
    return [_for_step(request, step, deciding=False) for step in steps]


def for_the_held(request: ImageRequest) -> Sequence[ButtonElement]:
    """What can be done about machines that are held by one before them."""
    return _whole(request) if request.held_up else []


def _let_on(request: ImageRequest, job: Job) -> ButtonElement:
    asked = confirm(request, several.GO_ON_TITLE, several.GO_ON_TEXT, several.GO_ON, job.number)
    return _button(request, ids.LET_ON, several.GO_ON, style="primary", asked=asked, job=job.number, named=False)


def _end_here(request: ImageRequest) -> ButtonElement:
    words = card.END_TEXT if request.plan.only else several.END_TEXT
    asked = confirm(request, card.END_TITLE, words, card.END_HERE)
    return _button(request, ids.END_HERE, card.END_HERE, asked=asked)


def _start_now(request: ImageRequest) -> ButtonElement:
    asked = confirm_plan(request, card.START_NOW_TITLE, card.START_NOW)
    return _button(request, ids.START_NOW, card.START_NOW, asked=asked)


def _start_again(request: ImageRequest, step: JobStep) -> ButtonElement:
    return _button(request, ids.START_AGAIN, card.TRY_AGAIN, style="primary", job=step.job)


def _leave_stopped(request: ImageRequest, step: JobStep) -> ButtonElement:
    asked = confirm(request, card.LEAVE_STOPPED_TITLE, card.LEAVE_STOPPED_TEXT, card.LEAVE_STOPPED, step.job)
    return _button(request, ids.LEAVE_STOPPED, card.LEAVE_STOPPED, style="danger", asked=asked, job=step.job)


def _settling(request: ImageRequest, step: JobStep) -> Sequence[ButtonElement]:
    """What settles a doubt. Where there are images already, one more would settle nothing; and none is made of a
    machine that runs again, or for a request that somebody has ended.
    """
    steps = request.jobs[step.job].steps
    made_twice = any(problem.code is Code.SEVERAL_IMAGES for problem in step.problems)
    runs_again = any(one.undoes is not None and one.state is StepState.DONE for one in steps)
    over = made_twice or runs_again or request.ending
    return [_check_again(request, step), *([] if over else [_create_anyway(request, step)]), _give_up(request, step)]


def ways_out(request: ImageRequest) -> Sequence[ButtonElement]:
    """After a failure: the approved plan once more where it may still hold, or the form with the old choices; and the
    images that are there all the same, to be looked at or deleted.
    """
    again = [*([_button(request, ids.RETRY, card.RETRY)] if request.retriable else []), _request_again(request)]
    return [*again, *([console(request)] if request.image_ids else [])]


def _approve(request: ImageRequest) -> ButtonElement:
    asked = confirm_plan(request, card.APPROVE_TITLE, card.APPROVE)
    return _button(request, ids.APPROVE, card.APPROVE, style="primary", asked=asked)


def _deciding(request: ImageRequest) -> Sequence[ButtonElement]:
    """What an approver can say to a request that waits for them."""
    return [_approve(request), _reject(request), _button(request, ids.ASK, question.BUTTON)]


def _reject(request: ImageRequest) -> ButtonElement:
    return _button(request, ids.REJECT, card.REJECT, style="danger")  # its form is the confirmation


def _cancel(request: ImageRequest) -> ButtonElement:
    words = card.CANCEL_TEXT if request.plan.only else several.CANCEL_TEXT
    asked = confirm(request, card.CANCEL_TITLE, words, card.CANCEL_YES)
    return _button(request, ids.CANCEL, card.CANCEL, asked=asked)


def _request_again(request: ImageRequest) -> ButtonElement:
    """Of a request of which some images are there, those that are not."""
    jobs = request.undone if request.state is State.PARTLY else ()
    return _button(request, ids.REQUEST_AGAIN, card.REQUEST_AGAIN, jobs=jobs)


def _check_again(request: ImageRequest, step: JobStep) -> ButtonElement:
    return _button(request, ids.CHECK_AGAIN, card.CHECK_AGAIN, style="primary", job=step.job)


def _create_anyway(request: ImageRequest, step: JobStep) -> ButtonElement:
    asked = confirm(request, card.CREATE_ANYWAY_TITLE, card.CREATE_ANYWAY_TEXT, card.CREATE_ANYWAY, step.job)
    return _button(request, ids.CREATE_ANYWAY, card.CREATE_ANYWAY, style="danger", asked=asked, job=step.job)


def _give_up(request: ImageRequest, step: JobStep, words: Text = card.GIVE_UP_TEXT) -> ButtonElement:
    asked = confirm(request, card.GIVE_UP_TITLE, words, card.GIVE_UP, step.job)
    return _button(request, ids.GIVE_UP, card.GIVE_UP, asked=asked, job=step.job)


def console(request: ImageRequest) -> ButtonElement:
    """A link to where the image can be used."""
    return _link(request, CONSOLE_URL)


def console_of_machines(request: ImageRequest) -> ButtonElement:
    """A link to where a machine can be stopped."""
    return _link(request, INSTANCES_URL)


def _link(request: ImageRequest, url: str) -> ButtonElement:
    label = card.CONSOLE(request.language)
    return ButtonElement(
        action_id=ids.CONSOLE, text=plain(label), url=url, accessibility_label=read_aloud(request, label)
    )


def _button(
    request: ImageRequest,
    action_id: str,
    text: Text,
    *,
    style: str | None = None,
    asked: ConfirmObject | None = None,
    job: int | None = None,
    jobs: tuple[int, ...] = (),
    named: bool = True,
) -> ButtonElement:
    """A button about a request, or about one of its machines, which it names where there are several.

    Args:
        request: which.
        action_id: what it does.
        text: what it says.
        style: how it looks, in Slack's words.
        asked: what is asked before it is done.
        job: the number of the job that it is about.
        jobs: the numbers of several.
        named: whether it says which machine that is.
    """
    label, language = text(request.language), request.language
    if request.plan.only is None and job is not None:
        jobs = (job,)
        if named:
            machine = name(request.plan.jobs[job].called, 75 - len(label) - 2)
            label = several.BUTTON_FOR(language, label=label, machine=machine)
    return ButtonElement(
        action_id=action_id,
        text=plain(label, 75),
        value=ButtonValue(request.id, request.plan.hash, jobs).encode(),
        style=style,
        confirm=asked,
        accessibility_label=read_aloud(request, label),
    )


def read_aloud(request: ImageRequest, label: str) -> str:
    """A button's words for whoever hears several that read alike (Slack: accessibility_label <= 75 characters)."""
    if request.plan.only is None:
        count = str(len(request.plan.jobs))
        return clip(several.BUTTON_OF(request.language, label=label, request=request.id, count=count), 75)
    instance = name(request.plan.only.called)
    return clip(card.BUTTON_OF(request.language, label=label, request=request.id, instance=instance), 75)
