"""Notices: messages that tell something once, where it was asked or to whom it concerns."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from bot import metrics
from bot.domain.asked import is_over
from bot.domain.cloud import Seen
from bot.domain.delivery import POSTED_WITHIN, Card, CardKind, DueNotice
from bot.domain.draft import DraftState
from bot.domain.lifecycle import CALLS, OPEN, Notice, Place, State
from bot.domain.plan import Plan
from bot.domain.request import ImageRequest
from bot.domain.slack_ids import is_channel
from bot.service.begun import Begun, done
from bot.service.form_state import FormStates
from bot.service.undecided import Call
from bot.slack.outbox.deciders import Deciders
from bot.slack.outbox.failures import Failures
from bot.slack.outbox.form_results import FormResults
from bot.slack.outbox.posting import Posted, Posting
from bot.slack.outbox.sending import InForm, Sending, Sent, payload_of
from bot.slack.outbox.turns import Turns, awaits_card, goes_to, may_post
from bot.slack.protocol.markup import message_link
from bot.slack.protocol.web_api import SlackError
from bot.slack.screens.asking import Asking
from bot.slack.screens.freeze import freeze_message
from bot.slack.screens.message import Message
from bot.slack.screens.notice import not_submitted, notice_message
from bot.slack.screens.question import question_message
from bot.slack.screens.reminder import reminder_message
from bot.slack.screens.who_decides import who_decides
from bot.store import Lease, Store, Transaction
from bot.texts import notice as texts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Sends them, each once as far as that can be known."""

    store: Store
    posting: Posting
    turns: Turns
    failures: Failures
    form_results: FormResults
    form_states: FormStates
    deciders: Deciders
    channel_language: str
    workspace_url: str  # the address that links to messages begin with
    language_of: Callable[[str], str]  # what somebody reads, by their id
    look: Callable[[Plan], Awaitable[Mapping[int, Seen]]]  # how the instances of a plan are now, by job
    clock: Callable[[], float]

    def begin(self, tx: Transaction, notice: DueNotice, lease: Lease) -> Begun:
        """What is to be done about a notice that this transaction has claimed.

        Where nothing has to be looked for first, the intent is written with the claim; but of posts one a transaction
        (see `Pace`).
        """
        begun, plan = self.clock(), self._plan(tx, notice, lease)
        match plan:
            case None:
                return done
            case Sending(over=False) if tx.pace.may_turn and not notice.in_doubt:
                may = may_post(tx, tx.notices, notice, plan.where, lease)
                return partial(self._send, notice, plan, lease, begun) if may else done
        return partial(self._send, notice, plan, lease, None)

    async def _send(self, notice: DueNotice, plan: Sending | InForm | Sent, lease: Lease, begun: float | None) -> None:
        """Sends one notice; `begun` is when its intent was written, where it was."""
        if self.posting.circuit.open_for():
            await self.store.transact(lambda tx: tx.notices.defer(notice, 0.0, lease))
            return
        try:
            match plan:
                case Sent():
                    sent: Sent | None = plan
                case Sending():
                    sent = await self._once(notice, plan, lease, begun)
                case InForm():
                    sent = await self._tell_in_form(notice, plan, lease)
        except SlackError as error:
            await self.failures.notice(notice, error, lease)
        else:
            if sent is None:  # somebody else's by now, or not yet its turn
                return
            await self._note(notice, sent, lease)
            log.info("notice.sent", request_id=notice.request_id, kind=notice.kind, place=notice.place)

    async def broke(self, notice: DueNotice, lease: Lease, _reference: str) -> None:
        """It broke with a fault: the others of its conversation come first."""
        await self.failures.fault(lambda tx: tx.notices, notice, lease)

    async def _note(self, notice: DueNotice, sent: Sent, lease: Lease) -> None:
        now, posted, asking = self.clock(), sent.posted, sent.asking

        def work(tx: Transaction) -> ImageRequest | None:
            stands = tx.requests.lock(notice.request_id) if asking else None
            tx.notices.sent(notice, channel=posted.channel, ts=posted.ts, at=now, lease=lease)
            if asking:  # what has ended is watched once it comes back from its end, which it may have done by now
                rests = stands and stands.state not in OPEN and stands.version == sent.version
                version = sent.version if asking.is_shown else 0
                watched = not (rests and asking.is_shown)
                tx.notices.ask(notice, asking.model_dump_json(), version=version, watched=watched)
            if posted.ts:
                tx.pace.took(goes_to(tx, notice))
            told = notice.kind is Notice.READY and notice.place is Place.ANNOUNCE
            return tx.requests.get(notice.request_id) if told else None

        request = await self.store.transact(work)
        if request and request.finished_at is not None:
            metrics.READY_TO_ANNOUNCED.observe(max(0.0, now - request.finished_at))

    def _plan(self, tx: Transaction, notice: DueNotice, lease: Lease) -> Sending | InForm | Sent | None:
        """What it says, and where; `Sent` where nothing is to be said, and None where not yet."""
        if notice.freeze_id:
            return self._tell_of_freeze(tx, notice)
        said_later = notice.kind in _NAMES_ALL and tx.notices.is_followed(notice)
        request = tx.requests.get(notice.request_id) if notice.request_id and not said_later else None
        draft = tx.drafts.get(notice.draft_id) if notice.draft_id else None
        question = tx.questions.of_version(notice.request_id, notice.version) if notice.kind in _ASKED else None
        channel = self.deciders.channel_of(request, question.asker) if request and question else ""
        links = draft or question or notice.place is Place.THREAD or notice.kind in CALLS
        card = tx.cards.get(notice.request_id, CardKind.APPROVAL, notice.card or channel) if links else None
        if draft is not None:
            if request and awaits_card(card, request, self.clock()):
                tx.notices.defer(notice, POSTED_WITHIN, lease)
                return None
            return InForm(self.form_states.of(tx, draft), request, card)
        over = request is not None and is_over(notice.kind, request)
        if request is None or _is_told_already(notice) or (over and not notice.in_doubt):
            return Sent()
        if notice.kind in CALLS:
            return self._call(notice, request, card)
        where, thread_ts, usual_place = notice.conversation, None, request.announce_in
        if notice.place is Place.THREAD:
            usual_place = card.conversation if card else ""
            if not where:
                if card is None or not card.ts:
                    return Sent()
                where, thread_ts = card.channel, card.ts
        direct = notice.place in {Place.REQUESTER, Place.APPROVER}
        moved = "" if thread_ts or direct or where == usual_place else usual_place

        async def message() -> Message:
            if question:
                return question_message(
                    notice.kind,
                    request,
                    question,
                    place=notice.place,
                    language=self._language(request, where, in_thread=thread_ts is not None),
                    card=card,
                    workspace_url=self.workspace_url,
                )
            return notice_message(
                notice.kind,
                request,
                place=notice.place,
                language=self._language(request, where, in_thread=thread_ts is not None),
                approvers=self.deciders.of(request, notice.card),
                moved_from=moved,
                seen=await self.look(request.plan) if notice.kind in _SAYS_WHETHER_IT_RUNS else None,
            )

        return Sending(
            where=where,
            message=message,
            payload=payload_of(notice, request.id),
            since=request.created_at,
            thread_ts=thread_ts,
            request=request,
            over=over,
        )

    def _call(self, notice: DueNotice, request: ImageRequest, card: Card | None) -> Sending | Sent:
        """Calls those who can still decide, in the thread and nowhere else, unless nothing is left to be decided."""
        now = self.clock()
        waits = request.state is State.PENDING and now < request.expires_at
        call = Call(channel=notice.card, rules=notice.rules, asked=notice.asked)
        called = self.deciders.called(request, call) if waits else ()
        if not called or card is None or not card.ts or notice.conversation:
            return Sent()
        link = message_link(self.workspace_url, card.channel, card.ts, texts.CARD(self.channel_language))

        async def message() -> Message:
            return reminder_message(
                notice.kind, request, called=called, card=link, language=self.channel_language, now=now
            )

        payload = payload_of(notice, request.id)
        return Sending(
            where=card.channel, message=message, payload=payload, since=request.created_at, thread_ts=card.ts
        )

    def _language(self, request: ImageRequest, where: str, *, in_thread: bool) -> str:
        """A channel's own, as many read it; of one person theirs. Direct messages by their id are the requester's."""
        if in_thread or is_channel(where):
            return self.channel_language
        is_requester = where == request.requester or where.startswith("D")
        return request.language if is_requester else self.language_of(where)

    async def _once(self, notice: DueNotice, sending: Sending, lease: Lease, begun: float | None = None) -> Sent | None:
        """Posts it, unless an earlier try did so without our hearing of it, or may still do so."""
        if notice.in_doubt:
            found = await self.posting.find(
                sending.where, sending.payload, since=sending.since, thread_ts=sending.thread_ts
            )
            if found:
                return await self._found(notice, sending, found[0])
            if seconds := notice.doubt_lasts:
                await self.store.transact(lambda tx: tx.notices.defer(notice, seconds, lease))
                log.info("notice.may_still_appear", kind=notice.kind, seconds=round(seconds))
                return None
        if sending.over:
            return Sent()
        if begun is None:
            intended = await self.turns.intend(
                lambda tx: may_post(tx, tx.notices, notice, sending.where, lease) or None, lease
            )
            if not intended:
                return None
        elif not self.turns.may_send(begun, lease):
            return None
        message = await sending.message()
        posted = await self.posting.post(sending.where, message, sending.payload, thread_ts=sending.thread_ts)
        request = sending.request
        asking = Asking.of(notice.kind, request, message) if request else None
        return Sent(posted, asking, request.version if request else 0)

    async def _found(self, notice: DueNotice, sending: Sending, posted: Posted) -> Sent:
        """It was posted without our hearing of it: perhaps when things were otherwise, so it is drawn again."""
        request = sending.request
        if request is None:
            return Sent(posted)
        if sending.over:
            language = self._language(request, sending.where, in_thread=sending.thread_ts is not None)
            return Sent(posted, Asking.nothing_more(request, language), request.version)
        asking = Asking.of(notice.kind, request, await sending.message())
        return Sent(posted, asking.as_shown(shown=False) if asking else None, request.version)

    def _tell_of_freeze(self, tx: Transaction, notice: DueNotice) -> Sending | Sent:
        """To a channel in which approvers decide; where it would come too late to be of use, it is not said."""
        now = self.clock()
        freeze, in_force = tx.freezes.get(notice.freeze_id), tx.freezes.in_force(now)
        if freeze is None or (notice.kind is Notice.FROZEN and not freeze.lasts(now)):
            return Sent()

        async def message() -> Message:
            return freeze_message(notice.kind, freeze, in_force, self.channel_language)

        payload = {"freeze": str(freeze.id), "kind": f"notice.{notice.kind}", "notice": str(notice.id)}
        return Sending(where=notice.conversation, message=message, payload=payload, since=freeze.at)

    async def _tell_in_form(self, notice: DueNotice, told: InForm, lease: Lease) -> Sent | None:
        """What became of a form that was sent: in the form while it is open, else as a direct message."""
        draft, request = told.form.draft, told.request
        if notice.kind is Notice.SUBMITTED and request is not None:
            approvers = self.deciders.of(request)
            who = who_decides(request, told.card, approvers=approvers, workspace_url=self.workspace_url)
            await self.form_results.sent(draft, request, who)
            return Sent()
        if draft.state is not DraftState.OPEN:
            return Sent()  # corrected and sent again meanwhile
        untried = notice.attempts == 0 and not notice.in_doubt
        if notice.place is Place.VIEW and untried and await self.form_results.given_back(told.form):
            return Sent()
        payload = payload_of(notice, draft.id)

        async def message() -> Message:
            return not_submitted(draft)

        sending = Sending(where=notice.conversation, message=message, payload=payload, since=draft.created_at)
        return await self._once(notice, sending, lease)


_SAYS_WHETHER_IT_RUNS = frozenset({Notice.READY, Notice.FAILED, Notice.EXPIRED})
"""Every end says of its machine whether it runs."""


_ASKED = frozenset({Notice.ASKED, Notice.ASKED_UNHEARD})
"""The notices about a question."""


_NAMES_ALL = frozenset({Notice.MACHINE_OFF, Notice.UNSURE})
"""What names every machine of a request for which it is so when it is sent: of several that wait, the last one does."""


def _is_told_already(notice: DueNotice) -> bool:
    """Whether it was owed by an earlier version, which said in the thread what the card says; or has been moved from
    the thread to its requester, who is asked anyway.
    """
    in_thread = notice.place is Place.THREAD
    moved = in_thread and bool(notice.conversation) and notice.kind in _ASKED
    return notice.kind is Notice.BUILDING or moved or (in_thread and notice.kind in {Notice.READY, Notice.FAILED})
