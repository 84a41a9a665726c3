"""The fields of the request form for an instance's disks: boxes to untick, and disks to add."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    InputBlock,
    Option,
    SectionBlock,
)

from bot.domain.cloud import Disk, Instance, InstanceStatus
from bot.domain.disks import boxes, free_devices
from bot.domain.draft import Draft, DraftJob, boxes_seen
from bot.domain.errors import Code, Problem
from bot.slack.protocol import ids
from bot.slack.protocol.block_ids import DisksBlock
from bot.slack.protocol.markup import markdown, name, plain
from bot.slack.protocol.values import DiskChoice
from bot.slack.screens import options
from bot.slack.screens.plan_lines import added_line
from bot.texts import disk_form, units
from bot.texts import request_form as texts
from bot.texts.problems import explain

DISK_FACT = 40
"""Characters of a disk's name that are shown: JD Cloud's names have 32."""

BOXES = 10
"""Slack: at most 10 checkboxes in a group."""


def disks(draft: Draft, job: DraftJob, *, may_be_made: bool = True) -> list[Block]:
    """What is known of an instance's disks: that they are on their way, or boxes to untick.

    Args:
        draft: the form.
        job: which instance.
        may_be_made: whether its rule lets anybody ask for an image of it.
    """
    language, instance = draft.language, job.instance
    if instance is None:
        words = texts.LOADING(language, instance=job.instance_id)
        return [] if job.problems or draft.problems else [SectionBlock(text=plain(words))]
    called = name(instance.called)
    stopped = instance.status == InstanceStatus.STOPPED
    lines = [texts.STOPPED(language, instance=called)] if stopped and may_be_made else []
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
    return [
        SectionBlock(text=plain("\n".join(lines))),
        *_boxes(draft, job, instance),
        *_added(draft.language, job, instance),
    ]


def _boxes(draft: Draft, job: DraftJob, instance: Instance) -> list[Block]:
    blocks: list[Block] = []
    offered = boxes(instance)
    for start in range(0, len(offered), BOXES):
        group = offered[start : start + BOXES]
        shown = [_disk_option(disk, draft.language) for disk in group]
        ticked = [option for option in shown if option.value not in job.left_out]
        facts = {"first": str(start + 1), "last": str(start + len(group))}
        label = texts.DISKS_MORE(draft.language, **facts) if start else texts.DISKS(draft.language)
        blocks.append(
            InputBlock(
                block_id=DisksBlock(boxes_seen(instance), draft.round, start // BOXES).encode(),
                label=plain(label),
                hint=plain(texts.DISKS_HINT(draft.language)),
                optional=True,  # all of them may be left out
                element=CheckboxesElement(action_id=ids.DISKS, options=shown, initial_options=ticked or None),
            )
        )
    return blocks


def _added(language: str, job: DraftJob, instance: Instance) -> list[Block]:
    """The disks to add, each with its buttons, and the button for one more."""
    blocks: list[Block] = []
    for disk in job.added:
        which = name(f"{disk.device} {disk.name}", DISK_FACT)
        buttons = [
            ButtonElement(
                action_id=action_id,
                value=DiskChoice(job.instance_id, disk.device).encode(),
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
    if not free_devices(instance, job.added):
        return [*blocks, SectionBlock(text=plain(explain(Problem(Code.NO_FREE_DEVICE), language)))]
    more = ButtonElement(
        action_id=ids.ADD_DISK, value=DiskChoice(job.instance_id, "").encode(), text=plain(disk_form.ADD(language))
    )
    return [*blocks, ActionsBlock(block_id=ids.ADD_DISK, elements=[more])]


def _disk_option(disk: Disk, language: str) -> Option:
    return options.option(disk.device, _disk_line(disk, language), name(disk.disk_id))


def _disk_line(disk: Disk, language: str) -> str:
    facts = (disk.device, units.size(disk.size_gb, language), disk.disk_type, disk.name)
    return " · ".join(name(fact, DISK_FACT) for fact in facts if fact)
