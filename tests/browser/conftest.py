"""The demo's page in a real browser. A test fails when the page reports an error or cannot show something.

What is dear to start is started once: one browser for all tests, and one demo for those that only look at the page.
All of them run in one event loop, for a browser belongs to the loop it was started in.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from bot.demo import bot_process
from bot.demo.web import Running, running
from tests import program
from tests.browser.app import App
from tests.browser.visitor import Visitor, browser, chromium

_HURRY = {"JDCLOUD_TIMEOUT": "2", "LAUNCH_GRACE": "3", "LEASE_TTL": "3", "POLL_INTERVAL": "0.5"}
"""Nothing that is slow in these tests takes longer than the demo's own fault, but for the one that waits for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of this folder."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="package", autouse=True)
def bots() -> Iterator[None]:
    """The bots are made out of a process that has imported the bot already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot_process, "launched", program.Running.launched)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared() -> AsyncIterator[Running]:
    """One page for all tests that leave the bot alone, and clear away what they put there."""
    async with running(build_time=1) as up:
        yield up


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[Running]:
    """The page and everything behind it, untouched, with images that are quickly made."""
    async with running(build_time=1, settings=_HURRY) as up:
        yield up


@pytest_asyncio.fixture(loop_scope="session")
async def app(demo: Running) -> AsyncIterator[App]:
    """An app in the bot's place; what it has shown is cleared away."""
    slack = demo.stage.slack
    usual, slack.transport = slack.transport, App(slack)
    shown = slack.messages("C0OPS")
    try:
        yield slack.transport
    finally:
        slack.transport = usual
        for user in slack.users:
            slack.views.close_all(user)
        for message in slack.messages("C0OPS"):
            if message not in shown:
                slack.remove(message)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """The browser."""
    if not chromium() and "CI" not in os.environ:
        pytest.skip("no Chromium on this machine: apt-get install chromium-headless-shell, or name one in CHROMIUM")
    async with browser() as opened:
        yield opened


@asynccontextmanager
async def in_front(chrome: Browser, demo: Running, size: ViewportSize) -> AsyncIterator[Visitor]:
    """Somebody opens the page, as Amy, in #ops, and minds every error until they leave."""
    page = await chrome.new_page(viewport=size, locale="en-US", has_touch=size["width"] < 640)
    try:
        visitor = Visitor(page, demo.address)
        await visitor.arrive()
        yield visitor
        await expect(page.locator(".unknown")).to_have_count(0)
        assert not visitor.errors
    finally:
        await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(chrome: Browser, demo: Running) -> AsyncIterator[Visitor]:
    """Somebody who has just opened the page on a laptop."""
    async with in_front(chrome, demo, {"width": 1280, "height": 800}) as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="session")
async def on_a_phone(chrome: Browser, demo: Running) -> AsyncIterator[Visitor]:
    """Somebody who has just opened the page on a phone."""
    async with in_front(chrome, demo, {"width": 390, "height": 844}) as visitor:
        yield visitor
