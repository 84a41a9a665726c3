"""What a tour of all screens is made with: a camera, and a visitor who finds things by the bot's own words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Locator, Page, ViewportSize, expect

from bot.demo.web import Running
from bot.domain.errors import Code
from bot.domain.lifecycle import State
from bot.texts import Language, Text, card, notice, problems, request_form, units
from tests.browser.visitor import Visitor

LAPTOP: ViewportSize = {"width": 1280, "height": 860}
_PHONE: ViewportSize = {"width": 390, "height": 844}
_TALLEST = 16_000
"""Pixels of a picture, at most."""

_HIDDEN = """() => {
    const shown = document.querySelector(".modal .body") ?? document.querySelector(".log");
    return shown ? shown.scrollHeight - shown.clientHeight : 0;
}"""
"""Pixels of a form, or else of a conversation, that are scrolled away."""

_SHOW_FIELD = "() => document.activeElement?.closest('.input')?.scrollIntoView({ block: 'nearest' })"
"""As the page does when a field is wrong; its window had another size then."""


class Camera:
    """Takes each screen in both sizes and both colour schemes."""

    def __init__(self, page: Page, folder: Path, only: str, language: Language) -> None:
        self._page = page
        self._folder = folder
        self._only = only
        self._language = language

    async def take(self, name: str, *, whole: bool = False) -> None:
        """One screen; `whole`: as tall as what is in it."""
        if self._only not in name:
            return
        schemes: tuple[Literal["light", "dark"], ...] = ("dark", "light")
        for size in (_PHONE, LAPTOP):
            await self._page.set_viewport_size(size)
            if whole:
                hidden = await self._page.evaluate(_HIDDEN)
                await self._page.set_viewport_size({**size, "height": min(size["height"] + hidden, _TALLEST)})
            await self._page.evaluate(_SHOW_FIELD)
            for scheme in schemes:
                await self._page.emulate_media(color_scheme=scheme)
                await self._page.screenshot(path=self._folder / f"{name}-{self._language}-{size['width']}-{scheme}.png")


@dataclass(frozen=True)
class Guide:
    """A visitor who is shown everything, in a workspace whose people all read one language."""

    demo: Running
    visitor: Visitor
    camera: Camera
    language: Language

    def said(self, text: Text) -> str:
        """A text in the language of everybody."""
        return text(self.language)

    async def press(self, text: Text, within: Locator | None = None) -> None:
        """Presses a button, in the form in front unless told where."""
        await self.visitor.press(self.said(text), within)

    async def fill(self, label: Text, text: str) -> None:
        """Types into a field of the form in front."""
        await self.visitor.fill(self.said(label), text)

    async def sees(self, text: Text, where: Locator | None = None, **facts: str) -> None:
        """Waits until something says so."""
        await self.visitor.sees(text(self.language, **facts), where)

    async def sees_problem(self, code: Code) -> None:
        """Waits until the newest message tells of it."""
        await self.visitor.sees(self.said(problems.PROBLEMS[code]))

    async def sees_state(self, state: State) -> None:
        """Waits until the newest message says so."""
        await self.visitor.sees(units.state(state, self.language))

    async def sent(self) -> None:
        """Waits until the form in front was sent."""
        await self.sees(notice.CARD, self.visitor.dialog)

    async def close(self) -> None:
        """Closes the form in front."""
        await self.press(request_form.CLOSE)
        await expect(self.visitor.page.get_by_role("dialog")).to_have_count(0)

    async def approve(self) -> None:
        """Approves what the newest message asks for."""
        approve = self.said(card.APPROVE)
        await self.visitor.press(approve, self.visitor.card, answer=approve)
