"""The cards, as pure functions of a request: blocks, and the same facts as text."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock

from bot.domain.delivery import CardKind
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import State
from bot.domain.plan import MAX_JOBS
from bot.domain.quorum import Need
from bot.domain.request import ImageRequest
from bot.domain.rule import NO_RULES, Ruleset
from bot.domain.steps import JobState
from bot.slack.protocol.markup import SECTION, clip, code, escape, markdown, mentions, moment, person, plain
from bot.slack.screens import buttons, emergency, freeze, machines, progress, question, rule_lines
from bot.slack.screens.message import Message
from bot.slack.screens.plan_lines import disks_of, parts, releases, summary
from bot.slack.screens.request_line import headline, own_headline, state, told
from bot.texts import card, reminders, units
from bot.texts.problems import explain


def card_message(
    request: ImageRequest,
    kind: CardKind,
    *,
    approvers: Sequence[str],
    needs: Sequence[Need] = (),
    ruleset: Ruleset = NO_RULES,
    frozen: Freeze | None = None,
    usual_seconds: Mapping[int, float],
    language: str | None = None,
    others: Sequence[ImageRequest] = (),
    now: float | None = None,
) -> Message:
    """A request as it stands.

    Args:
        request: which.
        kind: for the approvers, or for the requester.
        approvers: ids of people and groups, to be mentioned while they are needed.
        needs: what each of its rules has of the approvals that it wants, while it waits for them.
        ruleset: by which it is decided.
        frozen: the freeze that holds it up.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        language: of whoever reads it; the requester's where nothing else is said.
        others: earlier requests for the same instances that have not ended.
        now: unix seconds, for how long there still is.
    """
    request = told(request, language or request.language, now)
    language, plan = request.language, request.plan
    who = headline(request, language) if kind is CardKind.APPROVAL else own_headline(request)
    stands = "" if request.state is State.PENDING else f" · {state(request, frozen)}"
    asked = approvers if kind is CardKind.APPROVAL else ()
    status = progress.lines(request, asked, usual_seconds, now, needs=needs, frozen=frozen)
    # What it waited for before it has to wait for another request is not why it waits now.
    waits = bool(request.waits_for and plan.only)
    reasons = [] if waits else [explain(problem, language) for problem in progress.reasons(request)]
    reasons += [request.rejection.reason] if request.rejection else []
    note = [card.NOTE(language, text=request.note)] if request.note else []
    planned, warnings = plan_and_warnings(request, usual_seconds, others)
    # Its card of the requester is drawn anew when something happens, which is no time for how long there still is.
    small = [*_facts(request, now if kind is CardKind.APPROVAL else None), *rule_lines.small(request, ruleset)]
    small += status if request.state is State.PENDING else ()
    small += _nudged(request) if kind is CardKind.REQUESTER else ()
    resumed = progress.resumed(request)
    happened = ([freeze.waits(frozen, language)] if frozen else []) if request.state is State.PENDING else status
    blocks: list[Block] = [
        *emergency.on_card(request),
        *rule_lines.warnings(ruleset),
        SectionBlock(text=markdown(f"*{who}*{stands}")),
        SectionBlock(text=plain(plan.description)),
        *(SectionBlock(text=markdown(part)) for part in parts(happened, language, MAX_JOBS)),
        *(SectionBlock(text=plain(part)) for part in parts(reasons, language)),
        *(SectionBlock(text=markdown(line)) for line in resumed),
        *(SectionBlock(text=plain(text)) for text in note),
        *(SectionBlock(text=markdown(part)) for part in parts(planned, language, MAX_JOBS)),
        *(SectionBlock(text=markdown(part)) for part in parts(warnings, language)),
        *(ActionsBlock(elements=list(row)) for row in buttons.rows(request, kind, emergencies=ruleset.has_emergencies)),
        ContextBlock(elements=[markdown(part) for part in parts(small, language)]),
        *question.asked(request),
    ]
    lines = [
        *(line.replace("*", "") for line in emergency.card_lines(request)),
        *(escape(line) for line in rule_lines.warning_lines(ruleset)),
        f"{who}{stands}",
        escape(plan.description),
        *happened,
        *(escape(reason) for reason in reasons),
        *resumed,
        *(escape(text) for text in note),
        *(line.replace("*", "") for line in (*planned, *warnings)),
        *small,
        *question.asked_lines(request),
    ]
    return Message.of(lines, blocks, language)


def _nudged(request: ImageRequest) -> list[str]:
    """Whom its requester last called, and when."""
    if request.state is not State.PENDING or request.nudged_at is None:
        return []
    language, people = request.language, units.listed(mentions(request.nudged), request.language)
    return [reminders.NUDGED_AT(language, when=moment(request.nudged_at), people=people)]


def second_card(request: ImageRequest) -> Message:
    """What stands in the place of a card that was posted twice, where it cannot be taken off."""
    words = card.SHOWN_ELSEWHERE(request.language, request=request.id)
    return Message(words, [SectionBlock(text=markdown(words))], request.language)


def plan_and_warnings(
    request: ImageRequest, usual_seconds: Mapping[int, float], others: Sequence[ImageRequest]
) -> tuple[Sequence[str], Sequence[str]]:
    """What the plan does, and what is to be warned of: on its cards, and wherever else it is approved. Once its steps
    are shown, they say what is done to the machine; of several, a line says it of each, and once they have ended nobody
    need know how they ran.

    Args:
        request: as it stands.
        usual_seconds: how long an image of each machine usually takes, by job, as far as that is known.
        others: earlier requests for the same instances that have not ended.
    """
    language, plan = request.language, request.plan
    usual = usual_seconds if request.state in {State.PENDING, State.APPROVED} else {}
    ended = request.state in {State.READY, State.PARTLY, State.FAILED}
    begun = ended or request.state is State.WORKING
    if job := plan.only:
        if begun and len(request.jobs[0].steps) > 1:
            planned = " · ".join(disks_of(job, language))
        else:
            planned = summary(job, language, usual.get(0), plan.not_before)
        warnings = [*([] if ended else releases(job, language)), *machines.not_as_needed(request, 0, _NOT_AS_NEEDED)]
        return [clip(planned, SECTION)], [*warnings, *_others(request, others)]
    how = machines.total(plan, language) if ended else machines.how(plan, usual, language)
    return [how, *([] if begun else machines.planned(request))], _others(request, others)


_NOT_AS_NEEDED = (card.BEGINS_WHEN_STOPPED, card.BEGINS_WHEN_AT_REST)


def _facts(request: ImageRequest, now: float | None) -> list[str]:
    """What is looked up and not read: small, and last."""
    language = request.language
    stands = f" · {state(request)}" if request.state is State.PENDING else ""  # else it stands in the first line
    facts = [f"{escape(request.id)}{stands}"]
    if job := request.plan.only:
        instance = [code(job.instance_id)]
        if request.jobs[0].seen_at is not None:
            instance.append(_seen(request, request.jobs[0].seen_at))
        facts.append(card.NAME(language, value=code(job.image_name)))
        facts.append(card.INSTANCE(language, value=" · ".join(instance)))
    if request.state is State.PENDING:
        facts.append(_expires(request, now))
    return facts


def _expires(request: ImageRequest, now: float | None) -> str:
    when = moment(request.expires_at)
    if now is None or now >= request.expires_at:
        return card.EXPIRES_AT(request.language, when=when)
    return card.EXPIRES(request.language, when=when, left=units.left(request.expires_at - now, request.language))


def _seen(request: ImageRequest, at: float) -> str:
    """The instance's state, and when that was seen: nobody knows what has become of it since."""
    status = machines.status_words(request.jobs[0].seen_status, request.language)
    return card.SEEN(request.language, status=status, when=moment(at))


def _others(request: ImageRequest, others: Sequence[ImageRequest]) -> list[str]:
    """Earlier requests for the same instances: whoever decides may find that one is enough."""
    if request.state is not State.PENDING:
        return []
    return [
        (card.OTHER_MAKES if _makes(other, job.instance_id) else card.OTHER_WAITS)(
            request.language, request=other.id, person=person(other.requester), instance=code(job.called)
        )
        for other in others
        for job in request.plan.jobs
        if job.instance_id in {theirs.instance_id for theirs in other.plan.jobs}
    ]


def _makes(other: ImageRequest, instance_id: str) -> bool:
    """Whether it is this instance's turn there."""
    if other.plan.only:
        return other.state is State.WORKING
    pairs = zip(other.plan.jobs, other.jobs, strict=True)
    return any(planned.instance_id == instance_id and job.state is JobState.RUNNING for planned, job in pairs)
