"""The rules for what people type, as data: the form's hints, the validation and the docs come from here."""

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
NOTE = TextRule(0, 1000, "ours: a note for the approver that leaves room on the card (Slack: section text <= 3000)")
REASON = TextRule(1, 500, "ours: a reason that leaves room on the card (Slack: section text <= 3000)")

_NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9_.\-]")


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
    return f"{description} {marker(request_id)}"


def check_name(name: str) -> tuple[Problem, ...]:
    """What is wrong with an image name; empty when nothing is."""
    strangers = sorted({character for character in name if not _NAME_CHARACTER.fullmatch(character)})
    if strangers:
        return (Problem(Code.NAME_CHARACTERS, Field.NAME, {"characters": " ".join(map(_visible, strangers))}),)
    return _length(name, NAME, Code.NAME_LENGTH, Field.NAME)


def check_description(description: str) -> tuple[Problem, ...]:
    """What is wrong with a description; empty when nothing is."""
    if not description:
        return (Problem(Code.DESCRIPTION_MISSING, Field.DESCRIPTION),)
    return _length(description, DESCRIPTION, Code.DESCRIPTION_LENGTH, Field.DESCRIPTION)


def check_note(note: str) -> tuple[Problem, ...]:
    """What is wrong with a note for the approver; empty when nothing is."""
    return _length(note, NOTE, Code.NOTE_LENGTH, Field.NOTE)


def check_reason(reason: str) -> tuple[Problem, ...]:
    """What is wrong with the reason of a rejection; empty when nothing is."""
    if not reason:
        return (Problem(Code.REASON_MISSING, Field.REASON),)
    return _length(reason, REASON, Code.REASON_LENGTH, Field.REASON)


def suggest_name(instance_name: str, instance_id: str, day: str) -> str:
    """A good name for an image made on a day (`20261123`): `web-1-20261123`, whatever the instance is called."""
    kept = "".join(c if _NAME_CHARACTER.fullmatch(c) else "-" for c in instance_name or instance_id)
    stem = re.sub("-{2,}", "-", kept).strip("-.") or instance_id
    return f"{stem[: NAME.maximum - len(day) - 1].rstrip('-.')}-{day}"


def _length(text: str, rule: TextRule, code: Code, field: Field) -> tuple[Problem, ...]:
    if rule.minimum <= len(text) <= rule.maximum:
        return ()
    facts = {"minimum": str(rule.minimum), "maximum": str(rule.maximum), "length": str(len(text))}
    return (Problem(code, field, facts),)


def _visible(character: str) -> str:
    if character.isspace() or not character.isprintable():
        return "space" if character == " " else f"U+{ord(character):04X}"
    return character
