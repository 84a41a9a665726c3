"""What a visitor sees at first, on a laptop and on a phone, in each language."""

import re

import pytest
from playwright.async_api import Locator, expect

from bot.demo.web import Running
from tests.browser.app import App, field_of, option, plain, section
from tests.browser.visitor import Visitor


@pytest.fixture
def demo(shared: Running) -> Running:
    """The bot has no part in this."""
    return shared


_NAMES = frozenset(
    re.findall(
        r"\w+",
        "Amy Ben Dan amy ops image approvals Slack createImage startInstance createimage bot OpenSSL web uploads",
    )
)
"""What reads the same in every language, besides the names and ids of machines."""

_OWN_WORDS = """() => {
    const page = document.querySelector("#page").cloneNode(true);
    page.querySelectorAll(".rows b, .rows small, .rows [aria-label]").forEach((one) => one.remove());
    const labelled = [...page.querySelectorAll("[aria-label], [title], [placeholder]")];
    const labels = labelled.map((one) => `${one.ariaLabel ?? ""} ${one.title} ${one.placeholder ?? ""}`);
    return [page.textContent, ...labels].join(" ");
}"""

_KEYS = """async () => {
    const { ENGLISH, CHINESE } = await import("/static/words.js");
    const isPart = (value) => value && typeof value === "object" && !Array.isArray(value);
    const keys = (part) => Object.entries(part).flatMap(([key, value]) =>
        isPart(value) ? keys(value).map((one) => `${key}.${one}`) : [key]);
    return [keys(ENGLISH), keys(CHINESE)].map((many) => many.filter((key) => !key.startsWith("statuses.")));
}"""
"""All texts by name; JD Cloud's own words for a status need a translation only."""


async def is_in_sight(one: Locator) -> bool:
    """Whether all of it can be seen without scrolling."""
    box, size = await one.bounding_box(), one.page.viewport_size
    assert box
    assert size
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


async def test_there_is_something_to_look_at(visitor: Visitor) -> None:
    """In #ops from the start: what to do, what the team talks about, and nothing that counts as unread."""
    log = visitor.page.get_by_role("log")
    await visitor.sees("This is the start of #ops.", log)
    await expect(log.get_by_role("listitem")).to_have_count(4)
    await expect(log.get_by_role("button", name="/createimage")).to_be_visible()
    await visitor.sees("please have an image made first", log)
    await expect(visitor.messages).to_have_count(3)
    await expect(visitor.page.get_by_label("unread")).to_have_count(0)
    await log.get_by_role("button", name="Ben").click()
    await expect(visitor.person("Ben")).to_have_attribute("aria-pressed", "true")
    await visitor.sees("Each request for an image comes here", log)


async def test_the_switches_of_the_bad_day_are_in_sight(visitor: Visitor) -> None:
    """On a small laptop, without scrolling."""
    await visitor.page.set_viewport_size({"width": 1280, "height": 640})
    switches = visitor.backstage.get_by_role("radio")
    await expect(switches).to_have_count(12)
    for one in [*await switches.all(), visitor.backstage.get_by_role("button", name="Kill the bot (-9)")]:
        assert await is_in_sight(one)


async def test_every_word_is_in_the_language_of_the_person(visitor: Visitor) -> None:
    """陈晨 reads Chinese everywhere, the team's talk included; Amy reads English again."""
    page = visitor.page
    english, chinese = await page.evaluate(_KEYS)
    assert english == chinese
    await visitor.become("陈晨")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page).to_have_title("createimage-bot：演示")
    await expect(page.locator(".composer input")).to_have_attribute("placeholder", "/createimage，或一条消息")
    for place in ("ops", "image-approvals", "主页", "私信"):
        await visitor.go_to(place)
        await expect(page.get_by_role("main")).to_contain_text(re.compile("[一-鿿]"))
        assert set(re.findall(r"(?<![0-9A-Za-z])[A-Za-z]{2,}", await page.evaluate(_OWN_WORDS))) - _NAMES == set()
    await visitor.become("Amy")
    await expect(page.locator("html")).to_have_attribute("lang", "en-US")
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()


