"""A visitor of the demo's page: reads by labels and words, acts by mouse and keyboard, and minds every error."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""What it may be called. The first draws the page and nothing else, neither a window nor its menus."""
_QUIET = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000.0
"""Milliseconds in which everything must be seen, on a machine with much else to do."""

expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Where this machine has Chromium; `CHROMIUM` names another one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium(), args=_QUIET)
        try:
            yield launched
        finally:
            await launched.close()


class Visitor:
    """Somebody in front of the page.

    Args:
        page: the tab.
        address: of the demo.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self._address = address
        page.set_default_timeout(PATIENCE)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    async def arrive(self) -> None:
        """Opens the page."""
        await self.page.goto(self._address)
        await expect(self.page.get_by_role("log")).to_be_visible()

    async def reach(self, side: Literal["sidebar", "backstage"]) -> None:
        """Pulls a side of the page out where it is a drawer that is put away."""
        handle = self.page.locator(f".{side}-handle")
        if await handle.is_visible() and await handle.get_attribute("aria-expanded") == "false":
            await handle.click()
            await expect(handle).to_have_attribute("aria-expanded", "true")

    async def become(self, name: str) -> None:
        """Acts as somebody else from now on."""
        await self.reach("sidebar")
        button = self.person(name)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")

    # Found by where they are: what they are called depends on whom one is.
    def person(self, name: str) -> Locator:
        """Somebody in the list of those one can be."""
        return self.page.locator("#sidebar section").get_by_role("button", name=re.compile(name), include_hidden=True)

    def place(self, name: str) -> Locator:
        """A conversation in the list of them."""
        return self.page.locator("#sidebar nav").get_by_role("button", name=name, include_hidden=True)

    async def go_to(self, name: str) -> None:
        """Opens a conversation: `ops`, `Home`, `Direct messages`."""
        await self.reach("sidebar")
        await self.place(name).click()
        await expect(self.place(name)).to_have_attribute("aria-current", "page")

    async def say(self, text: str) -> None:
        """Types below the conversation and presses Enter."""
        line = self.page.locator(".composer input")
        await line.fill(text)
        await line.press("Enter")

    @property
    def dialog(self) -> Locator:
        """What lies over the page, the frontmost."""
        return self.page.get_by_role("dialog").last

    @property
    def messages(self) -> Locator:
        """The messages of the conversation, thread replies among them."""
        return self.page.get_by_role("article")

    @property
    def card(self) -> Locator:
        """The message that was posted last, with what is said in its thread."""
        return self.page.get_by_role("log").locator("> article").last

    @property
    def backstage(self) -> Locator:
        """The panel behind the scenes."""
        return self.page.get_by_role("complementary")

    async def press(self, name: str, within: Locator | None = None, *, answer: str = "") -> None:
        """Presses a button, in the form in front unless told where, and answers its question with another."""
        # Where several read alike, what is read out goes on after a colon.
        words = re.compile(rf"^{re.escape(name)}((: |：).*)?$")
        await (within or self.dialog).get_by_role("button", name=words).click()
        if answer:
            await self.dialog.get_by_role("button", name=answer, exact=True).click()

    async def pick(self, label: str, option: str, query: str = "") -> None:
        """Chooses in a menu, perhaps after typing into it."""
        menu = self.dialog.get_by_role("combobox", name=label)
        await menu.click()
        if query:
            await menu.press_sequentially(query)
        await self.dialog.get_by_role("option", name=option).click()
        await expect(menu).to_have_value(re.compile(re.escape(option)))

    async def add(self, label: str, option: str, query: str = "") -> None:
        """Adds a choice in a menu of several, perhaps after typing into it."""
        menu = self.dialog.get_by_role("combobox", name=label)
        await menu.click()
        if query:
            await menu.press_sequentially(query)
        await self.dialog.get_by_role("option", name=option).click()
        await expect(menu).to_have_accessible_description(re.compile(re.escape(option)))

    async def fill(self, label: str, text: str) -> None:
        """Types into a field of the form in front."""
        await self.dialog.get_by_role("textbox", name=label).fill(text)

    async def send(self) -> None:
        """Sends the form of a request, is told that it was sent, and closes it."""
        await self.press("Request approval")
        await self.sees("was sent for approval", self.dialog)
        await self.press("Close")
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def sees(self, words: str, where: Locator | None = None) -> None:
        """Waits until something says so."""
        await expect(where or self.card).to_contain_text(words)

    async def turn(self, upstream: Literal["JD Cloud", "Slack"], trouble: str, reach: str = "") -> None:
        """Turns the switch of a bad day."""
        await self.reach("backstage")
        switches = self.page.get_by_role("group", name=upstream, exact=True)
        if reach:
            await switches.get_by_role("combobox").select_option(reach)
        await switches.get_by_role("radio", name=trouble).check()
        await expect(switches.get_by_role("radio", name=trouble)).to_be_checked()
