"""The words of every problem: what is wrong, and what to do about it. The words themselves are in the files beside."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.texts import Text, rules, units
from bot.texts.cloud_problems import CLOUD
from bot.texts.decision_problems import DECISIONS
from bot.texts.form_problems import FORM

_SUPPORT = Text(" JD Cloud says: {message} (request id {request_id})", "京东云返回：{message}（请求 ID {request_id}）")

_OF = Text("{machine}: {words}", "{machine}：{words}")

_LISTS = {"devices", "free", "types", "images", "region"}
"""Facts that may be several, with a comma between them."""

_WITH_STATUS = {Code.INSTANCE_NOT_STOPPED, Code.INSTANCE_BUSY, Code.CLOUD_NOT_RUNNING, Code.CLOUD_NOT_STOPPED}
"""Problems that say in which state an instance is."""

PROBLEMS: Mapping[Code, Text] = {**FORM, **DECISIONS, **CLOUD}


def explain(problem: Problem, language: str) -> str:
    """A problem in words, as plain text: to be escaped wherever Slack would read markup in it."""
    facts: defaultdict[str, str] = defaultdict(lambda: "?", problem.facts)
    if problem.code is Code.TOO_LATE:
        facts["state"] = units.state(State(problem.facts["state"]), language)
    if problem.code in _WITH_STATUS:
        facts["status"] = units.instance_status(problem.facts.get("status", "?"), language)
    if problem.code is Code.SLOWER_THAN_USUAL:
        facts["duration"] = units.duration(float(problem.facts["seconds"]), language)
    if minutes := problem.facts.get("minutes"):
        facts["duration"] = units.duration(60 * float(minutes), language)
    if needed := problem.facts.get("needed"):
        facts["snapshots"] = units.snapshots(int(needed), language)
    if unit := problem.facts.get("unit"):
        facts["period"] = units.period(int(problem.facts.get("maximum", "0")), unit, language)
    if characters := problem.facts.get("characters"):
        facts["characters"] = units.listed((units.character(one, language) for one in characters.split(" ")), language)
    if problem.code is Code.INSTANCES_NOT_LISTED:
        answer = Code(problem.facts.get("answer", Code.CLOUD_SILENT))
        facts["answer"] = explain(Problem(answer, facts={**problem.facts, "message": ""}), language)
    if problem.code is Code.TICKET_MISSING:
        facts["such"] = rules.ticket(problem.facts.get("example", ""), facts["pattern"], facts["rule"], language)
    for listed in _LISTS & problem.facts.keys():
        facts[listed] = units.listed(problem.facts[listed].split(", "), language)
    words = PROBLEMS[problem.code]
    said = (words.zh if language == "zh" else words.en).format_map(facts).rstrip()  # a reason may be empty
    if machine := problem.facts.get("machine"):
        said = _OF(language, machine=machine, words=said)
    # Without a request id it was not JD Cloud that said anything.
    if not problem.facts.get("message") or not problem.facts.get("request_id"):
        return said
    return said + _SUPPORT(language, message=facts["message"], request_id=facts["request_id"])


def explain_all(problems: Sequence[Problem], language: str) -> str:
    """Several problems, a line each."""
    return "\n".join(explain(problem, language) for problem in problems)
