"""The lines of the request form for several instances: what each stands for, with the way to its own choices."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain.cloud import InstanceStatus
from bot.domain.draft import Draft, DraftJob
from bot.slack.protocol import ids
from bot.slack.protocol.markup import code, escape, markdown, name, plain
from bot.slack.screens import instance_fields, options
from bot.slack.screens.plan_lines import added_line
from bot.texts import card, units
from bot.texts import request_form as texts
from bot.texts.problems import explain

PROBLEMS = 1000
"""Characters of what is wrong with one instance."""

OTHERS = 2
"""Requests for the same machine that are named at its line."""

ADDED = 3
"""Disks to add that are told in its line."""


def machines(draft: Draft) -> list[Block]:
    """A line for each of several instances, in the order in which they were chosen, with what is wrong with it."""
    several_regions = len({job.region for job in draft.jobs}) > 1
    lines: list[Block] = []
    for job in draft.jobs:
        lines += [_line(draft, job, with_region=several_regions), *_wrong(job, draft.language)]
    if any(job.instance and not job.stands_still for job in draft.jobs):
        language = draft.language
        buttons = [instance_fields.check_again("", language), instance_fields.console(language)]
        lines.append(ActionsBlock(block_id=ids.LOOK_AGAIN, elements=buttons))
    return lines


def _line(draft: Draft, job: DraftJob, *, with_region: bool) -> Block:
    language = draft.language
    lines = [_facts(draft, job, with_region=with_region), *_exceptions(job, language)]
    lines += instance_fields.others(job, language)[:OTHERS]
    button = None
    if job.instance is not None:
        which = plain(texts.DISKS_AND_NAME_WHICH(language, instance=name(job.called)), options.TEXT).text
        button = ButtonElement(
            action_id=ids.OPEN_MACHINE,
            value=job.instance_id,
            text=plain(texts.DISKS_AND_NAME(language)),
            accessibility_label=which,
        )
    elif job.problems:
        button = instance_fields.look_again(job, language)
    text = markdown("\n".join(lines))
    return SectionBlock(block_id=f"{ids.OPEN_MACHINE}/{job.instance_id}", text=text, accessory=button)


def _wrong(job: DraftJob, language: str) -> list[Block]:
    """What stands in the way of one instance: in words of others, too, so nothing in it is read as markup."""
    if job.cannot_begin:
        return [SectionBlock(text=plain(instance_fields.why_not(job, language)))]
    wrong = ["⚠️ " + explain(problem, language) for problem in job.problems]
    return [SectionBlock(text=plain("\n".join(dict.fromkeys(wrong)), PROBLEMS))] if wrong else []


def _facts(draft: Draft, job: DraftJob, *, with_region: bool) -> str:
    language, instance = draft.language, job.instance
    if instance is None:
        return code(job.called) if job.problems else texts.LOADING(language, instance=code(job.called))
    system = (instance.system_disk,) if instance.system_disk else ()
    disks = [disk for disk in (*system, *instance.cloud_data_disks) if disk.device not in job.left_out]
    size = units.size(sum(disk.size_gb for disk in disks), language)
    status = units.instance_status(instance.status, language)
    machine = [
        code(job.called),
        *([escape(units.place(job.region, language))] if with_region else []),
        status if instance.status in set(InstanceStatus) else code(status),
    ]
    image = [
        card.IN_IMAGE(language, disks=units.disks(len(disks), language), size=size),
        texts.IMAGE_NAME(language, name=code(draft.names[job.instance_id])),
    ]
    return f"{' · '.join(machine)}\n{' · '.join(image)}"


def _exceptions(job: DraftJob, language: str) -> list[str]:
    """What is not usual: disks that are left out, and such as are added."""
    lines = []
    if job.left_out:
        devices = units.listed([code(device) for device in sorted(job.left_out)], language)
        lines.append(card.LEFT_OUT(language, devices=devices))
    lines += [added_line(disk, language) for disk in job.added[:ADDED]]
    if more := len(job.added[ADDED:]):
        lines.append(card.AND_MORE(language, count=str(more)))
    return lines
