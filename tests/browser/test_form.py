"""The form in a browser: errors at their fields, the pushed form of a disk, the menus, the keyboard."""

import re

from playwright.async_api import expect

from bot.demo.web import Running
from tests.browser.visitor import Visitor


async def test_an_error_stands_at_its_field(visitor: Visitor) -> None:
    """Slack's own complaint, the bot's, and JD Cloud's, each where it belongs; the focus goes there."""
    await visitor.say("/createimage i-6mb7batch1")  # stopping
    await visitor.sees("is stopping", visitor.dialog)
    name, description = (visitor.dialog.get_by_role("textbox", name=label) for label in ("Name", "Description"))
    await name.fill("batch 1!")
    await visitor.press("Request approval")
    await expect(description).to_have_accessible_description(re.compile("Please complete this required field"))
    await expect(description).to_be_focused()
    await expect(name).not_to_have_attribute("aria-invalid", "true")
    await description.fill("Before the patch")
    await visitor.press("Request approval")
    await expect(name).to_have_accessible_description(re.compile("Use only Chinese, letters, digits"))
    await expect(name).to_be_focused()
    await expect(description).not_to_have_attribute("aria-invalid", "true")
    await name.fill("batch-1-before")
    await visitor.press("Request approval")
    await visitor.sees("batch-1 is stopping. Check again", visitor.dialog)
    await expect(name).to_have_value("batch-1-before")  # nothing that was typed is lost


async def test_a_running_machine_is_asked_about(visitor: Visitor) -> None:
    """What becomes of it is chosen by radio buttons, and when by a picker; the card says both."""
    await visitor.say("/createimage i-7rn5web2cx")  # running
    choice = visitor.dialog.get_by_role("radiogroup", name="While the image is made")
    stop, wait = (choice.get_by_role("radio", name=name) for name in ("Stop it, make the image", "Begin when it is"))
    await expect(stop).to_be_checked()
    await wait.check()
    await expect(stop).not_to_be_checked()
    await expect(visitor.dialog.get_by_label("Not before")).to_have_attribute("type", "datetime-local")
    await visitor.fill("Description", "Before the patch")
    await visitor.press("Request approval")
    await visitor.sees("was sent for approval", visitor.dialog)
    await visitor.press("Close")
    await visitor.go_to("image-approvals")
    await visitor.sees("It begins when web-2 is stopped, by whoever stops it.")


async def test_the_form_of_a_disk_lies_on_top(visitor: Visitor) -> None:
    """It is pushed, changes as its source is chosen, and what it adds can be edited and removed."""
    await visitor.say("/createimage i-4kq2web1mz")
    await visitor.fill("Description", "Typed before the disk")
    await visitor.press("Add a disk")
    await expect(visitor.dialog).to_have_accessible_name("Disk to add")
    await visitor.pick("Device name", "vde")
    await visitor.dialog.get_by_role("radio", name="Snapshot").check()
    await visitor.pick("Snapshot", "golden-web-assets", query="golden")
    await expect(visitor.dialog.get_by_role("textbox", name="Size (GiB)")).to_have_value("40")
    await visitor.fill("Name", "golden-assets")
    await visitor.press("Done")
    await expect(visitor.dialog).to_have_accessible_name("Create image")
    await visitor.sees("golden-assets: added from snapshot golden-web-assets", visitor.dialog)
    await expect(visitor.dialog.get_by_role("textbox", name="Description")).to_have_value("Typed before the disk")
    await visitor.press("Edit vde golden-assets")
    await expect(visitor.dialog.get_by_role("combobox", name="Snapshot")).to_have_value(re.compile("golden-web"))
    await visitor.press("Back")
    await visitor.press("Remove vde golden-assets")
    await expect(visitor.dialog).not_to_contain_text("golden-assets")
    await visitor.press("Add a disk")
    await expect(visitor.dialog).to_have_accessible_name("Disk to add")
    await visitor.press("Close all forms")
    await expect(visitor.page.get_by_role("dialog")).to_have_count(0)


async def test_a_request_by_keyboard_alone(visitor: Visitor, demo: Running) -> None:
    """From the command to the sent form without a mouse, menus included."""
    page = visitor.page
    await page.get_by_role("textbox", name="Message #ops").focus()
    await page.keyboard.type("/createimage")
    await page.keyboard.press("Enter")
    await expect(visitor.dialog.get_by_role("combobox", name="Instances")).to_be_focused()
    await page.keyboard.type("archive")
    await expect(visitor.dialog.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await visitor.sees("archive-12", visitor.dialog)
    await expect(visitor.dialog.get_by_role("combobox", name="Instances")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")  # the first data disk is left out
    await expect(visitor.dialog.get_by_role("checkbox").first).not_to_be_checked()
    description = visitor.dialog.get_by_role("textbox", name="Description")
    for _ in range(30):
        if await description.evaluate("element => element === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await page.keyboard.type("By keyboard")
    await page.keyboard.press("Tab")
    await expect(visitor.dialog).to_be_visible()
    await visitor.dialog.get_by_role("textbox", name="Name", exact=True).press("Enter")
    await visitor.sees("was sent for approval", visitor.dialog)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    card = demo.stage.slack.read(demo.stage.slack.messages("C0APPROVALS")[0])
    assert "By keyboard" in card
    assert "vdb *left out*" in card.replace("`", "")


async def test_menus_say_what_they_hold(visitor: Visitor) -> None:
    """Search narrows, nothing found is said, Escape closes the menu and not the form, and an optional choice clears."""
    await visitor.say("/createimage")
    menu = visitor.dialog.get_by_role("combobox", name="Instances")
    await menu.click()
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await menu.press_sequentially("10.0.2")
    await expect(visitor.dialog.get_by_role("option")).to_have_text([re.compile("db-主库")])
    await menu.press_sequentially("zzz")
    await visitor.sees("No results", visitor.dialog)
    await menu.press("Escape")
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await expect(visitor.dialog).to_have_accessible_name("Create image")
    await menu.fill("gz-api")
    await expect(visitor.dialog.get_by_role("option")).to_have_text([re.compile("gz-api-1"), re.compile("gz-api-2")])
    await menu.press("Escape")
    announce = visitor.dialog.get_by_role("combobox", name="Announce in")
    await expect(announce).to_have_value("#ops")
    await visitor.press("Clear")
    await expect(announce).to_have_value("")
