"""The forms, as pure functions of what they show."""

from collections.abc import Iterable, Mapping, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain import rules
from bot.domain.cloud import Disk, Instance, InstanceStatus
from bot.domain.disks import boxes, free_devices
from bot.domain.draft import Draft, DraftState, boxes_seen
from bot.domain.errors import Code, Field, Problem
from bot.domain.lifecycle import State
from bot.domain.request import ImageRequest
from bot.slack.protocol import ids
from bot.slack.protocol.ids import ButtonValue, DisksBlock, InstanceBlock, InstanceChoice
from bot.slack.protocol.markup import clean, clip, code, markdown, name, person, plain
from bot.slack.screens.buttons import INSTANCES_URL
from bot.slack.screens.plan_lines import added_line
from bot.texts import Text, disk_form, units
from bot.texts import request_form as texts
from bot.texts.problems import explain

ERROR = 1000
"""Characters of what stands under a field."""

OPTION_TEXT = 75
"""Slack: option text and description <= 75 characters."""

DISK_FACT = 40
"""Characters of a disk's name that are shown: JD Cloud's names have 32."""

BOXES = 10
"""Slack: at most 10 checkboxes in a group."""


def request_form(draft: Draft, *, regions: Sequence[str]) -> View:
    """The form of a draft as it stands. Problems stand under their field, or on top when they have none."""
    language = draft.language
    blocks: list[Block] = [*_unsent(draft), *_problems(draft, None)]
    for field, shown in (
        (Field.REGION, [_region(draft, regions)]),
        (Field.INSTANCE, [_instance(draft)]),
        (Field.DISKS, _disks(draft)),
        (Field.NAME, _name(draft)),
        (Field.DESCRIPTION, [_text(draft, texts.DESCRIPTION, ids.DESCRIPTION, draft.description, rules.DESCRIPTION)]),
        (Field.NOTE, [_text(draft, texts.NOTE, ids.NOTE, draft.note, rules.NOTE)]),
        (Field.ANNOUNCE, [_announce(draft)]),
    ):
        blocks += [*shown, *_problems(draft, field)]
        if field is Field.INSTANCE:
            blocks += [*_looking(draft), *_others(draft)]
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
    instance = draft.instance.name if draft.instance else draft.instance_id
    return message_view(texts.CHECKING(draft.language, instance=name(instance) or draft.instance_id), draft.language)


def standing_view(draft: Draft, *, view_id: str, regions: Sequence[str]) -> View:
    """What stands in a window of a draft: its form, or what becomes of it. The result is drawn into one window only."""
    match draft.state:
        case DraftState.OPEN:
            return request_form(draft, regions=regions)
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
    words = texts.SENT(
        language,
        request=request.id,
        name=plan.image_name,
        instance=name(plan.instance_name or plan.instance_id),
        snapshots=units.snapshots(len(plan.snapshots), language),
        size=units.size(plan.size_gb, language),
    )
    view = message_view(words, language)
    view.blocks = [*(view.blocks or ()), SectionBlock(text=markdown(who_decides))]
    return view


def message_view(words: str, language: str) -> View:
    """A window that only says something."""
    return View(
        type="modal",
        callback_id=ids.MESSAGE,
        title=plain(texts.TITLE(language)),
        close=plain(texts.CLOSE(language)),
        blocks=[SectionBlock(text=plain(words))],
    )


def reject_form(request: ImageRequest, language: str) -> View:
    """Asks for the reason of a rejection."""
    plan = request.plan
    instance = name(plan.instance_name or plan.instance_id)
    words = texts.REJECTING(language, request=request.id, name=plan.image_name, instance=instance)
    reason = PlainTextInputElement(
        action_id=ids.REASON, multiline=True, max_length=rules.REASON.maximum, focus_on_load=True
    )
    return View(
        type="modal",
        callback_id=ids.REJECT_FORM,
        private_metadata=ButtonValue(request.id, plan.hash).encode(),
        title=plain(texts.REJECT_TITLE(language)),
        submit=plain(texts.REJECT(language)),
        close=plain(texts.CLOSE(language)),
        blocks=[
            SectionBlock(text=plain(words)),
            InputBlock(block_id=ids.REASON, label=plain(texts.REASON(language)), element=reason),
        ],
    )


def instance_options(instances: Iterable[Instance], language: str) -> list[Option]:
    """Instances to choose from: `web-1 · stopped · 10.0.0.5 · i-abc`. What has no proper id cannot be asked for."""
    return [_instance_option(instance, language) for instance in instances if rules.CLOUD_ID.fullmatch(instance.id)]


def unavailable_option(language: str) -> Option:
    """Says that JD Cloud is slow; choosing it chooses nothing."""
    return Option(value=ids.UNAVAILABLE, text=plain(texts.INSTANCE_UNAVAILABLE(language), OPTION_TEXT))


