"""Slack and JD Cloud for a bench: the demo's stand-ins, in this process, with as much in them as a row needs."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.demo.bot_process import environment, served
from bot.demo.cast import AMY, APPROVALS, BEN, DAN, OPS, assemble
from bot.demo.jdcloud import Disk, Image, Instance, JDCloud, Snapshot
from bot.demo.jdcloud.faults import ALWAYS, ANY_ACTION
from bot.demo.jdcloud.faults import Slow as SlowCloud
from bot.demo.jdcloud.resources import Quotas
from bot.demo.slack import Message, Slack
from bot.demo.slack.faults import ANY_METHOD, Slow
from bot.domain.delivery import CardKind
from bot.domain.request import ImageRequest
from bot.slack.screens.card import card_message
from tests.bench.seeds import REGIONS

SECRET = "demo-signing-secret"


@dataclass
class Neighbours:
    """Both of them, and the settings of a bot between them."""

    slack: Slack
    cloud: JDCloud
    environ: dict[str, str]

    def take(self, seconds: float) -> None:
        """Each answer takes so long from here on."""
        self.slack.faults.clear()
        self.cloud.faults.clear()
        if seconds:
            self.slack.faults.add(ANY_METHOD, Slow(seconds), ALWAYS)
            self.cloud.faults.add(ANY_ACTION, SlowCloud(seconds), ALWAYS)

    def show(self, request: ImageRequest) -> dict[CardKind, Message]:
        """Both cards of a request, as the bot would have posted them."""
        places = {CardKind.APPROVAL: APPROVALS, CardKind.REQUESTER: self.slack.dm(AMY).id}
        shown = {}
        for kind, channel in places.items():
            card = card_message(request, kind, approvers=[BEN], usual_seconds={})
            blocks = tuple(block.to_dict() for block in card.blocks)
            message = Message(channel=channel, ts="", author=self.slack.app.user_id, text=card.text, blocks=blocks)
            shown[kind] = self.slack.post(message)
        return shown


@asynccontextmanager
async def neighbours(*, frozen: bool = False, build_time: float = 0.0) -> AsyncIterator[Neighbours]:
    """Both, serving. With `frozen` Slack's own time stands still, so that no trigger ends before it is used."""
    begun = time.time()
    slack = Slack(bot_token="xoxb-demo", signing_secret=SECRET, clock=(lambda: begun) if frozen else time.time)
    cloud = JDCloud(build_time=build_time)
    assemble(slack)
    for region in REGIONS:
        cloud.quotas[region] = Quotas(images=100_000, snapshots=1_000_000, instances=100_000)
    async with slack.serving() as api, served(cloud.application()) as url:
        usual = {"LOG_LEVEL": "info", "POLL_INTERVAL": "10", "JDCLOUD_REGIONS": ",".join(REGIONS)}
        yield Neighbours(slack, cloud, environment(api, url) | usual)


def instance(number: int) -> Instance:
    """`i-NUMBER`, a stopped machine with one disk."""
    region = REGIONS[number % len(REGIONS)]
    system = Disk(device="vda", id=f"vol-{number}", name="system", size_gb=40)
    return Instance(
        region=region,
        id=f"i-{number}",
        name=f"web-{number}",
        private_ip="10.0.0.5",
        az=region,
        system_disk=system,
    )


def build(cloud: JDCloud, number: int) -> None:
    """`img-NUMBER` is being made of `i-NUMBER`, and will be for a long time."""
    of, now = instance(number), cloud.clock()
    assert of.system_disk
    images, snapshots = cloud.images, cloud.snapshots
    image = Image(
        id=f"img-{number}",
        region=of.region,
        name=f"web-{number}-20261123",
        description=f"weekly [IR-{number:05}]",
        instance_id=of.id,
        created_at=now,
        system_disk=of.system_disk,
        status="pending",
        ready_at=now + 86_400,
    )
    images[image.id] = image
    snapshot = Snapshot(
        id=f"snapshot-{number}",
        region=of.region,
        name=f"{image.id}-vda",
        size_gb=40,
        disk_id=of.system_disk.id,
        status="creating",
        ready_at=now + 86_400,
        images=[image.id],
    )
    snapshots[snapshot.id] = snapshot


__all__ = ["AMY", "APPROVALS", "BEN", "DAN", "OPS", "SECRET", "Neighbours", "build", "instance", "neighbours"]
