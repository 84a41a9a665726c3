"""What a policy file's rules bring: cards that several rules decide about, questions, emergencies, as messages."""

import dataclasses
from collections.abc import Iterable, Iterator

from bot.demo.cast import AMY, BEN, CHEN, DAN
from bot.domain.delivery import Card, CardKind
from bot.domain.hours import DAY_MINUTES, Hours, Window
from bot.domain.lifecycle import Notice, Place, State
from bot.domain.quorum import Need
from bot.domain.request import ImageRequest
from bot.domain.rule import SETTINGS, Rule, Ruleset, Ticket
from bot.slack.screens.card import card_message
from bot.slack.screens.emergency import emergency_message
from bot.slack.screens.message import Message
from bot.slack.screens.question import question_message

_URL = "https://demo.slack.com/"
_WEB = Rule(
    name="web servers",
    channel="C0APPROVALS",
    approvers=(BEN, CHEN),
    quorum=2,
    hours=Hours((Window(frozenset(range(5)), 22 * 60, 4 * 60), Window(frozenset({5, 6}), 0, DAY_MINUTES)), "UTC"),
    ticket=Ticket(r"[A-Z]+-\d+", "https://tickets.example.com/browse/{ticket}"),
    warning="Web servers: tell the shift before one goes down.",
    emergency=(AMY,),
)
_OTHERS = Rule(name=SETTINGS, channel="C0OPS", approvers=(DAN,), quorum=1, emergency=(AMY,))


def of_rules(requests: Iterable[ImageRequest]) -> Iterator[Message]:
    """What waits under one rule, and under two of which each has its approvals to wait for."""
    for request in requests:
        if request.state is not State.PENDING:
            continue
        plan = dataclasses.replace(request.plan, description=f"{request.plan.description} OPS-314")
        told = dataclasses.replace(request, plan=plan)
        for rules in ((_WEB,), (_WEB, _OTHERS)):
            needs = [
                Need(rule, tuple(one for one in told.approved_by if one in rule.approvers), rule.quorum)
                for rule in rules
            ]
            ruleset = Ruleset(rules, "hash")
            for kind in CardKind:
                yield card_message(
                    told,
                    kind,
                    approvers=ruleset.approvers,
                    needs=needs,
                    ruleset=ruleset,
                    usual_seconds={},
                    now=told.created_at + 60,
                )


def told(requests: Iterable[ImageRequest], language: str) -> Iterator[Message]:
    """What is told of questions and of emergencies, wherever it is told."""
    for request in requests:
        card = Card(
            id=1, request_id=request.id, kind=CardKind.APPROVAL, conversation="C0OPS", channel="C0OPS", ts="1.2"
        )
        for question in request.questions[:1]:
            for kind, place in (
                (Notice.ASKED, Place.REQUESTER),
                (Notice.ASKED, Place.THREAD),
                (Notice.ASKED_UNHEARD, Place.THREAD),
            ):
                yield question_message(
                    kind, request, question, place=place, language=language, card=card, workspace_url=_URL
                )
        if request.review_owed:
            for kind in (Notice.PASSED_OVER, Notice.REVIEW_OWED):
                yield emergency_message(kind, request, language=language, approvers=(BEN, CHEN))
