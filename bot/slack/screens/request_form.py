"""The forms, as pure functions of what they show."""

from collections.abc import Iterable
from dataclasses import replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock
from slack_sdk.models.views import View

from bot.domain.draft import Draft, DraftState
from bot.domain.errors import Code, Field, Problem
from bot.domain.freeze import Freeze
from bot.domain.request import ImageRequest
from bot.domain.rule import NO_RULES, Ruleset
from bot.slack.protocol import ids
from bot.slack.protocol.markup import markdown, name, plain
from bot.slack.screens import (
    disk_fields,
    freeze,
    instance_fields,
    machine_fields,
    machines,
    rule_lines,
    text_fields,
    when_fields,
)
from bot.slack.screens.window import message_view
from bot.texts import request_form as texts
from bot.texts import several, units
from bot.texts.problems import explain

OTHERS = 10
"""Requests for the same machine that are named."""

NAMED = 3
"""Instances by which an unsent form is called."""


def request_form(
    draft: Draft, ruleset: Ruleset = NO_RULES, frozen: Freeze | None = None, *, sent_late: bool = False
) -> View:
    """The form of a draft as it stands. Problems stand under their field, or on top when they have none.

    Args:
        draft: which.
        ruleset: by which its instances are decided about, as far as they are loaded.
        frozen: the freeze that holds them up.
        sent_late: whether it answers a form that was sent and counts no more: what is stored is newer.
    """
    language, instances = draft.language, [job.instance for job in draft.jobs if job.instance]
    draft = _not_refused_twice(draft) if ruleset.refusals else draft
    blocks: list[Block] = [*_not_sent(draft, sent_late=sent_late), *rule_lines.refusals(ruleset, instances, language)]
    blocks += [SectionBlock(text=markdown(freeze.line(frozen, language)))] if frozen else []
    blocks += [*rule_lines.warnings(ruleset), *_unsent(draft), *_problems(draft, None)]
    for field, shown in (
        (Field.INSTANCE, [instance_fields.instances(draft)]),
        (Field.WHILE_IMAGED, when_fields.while_imaged(draft, ruleset)),
        (Field.ORDER, when_fields.order(draft)),
        *_of_one(draft, ruleset),
        (Field.DESCRIPTION, [text_fields.description(draft, rule_lines.tickets(ruleset, language))]),
        (Field.NOT_BEFORE, [when_fields.not_before(draft, rule_lines.hours(ruleset, language))]),
        (Field.NOTE, [text_fields.note(draft)]),
        (Field.ANNOUNCE, [text_fields.announce(draft)]),
    ):
        blocks += [*shown, *_problems(draft, field)]
        if field is Field.INSTANCE:
            blocks += [*instance_fields.unsettled(draft), *_chosen(draft)]
    blocks += rule_lines.destination(ruleset, language) if ruleset.rules else []
    return View(
        type="modal",
        callback_id=ids.REQUEST_FORM,
        private_metadata=draft.id,
        title=plain(texts.TITLE(language)),
        submit=plain(texts.SEND(language)),
        close=plain(texts.CLOSE(language)),
        notify_on_close=True,  # with what was typed, so that it can be gone on with
        blocks=blocks,
    )


def checking_view(draft: Draft) -> View:
    """What stands in the window while the request is checked."""
    return message_view(texts.CHECKING(draft.language, instance=called(draft)), draft.language)


def called(draft: Draft) -> str:
    """What people call the instances of a form, in a line of plain text."""
    return units.listed([name(job.called) for job in draft.jobs], draft.language)


def standing_view(draft: Draft, ruleset: Ruleset = NO_RULES, frozen: Freeze | None = None, *, view_id: str) -> View:
    """What stands in a window of a draft whose form was sent: what becomes of it, or the form where what was sent came
    too late to count. The result is drawn into one window only.
    """
    match draft.state:
        case DraftState.OPEN:
            return request_form(draft, ruleset, frozen, sent_late=True)
        case DraftState.CHECKING if view_id != draft.view_id:
            return message_view(texts.CHECKING_ELSEWHERE(draft.language), draft.language)
        case DraftState.CHECKING:
            return checking_view(draft)
        case DraftState.SENT:
            return message_view(texts.SENT_BEFORE(draft.language, request=draft.request_id), draft.language)


