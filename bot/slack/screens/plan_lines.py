"""A plan in lines: what becomes of each disk."""

from collections.abc import Sequence

from bot.domain.disks import AddedDisk, ChargeMode
from bot.domain.plan import Fate, Plan, PlannedDisk
from bot.slack.protocol.markup import chunks, code
from bot.texts import Text, card, units

MOST_PARTS = 5
"""Sections that the disks, the words or the reasons of a message take at most: there is no bound to the disks that may
have changed, and the buttons, which come last, must stay within Slack's 50 blocks."""


def disk_lines(plan: Plan, language: str) -> list[str]:
    """One line a disk: device, size, type, name, and what becomes of it."""

    def line(disk: PlannedDisk, becomes: Text) -> str:
        facts = [code(disk.device), units.size(disk.size_gb, language)]
        facts += [code(fact) for fact in (disk.disk_type, disk.name) if fact]
        return f"• {' · '.join(facts)}: {becomes(language)}"

    fates = {Fate.SNAPSHOT: card.DISK_IN, Fate.LEAVE_OUT: card.DISK_OUT}
    return [
        line(plan.system_disk, card.DISK_SYSTEM),
        *(line(disk, fates[disk.fate]) for disk in plan.data_disks),
        *(added_line(disk, language) for disk in plan.added),
        *(line(disk, card.DISK_LOCAL) for disk in plan.local_disks),
    ]


def added_line(disk: AddedDisk, language: str) -> str:
    """A disk to add: what it is, what is in it, and what differs from the usual."""
    facts = [code(disk.device), units.size(disk.size_gb, language), code(disk.disk_type), code(disk.name)]
    source = (
        card.DISK_FROM_SNAPSHOT(language, snapshot=code(disk.snapshot.name or disk.snapshot.id))
        if disk.snapshot
        else card.DISK_BLANK(language)
    )
    extras = [] if disk.auto_delete else [card.DISK_KEPT(language)]
    extras += [card.DISK_SHARED(language)] if disk.multi_attachable else []
    if disk.charge.unit:
        period = units.period(disk.charge.duration or 0, disk.charge.unit, language)
        extras.append(card.DISK_PREPAID(language, period=period))
    if disk.charge.mode is ChargeMode.POSTPAID_BY_USAGE:
        extras.append(card.DISK_BY_USAGE(language))
    return f"• {' · '.join(facts)}: {', '.join([source, *extras])}"


def parts(lines: Sequence[str], language: str) -> list[str]:
    """Lines packed into the texts of a few sections; in the place of those that are left out stands how many."""
    packed = chunks(lines)
    if len(packed) <= MOST_PARTS:
        return packed
    kept: list[str] = []
    more = card.MORE(language, count=str(len(lines)))
    while len(chunks([*kept, lines[len(kept)], more])) <= MOST_PARTS:
        kept.append(lines[len(kept)])
    return chunks([*kept, card.MORE(language, count=str(len(lines) - len(kept)))])
