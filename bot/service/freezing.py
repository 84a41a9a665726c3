"""Freezing: somebody who decides lets nothing new begin for a while, and ends that again."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.domain import policy as rights
from bot.domain.errors import Code, Problem, UserError
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, Notice, Place, State
from bot.domain.policy import Action, Actor, Identities
from bot.domain.request import ImageRequest
from bot.domain.rule import Ruleset
from bot.service.acting import LOOK_WITHIN
from bot.service.count import Counting
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock, Directory
from bot.store import Store, Transaction

log = structlog.get_logger(__name__)

ALL = 100_000
"""Requests that have not ended: all that there can be."""

NAMED = 5
"""People who are named as those who may end a freeze."""


@dataclass(frozen=True)
class Begun:
    """A freeze that has begun."""

    freeze: Freeze
    channels: Sequence[str]  # which hear of it
    not_told: Sequence[str] = ()  # the rules that it leaves out, as Slack has not told whether they decide by them


@dataclass(frozen=True)
class Kept:
    """A freeze that goes on, as somebody may not end it."""

    freeze: Freeze
    enders: Sequence[str]  # some of those who may, whoever began it first


@dataclass(frozen=True)
class Lifted:
    """What came of somebody's word that freezes are to end."""

    by: str  # whose word it was
    ended: Sequence[Freeze]
    kept: Sequence[Kept]
    not_told: Sequence[Freeze]  # which go on, as Slack has not told whether they may end them
    channels: Sequence[str]  # which hear of it


@dataclass(frozen=True)
class _Decides:
    """By which rules somebody decides, by the rules' names."""

    actor: str
    certainly: set[str]
    perhaps: set[str]  # Slack has not told
    ids: Identities


