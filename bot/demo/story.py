"""The whole story in the terminal: two stand-ins, the real bot between them, and a few people who use it."""

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.bot_process import bot_process, environment, served
from bot.demo.cast import AMY, APPROVALS, BEN, OPS, assemble
from bot.demo.jdcloud import JDCloud, sample_world
from bot.demo.slack import Message, Slack, View, plain_text

INSTANCE, INSTANCE_NAME = "i-4kq2web1mz", "web-1"
RUNNING, RUNNING_NAME = "i-7rn5web2cx", "web-2"
BUILD_TIME = 3.0
"""Seconds an image takes in the story, unless told otherwise."""

SWITCHING_TIME = 1.0
"""Seconds that a machine takes to stop, and to start."""

SEEN_WITHIN = 15.0
"""Seconds within which each step must be seen, besides the time that the image takes."""

MEANWHILE = "While the image is made"

MORE = """To play it yourself, be Ben, and have a bad day with a cloud that loses its answers or a bot that is killed:

    python -m bot demo --web"""
"""How the story ends."""

Say = Callable[[str], None]


@dataclass
class Stage:
    """Where the story plays."""

    slack: Slack
    cloud: JDCloud
    say: Say
    steps: int = field(default=0)

    def step(self, words: str) -> None:
        """Somebody does something."""
        self.steps += 1
        self.say(f"\n{self.steps}. {words}")

    def show(self, what: str, screen: Message | View | None) -> None:
        """What can be seen."""
        assert screen is not None
        lines = plain_text(screen, self.slack.names()).splitlines()
        self.say(f"   ┌─ {what}")
        for line in lines:
            for part in textwrap.wrap(line, 92) or [""]:
                self.say(f"   │ {part}")
        self.say("   └─")

    def cards(self) -> list[Message]:
        """The approval cards, oldest first."""
        return [one for one in self.slack.messages(APPROVALS) if not one.thread_ts]

    def card(self) -> Message | None:
        """The newest approval card, once there is one."""
        return next(reversed(self.cards()), None)

    def shows(self, words: str) -> bool:
        """Whether the approval card says so."""
        card = self.card()
        return card is not None and words in plain_text(card)


async def play(*, build_time: float, say: Say = print) -> int:
    """Plays the story; 0 only when both images became ready, the team was told, and what ran runs."""
    slack = Slack(bot_token="xoxb-demo", signing_secret="demo-signing-secret")
    cloud = JDCloud(
        access_key="demo-ak",
        secret_key="demo-sk",
        build_time=build_time,
        stop_time=SWITCHING_TIME,
        start_time=SWITCHING_TIME,
    )
    sample_world(cloud)
    assemble(slack)
    say("createimage-bot, the real one, between a stand-in for Slack and a stand-in for JD Cloud, all on loopback.")
    async with (
        slack.serving() as slack_api,
        served(cloud.application()) as cloud_url,
        bot_process(environment(slack_api, cloud_url), slack),
    ):
        stage = Stage(slack, cloud, say)
        told = await _tell_of_one_that_is_stopped(stage, build_time) and await _tell_of_one_that_runs(stage, build_time)
        say(f"\n{MORE}")
        return 0 if told else 1


