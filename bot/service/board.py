"""What somebody has to see: what waits for them, what is under way, and what became of their own requests."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.delivery import Card
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, State
from bot.domain.policy import Action, Actor, Policy, may
from bot.domain.request import ImageRequest, Validity, Verdict
from bot.domain.rule import NO_RULES, Ruleset
from bot.service.current_rules import CurrentRules
from bot.service.gate import Gate
from bot.service.ports import Clock, Directory
from bot.store import Store, Transaction

SHOWN = 10
"""Requests of a kind."""

LOOKED_THROUGH = 100
"""Requests that are looked through for what waits for somebody, or is under way by their rules."""

_IN_PROGRESS = OPEN - {State.PENDING}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A request, and what is said of it beside what stands in it: as much as its cards say."""

    request: ImageRequest
    cards: Sequence[Card] = ()  # what Slack shows
    ruleset: Ruleset = NO_RULES  # by which it is decided
    frozen: Freeze | None = None  # the freeze that holds it up
    usual_seconds: Mapping[int, float] = field(default_factory=dict)  # of an image of each machine, by job, where known
    others: Sequence[ImageRequest] = ()  # while it is to be approved: earlier ones for its instances, not ended


@dataclass(frozen=True, kw_only=True)
class Board:
    """What concerns one person, each kind at most `SHOWN` long."""

    ids: Collection[str]  # by which they are known
    waiting: Sequence[Entry]  # for their decision, the most urgent first
    more_wait: bool
    roles_known: bool  # whether it is known what they may decide
    under_way: Sequence[Entry]  # their own and, where they approve, everybody's, newest first
    more_under_way: bool
    ended: Sequence[Entry]  # their own, newest first
    more_ended: bool
    frozen: Sequence[Freeze] = ()  # of what they may ask for or decide about, the one that lasts longest first

    def is_own(self, request: ImageRequest) -> bool:
        """Whether it is theirs."""
        return request.requester in self.ids


@dataclass(frozen=True, kw_only=True)
class Boards:
    """Reads them. What somebody may do is as last heard: it is only shown, and asked anew when it is done."""

    store: Store
    rules: CurrentRules
    directory: Directory
    gate: Gate
    clock: Clock

    async def mark(self) -> object:
        """Something that is different whenever a board may be."""
        return await self.store.read(lambda tx: tx.requests.mark())

    async def undecided(self) -> Sequence[ImageRequest]:
        """What waits for anybody: read once for many boards."""
        return await self.store.read(lambda tx: tx.requests.undecided(LOOKED_THROUGH))

    async def of(self, user_id: str, undecided: Sequence[ImageRequest] | None = None) -> Board:
        """Somebody's board."""
        found = await self.undecided() if undecided is None else undecided
        actor, policy = self.directory.known(user_id), self.directory.policy(self.rules.everything())
        waiting, roles_known = [], True
        for request in found:
            if not request.needs_a_person:
                continue
            policy_of = self.directory.policy(self.rules.of(request))
            rulings = [may(action, actor, policy_of, request) for action in _waits_for(request)]
            roles_known = roles_known and not any(ruling.unknown for ruling in rulings)
            if any(ruling.allowed for ruling in rulings) and not self._has_approved(user_id, request):
                waiting.append(request)
        sees_all = policy.approver(user_id) is True
        own = self.directory.ids_of(user_id)
        concerning = _concerning(actor, policy)

        def read(tx: Transaction) -> Board:
            under_way = list(tx.requests.of_person(own, OPEN, SHOWN + 1))
            if sees_all:
                known = {request.id for request in under_way}
                one_rule = len(self.rules.book.rules) == 1  # then all of them are theirs
                others = tx.requests.latest(_IN_PROGRESS, SHOWN + 1 if one_rule else LOOKED_THROUGH)
                theirs = (request for request in others if request.id not in known and self._decides(user_id, request))
                under_way += itertools.islice(theirs, SHOWN + 1)
            ended = tx.requests.of_person(own, set(State) - OPEN, SHOWN + 1)
            names = concerning.union(*(self.rules.of(one).names for one in under_way if one.requester in own))
            in_force = tx.freezes.in_force(self.clock())
            entries = self._entries(tx, [*waiting[:SHOWN], *under_way[:SHOWN], *ended[:SHOWN]], in_force)
            return Board(
                ids=own,
                waiting=[entries[one.id] for one in waiting[:SHOWN]],
                more_wait=len(waiting) > SHOWN or (sees_all and len(found) == LOOKED_THROUGH),
                roles_known=roles_known,
                under_way=[entries[one.id] for one in under_way[:SHOWN]],
                more_under_way=len(under_way) > SHOWN,
                ended=[entries[one.id] for one in ended[:SHOWN]],
                more_ended=len(ended) > SHOWN,
                frozen=[one for one in in_force if names and one.covers(names)],
            )

        return await self.store.read(read)

    async def one(self, request_id: str) -> Entry | None:
        """A request as it stands."""

        def read(tx: Transaction) -> Entry | None:
            request = tx.requests.get(request_id)
            return self._entries(tx, [request], tx.freezes.in_force(self.clock()))[request_id] if request else None

        return await self.store.read(read)

    def _entries(
        self, tx: Transaction, requests: Iterable[ImageRequest], freezes: Sequence[Freeze]
    ) -> Mapping[str, Entry]:
        """Requests, by id, with all that is said of them: in as many statements for many as for one."""
        shown = {request.id: request for request in requests}
        pending = [request for request in shown.values() if request.state is State.PENDING]
        usual = tx.requests.usual_of_each([one.id for one in shown.values() if one.state in OPEN])
        others = tx.requests.earlier(pending)
        cards = defaultdict[str, list[Card]](list)
        for card in tx.cards.standing(shown.keys()):
            cards[card.request_id].append(card)
        return {
            request.id: Entry(
                request=request,
                cards=cards[request.id],
                ruleset=self.rules.of(request) if request.state in OPEN else NO_RULES,
                frozen=self.gate.holding(freezes, request) if request.state in OPEN else None,
                usual_seconds=usual.get(request.id, {}),
                others=others.get(request.id, ()),
            )
            for request in shown.values()
        }

    def _decides(self, user_id: str, request: ImageRequest) -> bool:
        """Whether somebody is an approver by one of the rules of a request, as last heard."""
        return self.directory.policy(self.rules.of(request)).approver(user_id) is True

    def _has_approved(self, user_id: str, request: ImageRequest) -> bool:
        ids = self.directory.policy(self.rules.of(request)).ids
        return request.state is State.PENDING and any(
            ids.same(decision.approver, user_id) is not False
            for decision in request.decisions
            if decision.verdict is Verdict.APPROVE
            and decision.validity is not Validity.VOID
            and decision.plan_hash == request.plan.hash
        )


def _concerning(actor: Actor, policy: Policy) -> set[str]:
    """The names of the rules by which somebody may ask or decides, or may do so for all that is known."""
    actions = (Action.REQUEST, Action.FREEZE)
    rulings = [(name, may(action, actor, one)) for name, one in policy.by_rule.items() for action in actions]
    return {name for name, ruling in rulings if ruling.allowed or ruling.unknown}


def _waits_for(request: ImageRequest) -> Sequence[Action]:
    """What a request waits for that an approver does."""
    if request.state is State.PENDING:
        return [Action.APPROVE]
    settled = not request.doubted_steps and request.stuck is None and request.held_up is None
    return [*([] if settled else [Action.RESOLVE]), *([Action.REVIEW] if request.review_owed else [])]