@dataclass(frozen=True, kw_only=True)
class Freezing:
    """What is frozen, and who says so. What it means for a step is asked at the gate."""

    store: Store
    rules: CurrentRules
    directory: Directory
    counting: Counting
    clock: Clock

    async def in_force(self) -> Sequence[Freeze]:
        """Everything that is frozen now, the one that lasts longest first."""
        return await self.store.read(lambda tx: tx.freezes.in_force(self.clock()))

    async def begin(self, *, actor: str, until: float, why: str, asked: str) -> Begun:
        """Freezes what somebody may decide about: everything, where that is so by every rule.

        What Slack does not tell of in time is left out, and named: who is in a hurry has the rest frozen at once.

        Args:
            actor: who says so.
            until: unix seconds.
            why: one line; may be empty.
            asked: what asked for it, by which one that is heard twice is known.

        Raises:
            UserError: they decide about nothing, or Slack does not tell of any.
        """
        everything = self.rules.everything()
        decides = await self._decides_by(actor, everything)
        names = tuple(name for name in everything.names if name in decides.certainly)
        scope = None if names == tuple(everything.names) else names
        freeze = Freeze(by=actor, at=self.clock(), until=until, why=why, scope=scope)
        channels = self._channels(freeze)

        def work(tx: Transaction) -> Freeze:
            freeze_id = tx.freezes.add(freeze, asked=asked)
            if freeze_id is None:
                return tx.freezes.asked_by(asked) or freeze
            begun = dataclasses.replace(freeze, id=freeze_id)
            self._redraw(tx, begun)
            self._tell(tx, Notice.FROZEN, begun, channels)
            tx.freezes.record("freeze", begun, at=begun.at, actor=actor)
            return begun

        begun = await self.store.transact(work)
        # One that is heard twice may have left out what Slack has told of meanwhile.
        asked_for = decides.certainly | decides.perhaps
        not_told = [name for name in everything.names if name in asked_for and not begun.covers((name,))]
        log.info("freeze.begun", freeze=begun.id, actor=actor, until=begun.until, scope=begun.scope, not_told=not_told)
        return Begun(begun, channels, not_told)

    async def end(self, *, actor: str) -> Lifted:
        """Ends every freeze of which somebody may decide about all that it covers, and those that they began.

        Raises:
            UserError: they decide about nothing, or Slack does not tell of any.
        """
        decides, now = await self._decides_by(actor, self.rules.everything()), self.clock()

        def work(tx: Transaction) -> tuple[list[Freeze], list[Freeze], list[Freeze]]:
            ended, kept, not_told = [], [], []
            for freeze in tx.freezes.in_force(now):
                theirs = self._may_end(decides, freeze)
                if theirs is None:
                    not_told.append(freeze)
                elif not theirs:
                    kept.append(freeze)
                elif tx.freezes.end(freeze, at=now, by=actor):
                    ended.append(dataclasses.replace(freeze, ended_at=now, ended_by=actor))
            for freeze in ended:
                self._redraw(tx, freeze)
                self._tell(tx, Notice.UNFROZEN, freeze, self._channels(freeze))
                tx.freezes.record("unfreeze", freeze, at=now, actor=actor)
            return ended, kept, not_told

        ended, kept, not_told = await self.store.transact(work)
        log.info(
            "freeze.ended",
            freezes=[one.id for one in ended],
            kept=[one.id for one in kept],
            not_told=[one.id for one in not_told],
            actor=actor,
        )
        channels = list(dict.fromkeys(channel for freeze in ended for channel in self._channels(freeze)))
        return Lifted(actor, ended, [Kept(freeze, self._enders(freeze)) for freeze in kept], not_told, channels)

    def _may_end(self, decides: _Decides, freeze: Freeze) -> bool | None:
        """Whether somebody decides about all that a freeze covers, or began it; None while that is not known."""
        names = set(self._ruleset(freeze).names)
        own = decides.ids.same(freeze.by, decides.actor)
        if own or names <= decides.certainly:
            return True
        return None if own is None or names <= decides.certainly | decides.perhaps else False

    async def _decides_by(self, actor: str, everything: Ruleset) -> _Decides:
        """The rules by which somebody decides, of all of them, from Slack's answers of now.

        Raises:
            UserError: there are none, or Slack does not tell of any.
        """
        since = self.directory.now()
        await self.directory.look(everything, {actor}, present=actor, since=since, within=LOOK_WITHIN)
        policy = self.directory.rights(since, everything)
        rulings = {name: rights.may(Action.FREEZE, Actor(actor), one) for name, one in policy.by_rule.items()}
        decides = _Decides(
            actor,
            certainly={name for name, ruling in rulings.items() if ruling.allowed},
            perhaps={name for name, ruling in rulings.items() if ruling.unknown},
            ids=policy.ids,
        )
        if not decides.certainly:
            raise UserError(Problem(Code.ROLE_UNKNOWN if decides.perhaps else Code.NOT_AN_APPROVER))
        return decides

    def _ruleset(self, freeze: Freeze) -> Ruleset:
        """The rules that a freeze covers, of those that there are now."""
        everything = self.rules.everything()
        return everything if freeze.scope is None else Ruleset(tuple(self.rules.book.named(freeze.scope)))

    def _channels(self, freeze: Freeze) -> Sequence[str]:
        return self._ruleset(freeze).channels

    def _enders(self, freeze: Freeze) -> Sequence[str]:
        """Whoever began it, and who decides by each of its rules, as last heard."""
        rosters = [one.approvers.people for one in self.directory.policy(self._ruleset(freeze)).rules]
        of_all = frozenset.intersection(*rosters) if rosters else frozenset[str]()
        return list(dict.fromkeys((freeze.by, *sorted(of_all))))[:NAMED]

    def _redraw(self, tx: Transaction, freeze: Freeze) -> None:
        """The cards of what it covers say so, or no longer. What has been approved does not expire over it, and is
        looked at again at once.
        """
        for request in self._covered(tx, freeze, tx.requests.latest(OPEN, ALL)):
            if request.state is not State.PENDING:
                tx.requests.keep_until(request.id, self.counting.good_until(tx, request))
                tx.steps.hasten(request.id)
            tx.versions.touch(request.id)

    def _covered(self, tx: Transaction, freeze: Freeze, requests: Collection[ImageRequest]) -> Sequence[ImageRequest]:
        """Those that it holds up, as they stand and locked: what decides about them next sees the freeze."""
        covered = [one.id for one in requests if not one.emergency_by and freeze.covers(self.rules.of(one).names)]
        locked = [tx.requests.lock(request_id) for request_id in sorted(covered)]
        return [request for request in locked if request and request.state in OPEN]

    def _tell(self, tx: Transaction, notice: Notice, freeze: Freeze, channels: Collection[str]) -> None:
        for channel in channels:
            tx.notices.owe(notice, Place.CHANNEL, conversation=channel, freeze_id=freeze.id, version=0)