def errors_of(problems: Iterable[Problem], blocks: Mapping[str, str], language: str) -> dict[str, str]:
    """Problems at their fields, for the answer to a submission.

    Args:
        problems: what is wrong.
        blocks: action id -> block id of the fields that were submitted; Slack accepts errors for these only.
        language: of the person.

    Raises:
        Unreadable: nothing was submitted: that was no form of ours.
    """
    errors: dict[str, list[str]] = {}
    anywhere = next(iter(blocks.values()), None)
    if anywhere is None:
        raise ids.Unreadable("a form without inputs")
    for problem in problems:
        block_id = blocks.get(problem.field or "", blocks.get(ids.INSTANCE, anywhere))
        errors.setdefault(block_id, []).append(explain(problem, language))
    return {block_id: clip(clean("\n".join(dict.fromkeys(words))), ERROR) for block_id, words in errors.items()}


def _unsent(draft: Draft) -> list[Block]:
    """A form that was not sent, to be gone on with in place of this one."""
    if draft.unsent is None:
        return []
    words = texts.GO_ON_WITH(draft.language, instance=name(draft.unsent.instance))
    button = ButtonElement(action_id=ids.GO_ON, value=draft.unsent.id, text=plain(texts.GO_ON(draft.language)))
    return [SectionBlock(text=plain(words)), ActionsBlock(block_id=ids.GO_ON, elements=[button])]


def _problems(draft: Draft, field: Field | None) -> list[Block]:
    """In one block, however many there are: Slack takes a hundred (Slack: views, blocks)."""
    found = [problem for problem in draft.problems if problem.field == field]
    if _is_running(draft):  # which the form says by itself, with what to do about it
        found = [problem for problem in found if problem.code not in {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY}]
    shown = ["⚠️ " + explain(problem, draft.language) for problem in found]
    return [SectionBlock(text=plain("\n".join(dict.fromkeys(shown))))] if shown else []


def _region(draft: Draft, regions: Sequence[str]) -> Block:
    offered = [Option(value=r, text=plain(units.region(r, draft.language), OPTION_TEXT)) for r in regions]
    chosen = next((option for option in offered if option.value == draft.region), None)
    return InputBlock(
        block_id=ids.region_block(draft.region),
        label=plain(texts.REGION(draft.language)),
        dispatch_action=True,
        element=StaticSelectElement(action_id=ids.REGION, options=offered, initial_option=chosen),
    )


def _instance(draft: Draft) -> Block:
    language, chosen = draft.language, None
    if draft.instance is not None:
        chosen = _instance_option(draft.instance, language)
    elif draft.instance_id:
        value = InstanceChoice(draft.region, draft.instance_id, "").encode()
        chosen = Option(value=value, text=plain(draft.instance_id, OPTION_TEXT))
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


def _instance_option(instance: Instance, language: str) -> Option:
    status = units.instance_status(instance.status, language)
    facts = " · ".join(name(fact, 40) for fact in (status, instance.private_ip, instance.id) if fact)
    called = name(instance.name, OPTION_TEXT - len(facts) - 3)
    text = f"{called} · {facts}" if called else facts
    value = InstanceChoice(instance.region, instance.id, instance.name).encode()
    return Option(value=value, text=plain(text, OPTION_TEXT))


def _disks(draft: Draft) -> list[Block]:
    """What is known of the disks: nothing yet, on their way, or boxes to untick."""
    language, instance = draft.language, draft.instance
    if instance is None:
        loading = draft.instance_id and not draft.problems
        words = texts.LOADING(language, instance=draft.instance_id)
        return [SectionBlock(text=plain(words))] if loading else []
    called = name(instance.name or instance.id)
    lines = [] if _is_running(draft) else [texts.STOPPED(language, instance=called)]
    if instance.system_disk:
        lines.append(texts.SYSTEM_DISK(language, disk=_disk_line(instance.system_disk, language)))
    if instance.local_data_disks:
        local = units.listed([_disk_line(disk, language) for disk in instance.local_data_disks], language)
        lines.append(texts.LOCAL_DISKS(language, disks=local))
    offered = boxes(instance)
    fixed = [disk for disk in instance.cloud_data_disks if disk not in offered]
    if fixed:
        always = units.listed([_disk_line(disk, language) for disk in fixed], language)
        lines.append(texts.FIXED_DISKS(language, disks=always))
    if not instance.cloud_data_disks:
        lines.append(texts.NO_DATA_DISKS(language))
    return [SectionBlock(text=plain("\n".join(lines))), *_boxes(draft, instance), *_added(draft, instance)]


def _is_running(draft: Draft) -> bool:
    return draft.instance is not None and draft.instance.status != InstanceStatus.STOPPED


def _looking(draft: Draft) -> list[Block]:
    """Beside a machine that has to be stopped first, or that could not be looked at: a way to look once more."""
    language, instance = draft.language, draft.instance
    if instance is None:
        again = [_look_again(texts.LOAD_AGAIN, language)] if draft.instance_id and draft.problems else []
        return [ActionsBlock(block_id=ids.LOOK_AGAIN, elements=again)] if again else []
    if not _is_running(draft):
        return []
    called, status = name(instance.name or instance.id), name(units.instance_status(instance.status, language))
    console = ButtonElement(action_id=ids.CONSOLE, text=plain(texts.CONSOLE(language)), url=INSTANCES_URL)
    words = texts.NOT_STOPPED if instance.status in set(InstanceStatus) else texts.BUSY
    return [
        SectionBlock(text=plain(words(language, instance=called, status=status))),
        ActionsBlock(block_id=ids.LOOK_AGAIN, elements=[_look_again(texts.CHECK_AGAIN, language), console]),
    ]


