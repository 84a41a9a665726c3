"""What is asked before a button does what it says."""

from slack_sdk.models.blocks import ConfirmObject

from bot.domain.plan import Order, Plan, WhileImaged
from bot.domain.request import ImageRequest
from bot.slack.protocol.markup import name, plain
from bot.slack.screens import machines
from bot.texts import Text, card, several


def confirm_plan(request: ImageRequest, title: Text, yes: Text) -> ConfirmObject:
    """What will be done to the machines, in plain words."""
    if request.plan.only is None:
        return _asking(request, title, _all_it_does(request.plan, request.language), yes)
    match request.plan.only.while_imaged:
        case WhileImaged.STOP_AND_START:
            words = card.APPROVE_RELEASING_TEXT if request.plan.only.releases else card.APPROVE_STOPPING_TEXT
        case WhileImaged.LIVE:
            words = card.APPROVE_LIVE_TEXT
        case WhileImaged.STOPPED:
            words = card.APPROVE_TEXT
    return confirm(request, title, words, yes)


def _all_it_does(plan: Plan, language: str) -> str:
    stops = [job for job in plan.jobs if job.stops]
    releasing = [job for job in plan.jobs if job.releases]
    live = [job for job in plan.jobs if job.while_imaged is WhileImaged.LIVE]
    one_after_another = plan.order is Order.ONE_AFTER_ANOTHER
    order = several.ONE_AFTER_ANOTHER if one_after_another else several.SIDE_BY_SIDE
    said = [several.APPROVE_TEXT(language, count=str(len(plan.jobs)))]
    if len(stops) == 1:
        said.append(several.APPROVE_STOPS_ONE(language, machine=machines.named_plainly(stops, language)))
    elif stops:
        said.append(several.APPROVE_STOPS(language, count=str(len(stops)), order=order(language)))
    if releasing:
        named = machines.named_plainly(releasing, language)
        said.append(several.APPROVE_RELEASES(language, machines=named))
    if live:
        said.append(several.APPROVE_LIVE(language, machines=machines.named_plainly(live, language)))
    return "\n".join(said)


def confirm(request: ImageRequest, title: Text, text: Text, yes: Text, job: int = 0) -> ConfirmObject:
    """A question about a request, or about one of its jobs."""
    plan, language = request.plan, request.language
    made = request.image_ids if plan.only else [step.result for step in request.jobs[job].steps if step.result]
    facts = {
        "request": request.id,
        "name": plan.jobs[job].image_name,
        "instance": name(plan.jobs[job].called),
        "machine": name(plan.jobs[job].called),
        "count": str(len(plan.jobs)),
        "image": ", ".join(made),
    }
    return _asking(request, title, text(language, **facts), yes)


def _asking(request: ImageRequest, title: Text, words: str, yes: Text) -> ConfirmObject:
    """Slack: confirm title <= 100, text <= 300, buttons <= 30 characters."""
    language = request.language
    return ConfirmObject(
        title=plain(title(language, request=request.id), 100),
        text=plain(words, 300),
        confirm=plain(yes(language), 30),
        deny=plain(card.KEEP(language), 30),
    )
