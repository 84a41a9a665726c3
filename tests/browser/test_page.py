"""The page itself: unread marks, what only one person sees, the Home, live redraws, and what cannot be shown."""

import re

from playwright.async_api import expect

from bot.demo.slack import Message
from bot.demo.web import Running
from tests.browser.visitor import Visitor


async def test_what_is_unread_is_marked(visitor: Visitor) -> None:
    """At the conversation and at the person, until they look."""
    await visitor.say("/createimage i-4kq2web1mz")
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.fill("Description", "Before the patch")
    await visitor.send()
    direct = visitor.place("Direct messages")
    await expect(direct.get_by_label("1 unread")).to_be_visible()
    await visitor.go_to("Direct messages")
    await expect(direct.get_by_label("unread")).to_have_count(0)
    ben = visitor.page.get_by_role("region", name="People").get_by_role("button", name="Ben")
    await expect(ben.get_by_label("1 unread")).to_be_visible()
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await expect(ben.get_by_label("unread")).to_have_count(0)
    await visitor.go_to("Home")
    main = visitor.page.get_by_role("main")
    await visitor.sees("Waiting for your decision", main)
    await visitor.sees("web-1-", main)


async def test_an_address_of_nobody(visitor: Visitor) -> None:
    """An old one, or a slip: the first person is shown, as where there is no such conversation."""
    await visitor.page.goto(visitor.page.url.split("#")[0] + "#U0NOBODY/C0OPS")
    await expect(visitor.person("Amy")).to_have_attribute("aria-pressed", "true")
    await expect(visitor.place("ops")).to_have_attribute("aria-current", "page")
    assert all("404" in error for error in visitor.errors)  # the browser's own word on it
    visitor.errors.clear()


async def test_only_the_person_concerned_is_told(visitor: Visitor) -> None:
    """A bystander who presses Approve is told why not, and nobody else sees it."""
    await visitor.say("/createimage i-4kq2web1mz")
    await visitor.sees("an image can be made", visitor.dialog)
    await visitor.fill("Description", "Before the patch")
    await visitor.send()
    await visitor.become("Dan")
    await visitor.go_to("image-approvals")
    await visitor.press("Approve", visitor.card)
    await visitor.press("Go back")
    await visitor.press("Approve", visitor.card, answer="Approve")
    await visitor.sees("Only visible to you")
    await visitor.sees("You are not among the approvers.")
    await visitor.become("Ben")
    await visitor.sees("waiting for approval")


async def test_a_redraw_leaves_alone_what_is_being_typed(visitor: Visitor, demo: Running) -> None:
    """News from everywhere arrives while somebody writes."""
    await visitor.say("/createimage i-4kq2web1mz")
    description = visitor.dialog.get_by_role("textbox", name="Description")
    await description.press_sequentially("Before the ")
    demo.stage.slack.post(Message(channel="C0OPS", ts="", author="U0DAN", text="lunch?"))
    await visitor.sees("lunch?")
    await description.press_sequentially("patch")
    await expect(description).to_have_value("Before the patch")
    await expect(description).to_be_focused()


async def test_markup_reads_as_in_slack(visitor: Visitor, demo: Running) -> None:
    """Mentions, dates, code, quotes, links and emphasis; what is escaped stays text."""
    text = (
        "<@U0BEN> *bold* _slanted_ ~gone~ `a < b`\n&gt; quoted\n<#C0OPS> <https://example.com|there> "
        "<!date^1767225600^{date_num}|then> snake_case_name 2*3*4 &lt;@U0BEN&gt;\n```\ncode *here*\n```"
    ).replace("a < b", "a &lt; b")
    demo.stage.slack.post(Message(channel="C0OPS", ts="", author="U0BOT", text=text))
    await visitor.sees("@ben bold slanted gone a < b")
    await expect(visitor.card.locator("b", has_text=re.compile("^bold$"))).to_be_visible()
    await expect(visitor.card.locator("blockquote")).to_have_text("quoted")
    await expect(visitor.card.get_by_role("link", name="there")).to_have_attribute("href", "https://example.com")
    await expect(visitor.card.locator("time")).to_have_text(re.compile(r"0?1/0?1/2026|12/31/2025"))
    await visitor.sees("#ops")
    await visitor.sees("snake_case_name 2*3*4 <@U0BEN>")
    await expect(visitor.card.locator("pre")).to_have_text("code *here*")


async def test_what_cannot_be_shown_stands_out(visitor: Visitor, demo: Running) -> None:
    """An unknown block is an error on the page and in the console, never a hole."""
    demo.stage.slack.post(
        Message(channel="C0OPS", ts="", author="U0BOT", blocks=({"type": "carousel", "elements": []},))
    )
    await visitor.sees("Cannot be shown: block carousel")
    assert "cannot be shown: block carousel" in visitor.errors
    # Any other test would fail on either of these.
    demo.stage.slack.remove(demo.stage.slack.messages("C0OPS")[-1])
    await expect(visitor.page.locator(".unknown")).to_have_count(0)
    visitor.errors.clear()


async def test_an_instance_is_stopped_at_the_side(visitor: Visitor) -> None:
    """It passes through its transition, and the form then takes it."""
    backstage = visitor.page.get_by_role("complementary")
    row = backstage.get_by_role("listitem").filter(has_text="web-2")
    await expect(row).to_contain_text("running")
    await row.get_by_role("button", name="Stop web-2").click()
    await expect(row).to_contain_text("stopped")
    await visitor.say("/createimage i-7rn5web2cx")
    await visitor.sees("web-2 is stopped: an image can be made.", visitor.dialog)