def _others(draft: Draft) -> list[Block]:
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


def _look_again(text: Text, language: str) -> ButtonElement:
    return ButtonElement(action_id=ids.LOOK_AGAIN, text=plain(text(language)))


def _added(draft: Draft, instance: Instance) -> list[Block]:
    """The disks to add, each with its buttons, and the button for one more."""
    language = draft.language
    blocks: list[Block] = []
    for disk in draft.added:
        which = name(f"{disk.device} {disk.name}", DISK_FACT)
        buttons = [
            ButtonElement(
                action_id=action_id,
                value=disk.device,
                text=plain(text(language)),
                accessibility_label=aloud(language, disk=which),
            )
            for action_id, text, aloud in (
                (ids.EDIT_DISK, disk_form.EDIT, disk_form.EDIT_WHICH),
                (ids.REMOVE_DISK, disk_form.REMOVE, disk_form.REMOVE_WHICH),
            )
        ]
        blocks.append(SectionBlock(text=markdown(added_line(disk, language))))
        blocks.append(ActionsBlock(block_id=f"added/{disk.device}", elements=buttons))
    if not free_devices(instance, draft.added):
        return [*blocks, SectionBlock(text=plain(explain(Problem(Code.NO_FREE_DEVICE), language)))]
    more = ButtonElement(action_id=ids.ADD_DISK, text=plain(disk_form.ADD(language)))
    return [*blocks, ActionsBlock(block_id=ids.ADD_DISK, elements=[more])]


def _boxes(draft: Draft, instance: Instance) -> list[Block]:
    blocks: list[Block] = []
    disks = boxes(instance)
    for start in range(0, len(disks), BOXES):
        group = disks[start : start + BOXES]
        options = [_disk_option(disk, draft.language) for disk in group]
        ticked = [option for option in options if option.value not in draft.left_out]
        facts = {"first": str(start + 1), "last": str(start + len(group))}
        label = texts.DISKS_MORE(draft.language, **facts) if start else texts.DISKS(draft.language)
        blocks.append(
            InputBlock(
                block_id=DisksBlock(boxes_seen(instance), draft.round, start // BOXES).encode(),
                label=plain(label),
                hint=plain(texts.DISKS_HINT(draft.language)),
                optional=True,  # all of them may be left out
                element=CheckboxesElement(action_id=ids.DISKS, options=options, initial_options=ticked or None),
            )
        )
    return blocks


def _disk_option(disk: Disk, language: str) -> Option:
    details = plain(name(disk.disk_id), OPTION_TEXT) if disk.disk_id else None
    return Option(value=disk.device, text=plain(_disk_line(disk, language), OPTION_TEXT), description=details)


def _disk_line(disk: Disk, language: str) -> str:
    facts = (disk.device, units.size(disk.size_gb, language), disk.disk_type, disk.name)
    return " · ".join(name(fact, DISK_FACT) for fact in facts if fact)


def _name(draft: Draft) -> list[Block]:
    """The name; not before there is one to suggest, so that nothing typed has to make way for it."""
    if draft.instance_id and not (draft.instance or draft.name or draft.problems):
        return []
    facts = {"minimum": str(rules.NAME.minimum), "maximum": str(rules.NAME.maximum)}
    element = PlainTextInputElement(
        action_id=ids.NAME,
        initial_value=clip(clean(draft.name), rules.NAME.maximum) or None,
        min_length=rules.NAME.minimum,
        max_length=rules.NAME.maximum,
    )
    return [
        InputBlock(
            block_id=ids.name_block(draft),
            label=plain(texts.NAME(draft.language)),
            hint=plain(texts.NAME_HINT(draft.language, **facts)),
            element=element,
        )
    ]


def _text(draft: Draft, label: Text, action_id: str, value: str, rule: rules.TextRule) -> Block:
    hint = plain(texts.DESCRIPTION_HINT(draft.language)) if action_id == ids.DESCRIPTION else None
    return InputBlock(
        block_id=ids.text_block(action_id, draft),
        label=plain(label(draft.language)),
        hint=hint,
        optional=rule.minimum == 0,
        element=PlainTextInputElement(
            action_id=action_id,
            multiline=True,
            initial_value=clip(clean(value), rule.maximum) or None,
            max_length=rule.maximum,
        ),
    )


def _announce(draft: Draft) -> Block:
    return InputBlock(
        block_id=ids.text_block(ids.ANNOUNCE, draft),
        label=plain(texts.ANNOUNCE(draft.language)),
        hint=plain(texts.ANNOUNCE_HINT(draft.language)),
        optional=True,
        element=ConversationSelectElement(
            action_id=ids.ANNOUNCE,
            initial_conversation=draft.announce_in or None,
            default_to_current_conversation=None if draft.announce_in else True,
            filter=ConversationFilter(exclude_bot_users=True),
        ),
    )
