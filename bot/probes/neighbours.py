"""The neighbours' probes, as the settings name them: for `check`, and for a bot that runs."""

from collections.abc import Sequence

from bot.outside import Outside
from bot.probes.clock import clocks
from bot.probes.cloud import CloudProbes
from bot.probes.database import database
from bot.probes.probe import Probe
from bot.probes.slack import SlackProbes
from bot.settings import Settings
from bot.store import Store


class Neighbours:
    """Slack and JD Cloud."""

    def __init__(self, settings: Settings, world: Outside) -> None:
        app_token = settings.slack_app_token
        self.slack = SlackProbes(
            client=world.reader,
            app_token=app_token.get_secret_value() if app_token else None,
            channel=settings.approval_channel,
            approvers=settings.approvers,
            requesters=settings.requesters,
            quorum=settings.required_approvals,
            allow_self_approval=settings.allow_self_approval,
            clock=world.clock,
        )
        self.cloud = CloudProbes(cloud=world.cloud, regions=settings.jdcloud_regions)

    def rounds(self) -> Sequence[Sequence[Probe]]:
        """One group after the other: the clocks are compared by what the others were answered."""
        compared = clocks(lambda: {"Slack": self.slack.clock_ahead, "JD Cloud": self.cloud.cloud.clock_ahead})
        return (*self.slack.probes(), *self.cloud.probes()), (compared,)


def before_start(settings: Settings, world: Outside, store: Store) -> Sequence[Sequence[Probe]]:
    """Everything that can be asked before the bot runs."""
    neighbours = Neighbours(settings, world)
    first, *rest = neighbours.rounds()
    path = settings.database_path
    return (database(store, path), neighbours.slack.transport(), *first, neighbours.cloud.launch()), *rest