async def test_a_card_fills_a_phone(on_a_phone: Visitor, app: App) -> None:
    """From edge to edge, nothing beside it, nothing to scroll sideways; the line to type in stays below."""
    actions = {"type": "actions", "elements": [button(one) for one in ("Approve", "Reject", "Details")]}
    app.posts({"type": "section", "text": plain("Amy wants an image of web-1. " * 12)}, actions)
    page = on_a_phone.page
    card = on_a_phone.card.locator(".content")
    box = await card.bounding_box()
    assert box
    assert box["width"] > 0.9 * 390
    for one in ("Approve", "Reject", "Details"):
        assert await is_in_sight(card.get_by_role("button", name=one))
    log = await page.get_by_role("log").bounding_box()
    assert log
    assert log["height"] > 0.8 * 844
    assert await is_in_sight(page.locator(".composer"))
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await expect(page.locator("#sidebar")).not_to_be_visible()
    await expect(page.locator("#backstage")).not_to_be_visible()


async def test_the_sidebar_of_a_phone_is_a_drawer(on_a_phone: Visitor) -> None:
    """Pulled out by its handle; put back by a choice, by Escape, or by pressing beside it; out of reach meanwhile."""
    page = on_a_phone.page
    handle, drawer = page.get_by_role("button", name="People and conversations"), page.locator("#sidebar")
    await expect(drawer).to_have_attribute("inert", "")
    await handle.click()
    await expect(drawer.get_by_role("button", name="Amy")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(drawer).not_to_be_visible()
    await expect(handle).to_be_focused()
    await handle.click()
    await page.get_by_role("button", name="Close", exact=True).click(position={"x": 380, "y": 400})
    await expect(drawer).not_to_be_visible()
    await on_a_phone.become("Ben")
    await expect(drawer).not_to_be_visible()
    await on_a_phone.sees("You are Ben", page.get_by_role("main"))
    await on_a_phone.go_to("image-approvals")
    await expect(drawer).not_to_be_visible()


async def test_a_phone_tells_what_is_switched_on(on_a_phone: Visitor) -> None:
    """The switches are one press away from where a visitor is told of them; what is on is said above every message."""
    page = on_a_phone.page
    await page.get_by_role("log").get_by_role("button", name="Show the switches").click()
    lost = on_a_phone.backstage.get_by_role("group", name="JD Cloud").get_by_role("radio", name="Answer lost")
    await lost.check()
    assert await is_in_sight(on_a_phone.backstage.get_by_role("button", name="Kill the bot (-9)"))
    await page.keyboard.press("Escape")
    status = page.get_by_role("status")
    await expect(status).to_contain_text("JD Cloud: Answer lost (createImage only)")
    await on_a_phone.press("Put right", status)
    await expect(status).to_have_count(0)


async def test_a_form_fills_a_phone(on_a_phone: Visitor, app: App) -> None:
    """From edge to edge, with its buttons in sight and its fields large enough that no phone zooms in."""
    app.opens(
        field_of("Instance", {"type": "static_select", "options": [option("web-1")]}),
        field_of("Description", {"type": "plain_text_input"}),
    )
    box = await on_a_phone.dialog.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await is_in_sight(on_a_phone.dialog.get_by_role("button", name="Send"))
    description = on_a_phone.dialog.get_by_role("textbox", name="Description")
    assert await description.evaluate("element => getComputedStyle(element).fontSize") == "16px"
    await on_a_phone.pick("Instance", "web-1")


async def test_a_menu_beside_words_fills_a_phone(on_a_phone: Visitor, app: App) -> None:
    """It stands below them, and what is chosen can be read."""
    chosen = option("a-machine-of-thirty-characters · Beijing · 3/10")
    app.opens(section("Details of one machine", {"type": "static_select", "options": [chosen]}))
    box = await on_a_phone.dialog.get_by_role("combobox").bounding_box()
    assert box
    assert box["width"] > 0.9 * 390


async def test_what_is_wrong_is_in_sight(on_a_phone: Visitor, app: App) -> None:
    """Below its field, and above the buttons that stay where they are."""
    filled = [field_of(f"Field {one}", {"type": "plain_text_input", "initial_value": "x"}) for one in range(8)]
    filled[6]["element"].pop("initial_value")
    app.opens(*filled)
    await on_a_phone.press("Send")
    problem = await on_a_phone.dialog.get_by_role("alert").bounding_box()
    footer = await on_a_phone.dialog.locator("footer").bounding_box()
    assert problem
    assert footer
    assert 0 < problem["y"] < problem["y"] + problem["height"] <= footer["y"]


def button(text: str) -> dict[str, object]:
    """Of a card."""
    return {"type": "button", "text": plain(text), "action_id": text}