def stuck_view(draft: Draft, words: str) -> View:
    """What stands in the window of a draft whose form Slack does not take, with a way back to it."""
    view = message_view(words, draft.language)
    view.blocks = [*(view.blocks or ()), *open_again(draft)]
    return view


def open_again(draft: Draft) -> list[Block]:
    """A way back to the form of a draft."""
    button = ButtonElement(action_id=ids.REOPEN_DRAFT, value=draft.id, text=plain(texts.OPEN_AGAIN(draft.language)))
    return [ActionsBlock(elements=[button])]


def sent_view(request: ImageRequest, who_decides: str) -> View:
    """What stands in the window once the request waits for approval; who decides is a line of markdown."""
    plan, language = request.plan, request.language
    facts = {
        "request": request.id,
        "snapshots": units.snapshots(plan.snapshots, language),
        "size": units.size(plan.size_gb, language),
    }
    if job := plan.only:
        words = texts.SENT(language, **facts, name=job.image_name, instance=name(job.called))
    else:
        words = several.SENT(language, **facts, **machines.facts(plan.jobs, language))
    view = message_view(words, language)
    view.blocks = [*(view.blocks or ()), SectionBlock(text=markdown(who_decides))]
    return view


def _not_refused_twice(draft: Draft) -> Draft:
    """The form without the problems that say what stands first in it."""

    def others(problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(problem for problem in problems if problem.code is not Code.REFUSED_BY_RULE)

    jobs = tuple(replace(job, problems=others(job.problems)) for job in draft.jobs)
    return replace(draft, jobs=jobs, problems=others(draft.problems))


def _not_sent(draft: Draft, *, sent_late: bool) -> list[Block]:
    """First of all in a form that was sent and came back: without it, one that looks as before is a dead button."""
    if not (draft.came_back or sent_late):
        return []
    words = texts.NOT_SENT if draft.came_back else texts.NOT_SENT_CHANGED
    return [SectionBlock(text=plain(words(draft.language)))]


def _unsent(draft: Draft) -> list[Block]:
    """A form that was not sent, to be gone on with in place of this one."""
    if draft.unsent is None:
        return []
    names = draft.unsent.names
    called = units.listed([*names[:NAMED], *(["…"] if len(names) > NAMED else [])], draft.language)
    words = texts.GO_ON_WITH(draft.language, instance=name(called))
    button = ButtonElement(action_id=ids.GO_ON, value=draft.unsent.id, text=plain(texts.GO_ON(draft.language)))
    return [SectionBlock(text=plain(words)), ActionsBlock(block_id=ids.GO_ON, elements=[button])]


def _chosen(draft: Draft) -> list[Block]:
    """What is said of the instances that are chosen: of several, a line each."""
    if len(draft.jobs) > 1:
        return machine_fields.machines(draft)
    if draft.only is None:
        return []
    others = instance_fields.others(draft.only, draft.language)
    said: list[Block] = [SectionBlock(text=markdown("\n".join(others[:OTHERS])))] if others else []
    return [*instance_fields.looking(draft, draft.only), *said]


def _of_one(draft: Draft, ruleset: Ruleset) -> list[tuple[Field, list[Block]]]:
    """The disks and the name of a single instance; each of several has a form of its own for them."""
    if len(draft.jobs) > 1:
        return []
    disks = disk_fields.disks(draft, draft.only, may_be_made=not ruleset.refusals) if draft.only else []
    return [(Field.DISKS, disks), (Field.NAME, text_fields.name(draft, draft.only))]


def _problems(draft: Draft, field: Field | None) -> list[Block]:
    """In one block, however many there are: Slack takes a hundred (Slack: views, blocks)."""
    only = draft.only
    every = (*draft.problems, *(only.problems if only else ()))
    fields = {field} if field or len(draft.jobs) < 2 else {None, Field.DISKS, Field.NAME}
    found = [problem for problem in every if problem.field in fields]
    if only and only.cannot_begin:  # which the form says by itself, with what to do about it
        found = [problem for problem in found if problem.code not in {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY}]
    shown = ["⚠️ " + explain(problem, draft.language) for problem in found]
    return [SectionBlock(text=plain("\n".join(dict.fromkeys(shown))))] if shown else []
