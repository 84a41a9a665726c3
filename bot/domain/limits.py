"""The limits of what people type and of what createImage takes, as data: hints, validation and docs come from here."""

import re
from dataclasses import dataclass

from bot.domain.errors import Code, Field, Problem

REQUEST_ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that an id can be said aloud and typed back."""

REQUEST_ID_LENGTH = 5


@dataclass(frozen=True)
class TextRule:
    """How long a text may be, in characters, and where that is written."""

    minimum: int
    maximum: int
    source: str


NAME = TextRule(2, 32, "createImage: name, 2 to 32 characters of Chinese, letters, digits, `_`, `-`, `.`")
DESCRIPTION_ON_THE_WIRE = TextRule(1, 256, "createImage: description, required, at most 256 characters")
DISK_NAME = TextRule(1, 32, "createImage: cloudDiskSpec.name, general parameters: Chinese, letters, digits, `_`, `-`")
DISK_DESCRIPTION = TextRule(0, 256, "createImage: cloudDiskSpec.description, general parameters")
LATEST = 30 * 86_400
"""Seconds from now within which a request may begin: disks and people change, and nobody remembers it longer."""

MINUTE = 60
"""Seconds. A person chooses a time by the minute: the one that has begun is not past."""

NOTE = TextRule(0, 1000, "ours: a note for the approver that leaves room on the card (Slack: section text <= 3000)")
REASON = TextRule(1, 500, "ours: a reason that leaves room on the card (Slack: section text <= 3000)")
QUESTION = TextRule(1, 300, "ours: a question that leaves room on the card for others (Slack: section text <= 3000)")


@dataclass(frozen=True)
class SizeRule:
    """How large a disk of a type may be, in GiB."""

    minimum: int
    maximum: int
    step: int


DISK_TYPES = {"ssd": SizeRule(20, 1000, 10), "premium-hdd": SizeRule(20, 3000, 10)}
"""createImage: diskType and diskSizeGB."""

DEVICES = tuple(f"vd{letter}" for letter in "bcdefghi")
"""createImage: deviceName, less vda, which is the system disk's."""

DURATIONS = {"month": range(1, 10), "year": range(1, 4)}
"""createImage: chargeDuration by chargeUnit."""

INSTANCE_ID = re.compile(r"i-[a-z0-9-]{1,60}")
"""What instances are called by, in small letters."""

CLOUD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What regions, instances, disks and snapshots are called by: nothing that could become another address."""

_NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9_.\-]")
_DISK_NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9_\-]")


def marker(request_id: str) -> str:
    """What the description of an image ends in, by which a lost answer is found again."""
    return f"[{request_id}]"


DESCRIPTION = TextRule(
    1,
    DESCRIPTION_ON_THE_WIRE.maximum - len(" " + marker("IR-" + "0" * REQUEST_ID_LENGTH)),
    "createImage: description, at most 256 characters with the marker counted in",
)


def description_with_marker(description: str, request_id: str) -> str:
    """The description as it goes to the cloud."""
    return f"{description} {marker(request_id)}".lstrip()


def check_name(name: str) -> tuple[Problem, ...]:
    """What is wrong with an image name; empty when nothing is."""
    wrong = _not_allowed(name, _NAME_CHARACTER)
    if wrong:
        facts = {"characters": wrong, "instead": _cleaned(name, _NAME_CHARACTER, NAME) or "image-1"}
        return (Problem(Code.NAME_CHARACTERS, Field.NAME, facts),)
    return _length(name, NAME, Code.NAME_LENGTH, Field.NAME)


def check_disk_name(name: str) -> tuple[Problem, ...]:
    """What is wrong with the name of a disk to add; empty when nothing is."""
    wrong = _not_allowed(name, _DISK_NAME_CHARACTER)
    if wrong:
        facts = {"characters": wrong, "instead": disk_name(name) or "disk-1"}
        return (Problem(Code.DISK_NAME_CHARACTERS, Field.DISK_NAME, facts),)
    return _length(name, DISK_NAME, Code.NAME_LENGTH, Field.DISK_NAME)


def disk_name(text: str) -> str:
    """What a disk may be called that is to be called like this; empty where nothing of it may stand in a name."""
    return _cleaned(text, _DISK_NAME_CHARACTER, DISK_NAME)


def check_disk_description(description: str) -> tuple[Problem, ...]:
    """What is wrong with the description of a disk to add; empty when nothing is."""
    return _length(description, DISK_DESCRIPTION, Code.DESCRIPTION_LENGTH, Field.DISK_DESCRIPTION)


def check_disk_size(disk_type: str, size_gb: int) -> tuple[Problem, ...]:
    """What is wrong with a disk's size in GiB, or its type; empty when nothing is."""
    rule = DISK_TYPES.get(disk_type)
    if rule is None:
        return (Problem(Code.DISK_TYPE_UNKNOWN, Field.DISK_TYPE, {"types": ", ".join(DISK_TYPES)}),)
    if size_gb in range(rule.minimum, rule.maximum + 1, rule.step):
        return ()
    facts = {"size": str(size_gb), "minimum": str(rule.minimum), "maximum": str(rule.maximum), "type": disk_type}
    if size_gb == 0:
        return (Problem(Code.DISK_SIZE, Field.SIZE, facts | {"step": str(rule.step)}),)
    if not rule.minimum <= size_gb <= rule.maximum:
        return (Problem(Code.DISK_SIZE_RANGE, Field.SIZE, facts),)
    below = size_gb - size_gb % rule.step
    near = {"step": str(rule.step), "below": str(below), "above": str(below + rule.step)}
    return (Problem(Code.DISK_SIZE_STEP, Field.SIZE, facts | near),)


