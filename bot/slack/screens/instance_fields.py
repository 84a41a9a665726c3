"""The fields of the request form in which an instance is chosen, and what is said of it."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain import rules
from bot.domain.cloud import Instance, InstanceStatus
from bot.domain.draft import Draft
from bot.domain.lifecycle import State
from bot.slack.protocol import ids, values
from bot.slack.protocol.markup import code, markdown, name, person, plain
from bot.slack.protocol.values import InstanceBlock, InstanceChoice
from bot.slack.screens import options
from bot.slack.screens.buttons import INSTANCES_URL
from bot.slack.screens.instance_menu import instance_option
from bot.texts import Text, units
from bot.texts import request_form as texts


def instance_options(instances: Iterable[Instance], language: str) -> list[Option]:
    """Instances to choose from: `web-1 · stopped · 10.0.0.5 · i-abc`. What has no proper id cannot be asked for."""
    return [instance_option(instance, language) for instance in instances if rules.CLOUD_ID.fullmatch(instance.id)]


def region(draft: Draft, regions: Sequence[str]) -> Block:
    """Which region; another one redraws the form."""
    offered = [options.option(each, units.region(each, draft.language)) for each in regions]
    chosen = next((option for option in offered if option.value == draft.region), None)
    return InputBlock(
        block_id=values.region_block(draft.region),
        label=plain(texts.REGION(draft.language)),
        dispatch_action=True,
        element=StaticSelectElement(action_id=ids.REGION, options=offered, initial_option=chosen),
    )


def instance(draft: Draft) -> Block:
    """Which instance; another one redraws the form."""
    language, chosen = draft.language, None
    if draft.instance is not None:
        chosen = instance_option(draft.instance, language)
    elif draft.instance_id:
        value = InstanceChoice(draft.region, draft.instance_id, "").encode()
        chosen = options.option(value, draft.instance_id)
    return InputBlock(
        block_id=InstanceBlock.of(draft).encode(),
        label=plain(texts.INSTANCE(language)),
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=ids.INSTANCE,
            min_query_length=0,
            initial_option=chosen,
            placeholder=plain(texts.INSTANCE_HINT(language)),
        ),
    )


def looking(draft: Draft) -> list[Block]:
    """Beside a machine that no image can be made of yet, or that could not be looked at: a way to look once more."""
    language, instance = draft.language, draft.instance
    if instance is None:
        again = [_look_again(texts.LOAD_AGAIN, language)] if draft.instance_id and draft.problems else []
        return [ActionsBlock(block_id=ids.LOOK_AGAIN, elements=again)] if again else []
    if not cannot_begin(draft):
        return []
    called, status = name(instance.name or instance.id), name(units.instance_status(instance.status, language))
    console = ButtonElement(action_id=ids.CONSOLE, text=plain(texts.CONSOLE(language)), url=INSTANCES_URL)
    words = texts.NOT_STOPPED if instance.status in set(InstanceStatus) else texts.BUSY
    return [
        SectionBlock(text=plain(words(language, instance=called, status=status))),
        ActionsBlock(block_id=ids.LOOK_AGAIN, elements=[_look_again(texts.CHECK_AGAIN, language), console]),
    ]


def others(draft: Draft) -> list[Block]:
    """Requests for the same machine: perhaps there need not be one more."""
    language, instance = draft.language, draft.instance
    if instance is None or not draft.others:
        return []
    called = code(instance.name or instance.id)
    lines = [
        (texts.WAITS if one.state in {State.PENDING, State.APPROVED} else texts.UNDER_WAY)(
            language,
            request=one.id,
            person=person(one.requester),
            instance=called,
            state=units.state(one.state, language),
        )
        for one in draft.others
    ]
    return [SectionBlock(text=markdown("\n".join(lines)))]


def cannot_begin(draft: Draft) -> bool:
    """Whether it is neither stopped nor running, as far as it was looked at: nothing can be chosen for it."""
    stopped = draft.instance is not None and draft.instance.status == InstanceStatus.STOPPED
    return draft.instance is not None and not stopped and not draft.offered


def _look_again(text: Text, language: str) -> ButtonElement:
    return ButtonElement(action_id=ids.LOOK_AGAIN, text=plain(text(language)))
