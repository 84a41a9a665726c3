"""The demo's page in a real browser. A test fails when the page reports an error or cannot show something."""

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from bot.demo.web import Running, running
from tests.browser.visitor import Visitor, browser, chromium

BUILD_TIME = 2.0


@pytest.fixture
async def demo() -> AsyncIterator[Running]:
    """The page and everything behind it, with images that are quickly made."""
    async with running(build_time=BUILD_TIME) as up:
        yield up


@pytest.fixture
async def visitor(demo: Running) -> AsyncIterator[Visitor]:
    """Somebody who has just opened the page, as Amy, in #ops."""
    if not chromium() and "CI" not in os.environ:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM")
    async with browser() as opened:
        visitor = Visitor(await opened.new_page(viewport={"width": 1400, "height": 1000}), demo.address)
        await visitor.arrive()
        yield visitor
        await expect(visitor.page.locator(".unknown")).to_have_count(0)
        assert not visitor.errors