async def _tell_of_one_that_is_stopped(stage: Stage, build_time: float) -> bool:
    """Its disks are chosen. Whether its image became ready and the team was told."""
    slack, amy, ben = stage.slack, stage.slack.person(AMY), stage.slack.person(BEN)

    stage.step(f"Amy, about to patch {INSTANCE_NAME}, types in #ops:  /createimage {INSTANCE}")
    await amy.command("/createimage", INSTANCE, channel=OPS)
    await slack.settle(lambda: amy.view and "vdc" in plain_text(amy.view), timeout=SEEN_WITHIN)

    stage.step("She unticks the disk with the uploads, and adds one made from the snapshot of the golden assets.")
    await amy.untick("Data disks", "vdc")
    await amy.press("Add a disk", view=True)
    await slack.settle(lambda: amy.view and "Device name" in plain_text(amy.view), timeout=SEEN_WITHIN)
    await amy.choose("Source", "Snapshot")
    await slack.settle(lambda: "Snapshot" in amy.values, timeout=SEEN_WITHIN)
    await amy.choose("Snapshot", "golden-web-assets")
    await slack.settle(lambda: amy.values.get("Size (GiB)"), timeout=SEEN_WITHIN)
    await amy.fill("Name", "golden-assets")
    stage.show("the form of the disk", amy.view)
    assert not await amy.submit()
    await slack.settle(lambda: amy.view and "golden-assets" in plain_text(amy.view), timeout=SEEN_WITHIN)

    stage.step("She says what the image is for, and sends the form.")
    await amy.fill("Description", "Before the OpenSSL patch")
    stage.show("the form, as she sends it", amy.view)
    errors = await amy.submit()
    assert not errors, errors

    await slack.settle(stage.card, timeout=SEEN_WITHIN)
    stage.step("The bot asks Slack and JD Cloud whether this can be done, and asks the approvers in #image-approvals.")
    stage.show("the approval card", stage.card())

    stage.step("Ben presses Approve, and confirms.")
    await ben.press("Approve", message=stage.card(), confirm=True)
    await slack.settle(lambda: stage.shows("img-"), timeout=SEEN_WITHIN)
    (call,) = [call for call in stage.cloud.calls if call.action == "createImage"]
    stage.say("   JD Cloud was asked once:  createImage")
    stage.say(textwrap.indent(json.dumps(call.body, ensure_ascii=False, indent=2), "     "))
    stage.show("the approval card", stage.card())

    stage.step("The bot watches the image until JD Cloud says ready, and tells the team where it was asked.")
    await slack.settle(lambda: slack.messages(OPS), timeout=build_time + SEEN_WITHIN)
    await slack.settle(lambda: stage.shows("ready"), timeout=SEEN_WITHIN)
    stage.show("in #ops", slack.messages(OPS)[-1])
    (image,) = stage.cloud.images.values()
    ready = image.status == "ready" and image.id in plain_text(slack.messages(OPS)[-1])
    stage.say(f"\n{image.id} is {image.status}." if ready else "\nThe image did not become ready.")
    return ready


async def _tell_of_one_that_runs(stage: Stage, build_time: float) -> bool:
    """It is stopped, imaged and started again. Whether it runs in the end, and the team was told."""
    slack, amy, ben = stage.slack, stage.slack.person(AMY), stage.slack.person(BEN)

    stage.step(f"{RUNNING_NAME} is next, and it runs. Amy types:  /createimage {RUNNING}")
    await amy.close(everything=True)
    await amy.command("/createimage", RUNNING, channel=OPS)
    await slack.settle(lambda: amy.view and MEANWHILE in plain_text(amy.view), timeout=SEEN_WITHIN)
    await amy.choose(MEANWHILE, "Stop it, make the image, start it again")
    await amy.fill("Description", "Before the OpenSSL patch")
    stage.show("the form, as she sends it", amy.view)
    errors = await amy.submit()
    assert not errors, errors
    await slack.settle(lambda: len(stage.cards()) > 1, timeout=SEEN_WITHIN)

    stage.step("Ben presses Approve, once. The bot stops the machine, makes the image, and starts the machine again.")
    await ben.press("Approve", message=stage.card(), confirm=True)
    await slack.settle(lambda: stage.shows("img-"), timeout=SEEN_WITHIN)
    stage.show("the approval card, while the machine is down", stage.card())
    await slack.settle(lambda: len(slack.messages(OPS)) > 1, timeout=build_time + SEEN_WITHIN)
    await slack.settle(lambda: stage.shows("✔ running again"), timeout=SEEN_WITHIN)
    stage.show("the approval card", stage.card())
    stage.show("in #ops", slack.messages(OPS)[-1])
    asked = [call.action for call in stage.cloud.calls if RUNNING in call.path and call.method == "POST"]
    stage.say(f"   JD Cloud was asked, in this order:  {', '.join(asked)}")
    status = stage.cloud.instances[RUNNING].status
    stage.say(f"\n{RUNNING_NAME} is {status}.")
    return status == "running" and "ready" in plain_text(slack.messages(OPS)[-1])
