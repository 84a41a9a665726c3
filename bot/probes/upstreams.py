"""The upstreams' probes, as the settings name them: for `check`, and for a bot that runs."""

from collections.abc import Callable, Sequence

from bot.clients import Clients
from bot.domain.rule import Rulebook
from bot.probes.clock import clocks
from bot.probes.cloud import CloudProbes
from bot.probes.database import database
from bot.probes.probe import Probe
from bot.probes.rules import RuleProbes
from bot.probes.slack import SlackProbes
from bot.settings import Settings
from bot.store import Store


class Upstreams:
    """Slack and JD Cloud.

    Args:
        settings: what they are asked with.
        clients: which ask.
        rules: those that are in force when they are asked.
    """

    def __init__(self, settings: Settings, clients: Clients, rules: Callable[[], Rulebook]) -> None:
        app_token = settings.slack_app_token
        self.slack = SlackProbes(
            client=clients.reader,
            app_token=app_token.get_secret_value() if app_token else None,
            clock=clients.clock,
        )
        self.rules = RuleProbes(client=clients.reader, rules=rules)
        self.cloud = CloudProbes(
            cloud=clients.cloud,
            regions=settings.jdcloud_regions,
            rules=rules,
        )

    def rounds(self) -> Sequence[Sequence[Probe]]:
        """One group after the other: the clocks are compared by what the others were answered."""
        compared = clocks(lambda: {"Slack": self.slack.clock_ahead, "JD Cloud": self.cloud.cloud.clock_ahead})
        return (*self.slack.probes(), *self.rules.probes(), *self.cloud.probes()), (compared,)


def before_start(settings: Settings, book: Rulebook, clients: Clients, store: Store) -> Sequence[Sequence[Probe]]:
    """Everything that can be asked before the bot runs."""
    upstreams = Upstreams(settings, clients, lambda: book)
    first, *rest = upstreams.rounds()
    path = settings.database_path
    return (database(store, path), upstreams.slack.transport(), *first, *upstreams.cloud.untried()), *rest
