"""Block Kit's elements on the page: each is shown, used by mouse and keyboard, and told to the app as by Slack."""

import re
from datetime import datetime
from typing import Literal

import pytest
from playwright.async_api import expect

from bot.demo.slack import Answer
from bot.demo.web import Running
from tests.browser.app import CONFIRM, App, field_of, option, plain, section
from tests.browser.visitor import Visitor


@pytest.fixture
def demo(shared: Running) -> Running:
    """The bot has no part in this."""
    return shared


async def test_several_are_chosen_from_groups(visitor: Visitor, app: App) -> None:
    """multi_external_select: groups and descriptions are shown, choices are added, taken back, and never too many."""
    north = [option("web-1", "i-1", "stopped, 3 disks"), option("web-2", "i-2")]
    app.offers = {
        "option_groups": [
            {"label": plain("cn-north-1"), "options": north},
            {"label": plain("cn-east-2"), "options": [option("sh-1", "i-3")]},
        ]
    }
    select = {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2}
    app.opens(field_of("Instances", select, dispatch_action=True))
    menu = visitor.dialog.get_by_role("combobox", name="Instances")
    await menu.click()
    await expect(visitor.dialog.get_by_role("group", name="cn-north-1").get_by_role("option")).to_have_count(2)
    await expect(visitor.dialog.get_by_role("option", name="web-1")).to_contain_text("stopped, 3 disks")
    await visitor.dialog.get_by_role("option", name="web-1").click()
    await menu.press("ArrowDown")
    await menu.press("Enter")  # the menu stayed open
    await expect(visitor.dialog.get_by_role("option", name="web-2")).to_have_attribute("aria-selected", "true")
    full = visitor.dialog.get_by_role("option", name="sh-1")
    await expect(full).to_be_disabled()
    await menu.press("Escape")
    await expect(menu).to_have_accessible_description("web-1 web-2")
    await visitor.press("Remove web-1")
    await expect(menu).to_be_focused()
    await expect(menu).to_have_accessible_description("web-2")
    await expect(visitor.dialog.get_by_role("button", name="Remove web-1")).to_have_count(0)
    await expect(visitor.dialog.get_by_role("button", name="Remove web-2")).to_be_visible()
    chosen = [[one["value"] for one in action["selected_options"]] for action in app.actions]
    assert chosen == [["i-1"], ["i-1", "i-2"], ["i-2"]]


async def test_several_are_chosen_on_a_phone(on_a_phone: Visitor, app: App) -> None:
    """Long choices, groups and the ways to take them back stay within the screen, and can be hit by a thumb."""
    called = [f"web-{number} · stopped · 10.0.0.{number} · i-abcdefghijklmnopqrstuvwxyz" for number in range(9)]
    north = {"label": plain("cn-north-1 · Beijing"), "options": [option(one) for one in called]}
    app.offers = {"option_groups": [north]}
    select = {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 10}
    app.opens(field_of("Instances", select, dispatch_action=True))
    page, dialog = on_a_phone.page, on_a_phone.dialog
    await dialog.get_by_role("combobox", name="Instances").tap()
    for one in called[:3]:
        await dialog.get_by_role("option", name=one).tap()
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("button", name="Remove web")).to_have_count(3)
    back = dialog.get_by_role("button", name=f"Remove {called[1]}")
    box = await back.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    assert min(box["width"], box["height"]) >= 24
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await back.tap()
    await expect(dialog.get_by_role("button", name="Remove web")).to_have_count(2)
    assert [one["value"] for one in app.actions[-1]["selected_options"]] == [called[0], called[2]]


