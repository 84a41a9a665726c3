"""The catalogue of words: complete, and the same in both languages."""

import importlib
import pkgutil
import re
import string
from pathlib import Path

import pytest

from bot import texts
from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.domain.steps import ENDED, Step, StepState
from bot.texts import Text, card, problems, units
from bot.texts.cloud_problems import CLOUD
from bot.texts.decision_problems import DECISIONS
from bot.texts.form_problems import FORM

ROOT = Path(__file__).parents[2]
SURFACES = [importlib.import_module(f"bot.texts.{found.name}") for found in pkgutil.iter_modules(texts.__path__)]
CONSTANTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in SURFACES
    for name, value in vars(module).items()
    if isinstance(value, Text)
}
USED = {
    use
    for path in (ROOT / "bot").rglob("*.py")
    for use in re.findall(r"\b(\w+)\.([A-Z]\w*)\b", path.read_text(encoding="utf-8"))
}
"""What is read of a module anywhere, as the module's name and its own."""

FACTS = {
    Code(code): set(re.findall(r"[a-z_]+", facts.split(".")[0].split(":")[0])) if facts else set()
    for code, facts in re.findall(
        r'^    [A-Z_]+ = "([a-z_]+)"(?:  # (.*))?$',
        (ROOT / "bot/domain/errors.py").read_text(encoding="utf-8").split("class Code")[1],
        re.MULTILINE,
    )
    if code in set(Code)
}


def placeholders(text: str) -> set[str]:
    """The facts that a text needs."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    """The same facts, and words in both."""
    for name, text in CONSTANTS.items():
        assert placeholders(text.en) == placeholders(text.zh), name
        assert text.en.strip(), name
        assert text.zh.strip(), name


def test_every_text_is_used() -> None:
    """Words that nobody reads are taken out."""
    for name in CONSTANTS:
        surface, _, constant = name.partition(".")
        at_home = (ROOT / f"bot/texts/{surface}.py").read_text(encoding="utf-8")
        elsewhere = {(surface, constant), ("texts", constant)} & USED
        assert elsewhere or re.search(rf"(?<![\w.]){constant}\b(?! = )", at_home), name


def test_bold_words_stand_free() -> None:
    """To Slack, an asterisk that touches a character is an asterisk: Chinese, which has no blanks, needs one there."""
    for name, text in CONSTANTS.items():
        for words in (text.en, text.zh):
            around = re.sub(r"(?:^|(?<=[ \n]))\*[^*\n]+\*(?=$|[ \n])", "", words)
            assert "*" not in around, name


def test_chinese_has_chinese_punctuation() -> None:
    """Beside a Chinese character stands no punctuation of a Latin script, and no blank behind a Chinese full stop."""
    for name, text in CONSTANTS.items():
        words = re.sub(r"`[^`]*`", "", text.zh)
        assert not re.search(r"[\u4e00-\u9fff}][,:;!?()]|[,:;!?()][\u4e00-\u9fff]|[。，：；]\*? ", words), name


def test_every_problem_has_words() -> None:
    """In both languages, with the same facts, and only facts that the code is said to carry."""
    for code in Code:
        text = problems.PROBLEMS[code]
        assert placeholders(text.en) == placeholders(text.zh), code
        if FACTS.get(code):
            assert placeholders(text.en) - {"duration", "snapshots", "period"} <= FACTS[code] | {"region"}, code


def test_no_problem_has_words_twice() -> None:
    """Each stands in one of the files."""
    assert len(problems.PROBLEMS) == len(FORM) + len(DECISIONS) + len(CLOUD)


@pytest.mark.parametrize("language", ["en", "zh", "fr", ""])
def test_explaining_never_fails(language: str) -> None:
    """A stored problem may lack a fact that newer words ask for."""
    needed: dict[Code, dict[str, str]] = {
        Code.TOO_LATE: {"state": State.EXPIRED},
        Code.SLOWER_THAN_USUAL: {"seconds": "61"},
    }
    for code in Code:
        assert problems.explain(Problem(code, facts=needed.get(code, {})), language), code


def test_cloud_problems_quote_jd_cloud() -> None:
    """With the request id, for its support."""
    problem = Problem(Code.CLOUD_FAILED, facts={"message": "oops", "request_id": "req-1"})
    assert problems.explain(problem, "en").endswith("JD Cloud says: oops (request id req-1)")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3540, "59 min"),
        (3590, "1 h"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (7200, "2 h"),
        (-5, "0 s"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    """As people say them."""
    assert units.duration(seconds, "en") == said


@pytest.mark.parametrize(
    ("problem", "language", "said"),
    [
        (Problem(Code.PATIENCE_OVER, facts={"minutes": "1"}), "en", "The bot tried again for 1 min."),
        (Problem(Code.DURATION, facts={"unit": "month", "minimum": "1", "maximum": "9"}), "zh", "请使用 1～9 个月。"),
        (Problem(Code.DURATION, facts={"unit": "year", "minimum": "1", "maximum": "3"}), "en", "Use 1 to 3 years."),
        (
            Problem(Code.DEVICE_TAKEN, facts={"device": "vdb", "free": "vdc, vdd"}),
            "zh",
            "vdb 已被占用，可用：vdc、vdd。",
        ),
        (
            Problem(Code.NAME_CHARACTERS, facts={"characters": "space !", "instead": "a-b"}),
            "en",
            'Use only Chinese, letters, digits, _ - and . here, not: space, "!". Perhaps a-b?',
        ),
        (
            Problem(Code.NAME_CHARACTERS, facts={"characters": "space !", "instead": "a-b"}),
            "zh",
            "只能使用中文、字母、数字、_ - 和 .，不能包含：空格、“!”。可改为 a-b。",
        ),
    ],
)
def test_facts_are_said_in_the_language_of_the_sentence(problem: Problem, language: str, said: str) -> None:
    """Numbers with their words, lists with their commas, and blanks by their name."""
    assert problems.explain(problem, language) == said


def test_one_of_a_kind() -> None:
    """Plurals are right."""
    assert [units.snapshots(count, "en") for count in (1, 2)] == ["1 snapshot", "2 snapshots"]
    assert [units.period(count, "month", "en") for count in (1, 2)] == ["1 month", "2 months"]
    assert units.period(1, "month", "zh") == "1 个月"


def test_sentences() -> None:
    """Chinese has no blank between them."""
    assert units.sentences("One.", "Two.", language="en") == "One. Two."
    assert units.sentences("一。", "二。", language="zh") == "一。二。"


def test_states_and_places() -> None:
    """Every state has words; a region or an instance state that is not known is shown as it is."""
    for state in State:
        assert units.state(state, "en")
        assert units.state(state, "zh") != units.state(state, "en")
    assert units.region("cn-north-1", "en") == "cn-north-1 · Beijing"
    assert units.region("cn-new-9", "en") == "cn-new-9"
    assert units.instance_status("brand-new", "zh") == "brand-new"
    assert texts.Text("a", "b")("de") == "a"


@pytest.mark.parametrize("kind", Step)
def test_every_step_has_words(kind: Step) -> None:
    """To come, under way, done and not done; and where a request stands by it, until it has ended."""
    lines = card.STEP_LINES[kind]
    standing = {state: card.STEP_STATES[kind, state] for state in set(StepState) - ENDED}
    for words in (lines.planned, lines.under_way, lines.done, lines.skipped, *standing.values()):
        assert words.en
        assert words.zh not in {"", words.en}
        assert not placeholders(words.en) | placeholders(words.zh)
