"""What the rules of a policy file say on the form and on cards: where it is needed, once, in plain words."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest

from bot.demo.slack.surfaces import message_problems, view_problems
from bot.domain.delivery import CardKind
from bot.domain.draft import Draft, UnsentDraft
from bot.domain.errors import Code, Field, Problem
from bot.domain.freeze import Freeze
from bot.domain.hours import DAY_MINUTES, Hours, Window
from bot.domain.lifecycle import Notice, State
from bot.domain.plan import WhileImaged
from bot.domain.quorum import Need
from bot.domain.rule import SETTINGS, Match, Rule, Ruleset, Ticket
from bot.service.freezing import Kept, Lifted
from bot.slack.protocol import ids
from bot.slack.screens import freeze, request_form
from bot.slack.screens.card import card_message
from bot.slack.screens.emergency import in_result
from bot.slack.screens.message import Message
from bot.slack.screens.reminder import reminder_message
from bot.slack.screens.who_decides import still_asked, who_decides_on_card
from bot.texts import rules, units
from tests.unit.examples import a_decision, a_draft, a_request, an_instance
from tests.unit.test_screens import LANGUAGES, NASTY, buttons, of_several

NIGHTS = Window(frozenset(range(5)), 22 * 60, 4 * 60)
WEEKENDS = Window(frozenset({5, 6}), 0, DAY_MINUTES)
WEB = Rule(
    name="web",
    match=Match(names=("web-*",)),
    channel="C0WEB",
    approvers=("U0BEN", "U0AMY"),
    quorum=2,
    hours=Hours((NIGHTS, WEEKENDS), "Asia/Shanghai"),
    ticket=Ticket(r"OPS-\d+"),
    emergency=("U0EVE",),
)
OTHERS = Rule(name=SETTINGS, channel="C0APPROVALS", approvers=("S0ADMINS",), quorum=1)
REFUSED = dataclasses.replace(WEB, refuse="It is being taken down.")
HOSTILE = dataclasses.replace(
    WEB, name=NASTY[:50], ticket=Ticket(NASTY * 40), warning=NASTY * 4, refuse="", approvers=("U0BEN",) * 90
)
BEGUN: dict[str, Any] = {"emergency_by": "U0EVE", "emergency_why": "fire", "emergency_at": 1_500.0}
FROZEN = Freeze(by="U0BEN", at=1_000.0, until=15_400.0, why="release week", scope=("web", ""))


def a_form(language: str = "en", **changes: Any) -> Draft:
    """Of one machine that stands still."""
    usual = {"instance_id": "i-abc123", "instance": an_instance(), "name": "web-1-1", "view_id": "V1"}
    return a_draft(language=language, **usual | changes)


def blocks_of(draft: Draft, *found: Rule) -> list[dict[str, Any]]:
    """What the form shows."""
    view: dict[str, Any] = request_form.request_form(draft, Ruleset(found, "hash")).to_dict()
    assert view_problems(view, "modal") == ()
    shown: list[dict[str, Any]] = view["blocks"]
    return shown


def hint(blocks: Sequence[dict[str, Any]], label: str) -> str:
    """What stands small under a field."""
    (said,) = [block["hint"]["text"] for block in blocks if block.get("label", {}).get("text") == label]
    return str(said)


def card_of(found: Sequence[Rule], kind: CardKind = CardKind.APPROVAL, **changes: Any) -> Message:
    """A card under these rules."""
    ruleset = Ruleset(tuple(found), "hash")
    request = a_request(**changes)
    message = card_message(request, kind, approvers=ruleset.approvers, ruleset=ruleset, usual_seconds={}, now=2_000.0)
    assert message_problems([block.to_dict() for block in message.blocks]) == ()
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_rules_break_no_screen(language: str) -> None:
    """Whatever an operator writes: Slack takes the form and the cards."""
    blocks_of(a_form(language), HOSTILE)
    blocks_of(of_several(language, running=True), HOSTILE, OTHERS, REFUSED)
    card_of([HOSTILE, OTHERS], language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_stands_first_and_nothing_contradicts_it(language: str) -> None:
    """Before anything is filled in: which machine, and why; nowhere that an image can be made."""
    problem = Problem(Code.REFUSED_BY_RULE, Field.INSTANCE, {"instance": "web-1", "why": REFUSED.refuse})
    for problems in ((), (problem,)):
        blocks = blocks_of(a_form(language, problems=problems), REFUSED)
        first = blocks[0]["text"]["text"]
        assert "web-1" in first
        assert REFUSED.refuse in first
        shown = json.dumps(blocks, ensure_ascii=False)
        assert shown.count(REFUSED.refuse) == 1
        assert "can be made" not in shown
        assert "可以创建" not in shown
        assert "C0WEB" not in shown  # it goes nowhere


def test_each_refusal_names_its_machines() -> None:
    """Of several machines, those that it is about and no others."""
    draft = of_several("en", running=False)
    taken = dataclasses.replace(REFUSED, match=Match(instance_ids=("i-1", "i-3")))
    first = blocks_of(draft, taken, OTHERS)[0]["text"]["text"]
    assert "an image of web-1, web-3: It is being taken down." in first


def test_what_a_rule_asks_for_stands_at_its_field() -> None:
    """The ticket where it is typed, the hours where the time is chosen; nothing of it twice."""
    blocks = blocks_of(a_form(), WEB)
    assert "such as OPS-123." in hint(blocks, "Description")
    odd = dataclasses.replace(WEB, ticket=Ticket(r"(?i:ops)-\d+"))
    assert r"one that fits the rule “web”: `(?i:ops)-\d+`." in hint(blocks_of(a_form(), odd), "Description")
    assert hint(blocks, "Not before") == (
        "Steps begin Mon–Fri 22:00–04:00; Sat, Sun all day (Asia/Shanghai) only. "
        "Left empty, it begins as soon as it is approved and the hours allow it."
    )
    shown = json.dumps(blocks)
    assert shown.count("OPS-") == shown.count("Asia/Shanghai") == 1
    assert hint(blocks_of(a_form(), OTHERS), "Not before") == "Left empty, it begins as soon as it is approved."


def test_how_many_must_approve_is_a_number_of_approvals() -> None:
    """Also where there is one who could: not "1 of Ben"."""
    (last,) = blocks_of(a_form(), WEB)[-1]["elements"]
    assert last["text"] == "Goes to <#C0WEB>. Approvals needed: 2, from <@U0BEN>, <@U0AMY>."


def test_hours_in_chinese() -> None:
    """Days and windows are parted by different marks."""
    assert WEB.hours is not None
    assert rules.hours(WEB.hours, "zh") == "周一至周五 22:00–04:00；周六、周日全天（Asia/Shanghai）"


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_machine_is_not_stopped(language: str) -> None:
    """By which rule, of each; nothing is said where it may be stopped."""
    draft = of_several(language, running=True, count=3)
    assert draft.offered
    says = json.dumps(blocks_of(draft, OTHERS), ensure_ascii=False)
    assert rules.NO_STOP(language, instance="web-0") not in says
    running = [job.called for job in draft.jobs if job.offered]
    kept = tuple(dataclasses.replace(job, offered=job.offered and (WhileImaged.STOPPED,)) for job in draft.jobs)
    called = units.listed(running, language)
    by_name = dataclasses.replace(WEB, match=Match(), stopping=False)
    for rule, words in (
        (by_name, rules.NO_STOP_BY_RULE(language, rule="web", instance=called)),
        (dataclasses.replace(OTHERS, stopping=False), rules.NO_STOP(language, instance=called)),
    ):
        shown = blocks_of(dataclasses.replace(draft, jobs=kept), rule)
        assert words in json.dumps(shown, ensure_ascii=False)
        assert json.dumps(shown).count(f'"action_id": "{ids.CONSOLE}"') == 1


def test_an_unsent_form_is_named_in_its_language() -> None:
    """Several machines are enumerated with the comma of the language."""
    draft = a_draft(language="zh", unsent=UnsentDraft(id="d", names=("web-1", "web-2"), created_at=1.0))
    assert "继续填写 web-1、web-2 的表单" in json.dumps(blocks_of(draft), ensure_ascii=False)


def test_who_has_approved_is_not_asked_again() -> None:
    """Of those who can decide, the others are; by when stands on the card once."""
    text = card_of([WEB], decisions=(a_decision("U0BEN", "h"),), quorum=2).text
    assert "<@U0AMY>: please approve or reject." in text
    assert "<@U0BEN>, <@U0AMY>" not in text
    assert "<!date" not in who_decides_on_card(a_request(), None, approvers=WEB.approvers, workspace_url="")


def test_whose_rule_has_its_approvals_is_not_asked() -> None:
    """The others of a rule that has what it wants are not called any more, but by the rule that lacks some."""
    done = dataclasses.replace(OTHERS, approvers=("U0DAN", "U0EVE", "U0AMY"))
    request = a_request(decisions=(a_decision("U0DAN", "h"),), quorum=2)
    needs = [Need(done, ("U0DAN",), 1), Need(WEB, (), 2)]
    assert still_asked(request, ["U0DAN", "U0EVE", "U0AMY", "U0BEN"], needs) == ["U0AMY", "U0BEN"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_says_of_an_emergency_line_by_line(language: str) -> None:
    """Whether it was reviewed is a line of its own: Chinese has no blank between sentences."""
    told = in_result(a_request(language=language, state=State.READY, reviewed_by="U0AMY", reviewed_at=2.0, **BEGUN))
    assert len(told) == 2
    assert "<@U0EVE>" in told[0]
    assert "<@U0AMY>" in told[1]


def test_a_card_says_rules_by_their_number_and_when_it_may_begin() -> None:
    """One is a rule, several are rules; the approver sees when it would begin, as long as that is to come."""
    assert "\nRule: web\n" in card_of([WEB]).text
    assert "\nRules: web, the other machines\n" in card_of([WEB, OTHERS]).text
    assert "Steps begin Mon–Fri" in card_of([WEB]).text
    assert "Steps begin" not in card_of([WEB], state=State.READY).text


def test_what_is_seldom_pressed_comes_last() -> None:
    """The usual buttons stand where they always stand."""
    assert buttons(card_of([WEB])) == ["Approve", "Reject", "Ask", "Details", "Begin now (emergency)"]
    own = buttons(card_of([WEB], CardKind.REQUESTER))
    assert own == ["Nudge", "Cancel", "Details", "Begin now (emergency)"]


def test_a_review_that_is_owed_comes_first() -> None:
    """Before the link to the console; and one approval of two is told as what it was."""
    message = card_of([WEB], state=State.READY, decisions=(a_decision("U0BEN", "h"),), **BEGUN)
    assert buttons(message)[0] == "Reviewed"
    assert "Approved before that: <@U0BEN>." in message.text
    assert "Approved by" not in message.text


def test_nothing_that_began_in_an_emergency_is_called_approved() -> None:
    """It was not: it starts, or it waits."""
    for waits_for in ("", "IR-NB2KV"):
        message = card_of([WEB], state=State.APPROVED, decisions=(), waits_for=waits_for, **BEGUN)
        assert "approved" not in message.text.replace("without an approval", "")


def test_a_freeze_says_first_until_when() -> None:
    """Then what it covers; a card speaks of its own request."""
    (said,) = freeze.listed([FROZEN], "en")
    assert said.startswith("🧊 Frozen until ")
    assert said.endswith("It holds for web, the other machines.")
    assert "It can be approved" in freeze.waits(FROZEN, "en")
    assert "A request can be made" in freeze.line(FROZEN, "en")
    ended = freeze.ended(dataclasses.replace(FROZEN, ended_by="U0AMY"), (), "en")
    assert ended == (
        "<@U0AMY> has ended <@U0BEN>'s freeze of web, the other machines. What has been approved begins now."
    )
    own = freeze.ended(dataclasses.replace(FROZEN, ended_by="U0BEN"), (), "en")
    assert own.startswith("<@U0BEN> has ended the freeze of web, the other machines.")


@pytest.mark.parametrize(("scope", "held_up"), [(None, True), (("db", "web"), True), (("db",), False)])
def test_what_another_freeze_holds_up_does_not_begin(scope: tuple[str, ...] | None, *, held_up: bool) -> None:
    """Whoever ends one reads so, and a channel reads by whom and until when."""
    lifted = dataclasses.replace(FROZEN, ended_by="U0BEN")
    other = dataclasses.replace(FROZEN, by="U0CAT", scope=scope)
    in_channel = freeze.ended(lifted, [other], "en")
    in_answer = freeze.lifted(Lifted("U0BEN", [lifted], [Kept(other, ["U0CAT"])], [], []), "en")
    unknown = freeze.lifted(Lifted("U0BEN", [lifted], [], [other], []), "en")
    for said in (in_channel, in_answer, unknown):
        assert ("What has been approved begins now." in said) is not held_up
    assert ("by <@U0CAT>:" in in_channel) is held_up


def test_what_is_not_frozen_goes_on() -> None:
    """A freeze of some machines is not said to hold up all."""
    assert "Nothing new begins until then." in freeze.begun(dataclasses.replace(FROZEN, scope=None), "en")
    assert "Nothing new begins there until then" in freeze.begun(FROZEN, "en")


@pytest.mark.parametrize(("language", "words"), [("en", "less than a minute"), ("zh", "不到 1 分钟")])
def test_nobody_has_waited_0_minutes(language: str, words: str) -> None:
    """A nudge may follow at once."""
    request = a_request(created_at=1_000.0)
    message = reminder_message(Notice.NUDGED, request, called=["U0BEN"], card="", language=language, now=1_010.0)
    assert words in message.text
