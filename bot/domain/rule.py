"""The rules of the policy file: who decides about which machines, and under which conditions. All of it is pure.

The first rule that takes a machine decides about it; below all of them stand the settings of the environment, as a
rule that takes every machine. The file and its keys: docs/policy.md.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.domain.cloud import ListedInstance, Tags
from bot.domain.example import example_of
from bot.domain.hours import Hours, all_open_at

SETTINGS = ""
"""The name of the rule that the settings of the environment are."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a rule may take a machine by."""

    region: str
    instance_id: str
    name: str  # may be empty
    tags: Tags = ()

    @classmethod
    def of(cls, instance: ListedInstance) -> "Machine":
        """An instance as the cloud shows it."""
        return cls(region=instance.region, instance_id=instance.id, name=instance.name, tags=instance.tags or ())

    def as_found(self, instance: ListedInstance) -> "Machine":
        """It, as the cloud shows it by now: what that leaves out has not changed."""
        tags = self.tags if instance.tags is None else instance.tags
        return dataclasses.replace(self, name=instance.name or self.name, tags=tags)


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which machines a rule takes: those that fit in everything it names; what it leaves out takes all."""

    regions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # globs of instance names, "db-*"; capitals matter
    instance_ids: tuple[str, ...] = ()
    tags: Tags = ()  # all of them; a value may be a glob

    def takes(self, machine: Machine) -> bool:
        """Whether a machine is one of them."""
        return not self.misses(machine)

    def misses(self, machine: Machine) -> tuple[str, ...]:
        """By which keys a machine is none of them; empty where it is one."""
        found = {
            "regions": not self.regions or machine.region in self.regions,
            "names": not self.names or any(fnmatchcase(machine.name, glob) for glob in self.names),
            "instance_ids": not self.instance_ids or machine.instance_id in self.instance_ids,
            "tags": all(
                any(key == wanted and fnmatchcase(value, glob) for key, value in machine.tags)
                for wanted, glob in self.tags
            ),
        }
        return tuple(key for key, fits in found.items() if not fits)


@dataclass(frozen=True)
class Ticket:
    """What a request must carry in its description or note."""

    pattern: str  # a regular expression
    link: str = ""  # an address with `{ticket}` in it; empty: it becomes no link

    @property
    def example(self) -> str:
        """One such, for people; empty where the pattern is not plain enough."""
        return example_of(self.pattern)

    def found_in(self, *texts: str) -> str:
        """The ticket; empty where there is none."""
        found = (re.search(self.pattern, text) for text in texts)
        return next((match[0] for match in found if match and match[0]), "")

    def address(self, ticket: str) -> str:
        """Where it links to; empty: nowhere."""
        return self.link.replace("{ticket}", ticket)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What holds for the machines that it takes. Ids are of people (U…, W…) and user groups (S…), times seconds."""

    name: str  # unique in the file; `SETTINGS` for the settings of the environment
    match: Match = Match()
    channel: str  # where the card of the approvers goes
    approvers: tuple[str, ...]
    quorum: int
    requesters: tuple[str, ...] = ()  # empty: every full member
    self_approval: bool = False
    stopping: bool = True
    live: bool = False
    hours: Hours | None = None  # None: at any time
    ticket: Ticket | None = None
    warning: str = ""
    remind_after: tuple[float, ...] = ()  # after how long, rising; empty: never
    remind_hours: Hours | None = None  # None: at any time
    escalate_after: float | None = None
    escalate_to: tuple[str, ...] = ()
    refuse: str = ""  # why nobody may ask; empty: they may
    emergency: tuple[str, ...] = ()  # who may begin before anybody has approved

    def after(self, waited: float) -> "Rule":
        """The rule for a request that has waited so many seconds: the next group is asked too."""
        if self.escalate_after is None or waited < self.escalate_after:
            return self
        return dataclasses.replace(self, approvers=tuple(dict.fromkeys((*self.approvers, *self.escalate_to))))

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of all people and groups that it names."""
        return tuple(dict.fromkeys((*self.approvers, *self.requesters, *self.escalate_to, *self.emergency)))


@dataclass(frozen=True)
class Ruleset:
    """The rules that decide about one request together: of each thing, the strictest holds.

    Only what is done to a machine, `stopping` and `live`, is decided for each machine by its own rule.
    """

    rules: tuple[Rule, ...]
    hash: str = ""  # of the policy file; empty where there is none

    @property
    def names(self) -> tuple[str, ...]:
        """What the rules are called."""
        return tuple(rule.name for rule in self.rules)

    @property
    def channels(self) -> tuple[str, ...]:
        """Where the cards of the approvers go, each once."""
        return tuple(dict.fromkeys(rule.channel for rule in self.rules))

    @property
    def approvers(self) -> tuple[str, ...]:
        """Everybody who may have to agree, each once."""
        return tuple(dict.fromkeys(one for rule in self.rules for one in rule.approvers))

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of all people and groups that the rules name, each once."""
        return tuple(dict.fromkeys(one for rule in self.rules for one in rule.people))

    @property
    def self_approval(self) -> bool:
        """Whether people may approve what they asked for themselves."""
        return all(rule.self_approval for rule in self.rules)

    @property
    def has_emergencies(self) -> bool:
        """Whether each of them names people who may begin before anybody has approved."""
        return bool(self.rules) and all(rule.emergency for rule in self.rules)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why nobody may ask; empty where they may."""
        return tuple(dict.fromkeys(rule.refuse for rule in self.rules if rule.refuse))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands first in the form and on the cards."""
        return tuple(dict.fromkeys(rule.warning for rule in self.rules if rule.warning))

    @property
    def tickets(self) -> Mapping[Ticket, str]:
        """What the request must carry: one of each, with the name of the first rule that wants it."""
        wanted: dict[Ticket, str] = {}
        for rule in self.rules:
            if rule.ticket:
                wanted.setdefault(rule.ticket, rule.name)
        return wanted

    def opens_at(self, at: float) -> float | None:
        """The first time from `at` on at which steps may begin, in unix seconds; None where that never comes."""
        return all_open_at((rule.hours for rule in self.rules if rule.hours), at)

    def after(self, waited: float) -> "Ruleset":
        """The rules for a request that has waited so many seconds."""
        return Ruleset(tuple(rule.after(waited) for rule in self.rules), self.hash)


NO_RULES = Ruleset(())
"""Where there is nothing to be decided about yet."""


@dataclass(frozen=True)
class Rulebook:
    """All rules in order, the last of which takes every machine."""

    rules: tuple[Rule, ...]
    hash: str = ""  # of the policy file; empty where there is none

    def rule_for(self, machine: Machine) -> Rule:
        """The rule that decides about a machine: the first that takes it."""
        return next(rule for rule in self.rules if rule.match.takes(machine))

    def ruleset(self, machines: Iterable[Machine]) -> Ruleset:
        """The rules that decide about these machines, each once and in the order of the book."""
        found = {self.rule_for(machine).name for machine in machines}
        return Ruleset(tuple(rule for rule in self.rules if rule.name in found), self.hash)

    @property
    def everything(self) -> Ruleset:
        """All rules."""
        return Ruleset(self.rules, self.hash)

    def named(self, names: Collection[str]) -> Sequence[Rule]:
        """The rules of these names that there still are."""
        return [rule for rule in self.rules if rule.name in names]
