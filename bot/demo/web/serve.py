"""Puts the page on its stage and keeps it up."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.demo.bot_process import bot_process, environment, served
from bot.demo.cast import BEN, CHEN, OPS, assemble
from bot.demo.jdcloud import JDCloud, sample_world
from bot.demo.slack import Slack
from bot.demo.web.page import page
from bot.demo.web.scenery import set_the_scene
from bot.demo.web.stage import ReadMarks, Stage
from bot.demo.web.trouble import Switchboard

BUILD_TIME = 20.0
"""Seconds an image takes in the demo, unless told otherwise; at JD Cloud it takes minutes."""

_HURRY = {
    "APPROVERS": f"{BEN},{CHEN}",
    "POLL_INTERVAL": "1",
    "JDCLOUD_TIMEOUT": "5",
    "LAUNCH_GRACE": "8",
    "LEASE_TTL": "5",
}
"""What the demo sets for visitors who do not want to wait: time-outs and graces in seconds."""

_NO_OTHERS: Mapping[str, str] = {}


class PortTaken(Exception):
    """The port that was asked for is in use."""


@dataclass(frozen=True)
class Running:
    """A page that is up."""

    address: str
    stage: Stage


@asynccontextmanager
async def running(
    *, port: int = 0, build_time: float = BUILD_TIME, settings: Mapping[str, str] = _NO_OTHERS
) -> AsyncIterator[Running]:
    """The page, with everything behind it.

    Args:
        port: of loopback; 0 takes a free one.
        build_time: seconds an image takes.
        settings: of the bot, before those of the demo.

    Raises:
        PortTaken: another program uses the port.
    """
    listener = _claimed(port)  # first: whoever is told of a port that is taken need not wait for a bot
    slack = Slack(bot_token="xoxb-demo", signing_secret="demo-signing-secret")
    cloud = JDCloud(access_key="demo-ak", secret_key="demo-sk", build_time=build_time)
    sample_world(cloud)
    assemble(slack)
    async with (
        slack.serving() as slack_api,
        served(cloud.application()) as cloud_url,
        bot_process({**environment(slack_api, cloud_url), **_HURRY, **settings}, slack) as bot,
    ):
        stage = Stage(slack, cloud, bot, Switchboard(slack, cloud), ReadMarks(slack), set_the_scene(slack))
        for somebody in slack.channels[OPS].members:
            stage.read_marks.read(somebody, OPS)  # what was said before the visitor came is no news
        async with served(page(stage), listener) as address:
            yield Running(address, stage)


def _claimed(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise PortTaken(f"port {port} of 127.0.0.1 cannot be used: {error.strerror}") from None


async def serve(*, port: int, build_time: float, tell: Callable[[str], None]) -> None:
    """Keeps the page up until it is cancelled.

    Args:
        port: of loopback; 0 takes a free one.
        build_time: seconds an image takes.
        tell: is given the address once the page can be opened.

    Raises:
        PortTaken: another program uses the port.
    """
    async with running(port=port, build_time=build_time) as page_is_up:
        tell(page_is_up.address)
        await asyncio.Event().wait()
