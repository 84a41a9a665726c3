"""Every screen of the bot, as the demo's page shows it: to be looked at before a change to one ships.

Each is taken light and dark, as wide as a laptop and as a phone: NAME-1280-light.png and so on.

    python -m tests.browser.screenshots FOLDER [--only WORD]

Chinese needs a font that has it, such as the package fonts-wqy-zenhei. Those in docs/screens are the same pictures with
fewer colours (96, as by pngquant).
"""

import argparse
import asyncio
from pathlib import Path
from typing import Literal

from playwright.async_api import ViewportSize

from bot.demo.web import running
from tests.browser.visitor import Visitor, browser

_LAPTOP: ViewportSize = {"width": 1280, "height": 860}
_PHONE: ViewportSize = {"width": 390, "height": 844}


class Camera:
    """Takes each screen in both sizes and both colour schemes."""

    def __init__(self, visitor: Visitor, folder: Path, only: str) -> None:
        self._visitor = visitor
        self._folder = folder
        self._only = only

    async def take(self, name: str) -> None:
        """One screen."""
        if self._only not in name:
            return
        page = self._visitor.page
        schemes: tuple[Literal["light", "dark"], ...] = ("dark", "light")
        for size in (_PHONE, _LAPTOP):
            await page.set_viewport_size(size)
            for scheme in schemes:
                await page.emulate_media(color_scheme=scheme)
                await page.screenshot(path=self._folder / f"{name}-{size['width']}-{scheme}.png")


async def tour(visitor: Visitor, camera: Camera) -> None:
    """Walks through everything that the bot can show."""
    await camera.take("00-first-sight")
    await asking(visitor, camera)
    await deciding(visitor, camera)
    await making(visitor, camera)
    await failing(visitor, camera)
    await in_chinese(visitor, camera)


async def asking(visitor: Visitor, camera: Camera) -> None:
    """The form, its menus, its errors, the form of a disk."""
    await visitor.say("/createimage help")
    await visitor.sees("Only visible to you")
    await camera.take("01-help")
    await visitor.say("/createimage")
    menu = visitor.dialog.get_by_role("combobox", name="Instance")
    await menu.click()
    await visitor.sees("db-主库", visitor.dialog)
    await camera.take("02-form-instances")
    await visitor.dialog.get_by_role("option", name="web-2").click()
    await visitor.sees("is running", visitor.dialog)
    await camera.take("03-form-running")
    await visitor.pick("Instance", "web-1")
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.fill("Name", "web 1!")
    await visitor.press("Request approval")
    await visitor.sees("complete this required field", visitor.dialog)
    await camera.take("04-form-errors-of-slack")
    await visitor.fill("Description", "Before the OpenSSL patch")
    await visitor.press("Request approval")
    await visitor.dialog.get_by_role("alert").filter(has_text="letters").wait_for()
    await camera.take("05-form-errors")
    await visitor.fill("Name", "web-1-before-openssl")
    await visitor.dialog.get_by_role("checkbox", name="web-1-uploads").uncheck()
    await visitor.press("Add a disk")
    await visitor.sees("Device name", visitor.dialog)
    await camera.take("06-disk-blank")
    await visitor.dialog.get_by_role("radio", name="Snapshot").check()
    await visitor.pick("Snapshot", "golden-web-assets")
    await visitor.fill("Name", "golden-assets")
    await camera.take("07-disk-snapshot")
    await visitor.press("Done")
    await visitor.sees("golden-assets", visitor.dialog)
    await camera.take("08-form-filled")
    await visitor.press("Request approval")
    await visitor.sees("was sent for approval", visitor.dialog)
    await camera.take("09-form-sent")
    await visitor.press("Close")


