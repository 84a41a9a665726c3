"""A plan in lines: what becomes of each disk."""

from bot.domain.plan import Fate, Plan, PlannedDisk
from bot.slack.markup import code
from bot.texts import Text, card, units


def disk_lines(plan: Plan, language: str) -> list[str]:
    """One line a disk: device, size, type, name, and what becomes of it."""

    def line(disk: PlannedDisk, becomes: Text) -> str:
        facts = [f"`{disk.device}`", units.size(disk.size_gb, language)]
        facts += [code(fact) for fact in (disk.disk_type, disk.name) if fact]
        return f"• {' · '.join(facts)}: {becomes(language)}"

    fates = {Fate.SNAPSHOT: card.DISK_IN, Fate.LEAVE_OUT: card.DISK_OUT}
    return [
        line(plan.system_disk, card.DISK_SYSTEM),
        *(line(disk, fates[disk.fate]) for disk in plan.data_disks),
        *(line(disk, card.DISK_LOCAL) for disk in plan.local_disks),
    ]
