"""Every screen of the bot, as the demo's page shows it: to be looked at before a change to one ships.

Each is taken in English and in Chinese, light and dark, as wide as a laptop and as a phone: NAME-en-1280-light.png and
so on. What a visitor seldom comes by hangs in a gallery, taken whole.

    python -m tests.browser.screenshots FOLDER [--only WORD] [--language en]

Chinese needs a font that has it, such as the package fonts-wqy-zenhei. Those in docs/screens are the same pictures with
fewer colours (96, as by pngquant).
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import expect

from bot.demo.web import running
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.texts import Language, Text, card, commands, disk_form, rejection, request_form
from tests.browser import gallery, screenshots_of_rules, screenshots_of_several
from tests.browser.guide import LAPTOP, Camera, Guide
from tests.browser.visitor import Visitor, browser

HOME, MESSAGES = Text("Home", "主页"), Text("Direct messages", "私信")
KILLED, UNREACHABLE = Text("was killed", "已被终止"), Text("could not be reached", "无法连接")
INCOMPLETE = Text("complete this required field", "必填字段")
NO_WINDOW = Text("failed with the error", "失败，错误")
"""Words of the page and of Slack."""

PURPOSE = Text("Before the OpenSSL patch", "升级 OpenSSL 之前")
REASON = Text("Not before the nightly backup", "请等夜间备份完成后再做")


class Tour(Guide):
    """The whole of it."""

    async def through(self) -> None:
        """Walks through all that the bot can show."""
        await self.camera.take("00-first-sight")
        await self.asking()
        await self.deciding()
        await self.making()
        await screenshots_of_several.walk(self)
        await self.failing()
        await self.gallery()

    async def asking(self) -> None:
        """The form, its menus, its errors, the form of a disk."""
        visitor, camera = self.visitor, self.camera
        await visitor.say("/createimage help")
        await visitor.sees(commands.HELP(self.language).splitlines()[-1])
        await camera.take("01-help")
        await visitor.say("/createimage")
        menu = visitor.dialog.get_by_role("combobox", name=self.said(request_form.INSTANCES))
        await menu.click()
        await visitor.sees("db-主库", visitor.dialog)
        await camera.take("02-form-instances")
        await visitor.dialog.get_by_role("option", name="web-2").click()
        await self.sees(request_form.WHILE_IMAGED, visitor.dialog)
        await camera.take("03-form-running")
        await visitor.dialog.get_by_role("button", name="web-2").first.click()
        await expect(visitor.dialog).not_to_contain_text(self.said(request_form.WHILE_IMAGED))  # the menu is drawn anew
        await visitor.add(self.said(request_form.INSTANCES), "10.0.1.11")
        await self.sees(request_form.STOPPED, visitor.dialog, instance="web-1")
        await self.fill(request_form.NAME, "web 1!")
        await self.press(request_form.SEND)
        await self.sees(INCOMPLETE, visitor.dialog)
        await camera.take("04-form-errors-of-slack")
        await self.fill(request_form.DESCRIPTION, self.said(PURPOSE))
        await self.press(request_form.SEND)
        await visitor.dialog.get_by_role("alert").filter(has_text="web-1").wait_for()
        await camera.take("05-form-errors")
        await self.fill(request_form.NAME, "web-1-before-openssl")
        await visitor.dialog.get_by_role("checkbox", name="web-1-uploads").uncheck()
        await self._disk()
        await self.press(request_form.SEND)
        await self.sent()
        await camera.take("09-form-sent")
        await self.close()

    async def _disk(self) -> None:
        visitor, camera = self.visitor, self.camera
        await self.press(disk_form.ADD)
        await self.sees(disk_form.DEVICE, visitor.dialog)
        await camera.take("06-disk-blank")
        await self.fill(disk_form.SIZE, "45")
        await self.press(disk_form.DONE)
        await visitor.dialog.get_by_role("alert").first.wait_for()
        await self.fill(disk_form.NAME, "scratch")
        await self.press(disk_form.DONE)
        await visitor.dialog.get_by_role("alert").filter(has_text="50").wait_for()
        await camera.take("06-disk-errors")
        await visitor.dialog.get_by_role("radio", name=self.said(disk_form.FROM_SNAPSHOT)).check()
        await visitor.pick(self.said(disk_form.SNAPSHOT), "golden-web-assets")
        await self.sees(disk_form.NAME_OF_SNAPSHOT, visitor.dialog, name="golden-web-assets")
        await self.fill(disk_form.SIZE, "40")
        await self.fill(disk_form.NAME, "golden-assets")
        await camera.take("07-disk-snapshot")
        await self.press(disk_form.DONE)
        await visitor.sees("golden-assets", visitor.dialog)
        await camera.take("08-form-filled")

    async def deciding(self) -> None:
        """The card, what it shows and asks, and who may not."""
        visitor, camera = self.visitor, self.camera
        await visitor.become("Dan")
        await visitor.go_to("image-approvals")
        await self.approve()
        await self.sees_problem(Code.NOT_AN_APPROVER)
        await camera.take("10-bystander")
        await visitor.become("Ben")
        await self.sees_state(State.PENDING)
        await camera.take("11-card-waiting")
        await self.press(card.DETAILS, visitor.card)
        await visitor.sees("createImage", visitor.dialog)
        await camera.take("12-call")
        await self.close()
        await self.press(card.APPROVE, visitor.card)
        await camera.take("13-approve-question")
        await self.press(card.KEEP)
        await self.press(card.REJECT, visitor.card)
        await self.sees(rejection.REASON, visitor.dialog)
        await camera.take("14-reject")
        await self.fill(rejection.REASON, self.said(REASON))
        await self.press(card.REJECT)
        await self.sees(REASON)
        await camera.take("15-card-rejected")
        await visitor.become("Amy")
        await visitor.go_to(self.said(MESSAGES))
        await camera.take("16-direct-messages")

    async def making(self) -> None:
        """From Request again to the image."""
        visitor, camera = self.visitor, self.camera
        await visitor.go_to("image-approvals")
        await self.press(card.REQUEST_AGAIN, visitor.card)
        await self.sees(request_form.STOPPED, visitor.dialog, instance="web-1")
        await self.press(request_form.SEND)
        await self.sent()
        await self.close()
        await visitor.go_to("ops")
        await visitor.say("/createimage i-4kq2web1mz")
        await visitor.dialog.get_by_role("checkbox").first.wait_for()
        await camera.take("17-form-another-waits")
        await self.close()
        await visitor.say("/createimage")
        await self.sees(request_form.GO_ON, visitor.dialog)
        await camera.take("17-form-go-on")
        await self.close()
        await visitor.say("/createimage list")
        await self.sees_state(State.PENDING)
        await camera.take("17-list")
        await visitor.become("Ben")
        await visitor.go_to(self.said(HOME))
        await visitor.sees("web-1-before-openssl", visitor.page.get_by_role("main"))
        await camera.take("17-home-approver")
        await visitor.go_to("image-approvals")
        await self.approve()
        await visitor.sees("img-")
        await camera.take("18-card-building")
        await self.sees_state(State.READY)
        await camera.take("19-card-ready")
        await visitor.become("Amy")
        await visitor.go_to("ops")
        await self.visitor.sees("web-1-before-openssl")
        await camera.take("20-ready")
        await visitor.go_to(self.said(HOME))
        await camera.take("21-home-requester")

    async def failing(self) -> None:
        """A bad day: the cloud refuses, loses its answer, does not answer at all; the bot is down."""
        visitor, camera, trouble = self.visitor, self.camera, self.demo.stage.trouble
        trouble.turn("jdcloud", "refuse", "one")
        await self._request("i-8vf1shweb1")
        await self.sees_state(State.FAILED)
        await camera.take("22-card-failed")
        trouble.turn("jdcloud", "lose", "one")
        await self._request("i-1qe0gzapi1")
        await self.sees(card.DOUBTFUL)
        await camera.take("23-card-doubtful")
        trouble.turn("jdcloud", "none", "one")
        await self.sees_state(State.READY)
        await self._request("i-5hd6stor8k")
        await visitor.sees("img-")
        trouble.turn("jdcloud", "error", "every")
        await self.sees_problem(Code.STILL_WATCHING)
        await camera.take("24-card-cloud-silent")
        await visitor.become("Amy")
        await visitor.go_to("ops")
        await visitor.say("/createimage i-2xw8cache4")
        await self.sees(request_form.LOAD_AGAIN, visitor.dialog)
        await camera.take("24-form-not-loaded")
        await self.close()
        await visitor.become("Ben")
        await visitor.go_to("image-approvals")
        trouble.turn("jdcloud", "none", "one")
        await self.sees_state(State.READY)
        await self._ask("i-9tp3dbm0qa")
        await self.demo.stage.bot.kill()
        await self.approve()
        await self.sees(UNREACHABLE)
        await camera.take("25-button-marked")
        await visitor.go_to("ops")
        await visitor.say("/createimage")
        await visitor.sees("/createimage")
        await camera.take("26-bot-killed")
        await self.demo.stage.bot.start()

    async def gallery(self) -> None:
        """Each card and each notice in every state there is."""
        for room in gallery.hang(self.demo.stage.slack, self.language):
            await self.visitor.go_to(room)
            await self.camera.take(f"27-{room}", whole=True)

    async def _request(self, instance: str) -> None:
        """Amy asks in #ops, Ben approves."""
        await self._ask(instance)
        await self.approve()

    async def _ask(self, instance: str) -> None:
        """Amy asks in #ops, and Ben is in front of the card."""
        visitor = self.visitor
        await visitor.become("Amy")
        await visitor.go_to("ops")
        await visitor.say(f"/createimage {instance}")
        name = visitor.dialog.get_by_role("textbox", name=self.said(request_form.NAME), exact=True)
        await name.wait_for()  # there once the instance is loaded
        await self.fill(request_form.DESCRIPTION, self.said(PURPOSE))
        await self.press(request_form.SEND)
        await self.sent()
        await self.close()
        await visitor.become("Ben")
        await visitor.go_to("image-approvals")
        await self.sees_state(State.PENDING)


