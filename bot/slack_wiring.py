"""Builds what listens to people in Slack: the app with a listener for each surface, and what answers them at once."""

from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.clients import Clients
from bot.service.current_rules import CurrentRules
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.listeners.card import CardButtons
from bot.slack.listeners.commands import Commands
from bot.slack.listeners.details import DetailsWindow
from bot.slack.listeners.disk_form import DiskFormListeners
from bot.slack.listeners.emergency import EmergencyForm
from bot.slack.listeners.errors import Errors
from bot.slack.listeners.freeze import FreezeCommands
from bot.slack.listeners.home import Home
from bot.slack.listeners.machine_form import MachineFormListeners
from bot.slack.listeners.progress import ProgressButtons
from bot.slack.listeners.question import QuestionForm
from bot.slack.listeners.rejection import RejectionForm
from bot.slack.listeners.request_form import RequestForm
from bot.slack.listeners.tasks import Tasks
from bot.slack.outbox.ephemeral import Ephemeral
from bot.slack.outbox.forms import Forms
from bot.slack.outbox.home import Homes
from bot.slack.outbox.pressed import Pressed
from bot.slack.outbox.show import Show
from bot.slack.outbox.windows import Windows
from bot.slack.people import People
from bot.slack.protocol.identity import Identity
from bot.store import Store
from bot.use_cases import UseCases


@dataclass(frozen=True, kw_only=True)
class SlackSide:
    """The app, and what others than its listeners use."""

    app: AsyncApp
    windows: Windows
    homes: Homes
    tasks: Tasks


def build_slack(
    *,
    store: Store,
    clients: Clients,
    settings: Settings,
    rules: CurrentRules,
    people: People,
    service: UseCases,
    identity: Identity,
) -> SlackSide:
    """The app over its listeners, each with the use cases that it needs.

    Args:
        store: the state.
        clients: of which the client that writes to Slack, the clocks and new ids are used.
        settings: what the operator chose.
        rules: who may do what.
        people: who is who.
        service: what people have the bot do.
        identity: who the bot is in Slack.
    """
    writer, clock, ids = clients.writer, clients.clock, clients.ids
    windows = Windows(client=writer, new_reference=ids.reference)
    ephemeral = Ephemeral(client=writer, people=people)
    show = Show(windows=windows, ephemeral=ephemeral, people=people)
    pressed = Pressed(store=store, clock=clock)
    forms = Forms(
        windows=windows,
        ephemeral=ephemeral,
        drafting=service.drafting,
        disk_forms=service.disk_forms,
        people=people,
    )
    tasks = Tasks(ephemeral=ephemeral.problems, new_reference=ids.reference)
    homes = Homes(
        boards=service.boards,
        client=writer,
        people=people,
        rules=rules,
        workspace_url=identity.url,
        clock=clock,
        steady=clients.steady,
    )
    app = build_app(
        client=writer,
        identity=identity,
        surfaces=(
            Commands(
                opening=service.opening,
                naming=service.naming,
                boards=service.boards,
                freezes=FreezeCommands(
                    freezing=service.freezing,
                    people=people,
                    channel_language=settings.channel_language,
                    clock=clock,
                ),
                people=people,
                rules=rules,
                forms=forms,
                tasks=tasks,
                workspace_url=identity.url,
                clock=clock,
            ),
            RequestForm(
                drafting=service.drafting,
                opening=service.opening,
                naming=service.naming,
                search=service.search,
                people=people,
                forms=forms,
                tasks=tasks,
            ),
            CardButtons(
                deciding=service.deciding,
                nudging=service.nudging,
                opening=service.opening,
                people=people,
                forms=forms,
                ephemeral=ephemeral,
                tasks=tasks,
                homes=homes,
                pressed=pressed,
            ),
            ProgressButtons(operating=service.operating, tasks=tasks, pressed=pressed),
            DetailsWindow(details=service.details, people=people, show=show, tasks=tasks),
            MachineFormListeners(disk_forms=service.disk_forms, people=people, forms=forms, tasks=tasks),
            DiskFormListeners(
                drafting=service.drafting,
                disk_forms=service.disk_forms,
                snapshots=service.snapshots,
                people=people,
                forms=forms,
                tasks=tasks,
            ),
            RejectionForm(deciding=service.deciding, people=people, show=show, tasks=tasks, homes=homes),
            QuestionForm(questioning=service.questioning, people=people, show=show, tasks=tasks),
            EmergencyForm(emergencies=service.emergencies, people=people, show=show, tasks=tasks, homes=homes),
            Home(homes=homes, tasks=tasks),
        ),
        errors=Errors(people=people, ephemeral=ephemeral, tasks=tasks, new_reference=ids.reference),
    )
    return SlackSide(app=app, windows=windows, homes=homes, tasks=tasks)
