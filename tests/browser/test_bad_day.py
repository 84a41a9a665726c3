"""The bad day, switched on by the visitor: answers that are lost, a cloud that refuses, a bot that is killed."""

import re

import pytest
from playwright.async_api import expect

from bot.demo.web import Running
from tests.browser.visitor import Visitor


async def request(visitor: Visitor, instance: str) -> None:
    """Amy asks, and Ben is in front of the card."""
    await visitor.say(f"/createimage {instance}")
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.fill("Description", "On a bad day")
    await visitor.send()
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await visitor.sees("waiting for approval")


@pytest.mark.long
async def test_an_answer_that_is_lost_is_found(visitor: Visitor, demo: Running) -> None:
    """createImage is done, its answer never comes; the bot finds the image and makes no second one."""
    await visitor.turn("JD Cloud", "Answer lost", "createImage only")
    await request(visitor, "i-4kq2web1mz")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("answer is not known")
    await visitor.sees("is ready")
    (image,) = demo.stage.cloud.images.values()
    await visitor.sees(image.id)
    await expect(visitor.page.get_by_text(re.compile("createImage was called once"))).to_be_visible()


@pytest.mark.long
async def test_a_post_whose_answer_is_lost_is_not_repeated(visitor: Visitor, demo: Running) -> None:
    """Slack shows the card and the bot never hears so: still one card, and it goes on changing."""
    await visitor.turn("Slack", "Answer lost", "posting only")
    await request(visitor, "i-4kq2web1mz")
    await visitor.turn("Slack", "Works well")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("is ready")
    cards = [one for one in demo.stage.slack.messages("C0APPROVALS") if not one.thread_ts]
    assert len(cards) == 1


@pytest.mark.long
async def test_a_refusal_says_why_and_can_be_retried(visitor: Visitor) -> None:
    """The card has JD Cloud's reason and a way out."""
    await visitor.turn("JD Cloud", "Refuses", "createImage only")
    await request(visitor, "i-4kq2web1mz")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("JD Cloud says: Access forbidden")
    await visitor.turn("JD Cloud", "Works well")
    await visitor.press("Retry", visitor.card)
    await visitor.sees("is ready")


async def test_a_killed_bot_loses_nothing(visitor: Visitor, demo: Running) -> None:
    """Killed before and after the approval: Slack says so, and what was approved is made once it is started again."""
    backstage = visitor.page.get_by_role("complementary")
    await visitor.turn("JD Cloud", "Slow", "createImage only")
    await request(visitor, "i-4kq2web1mz")
    await visitor.press("Kill the bot (-9)", backstage)
    await visitor.sees("The bot was killed.", backstage)
    await visitor.press("Approve", visitor.card, answer="Approve")
    await expect(visitor.card.get_by_role("alert")).to_have_text("This app could not be reached.")
    await visitor.press("Start the bot", backstage)
    await visitor.sees("The bot is running.", backstage)
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("Approved by @ben")
    await expect(visitor.card.get_by_role("alert")).to_have_count(0)
    await visitor.press("Kill the bot (-9)", backstage)
    await visitor.sees("The bot was killed.", backstage)
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.say("/createimage")
    await visitor.sees("/createimage failed with the error")
    await visitor.press("Create an image", visitor.page.get_by_role("main"))
    await visitor.sees("We had some trouble connecting", visitor.page.get_by_role("alert"))
    await visitor.press("Dismiss", visitor.page.get_by_role("alert"))
    await visitor.turn("JD Cloud", "Works well")
    await visitor.press("Start the bot", backstage)
    await visitor.sees("The bot is running.", backstage)
    await visitor.sees("is ready")
    assert len(demo.stage.cloud.images) == 1


@pytest.mark.long
async def test_a_machine_that_does_not_start(visitor: Visitor, demo: Running) -> None:
    """Stopped for its image, and JD Cloud refuses to start it: it is said, and *Try again* brings it back."""
    await visitor.turn("JD Cloud", "Refuses", "startInstance only")
    await visitor.say("/createimage i-7rn5web2cx")  # running
    await visitor.sees("Stop it, make the image, start it again", visitor.dialog)
    await visitor.fill("Description", "On a bad day")
    await visitor.send()
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await visitor.sees("waiting for approval")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("is off: the bot has stopped it")
    assert demo.stage.cloud.instances["i-7rn5web2cx"].status == "stopped"
    await visitor.turn("JD Cloud", "Works well")
    await visitor.card.get_by_role("button", name="Try again").first.click()  # on the card, and in its thread
    await visitor.sees("running again")
    await visitor.sees("is ready")
    assert demo.stage.cloud.instances["i-7rn5web2cx"].status == "running"
