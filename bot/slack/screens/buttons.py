"""The buttons of a request, by its state. A button carries which request and which plan, and proves nothing."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.domain.delivery import CardKind
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.domain.plan import WhileImaged
from bot.domain.request import ImageRequest
from bot.domain.steps import StepState
from bot.slack.protocol import ids
from bot.slack.protocol.markup import clip, name, plain
from bot.slack.protocol.values import ButtonValue
from bot.texts import Text, card

CONSOLE_URL = "https://cns-console.jdcloud.com/host/image/list"
"""JD Cloud's documentation names the list of images; the address of a region or of a single one is written nowhere."""
INSTANCES_URL = "https://cns-console.jdcloud.com/host/compute/list"
"""Likewise of instances."""


def of(request: ImageRequest, kind: CardKind) -> Sequence[ButtonElement]:
    """What can be done on a card now; what exactly is to be made can always be looked at."""
    return [*_moves(request, kind), _button(request, ids.SHOW_CALL, card.DETAILS)]


def decisions(request: ImageRequest) -> Sequence[ButtonElement]:
    """What an approver needs where there is no card: the decision, and what exactly is decided."""
    return [_approve(request), _reject(request), _button(request, ids.SHOW_CALL, card.DETAILS)]


def _moves(request: ImageRequest, kind: CardKind) -> Sequence[ButtonElement]:
    deciding = kind is CardKind.APPROVAL
    match request.state:
        case State.PENDING:
            return [_approve(request), _reject(request)] if deciding else [_cancel(request)]
        case State.APPROVED:
            early = [_start_now(request)] if request.begin_at else []
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
    if deciding and request.unsure:
        settling = _settling(request)
    elif deciding and request.odd:
        settling = [_give_up_watching(request)]
    stuck = for_the_machine(request) if request.stuck else []
    return [*settling, *stuck, *([_end_here(request)] if request.can_end else [])]


def for_the_machine(request: ImageRequest) -> Sequence[ButtonElement]:
    """What can be done about a machine that the bot has stopped, and cannot start."""
    return [_start_again(request), _leave_stopped(request)]


def _end_here(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.END_TITLE, card.END_TEXT, card.END_HERE)
    return _button(request, ids.END_HERE, card.END_HERE, confirm=confirm)


def _start_now(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.START_NOW_TITLE, _what_it_does(request), card.START_NOW)
    return _button(request, ids.START_NOW, card.START_NOW, confirm=confirm)


def _start_again(request: ImageRequest) -> ButtonElement:
    return _button(request, ids.START_AGAIN, card.TRY_AGAIN, style="primary")


def _leave_stopped(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.LEAVE_STOPPED_TITLE, card.LEAVE_STOPPED_TEXT, card.LEAVE_STOPPED)
    return _button(request, ids.LEAVE_STOPPED, card.LEAVE_STOPPED, style="danger", confirm=confirm)


def _settling(request: ImageRequest) -> Sequence[ButtonElement]:
    """What settles a doubt. Where there are images already, one more would settle nothing; and none is made of a
    machine that runs again, or for a request that somebody has ended.
    """
    several = any(problem.code is Code.SEVERAL_IMAGES for problem in request.problems)
    runs_again = any(step.undoes is not None and step.state is StepState.DONE for step in request.steps)
    over = several or runs_again or request.ending
    return [_check_again(request), *([] if over else [_create_anyway(request)]), _give_up(request)]


def ways_out(request: ImageRequest) -> Sequence[ButtonElement]:
    """After a failure: the approved plan once more where it may still hold, or the form with the old choices."""
    return [*([_button(request, ids.RETRY, card.RETRY)] if request.retriable else []), _request_again(request)]


def _approve(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.APPROVE_TITLE, _what_it_does(request), card.APPROVE)
    return _button(request, ids.APPROVE, card.APPROVE, style="primary", confirm=confirm)


def _what_it_does(request: ImageRequest) -> Text:
    """What will be done to the machine, in plain words."""
    match request.plan.jobs[0].while_imaged:
        case WhileImaged.STOP_AND_START:
            return card.APPROVE_RELEASING_TEXT if request.plan.jobs[0].releases else card.APPROVE_STOPPING_TEXT
        case WhileImaged.LIVE:
            return card.APPROVE_LIVE_TEXT
        case WhileImaged.STOPPED:
            return card.APPROVE_TEXT


def _reject(request: ImageRequest) -> ButtonElement:
    return _button(request, ids.REJECT, card.REJECT, style="danger")  # its form is the confirmation


def _cancel(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.CANCEL_TITLE, card.CANCEL_TEXT, card.CANCEL_YES)
    return _button(request, ids.CANCEL, card.CANCEL, confirm=confirm)


def _request_again(request: ImageRequest) -> ButtonElement:
    return _button(request, ids.REQUEST_AGAIN, card.REQUEST_AGAIN)


def _check_again(request: ImageRequest) -> ButtonElement:
    return _button(request, ids.CHECK_AGAIN, card.CHECK_AGAIN, style="primary")


def _create_anyway(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.CREATE_ANYWAY_TITLE, card.CREATE_ANYWAY_TEXT, card.CREATE_ANYWAY)
    return _button(request, ids.CREATE_ANYWAY, card.CREATE_ANYWAY, style="danger", confirm=confirm)


def _give_up(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.GIVE_UP_TITLE, card.GIVE_UP_TEXT, card.GIVE_UP)
    return _button(request, ids.GIVE_UP, card.GIVE_UP, confirm=confirm)


def _give_up_watching(request: ImageRequest) -> ButtonElement:
    confirm = _confirm(request, card.GIVE_UP_TITLE, card.GIVE_UP_WATCHING_TEXT, card.GIVE_UP)
    return _button(request, ids.GIVE_UP, card.GIVE_UP, confirm=confirm)


def console(request: ImageRequest) -> ButtonElement:
    """A link to where the image can be used."""
    label = card.CONSOLE(request.language)
    return ButtonElement(
        action_id=ids.CONSOLE, text=plain(label), url=CONSOLE_URL, accessibility_label=_read_aloud(request, label)
    )


def _button(
    request: ImageRequest, action_id: str, text: Text, *, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    label = text(request.language)
    return ButtonElement(
        action_id=action_id,
        text=plain(label),
        value=ButtonValue(request.id, request.plan.hash).encode(),
        style=style,
        confirm=confirm,
        accessibility_label=_read_aloud(request, label),
    )


def _read_aloud(request: ImageRequest, label: str) -> str:
    """A button's words for whoever hears several that read alike (Slack: accessibility_label <= 75 characters)."""
    instance = name(request.plan.jobs[0].called)
    return clip(card.BUTTON_OF(request.language, label=label, request=request.id, instance=instance), 75)


def _confirm(request: ImageRequest, title: Text, text: Text, yes: Text) -> ConfirmObject:
    """Slack: confirm title <= 100, text <= 300, buttons <= 30 characters."""
    plan, language = request.plan, request.language
    instance = name(plan.jobs[0].called)
    return ConfirmObject(
        title=plain(title(language, request=request.id), 100),
        text=plain(
            text(
                language,
                request=request.id,
                name=plan.jobs[0].image_name,
                instance=instance,
                image=", ".join(request.image_ids),
            ),
            300,
        ),
        confirm=plain(yes(language), 30),
        deny=plain(card.KEEP(language), 30),
    )