async def deciding(visitor: Visitor, camera: Camera) -> None:
    """The card, what it shows and asks, and who may not."""
    await visitor.become("Dan")
    await visitor.go_to("image-approvals")
    await visitor.sees("waiting for approval")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("Only visible to you")
    await camera.take("10-bystander")
    await visitor.become("Ben")
    await visitor.sees("waiting for approval")
    await camera.take("11-card-waiting")
    await visitor.press("Details", visitor.card)
    await visitor.sees("createImage", visitor.dialog)
    await camera.take("12-call")
    await visitor.press("Close")
    await visitor.press("Approve", visitor.card)
    await camera.take("13-approve-question")
    await visitor.press("Go back")
    await visitor.press("Reject", visitor.card)
    await visitor.sees("Reason", visitor.dialog)
    await camera.take("14-reject")
    await visitor.fill("Reason", "Not before the nightly backup")
    await visitor.press("Reject")
    await visitor.sees("Not before the nightly backup")
    await camera.take("15-card-rejected")
    await visitor.become("Amy")
    await visitor.go_to("Direct messages")
    await camera.take("16-direct-messages")


async def making(visitor: Visitor, camera: Camera) -> None:
    """From Request again to the image."""
    await visitor.go_to("image-approvals")
    await visitor.press("Request again", visitor.card)
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.send()
    await visitor.become("Ben")
    await visitor.go_to("Home")
    await visitor.sees("web-1-before-openssl", visitor.page.get_by_role("main"))
    await camera.take("17-home-approver")
    await visitor.go_to("image-approvals")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("img-")
    await camera.take("18-card-building")
    await visitor.sees("is ready")
    await camera.take("19-card-ready")
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.sees("is ready")
    await camera.take("20-ready")
    await visitor.go_to("Home")
    await camera.take("21-home-requester")


async def failing(visitor: Visitor, camera: Camera) -> None:
    """A bad day: the cloud refuses, loses its answer, does not answer at all; the bot is down."""
    await visitor.turn("JD Cloud", "Refuses", "createImage only")
    await _request(visitor, "i-8vf1shweb1")
    await visitor.sees("failed")
    await camera.take("22-card-failed")
    await visitor.turn("JD Cloud", "Answer lost")
    await _request(visitor, "i-1qe0gzapi1")
    await visitor.sees("answer is not known")
    await camera.take("23-card-doubtful")
    await visitor.turn("JD Cloud", "Works well")
    await visitor.sees("is ready")
    await _request(visitor, "i-5hd6stor8k")
    await visitor.sees("img-")
    await visitor.turn("JD Cloud", "Fails", "every call")
    await visitor.sees("not answering")
    await camera.take("24-card-cloud-silent")
    await visitor.turn("JD Cloud", "Works well")
    await visitor.sees("is ready")
    await _ask(visitor, "i-9tp3dbm0qa")
    await visitor.page.get_by_role("button", name="Kill the bot").click()
    await visitor.sees("was killed", visitor.page.get_by_role("complementary"))
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("could not be reached")
    await camera.take("25-button-marked")
    await visitor.go_to("ops")
    await visitor.say("/createimage")
    await visitor.sees("failed with the error")
    await camera.take("26-bot-killed")
    await visitor.page.get_by_role("button", name="Start the bot").click()
    await visitor.sees("is running", visitor.page.get_by_role("complementary"))


async def in_chinese(visitor: Visitor, camera: Camera) -> None:
    """The same for somebody whose Slack is Chinese."""
    await visitor.become("陈晨")
    await visitor.go_to("ops")
    await camera.take("27-first-sight-chinese")
    await visitor.say("/createimage i-9tp3dbm0qa")
    await visitor.dialog.get_by_role("checkbox").first.wait_for()
    await camera.take("28-form-chinese")


async def _request(visitor: Visitor, instance: str) -> None:
    """Amy asks in #ops, Ben approves."""
    await _ask(visitor, instance)
    await visitor.press("Approve", visitor.card, answer="Approve")


async def _ask(visitor: Visitor, instance: str) -> None:
    """Amy asks in #ops, and Ben is in front of the card."""
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.say(f"/createimage {instance}")
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.fill("Description", "Before the OpenSSL patch")
    await visitor.send()
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await visitor.sees("waiting for approval")


async def main() -> None:
    """Takes them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a part of the names of those to keep")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    async with running(build_time=8) as demo, browser() as opened:
        visitor = Visitor(await opened.new_page(viewport=_LAPTOP, locale="en-US"), demo.address)
        await visitor.arrive()
        await tour(visitor, Camera(visitor, asked.folder, asked.only))
        if visitor.errors:
            raise SystemExit("\n".join(visitor.errors))


if __name__ == "__main__":
    asyncio.run(main())
