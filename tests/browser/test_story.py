"""The whole story, as a visitor plays it: asked, rejected, asked again, approved by another, ready."""

import re

from playwright.async_api import expect

from bot.demo.web import Running
from tests.browser.visitor import Visitor


async def test_from_the_command_to_ready(visitor: Visitor, demo: Running) -> None:
    """A left-out disk, a rejection with a reason, a second request, the other approver, and the image."""
    await visitor.say("/createimage")
    await visitor.add("Instances", "10.0.1.11", query="web-1")
    await visitor.dialog.get_by_role("checkbox", name="web-1-uploads").uncheck()
    await visitor.fill("Description", "Before the OpenSSL patch")
    await visitor.send()

    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await visitor.sees("waiting for approval")
    await visitor.sees("vdc left out")
    await visitor.press("Reject", visitor.card)
    await visitor.fill("Reason", "Not before the nightly backup")
    await visitor.press("Reject")
    await visitor.sees("Not before the nightly backup")
    await expect(visitor.card.get_by_role("button", name="Approve")).to_have_count(0)

    await visitor.become("Amy")
    await visitor.press("Request again", visitor.card)
    await expect(visitor.dialog.get_by_role("checkbox", name="web-1-uploads")).not_to_be_checked()
    await expect(visitor.dialog.get_by_role("textbox", name="Description")).to_have_value("Before the OpenSSL patch")
    await visitor.send()

    await visitor.become("陈晨")
    await visitor.sees("@chen")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("ready")
    await expect(visitor.card.get_by_role("button", name="Approve")).to_have_count(0)

    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.sees("is ready")
    (image,) = demo.stage.cloud.images.values()
    await visitor.sees(image.id)
    assert [disk.device for disk in image.data_disks] == ["vdb"]
    row = visitor.page.get_by_role("complementary").get_by_role("listitem").filter(has_text=image.id)
    await expect(row).to_contain_text("ready")
    await expect(visitor.page.get_by_text(re.compile("createImage was called once"))).to_be_visible()
