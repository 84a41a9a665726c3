"""Who may decide, and since when not any more: the truth that Slack is asked for."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from bot.demo.slack import Slack, Usergroup

GROUP = "S0APPROVERS"

GRACE = 0.0
"""Seconds before a click for which its right may have ended: it is looked for when the click arrives."""

STANDING = 30.0
"""Seconds before a quorum for which the right of an earlier approval may have ended."""


@dataclass
class Rights:
    """The approvers, as they were at every moment, and what each of them pressed when."""

    clock: Callable[[], float]
    now: frozenset[str] = frozenset()
    _history: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    _clicks: dict[tuple[str, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def beside(self, people: frozenset[str]) -> "Rights":
        """Other approvers, who press the same buttons."""
        other = Rights(self.clock, _clicks=self._clicks)
        other.become(people)
        return other

    def become(self, people: frozenset[str]) -> None:
        """From now on these are the approvers."""
        self.now = people
        self._history.append((self.clock(), people))

    @property
    def fixed(self) -> bool:
        """Whether nobody has ever come or gone."""
        return len(self._history) == 1

    def held(self, person: str, *, since: float, until: float) -> bool:
        """Whether somebody was an approver at any time between."""
        spans = pairwise([*self._history, (until + 1.0, frozenset[str]())])
        return any(person in people and begun <= until and ended >= since for (begun, people), (ended, _) in spans)

    def click(self, request_id: str, person: str, did: str) -> None:
        """Somebody presses."""
        self._clicks[request_id, person, did].append(self.clock())

    def pressed(self, request_id: str, person: str, did: str) -> bool:
        """Whether somebody pressed it at all."""
        return bool(self._clicks[request_id, person, did])

    def allowed(self, request_id: str, person: str, did: str) -> bool:
        """Whether something that somebody did counts: they pressed it, and could when they did, or have been able to
        since.
        """
        now = self.clock()
        clicks = self._clicks[request_id, person, did]
        return any(self.held(person, since=click - GRACE, until=now) for click in clicks)


@dataclass
class Group:
    """The approvers as a user group, whose members change, and which is disabled and comes back."""

    slack: Slack
    rights: Rights
    everybody: tuple[str, ...]
    random: Random
    trace: Callable[[str], None]

    def __post_init__(self) -> None:
        self.slack.add_usergroup(Usergroup(id=GROUP, handle="approvers"))
        self.restore()

    def restore(self) -> None:
        """Everybody is in it."""
        self._become(self.everybody, is_disabled=False)

    def change(self) -> None:
        """Somebody leaves, somebody joins, nobody is left, or it is gone for a while."""
        group = self.slack.usergroups[GROUP]
        others = [person for person in self.everybody if person not in group.users]
        match self.random.choice(("leave", "leave", "join", "empty", "disable", "restore", "restore")):
            case "leave" if group.users:
                gone = self.random.choice(group.users)
                self._become([person for person in group.users if person != gone], is_disabled=group.is_disabled)
            case "join" if others:
                self._become([*group.users, self.random.choice(others)], is_disabled=group.is_disabled)
            case "empty":
                self._become((), is_disabled=group.is_disabled)
            case "disable":
                self._become(group.users, is_disabled=True)
            case _:
                self.restore()

    def _become(self, users: "list[str] | tuple[str, ...]", *, is_disabled: bool) -> None:
        group = self.slack.usergroups[GROUP]
        group.users, group.is_disabled = list(users), is_disabled
        self.trace(f"the group is {'disabled' if is_disabled else group.users}")
        self.rights.become(frozenset() if is_disabled else frozenset(users))