async def test_own_options_stand_in_groups(visitor: Visitor, app: App) -> None:
    """static_select with option groups, multi_static_select, people and channels."""
    named = (("Beijing", "web-1"), ("Shanghai", "sh-1"))
    groups = [{"label": plain(region), "options": [option(name)]} for region, name in named]
    app.opens(
        field_of("Machine", {"type": "static_select", "option_groups": groups}),
        field_of("Days", {"type": "multi_static_select", "options": [option("Mon"), option("Tue")]}),
        field_of("Who", {"type": "multi_users_select"}),
        field_of("Where", {"type": "channels_select"}),
    )
    await visitor.pick("Machine", "sh-1")
    for label, name in (("Days", "Tue"), ("Who", "@ben")):
        await visitor.dialog.get_by_role("combobox", name=label).click()
        await visitor.dialog.get_by_role("option", name=name).click()
        await expect(visitor.dialog.get_by_role("button", name=f"Remove {name}")).to_be_visible()
        await visitor.page.keyboard.press("Escape")
    await visitor.pick("Where", "#image-approvals")
    await visitor.press("Send")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    values = {block: one[block] for block, one in app.heard[-1]["view"]["state"]["values"].items()}
    assert values["Machine"]["selected_option"]["value"] == "sh-1"
    assert [one["value"] for one in values["Days"]["selected_options"]] == ["Tue"]
    assert values["Who"]["selected_users"] == ["U0BEN"]
    assert values["Where"]["selected_channel"] == "C0APPROVALS"


async def test_a_date_and_a_time_are_picked(visitor: Visitor, app: App) -> None:
    """datetimepicker holds unix seconds, datepicker and timepicker text; what is there at first is shown."""
    app.opens(
        field_of("Not before", {"type": "datetimepicker"}, optional=True),
        field_of("Day", {"type": "datepicker", "initial_date": "2026-11-30"}),
        field_of("Hour", {"type": "timepicker", "initial_time": "22:30"}),
    )
    both = visitor.dialog.get_by_label("Not before")
    await both.fill("2026-11-26T23:00")
    await expect(visitor.dialog.get_by_label("Day")).to_have_value("2026-11-30")
    await visitor.dialog.get_by_label("Hour").fill("23:15")
    await visitor.press("Send")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    values = app.heard[-1]["view"]["state"]["values"]
    stamp = await visitor.page.evaluate("new Date('2026-11-26T23:00').getTime() / 1000")
    assert values["Not before"]["Not before"]["selected_date_time"] == stamp
    assert datetime.fromtimestamp(stamp).minute == 0  # noqa: DTZ006 - the browser's zone is this machine's
    assert values["Day"]["Day"]["selected_date"] == "2026-11-30"
    assert values["Hour"]["Hour"]["selected_time"] == "23:15"


async def test_what_is_picked_can_be_taken_back(visitor: Visitor, app: App) -> None:
    """An optional datetimepicker is shown as it was left, and cleared."""
    picker = {"type": "datetimepicker", "initial_date_time": 1_795_000_020}
    app.opens(field_of("Not before", picker, optional=True))
    both = visitor.dialog.get_by_label("Not before")
    await expect(both).to_have_value(re.compile(r"^2026-\d\d-\d\dT\d\d:07$"))
    await both.fill("")
    await visitor.press("Send")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    assert app.heard[-1]["view"]["state"]["values"]["Not before"]["Not before"]["selected_date_time"] is None


async def test_a_menu_behind_three_dots(visitor: Visitor, app: App) -> None:
    """overflow: opened and used by keyboard, closed by Escape, asked about where it asks."""
    options = [option("Go on"), option("End here", "end")]
    app.posts(section("IR-1", {"type": "overflow", "options": options, "confirm": CONFIRM}))
    dots = visitor.card.get_by_role("button", name="More actions")
    await dots.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.card.get_by_role("menuitem", name="Go on")).to_be_focused()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.card.get_by_role("menuitem")).to_have_count(0)
    await expect(dots).to_be_focused()
    await dots.click()
    await visitor.page.keyboard.press("ArrowDown")
    await visitor.page.keyboard.press("Enter")
    await visitor.press("Go back")
    assert app.actions == []
    await dots.click()
    await visitor.card.get_by_role("menuitem", name="End here").click()
    await visitor.press("End")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    await expect(dots).to_have_attribute("aria-busy", "false")
    assert [action["selected_option"]["value"] for action in app.actions] == ["end"]


