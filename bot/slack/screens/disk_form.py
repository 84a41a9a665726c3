"""The form of a disk to add, as a pure function of what is typed. Fields that do not apply are not shown."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain import limits
from bot.domain.cloud import Snapshot
from bot.domain.disks import ChargeMode, ChargeUnit, free_devices
from bot.domain.draft import DiskForm, Draft, inherited_name
from bot.slack.protocol import block_ids, ids
from bot.slack.protocol.markup import clean, clip, name, plain
from bot.slack.protocol.values import SnapshotChoice
from bot.slack.screens import options
from bot.texts import Text, units
from bot.texts import disk_form as texts

LONGEST_NUMBER = 9
"""Digits of a number that is worth showing again."""


def disk_view(draft: Draft) -> View:
    """The form of the disk that is being typed."""
    form, language = draft.disk_form, draft.language
    assert form is not None
    job = draft.job(form.instance_id)
    assert job is not None
    assert job.instance is not None
    others = [disk for disk in job.added if disk.device != form.replaces]
    devices = [(one, one) for one in free_devices(job.instance, others)]
    blocks: list[Block] = [
        _choice(texts.DEVICE, ids.DEVICE, devices, form.device, language, block_id=block_ids.device_block(draft.round)),
        _source(form, language),
        *([_snapshot(form, job.region, language)] if form.from_snapshot else []),
        _choice(texts.DISK_TYPE, ids.DISK_TYPE, [(one, one) for one in limits.DISK_TYPES], form.disk_type, language),
        _size(form, language),
        _name(form, language),
        SectionBlock(text=plain(texts.ZONE(language, az=name(job.instance.az)))),
        _description(form, language),
        _auto_delete(form, language),
        _shared(form, language),
        *_billing(form, language),
    ]
    return View(
        type="modal",
        callback_id=ids.DISK_FORM,
        private_metadata=draft.id,
        title=plain(texts.TITLE(language)),
        submit=plain(texts.DONE(language)),
        close=plain(texts.BACK(language)),
        blocks=blocks,
    )


def snapshot_options(snapshots: Iterable[Snapshot], language: str) -> list[Option]:
    """Snapshots to choose from: `mysql-nightly · 500 GiB · 2026-11-20 · snapshot-a1`. What has no proper id cannot be
    asked for.
    """
    return [_snapshot_option(snapshot, language) for snapshot in snapshots if limits.CLOUD_ID.fullmatch(snapshot.id)]


def _snapshot_option(snapshot: Snapshot, language: str) -> Option:
    facts = [units.size(snapshot.size_gb, language), snapshot.created[:10], snapshot.id]
    tail = " · ".join(name(fact, 60) for fact in facts if fact)
    value = SnapshotChoice(snapshot.id, snapshot.size_gb, snapshot.name).encode()
    return options.option(value, options.called(snapshot.name, tail))


def _choice(
    label: Text,
    action_id: str,
    choices: Sequence[tuple[str, str]],
    chosen: str,
    language: str,
    *,
    block_id: str = "",
) -> Block:
    offered = [options.option(value, text) for value, text in choices]
    initial = next((option for option in offered if option.value == chosen), None)
    element = StaticSelectElement(action_id=action_id, options=offered, initial_option=initial)
    hint = texts.DEVICE_HINT(language) if action_id == ids.DEVICE else None
    return _input(action_id, label(language), element, hint=hint, block_id=block_id)


def _input(
    action_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str | None = None,
    optional: bool = False,
    block_id: str = "",
) -> Block:
    return InputBlock(
        block_id=block_id or action_id,
        label=plain(label),
        hint=plain(hint) if hint else None,
        optional=optional,
        dispatch_action=action_id in ids.REDRAWS_DISK_FORM,
        element=element,
    )


def _source(form: DiskForm, language: str) -> Block:
    sources = [
        options.option(ids.BLANK, texts.BLANK(language)),
        options.option(ids.FROM_SNAPSHOT, texts.FROM_SNAPSHOT(language)),
    ]
    element = RadioButtonsElement(
        action_id=ids.SOURCE, options=sources, initial_option=sources[1 if form.from_snapshot else 0]
    )
    return _input(ids.SOURCE, texts.SOURCE(language), element)


def _snapshot(form: DiskForm, region: str, language: str) -> Block:
    element = ExternalDataSelectElement(
        action_id=ids.SNAPSHOT,
        min_query_length=0,
        placeholder=plain(texts.SNAPSHOT_HINT(language)),
        initial_option=_snapshot_option(form.snapshot, language) if form.snapshot else None,
    )
    return InputBlock(
        block_id=block_ids.snapshot_block(region),
        label=plain(texts.SNAPSHOT(language)),
        dispatch_action=True,
        element=element,
    )


def _size(form: DiskForm, language: str) -> Block:
    """A new snapshot brings a new least size, and so a new block with it in; see `block_ids.InstanceBlock`.

    Its range is checked by us: Slack refuses a whole form whose initial value is outside of `min_value` and
    `max_value`, and what somebody typed for another type may well be.
    """
    rule = limits.DISK_TYPES[form.disk_type]
    facts = {"type": form.disk_type, "minimum": str(rule.minimum), "maximum": str(rule.maximum), "step": str(rule.step)}
    element = NumberInputElement(
        action_id=ids.SIZE,
        is_decimal_allowed=False,
        initial_value=_digits(form.size),
    )
    return InputBlock(
        block_id=f"{ids.SIZE}/{form.snapshot.id if form.from_snapshot and form.snapshot else ''}",
        label=plain(texts.SIZE(language)),
        hint=plain(texts.SIZE_HINT(language, **facts)),
        element=element,
    )


def _digits(text: str) -> str | None:
    """Slack: a number_input begins with a number or empty."""
    return text if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _name(form: DiskForm, language: str) -> Block:
    facts = {"minimum": str(limits.DISK_NAME.minimum), "maximum": str(limits.DISK_NAME.maximum)}
    element = PlainTextInputElement(
        action_id=ids.DISK_NAME,
        initial_value=clip(clean(form.name), limits.DISK_NAME.maximum) or None,
        max_length=limits.DISK_NAME.maximum,
    )
    if inherited := inherited_name(form):
        hint = texts.NAME_OF_SNAPSHOT(language, name=inherited)
        return _input(ids.DISK_NAME, texts.NAME(language), element, hint=hint, optional=True)
    return _input(ids.DISK_NAME, texts.NAME(language), element, hint=texts.NAME_HINT(language, **facts))


def _description(form: DiskForm, language: str) -> Block:
    element = PlainTextInputElement(
        action_id=ids.DISK_DESCRIPTION,
        initial_value=clip(clean(form.description), limits.DISK_DESCRIPTION.maximum) or None,
        max_length=limits.DISK_DESCRIPTION.maximum,
    )
    return _input(ids.DISK_DESCRIPTION, texts.DESCRIPTION(language), element, optional=True)


def _auto_delete(form: DiskForm, language: str) -> Block:
    texts_of = (texts.AUTO_DELETE_YES, texts.AUTO_DELETE_NO)
    return _yes_no(ids.AUTO_DELETE, texts.AUTO_DELETE(language), texts_of, language, yes=form.auto_delete)


def _shared(form: DiskForm, language: str) -> Block:
    texts_of = (texts.SHARED_YES, texts.SHARED_NO)
    return _yes_no(ids.SHARED, texts.SHARED(language), texts_of, language, yes=form.multi_attachable)


def _yes_no(action_id: str, label: str, words: tuple[Text, Text], language: str, *, yes: bool) -> Block:
    answers = [options.option(value, text(language)) for value, text in zip((ids.YES, ids.NO), words, strict=True)]
    element = RadioButtonsElement(action_id=action_id, options=answers, initial_option=answers[0 if yes else 1])
    return _input(action_id, label, element)


def _billing(form: DiskForm, language: str) -> list[Block]:
    modes = [(mode.value, texts.MODES[mode](language)) for mode in ChargeMode]
    blocks = [_choice(texts.BILLING, ids.BILLING, modes, form.charge_mode, language)]
    if form.charge_mode is not ChargeMode.PREPAID_BY_DURATION:
        return blocks
    counted = [(unit.value, texts.UNITS[unit](language)) for unit in ChargeUnit]
    allowed = limits.DURATIONS[form.charge_unit]
    least, most = str(min(allowed)), str(max(allowed))
    element = NumberInputElement(
        action_id=ids.DURATION,
        is_decimal_allowed=False,
        initial_value=_digits(form.charge_duration),
    )
    hint = texts.DURATION_HINT(language, minimum=least, maximum=most)
    return [
        *blocks,
        _choice(texts.BILLING_UNIT, ids.BILLING_UNIT, counted, form.charge_unit, language),
        _input(ids.DURATION, texts.BILLING_DURATION(language), element, hint=hint),
    ]
