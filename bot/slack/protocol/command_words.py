"""The words behind the slash command, as phones and pastes make them, and what somebody means by them."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.limits import REQUEST_ID_ALPHABET, REQUEST_ID_LENGTH
from bot.slack.protocol.freeze_words import FreezeFor, FrozenNow, NoDuration, Unfreeze, freeze

_HELP = {"help", "?", "h", "-h", "--help", "帮助"}
_LIST = {"list", "ls", "mine", "列表", "我的申请"}
_STATUS = {"status", "show", "状态", "进度"}
_FREEZE = {"freeze", "冻结"}
_UNFREEZE = {"unfreeze", "解冻"}
_NAMED = ("help", "list", "status")
_FREEZES = ("freeze", "unfreeze")

_ANGLED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""What Slack makes of what it finds in the text: `<http://10.0.0.5|10.0.0.5>`, `<tel:100005|10.0.0.5>`, `<@U0BEN>`."""

_ADDRESS = re.compile(r"https?://([^/?#]+)/?", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_BETWEEN = dict.fromkeys(map(ord, ",;\u3001"), " ")
_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f\u3010\u3011\u3002"
_AROUND = "`*~\"'.:?()[]{}" + _QUOTES
_INSTANCE = re.compile(r"[\w.-]{1,128}")
_MACHINE = re.compile(r"[\d._-]")
"""What the names, ids and addresses of instances have, and the words of a sentence have not."""

_AND = {"and", "&", "+", "和", "与", "及"}
_REQUEST_ID = re.compile(rf"(ir[-_.:#]?)?([0-9a-z]{{{REQUEST_ID_LENGTH}}})")
_LOOK_ALIKE = str.maketrans("ilo", "110")
"""Letters that no id has, and what they were read for."""


INSTANCES_AT_MOST = 10
"""As many as one request holds."""


@dataclass(frozen=True)
class Open:
    """The form, filled in with what was typed."""

    instances: tuple[str, ...] = ()  # each by id, name or private address; the second of two may be the image's name


@dataclass(frozen=True)
class Help:
    """How the command is used."""


@dataclass(frozen=True)
class List:
    """What waits for somebody, and what they have asked for."""


@dataclass(frozen=True)
class Guess:
    """Words that mean nothing as they stand, and the nearest that would."""

    command: str  # as it would be typed behind /createimage; empty where nothing is near
    otherwise: Open | None = None  # where all of the words are instances all the same


@dataclass(frozen=True)
class Status:
    """Where one request stands."""

    request_id: str
    otherwise: Open | Guess | None = None  # where there is no such request: what else the word may mean


@dataclass(frozen=True)
class TooMany:
    """More instances than one request holds."""

    count: int


Meant = Open | Help | List | Status | Guess | TooMany | FreezeFor | FrozenNow | Unfreeze | NoDuration
"""What somebody may mean."""


def understand(text: str) -> Meant:
    """What somebody means by the words behind the command."""
    typed = _shown_words(text)
    if about := _of_freezes([_bare(_plain(word)).casefold() for word in typed], typed):
        return about
    words = words_of(text)
    if words[:1] and words[0].casefold() == "ir" and len(words) == 2:
        words = ["".join(words)]  # "IR 7K3QF", as it is said
    match [word.casefold() for word in words]:
        case []:
            return Open()
        case [first, *_] if first in _HELP:
            return Help()
        case [first, *_] if first in _LIST:
            return List()
        case [first] if first in _STATUS:
            return List()
        case [first, *rest] if first in _STATUS:
            asked = request_id("".join(rest))
            return Status(asked) if asked else Guess(_mended("status", rest, ()))
        case [_]:
            return _one(words[0])
        case [first, *_] if near := _near(first, (*_NAMED, *_FREEZES)):
            return Guess(_mended(near, words[1:], typed[1:]), _named_so(_each_once(words)))
        case [_, last] if last not in _HELP and not _said(words) and _INSTANCE.fullmatch(words[0]):
            return Open(_each_once(words))
        case lowered:
            return _many(words, lowered)


def _of_freezes(
    words: Sequence[str], typed: Sequence[str]
) -> FreezeFor | FrozenNow | Unfreeze | NoDuration | Guess | None:
    """What is said of freezes; None where it is of something else."""
    match words:
        case [first, *rest] if first in _FREEZE:
            return freeze(rest, typed[1:])
        case [first] if first in _UNFREEZE:
            return Unfreeze()
        case [first, *_] if first in _UNFREEZE:
            return Guess("unfreeze")
        case _:
            return None


def words_of(text: str) -> list[str]:
    """The words in a text: what Slack, a phone or a paste has put around and between them is none of theirs."""
    return [_bare(word) for word in _plain(" ".join(_shown_words(text))).split()]


def _shown_words(text: str) -> list[str]:
    """The words of a text as Slack would show it."""
    shown = _ANGLED.sub(_shown, text)
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(written, meant)
    return shown.split()


def _plain(text: str) -> str:
    """A text in plain letters, with blanks between its words."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES | _BETWEEN)


def request_id(word: str) -> str | None:
    """A request's id, however it is written: `IR-7K3QF`, `ir7k3qf`, `7k3qf`."""
    found = _REQUEST_ID.fullmatch(word.casefold())
    if found is None:
        return None
    letters = found[2].translate(_LOOK_ALIKE).upper()
    return f"IR-{letters}" if set(letters) <= set(REQUEST_ID_ALPHABET) else None


def _one(word: str) -> Open | Status | Guess:
    """A request's id, or an instance; five letters may be either, and a slip of a command beside."""
    found = request_id(word)
    if found and len(word) > REQUEST_ID_LENGTH:
        return Status(found)
    near = _near(word.casefold(), (*_NAMED, *_FREEZES))
    named = _named_so((word,))
    meant = Guess(near, named) if near else named or Guess("")
    return Status(found, meant) if found else meant


def _mended(command: str, rest: Sequence[str], typed: Sequence[str]) -> str:
    """What follows a slip of a command, with the command."""
    match command:
        case "freeze":
            return " ".join((command, *typed))
        case "status":
            asked = request_id("".join(rest)) or _said(rest)
            return f"status {asked}" if asked else "list"
        case _:
            return command


def _many(words: Sequence[str], lowered: Sequence[str]) -> Open | Guess | TooMany:
    """Instances, where all of the words look like it; what only may be instances comes nearest to something else."""
    if near := _command_in(words, lowered):
        return Guess(near)
    named = _each_once(words)
    if all(_INSTANCE.fullmatch(word) and _MACHINE.search(word) for word in named):
        return _named_so(named) or TooMany(len(named))
    return Guess(_nearest(named), _named_so(named))


def _named_so(words: tuple[str, ...]) -> Open | None:
    """The form, where all of the words may be instances, as many as a request holds."""
    fit = len(words) <= INSTANCES_AT_MOST and all(_INSTANCE.fullmatch(word) for word in words)
    return Open(words) if fit else None


def _each_once(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that only stand between them."""
    once: dict[str, str] = {}
    for word in words:
        once.setdefault(word.casefold(), word)
    return tuple(word for said, word in once.items() if said not in _AND)


def _command_in(words: Sequence[str], lowered: Sequence[str]) -> str:
    """The command among many words: about a request that they name, or one of ours in a sentence."""
    if said := _said(words):
        return f"status {said}"
    for word in lowered:
        for command, names in (("help", _HELP), ("list", _LIST), ("list", _STATUS)):
            if word in names:
                return command
        if near := _near(word):
            return near
    return ""


def _nearest(words: Sequence[str]) -> str:
    """What a sentence comes nearest to: an instance with an image's name, or the instances that it speaks of."""
    spoken_of = [word for word in words if _INSTANCE.fullmatch(word) and _MACHINE.search(word)][:INSTANCES_AT_MOST]
    if spoken_of == [words[0]] and all(_INSTANCE.fullmatch(word) for word in words):
        return f"{words[0]} {'-'.join(words[1:])}"
    return " ".join(spoken_of)


def _said(words: Sequence[str]) -> str:
    """The first word that can only be a request's id."""
    ids = (request_id(word) for word in words if word.casefold().startswith("ir") and len(word) > REQUEST_ID_LENGTH)
    return next((found for found in ids if found), "")


def _near(word: str, among: Sequence[str] = _NAMED) -> str:
    """The command that a word of letters is a slip of: one letter too many or too few, or two that changed places."""
    if not word.isalpha():
        return ""
    turned = (command for command in among if sorted(command) == sorted(word))
    return next(turned, "") or next(iter(difflib.get_close_matches(word, among, n=1, cutoff=0.8)), "")


def _shown(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    return label or target


def _bare(word: str) -> str:
    """A word without what stands around it; where nothing would be left, as it is."""
    address = _ADDRESS.fullmatch(word.strip(_AROUND))
    bare = (address[1] if address else word).strip(_AROUND)
    if len(bare) > 2 and bare.startswith("_") and bare.endswith("_"):
        bare = bare.strip("_")
    return bare or word
