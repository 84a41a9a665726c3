"""Freezing: somebody who decides lets nothing new begin for a while, and ends that again."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from bot.domain import policy as rights
from bot.domain.errors import Code, Problem, UserError
from bot.domain.freeze import Freeze
from bot.domain.lifecycle import OPEN, Notice, Place, State
from bot.domain.policy import Action, Actor
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


@dataclass(frozen=True)
class Kept:
    """A freeze that goes on, as somebody may not end it."""

    freeze: Freeze
    enders: Sequence[str]  # some of those who may, whoever began it first


@dataclass(frozen=True)
class Lifted:
    """What came of somebody's word that freezes are to end."""

    ended: Sequence[Freeze]
    kept: Sequence[Kept]
    channels: Sequence[str]  # which hear of it


@dataclass(frozen=True, kw_only=True)
class Freezing:
    """What is frozen, and who says so. What it means for a step is asked at the gate."""

    store: Store
    rules: CurrentRules
    directory: Directory
    counting: Counting
    clock: Clock

    async def over(self, ruleset: Ruleset) -> Freeze | None:
        """The freeze that holds up what these rules decide about; of several the one that lasts longest."""
        return await self.store.read(lambda tx: tx.freezes.over(ruleset.names, self.clock()))

    async def in_force(self) -> Sequence[Freeze]:
        """Everything that is frozen now, the one that lasts longest first."""
        return await self.store.read(lambda tx: tx.freezes.in_force(self.clock()))

    async def begin(self, *, actor: str, until: float, why: str, asked: str) -> Begun:
        """Freezes what somebody may decide about: everything, where that is so by every rule.

        Args:
            actor: who says so.
            until: unix seconds.
            why: one line; may be empty.
            asked: what asked for it, by which one that is heard twice is known.

        Raises:
            UserError: they decide about nothing.
        """
        names = await self._decides_by(actor)
        all_of_it = names >= set(self.rules.everything().names)
        scope = None if all_of_it else tuple(name for name in self.rules.everything().names if name in names)
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
        log.info("freeze.begun", freeze=begun.id, actor=actor, until=begun.until, scope=begun.scope)
        return Begun(begun, channels)

    async def end(self, *, actor: str) -> Lifted:
        """Ends every freeze of which somebody may decide about all that it covers, and those that they began.

        Raises:
            UserError: they decide about nothing.
        """
        names, now = await self._decides_by(actor), self.clock()
        own = set(self.directory.ids_of(actor)) | {actor}

        def work(tx: Transaction) -> tuple[list[Freeze], list[Freeze]]:
            ended, kept = [], []
            for freeze in tx.freezes.in_force(now):
                theirs = freeze.by in own or names >= set(self._ruleset(freeze).names)
                if not theirs:
                    kept.append(freeze)
                elif tx.freezes.end(freeze, at=now, by=actor):
                    ended.append(dataclasses.replace(freeze, ended_at=now, ended_by=actor))
            for freeze in ended:
                self._redraw(tx, freeze)
                self._tell(tx, Notice.UNFROZEN, freeze, self._channels(freeze))
                tx.freezes.record("unfreeze", freeze, at=now, actor=actor)
            return ended, kept

        ended, kept = await self.store.transact(work)
        log.info("freeze.ended", freezes=[one.id for one in ended], kept=[one.id for one in kept], actor=actor)
        channels = list(dict.fromkeys(channel for freeze in ended for channel in self._channels(freeze)))
        return Lifted(ended, [Kept(freeze, self._enders(freeze)) for freeze in kept], channels)

    async def _decides_by(self, actor: str) -> set[str]:
        """The names of the rules by which somebody decides, from Slack's answers of now.

        Raises:
            UserError: there are none, or Slack does not tell of any.
        """
        since, everything = self.directory.now(), self.rules.everything()
        await self.directory.look(everything, {actor}, present=actor, since=since, within=LOOK_WITHIN)
        policy = self.directory.rights(since, everything)
        rulings = {
            one.rule.name: rights.may(Action.FREEZE, Actor(actor), dataclasses.replace(policy, rules=(one,)))
            for one in policy.rules
        }
        if names := {name for name, ruling in rulings.items() if ruling.allowed}:
            return names
        unknown = any(ruling.unknown for ruling in rulings.values())
        raise UserError(Problem(Code.ROLE_UNKNOWN if unknown else Code.NOT_AN_APPROVER))

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
