"""The fields of the request form in which instances are chosen, and what is said of one."""

from collections.abc import Iterable

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataMultiSelectElement,
    InputBlock,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain.cloud import InstanceStatus, ListedInstance
from bot.domain.draft import Draft, DraftJob, Fitting
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.domain.plan import MAX_JOBS
from bot.slack.protocol import block_ids, ids
from bot.slack.protocol.block_ids import InstanceBlock
from bot.slack.protocol.markup import code, name, person, plain
from bot.slack.protocol.values import InstanceChoice
from bot.slack.screens import options
from bot.slack.screens.buttons import INSTANCES_URL
from bot.slack.screens.instance_menu import can_be_asked_for, instance_option
from bot.texts import Text, units
from bot.texts import request_form as texts


def instance_options(instances: Iterable[ListedInstance], language: str) -> list[Option]:
    """Instances to choose from: `web-1 · stopped · 10.0.0.5 · i-abc`. What has no proper id cannot be asked for."""
    return [instance_option(instance, language) for instance in instances if can_be_asked_for(instance)]


def instances(draft: Draft) -> Block:
    """Which instances; others redraw the form."""
    language = draft.language
    regions = list(dict.fromkeys(job.region for job in draft.jobs if job.instance))
    chosen = [
        instance_option(job.instance, language)
        if job.instance
        else options.option(InstanceChoice(job.region, job.instance_id, "").encode(), job.instance_id)
        for job in draft.jobs
    ]
    return InputBlock(
        block_id=InstanceBlock.of(draft).encode(),
        label=plain(texts.INSTANCES(language)),
        # Where there are several, each machine's line says its own.
        hint=plain(units.region(regions[0], language)) if len(regions) == 1 else None,
        dispatch_action=True,
        element=ExternalDataMultiSelectElement(
            action_id=ids.INSTANCE,
            min_query_length=0,
            initial_options=chosen or None,
            max_selected_items=MAX_JOBS,
            placeholder=plain(texts.INSTANCE_HINT(language)),
        ),
    )


def unsettled(draft: Draft) -> list[Block]:
    """Words that mean no one instance: a choice among those that they fit, as many as one window bears, and a way to
    look once more for those that could not be looked for everywhere.
    """
    share = options.AT_MOST // max(1, len(draft.unsettled))
    choices = [
        SectionBlock(
            block_id=block_ids.settle_block(one.key),
            text=plain(_which(one)(draft.language, words=name(one.words))),
            accessory=StaticSelectElement(
                action_id=ids.SETTLE,
                placeholder=plain(texts.INSTANCES(draft.language)),
                options=instance_options(one.instances[:share], draft.language),
            ),
        )
        for one in draft.unsettled
        if instance_options(one.instances, draft.language)
    ]
    in_vain = any(problem.code is Code.INSTANCES_NOT_LISTED for problem in draft.problems)
    return [*choices, *([_look_for_again(draft)] if in_vain and draft.sought else [])]


def _which(fitting: Fitting) -> Text:
    if fitting.nearly:
        return texts.SETTLE_NEARLY
    return texts.SETTLE if len(fitting.instances) > 1 else texts.SETTLE_ONE


def _look_for_again(draft: Draft) -> Block:
    words = units.listed([name(word) for word in draft.sought], draft.language)
    button = ButtonElement(
        action_id=ids.LOOK_AGAIN,
        value="",
        text=plain(texts.LOAD_AGAIN(draft.language)),
        accessibility_label=plain(texts.LOOK_FOR_AGAIN(draft.language, words=words), options.TEXT).text,
    )
    return ActionsBlock(block_id=f"{ids.LOOK_AGAIN}/words", elements=[button])


def looking(draft: Draft, job: DraftJob) -> list[Block]:
    """Beside a machine that does not stand still, or that could not be looked at: a way to look once more, and to the
    page on which it is stopped by hand.
    """
    language, instance = draft.language, job.instance
    if instance is None:
        again = [look_again(job, language)] if job.problems or draft.problems else []
        return [ActionsBlock(block_id=ids.LOOK_AGAIN, elements=again)] if again else []
    if job.stands_still:
        return []
    said = [SectionBlock(text=plain(why_not(job, language)))] if job.cannot_begin else []
    buttons = [check_again(job.instance_id, language), console(language)]
    return [*said, ActionsBlock(block_id=ids.LOOK_AGAIN, elements=buttons)]


def why_not(job: DraftJob, language: str) -> str:
    """Why no image can be made of an instance that neither stands still nor runs."""
    status = job.instance.status if job.instance else ""
    words = texts.NOT_STOPPED if status in set(InstanceStatus) else texts.BUSY
    return words(language, instance=name(job.called), status=name(units.instance_status(status, language)))


def look_again(job: DraftJob, language: str) -> ButtonElement:
    """Loads an instance once more."""
    return ButtonElement(
        action_id=ids.LOOK_AGAIN,
        value=job.instance_id,
        text=plain(texts.LOAD_AGAIN(language)),
        accessibility_label=plain(texts.LOAD_AGAIN_WHICH(language, instance=name(job.called)), options.TEXT).text,
    )


def check_again(instance_id: str, language: str) -> ButtonElement:
    """Looks at an instance once more, or at all of them."""
    return ButtonElement(action_id=ids.LOOK_AGAIN, value=instance_id, text=plain(texts.CHECK_AGAIN(language)))


def console(language: str) -> ButtonElement:
    """Where an instance is stopped by hand."""
    return ButtonElement(action_id=ids.CONSOLE, text=plain(texts.CONSOLE(language)), url=INSTANCES_URL)


def others(job: DraftJob, language: str) -> list[str]:
    """Requests for the same machine, a line each: perhaps there need not be one more."""
    if job.instance is None:
        return []
    return [
        (texts.WAITS if one.state in {State.PENDING, State.APPROVED} else texts.UNDER_WAY)(
            language,
            request=one.id,
            person=person(one.requester),
            instance=code(job.called),
        )
        for one in job.others
    ]