async def take(folder: Path, only: str, language: Language) -> None:
    """The tour in one language, and that of a workspace whose operator has written rules."""
    await _visit(folder, only, language, lambda guide: Tour(**vars(guide)).through())
    with TemporaryDirectory() as where:
        policy = screenshots_of_rules.policy(Path(where))
        await _visit(folder, only, language, screenshots_of_rules.walk, POLICY_FILE=str(policy))


async def _visit(
    folder: Path, only: str, language: Language, walk: Callable[[Guide], Awaitable[None]], **settings: str
) -> None:
    locale = {"en": "en-US", "zh": "zh-CN"}[language]
    async with (
        running(build_time=8, settings={"CHANNEL_LANGUAGE": language, **settings}) as demo,
        browser() as opened,
    ):
        for person in demo.stage.slack.users.values():
            person.locale = locale
        visitor = Visitor(await opened.new_page(viewport=LAPTOP, locale=locale), demo.address)
        await visitor.arrive()
        await walk(Guide(demo, visitor, Camera(visitor.page, folder, only, language), language))
        if visitor.errors:
            raise SystemExit("\n".join(visitor.errors))


async def main() -> None:
    """Takes them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a part of the names of those to keep")
    parser.add_argument("--language", choices=("en", "zh"), help="of those to keep")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        if asked.language in {None, language}:
            await take(asked.folder, asked.only, language)


if __name__ == "__main__":
    asyncio.run(main())
