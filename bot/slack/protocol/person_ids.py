"""The ids that one person goes by: an organisation has one for them, and each of its workspaces may have another.

Slack tells of them in a person's profile (Slack: enterprise_user); whose id is whose never changes.
"""

from collections.abc import Collection, Iterable

from bot.domain.policy import Identities
from bot.slack.protocol.answers import Profile


class PersonIds:
    """Whose id is whose, as far as Slack has told.

    Args:
        several: whether the workspace is part of an organisation, where one person may have several.
    """

    def __init__(self, *, several: bool) -> None:
        self.several = several
        self._canonical: dict[str, str] = {}  # any id of somebody -> the one they go by
        self._known_as: dict[str, tuple[str, ...]] = {}  # the other way round, where there are several

    def learn(self, user_id: str, profile: Profile) -> None:
        """Which ids are one person's. What one answer leaves out, an earlier one may have told."""
        if other := profile.enterprise_user.id:
            self.several = True
            self._canonical |= dict.fromkeys((user_id, profile.id, other), other)
            self._known_as[other] = tuple({*self._known_as.get(other, ()), user_id, profile.id, other})
        elif not self.several or profile.deleted or profile.is_stranger or profile.is_bot:
            self.learn_only(user_id)  # Slack tells no more of them than that

    def learn_only(self, user_id: str) -> None:
        """Somebody has no other id that Slack will tell of."""
        self._canonical.setdefault(user_id, user_id)

    def canonical(self, user_id: str) -> str:
        """The one that somebody goes by."""
        return self._canonical.get(user_id, user_id)

    def all_of(self, user_id: str) -> Collection[str]:
        """Every id that is known of somebody."""
        return {user_id, self.canonical(user_id), *self._known_as.get(self.canonical(user_id), ())}

    def not_learned(self, user_ids: Iterable[str]) -> set[str]:
        """Those of which it is not known yet whose they are."""
        return set(user_ids) - self._canonical.keys()

    def identities(self) -> Identities:
        """As the policy reads them."""
        return Identities(self._canonical, several=self.several)