def check_duration(unit: str, duration: int) -> tuple[Problem, ...]:
    """What is wrong with how long a prepaid disk is paid for; empty when nothing is."""
    allowed = DURATIONS.get(unit, range(0))
    if duration in allowed:
        return ()
    facts = {"minimum": str(min(allowed, default=0)), "maximum": str(max(allowed, default=0)), "unit": unit}
    return (Problem(Code.DURATION, Field.DURATION, facts),)


def check_description(description: str) -> tuple[Problem, ...]:
    """What is wrong with a description; empty when nothing is."""
    if not description:
        return (Problem(Code.DESCRIPTION_MISSING, Field.DESCRIPTION),)
    return _length(description, DESCRIPTION, Code.DESCRIPTION_LENGTH, Field.DESCRIPTION)


def check_note(note: str) -> tuple[Problem, ...]:
    """What is wrong with a note for the approver; empty when nothing is."""
    return _length(note, NOTE, Code.NOTE_LENGTH, Field.NOTE)


def check_not_before(at: float, now: float) -> tuple[Problem, ...]:
    """What is wrong with the time before which nothing shall be done; empty when nothing is.

    Args:
        at: unix seconds; 0 for none.
        now: unix seconds.
    """
    if at and at + MINUTE <= now:
        return (Problem(Code.NOT_BEFORE_PAST, Field.NOT_BEFORE),)
    if at > now + LATEST:
        return (Problem(Code.NOT_BEFORE_FAR, Field.NOT_BEFORE, {"days": str(LATEST // 86_400)}),)
    return ()


def check_reason(reason: str) -> tuple[Problem, ...]:
    """What is wrong with the reason of a rejection; empty when nothing is."""
    if not reason:
        return (Problem(Code.REASON_MISSING, Field.REASON),)
    return _length(reason, REASON, Code.REASON_LENGTH, Field.REASON)


def check_why(reason: str) -> tuple[Problem, ...]:
    """What is wrong with the reason for which somebody begins without an approval; empty when nothing is."""
    if not reason:
        return (Problem(Code.WHY_MISSING, Field.REASON),)
    return _length(reason, REASON, Code.REASON_LENGTH, Field.REASON)


def check_question(question: str) -> tuple[Problem, ...]:
    """What is wrong with a question to the requester; empty when nothing is."""
    if not question:
        return (Problem(Code.QUESTION_MISSING, Field.QUESTION),)
    return _length(question, QUESTION, Code.QUESTION_LENGTH, Field.QUESTION)


def suggest_name(instance_name: str, instance_id: str, day: str) -> str:
    """A good name for an image made on a day (`20261123`): `web-1-20261123`, whatever the instance is called."""
    stem = _cleaned(instance_name, _NAME_CHARACTER) or instance_id
    return f"{stem[: NAME.maximum - len(day) - 1].rstrip('-.')}-{day}"


def _length(text: str, rule: TextRule, code: Code, field: Field) -> tuple[Problem, ...]:
    if rule.minimum <= len(text) <= rule.maximum:
        return ()
    facts = {"minimum": str(rule.minimum), "maximum": str(rule.maximum), "length": str(len(text))}
    return (Problem(code, field, facts),)


def _not_allowed(text: str, allowed: re.Pattern[str]) -> str:
    """The characters that are not allowed, made visible; empty when all are."""
    return " ".join(map(_visible, sorted({c for c in text if not allowed.fullmatch(c)})))


def _cleaned(text: str, allowed: re.Pattern[str], rule: TextRule | None = None) -> str:
    """The same with a dash in place of what is not allowed, cut to the longest that may be."""
    kept = "".join(c if allowed.fullmatch(c) else "-" for c in text)
    joined = re.sub("-{2,}", "-", kept).strip("-.")
    if rule is None:
        return joined
    cut = joined[: rule.maximum].rstrip("-.")
    return cut if len(cut) >= rule.minimum else ""


def _visible(character: str) -> str:
    if character.isspace() or not character.isprintable():
        return "space" if character == " " else f"U+{ord(character):04X}"
    return character
