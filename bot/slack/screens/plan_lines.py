"""A plan in lines: what is done to the machine, and what becomes of each disk."""

from collections.abc import Sequence

from bot.domain.disks import AddedDisk, ChargeMode
from bot.domain.plan import DiskAction, PlannedDisk, PlannedJob, WhileImaged
from bot.slack.protocol.markup import chunks, code, moment
from bot.texts import Text, card, units

MOST_PARTS = 5
"""Sections that the disks, the words or the reasons of a message take at most: there is no bound to the disks that may
have changed, and the buttons, which come last, must stay within Slack's 50 blocks."""

NAMED = 6
"""Devices that are named in one line: whoever wants all of them has the details."""


def disk_lines(job: PlannedJob, language: str) -> list[str]:
    """One line a disk: device, size, type, name, and what becomes of it."""

    def line(disk: PlannedDisk, becomes: Text) -> str:
        facts = [code(disk.device), units.size(disk.size_gb, language)]
        facts += [code(fact) for fact in (disk.disk_type, disk.name) if fact]
        return card.DISK(language, facts=" · ".join(facts), becomes=becomes(language))

    words = {DiskAction.SNAPSHOT: card.DISK_IN, DiskAction.LEAVE_OUT: card.DISK_OUT}
    return [
        line(job.system_disk, card.DISK_SYSTEM),
        *(line(disk, words[disk.fate]) for disk in job.data_disks),
        *(added_line(disk, language) for disk in job.added),
        *(line(disk, card.DISK_LOCAL) for disk in job.local_disks),
    ]


def added_line(disk: AddedDisk, language: str) -> str:
    """A disk to add: what it is, what is in it, and what differs from the usual."""
    facts = [code(disk.device), units.size(disk.size_gb, language), code(disk.disk_type), code(disk.name)]
    source = (
        card.DISK_FROM_SNAPSHOT(language, snapshot=code(disk.snapshot.name or disk.snapshot.id))
        if disk.snapshot
        else card.DISK_BLANK(language)
    )
    becomes = units.said([source, *_extras(disk, language)], language)
    return card.DISK(language, facts=" · ".join(facts), becomes=becomes)


def machine(job: PlannedJob, language: str, usual_seconds: float | None, not_before: float | None = None) -> list[str]:
    """One line: what will be done to the machine, as far as anything is, and not before when.

    Args:
        job: what is asked for.
        language: of whoever reads it.
        usual_seconds: how long such an image usually takes, where that is known.
        not_before: unix seconds.
    """
    instance, facts = code(job.called), []
    if job.while_imaged is WhileImaged.STOP_AND_START:
        facts.append(card.STOPS_AND_STARTS(language, instance=instance))
        if usual_seconds is not None:
            facts.append(card.DOWN_FOR(language, duration=units.duration(usual_seconds, language)))
    if job.while_imaged is WhileImaged.LIVE:
        facts.append(card.LIVE(language))
    if not_before is not None:
        facts.append(card.NOT_BEFORE(language, when=moment(not_before)))
    return [" · ".join(facts)] if facts else []


def releases(job: PlannedJob, language: str) -> list[str]:
    """What stopping the machine would cost it, where it is stopped for the image."""
    instance = code(job.called)
    return [card.RELEASES(language, instance=instance)] if job.releases else []


def summary(job: PlannedJob, language: str, usual_seconds: float | None = None, not_before: float | None = None) -> str:
    """A plan in a line or two: what is done to the machine, if anything is; then its disks, the usual summed up, and
    what is not usual by name.
    """
    return "\n".join([*machine(job, language, usual_seconds, not_before), " · ".join(disks_of(job, language))])


def disks_of(job: PlannedJob, language: str, most: int = NAMED) -> list[str]:
    """Its disks in a line: the usual summed up, and of what is not usual as many by name as `most` says."""
    images = (job.system_disk, *(disk for disk in job.data_disks if disk.fate is DiskAction.SNAPSHOT))
    counted = units.disks(len(images), language)
    said = [card.IN_IMAGE(language, disks=counted, size=units.size(job.size_gb, language))]
    if job.left_out:
        said.append(card.LEFT_OUT(language, devices=_named(job.left_out, language, most)))
    said += [card.ADDS(language, disk=_added(disk, language)) for disk in job.added[:most]]
    if (more := len(job.added) - most) > 0:
        said.append(card.AND_MORE(language, count=str(more)))
    if job.local_disks:
        local = [disk.device for disk in job.local_disks]
        said.append(card.LOCAL_OUT(language, devices=_named(local, language, most)))
    return said


def _named(devices: Sequence[str], language: str, most: int) -> str:
    """Devices by name, as many as a line bears."""
    named = [code(device) for device in devices[:most]]
    more = len(devices) - most
    named += [card.AND_MORE(language, count=str(more))] if more > 0 else []
    return units.listed(named, language)


def _added(disk: AddedDisk, language: str) -> str:
    """An added disk in a few words: where, what is in it, how large, and what is not usual."""
    source = (
        card.FROM_SNAPSHOT(language, snapshot=code(disk.snapshot.name or disk.snapshot.id))
        if disk.snapshot
        else card.BLANK(language)
    )
    facts = [source, units.size(disk.size_gb, language), *_extras(disk, language)]
    return card.ADDED(language, device=code(disk.device), facts=units.said(facts, language))


def _extras(disk: AddedDisk, language: str) -> list[str]:
    """What differs from the usual: what becomes of it later, who has it, how it is paid."""
    extras = [] if disk.auto_delete else [card.DISK_KEPT(language)]
    extras += [card.DISK_SHARED(language)] if disk.multi_attachable else []
    if disk.charge.unit:
        period = units.period(disk.charge.duration or 0, disk.charge.unit, language)
        extras.append(card.DISK_PREPAID(language, period=period))
    if disk.charge.mode is ChargeMode.POSTPAID_BY_USAGE:
        extras.append(card.DISK_BY_USAGE(language))
    return extras


def parts(lines: Sequence[str], language: str, most: int = MOST_PARTS) -> list[str]:
    """Lines packed into the texts of a few sections; in the place of those that are left out stands how many."""
    packed = chunks(lines)
    if len(packed) <= most:
        return packed
    kept: list[str] = []
    more = card.MORE(language, count=str(len(lines)))
    while len(chunks([*kept, lines[len(kept)], more])) <= most:
        kept.append(lines[len(kept)])
    return chunks([*kept, card.MORE(language, count=str(len(lines) - len(kept)))])