async def test_choices_that_ask_first(visitor: Visitor, app: App) -> None:
    """radio_buttons and checkboxes with a dialog: a no leaves them as they were."""
    more = {"options": [option("stop it"), option("wait for it")], "confirm": CONFIRM}
    app.posts(
        section("While", {"type": "radio_buttons", **more}),
        section("Also", {"type": "checkboxes", **more}),
    )
    roles: tuple[Literal["radio", "checkbox"], ...] = ("radio", "checkbox")
    for role in roles:
        choice = visitor.card.get_by_role(role, name="wait for it")
        await choice.click()
        await visitor.press("Go back")
        await expect(choice).not_to_be_checked()
        await choice.click()
        await visitor.press("End")
        await expect(choice).to_be_checked()
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    assert [action["type"] for action in app.actions] == ["radio_buttons", "checkboxes"]


async def test_what_a_button_asks_can_be_answered_though_its_message_was_updated(visitor: Visitor, app: App) -> None:
    """The button that was pressed is there still, in a block that has another id by now."""
    buttons = [
        {"type": "button", "action_id": "end", "value": one, "text": plain(one), "confirm": CONFIRM} for one in "ABC"
    ]
    message = app.posts({"type": "actions", "elements": buttons[:2]})
    await visitor.press("B", visitor.card)
    app.slack.revise(message, blocks=[{"type": "actions", "elements": buttons[1:]}])
    await expect(visitor.card.get_by_role("button", name="C")).to_be_visible()
    await visitor.press("End")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    await expect(visitor.page.get_by_role("alert")).to_have_count(0)
    assert [action["value"] for action in app.actions] == ["B"]


async def test_buttons_that_read_alike_are_told_apart(visitor: Visitor, app: App) -> None:
    """accessibility_label is what is read aloud; context holds text and pictures, and fetches nothing."""
    approve = {"type": "button", "text": plain("Approve")}
    picture = {"type": "image", "alt_text": "a cloud", "image_url": "https://example.com/cloud.png"}
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "*two* disks"}, plain("140 GiB"), picture]}
    app.posts(*(section(one, approve | {"accessibility_label": f"Approve {one}"}) for one in ("IR-1", "IR-2")), context)
    second = visitor.card.get_by_role("button", name="Approve IR-2")
    await expect(second).to_have_text("Approve")
    await second.click()
    await visitor.sees("two disks")
    await visitor.sees("140 GiB")
    await expect(visitor.card.get_by_role("img", name="a cloud")).to_be_visible()
    await expect(second).to_be_enabled()
    assert [action["block_id"] for action in app.actions] == ["IR-2"]


async def test_a_button_whose_app_is_away_is_marked(visitor: Visitor, app: App) -> None:
    """At the button, as Slack does it, in the person's language; until it is pressed with success, or redrawn."""
    message = app.posts(section("IR-1", {"type": "button", "text": plain("Approve")}))
    mark = visitor.card.get_by_role("alert")
    app.answer = Answer(error="operation_timeout")
    await visitor.press("Approve", visitor.card)
    await expect(mark).to_have_text("Operation timed out. Apps need to respond within 3 seconds.")
    assert app.slack.ephemerals("U0AMY") == []
    app.answer = Answer(status=200)
    await visitor.press("Approve", visitor.card)
    await expect(mark).to_have_count(0)
    await visitor.become("陈晨")
    app.answer = Answer(error="dispatch_failed")
    await visitor.press("Approve", visitor.card)
    await expect(mark).to_have_text("无法连接此应用。")
    app.slack.revise(message, blocks=message.blocks)
    await expect(mark).to_have_count(0)


async def test_a_form_whose_app_is_away_is_marked(visitor: Visitor, app: App) -> None:
    """What is pressed in a form, and the form itself."""
    add, name = {"type": "button", "text": plain("Add")}, {"type": "plain_text_input"}
    app.opens(section("Disks", add), field_of("Name", name))
    app.answer = Answer(error="dispatch_failed", status=500)
    await visitor.press("Add")
    await visitor.sees("This app responded with Status Code 500.", visitor.dialog)
    await visitor.fill("Name", "web-1")
    await visitor.press("Send")
    await visitor.sees("We had some trouble connecting. Try again?", visitor.dialog)
