"""The upstreams' probes, as the settings name them: for `check`, and for a bot that runs."""

from collections.abc import Sequence

from bot.clients import Clients
from bot.probes.clock import clocks
from bot.probes.cloud import CloudProbes
from bot.probes.database import database
from bot.probes.probe import Probe
from bot.probes.slack import SlackProbes
from bot.settings import Settings
from bot.store import Store


class Upstreams:
    """Slack and JD Cloud."""

    def __init__(self, settings: Settings, clients: Clients) -> None:
        app_token = settings.slack_app_token
        self.slack = SlackProbes(
            client=clients.reader,
            app_token=app_token.get_secret_value() if app_token else None,
            channel=settings.approval_channel,
            approvers=settings.approvers,
            requesters=settings.requesters,
            quorum=settings.required_approvals,
            allow_self_approval=settings.allow_self_approval,
            clock=clients.clock,
        )
        self.cloud = CloudProbes(
            cloud=clients.cloud,
            regions=settings.jdcloud_regions,
            allow_stopping=settings.allow_stopping,
            allow_live_images=settings.allow_live_images,
        )

    def rounds(self) -> Sequence[Sequence[Probe]]:
        """One group after the other: the clocks are compared by what the others were answered."""
        compared = clocks(lambda: {"Slack": self.slack.clock_ahead, "JD Cloud": self.cloud.cloud.clock_ahead})
        return (*self.slack.probes(), *self.cloud.probes()), (compared,)


def before_start(settings: Settings, clients: Clients, store: Store) -> Sequence[Sequence[Probe]]:
    """Everything that can be asked before the bot runs."""
    upstreams = Upstreams(settings, clients)
    first, *rest = upstreams.rounds()
    path = settings.database_path
    return (database(store, path), upstreams.slack.transport(), *first, *upstreams.cloud.untried()), *rest
