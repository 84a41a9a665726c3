"""Several machines in one request, as a visitor plays it: one of them fails, and a person says how it goes on."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from bot.demo import jdcloud
from bot.demo.web import Running, running
from tests.browser.test_look import is_in_sight
from tests.browser.visitor import Visitor

_HURRY = {"POLL_INTERVAL": "0.2", "LAUNCH_GRACE": "3", "LEASE_TTL": "3"}

REFUSED = jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page_of_all() -> AsyncIterator[Running]:
    """One page for all tests here, with machines that are quickly stopped and started."""
    async with running(build_time=0.2, settings=_HURRY) as up:
        up.stage.cloud.stop_time = up.stage.cloud.start_time = 0.2
        yield up


@pytest.fixture
def demo(page_of_all: Running) -> Iterator[Running]:
    """The same, left without open forms and faults."""
    stage = page_of_all.stage
    yield page_of_all
    stage.cloud.faults.clear()
    for user in stage.slack.users:
        stage.slack.views.close_all(user)


def line(visitor: Visitor, name: str) -> Locator:
    """What the form says of one of several machines, beside the button for what is its own."""
    button = visitor.page.get_by_role("button", name=f"Disks and name of {name}", exact=True)
    return visitor.dialog.locator(".section").filter(has=button)


def chosen(visitor: Visitor, name: str = "") -> Locator:
    """The ways to take machines back, or one of them."""
    return visitor.dialog.get_by_role("button", name=re.compile(rf"^Remove {name}.* · i-"))


async def choose(visitor: Visitor, *names: str) -> None:
    """In the one menu of all regions, each once the one before is loaded."""
    menu = visitor.dialog.get_by_role("combobox", name="Instances")
    for name in names:
        alone = not await chosen(visitor).count()
        await menu.click()
        await visitor.dialog.get_by_role("option", name=re.compile(rf"^{name} ·")).click()
        await (visitor.dialog.get_by_text("System disk vda") if alone else line(visitor, name)).wait_for()


async def approve(visitor: Visitor) -> None:
    """Ben does, and stays in front of the card."""
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await visitor.press("Approve", visitor.card, answer="Approve")


async def decide(visitor: Visitor, button: str) -> None:
    """How it goes on, on the card: its thread has the same buttons."""
    await visitor.card.get_by_role("button", name=button).first.click()
    await visitor.press(button)


async def result(visitor: Visitor, demo: Running) -> str:
    """What Amy reads in #ops in the end, once."""
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.sees("no image")
    told = await visitor.card.inner_text()
    (request,) = set(re.findall(r"IR-\w+", told))
    assert sum(request in demo.stage.slack.read(one) for one in demo.stage.slack.messages("C0OPS")) == 1
    return told


@pytest.mark.long
async def test_it_goes_on_after_a_failure(visitor: Visitor, demo: Running) -> None:
    """Six machines of two regions, from the one search to the one result; asked for again is what failed."""
    cloud = demo.stage.cloud
    await visitor.say("/createimage")
    await choose(visitor, "web-1", "web-2", "archive-node", "sh-db-1", "cache-1", "sh-web-1")
    await chosen(visitor, "archive-node").click()
    await expect(line(visitor, "archive-node")).to_have_count(0)
    await choose(visitor, "db-主库")
    await expect(line(visitor, "sh-db-1")).to_contain_text("Shanghai · running 3 disks, 500 GiB")
    await visitor.press("Disks and name of web-2")
    await expect(visitor.dialog).to_have_accessible_name("Disks and name")
    await visitor.dialog.get_by_role("checkbox", name="web-2-logs").uncheck()
    await visitor.fill("Name", "web-2-before-openssl")
    await visitor.press("Done")
    await expect(line(visitor, "web-2")).to_contain_text("1 disk, 40 GiB · image web-2-before-openssl")
    await expect(line(visitor, "web-2")).to_contain_text("vdb left out")
    await expect(visitor.dialog.get_by_role("radio", name="One after another")).to_be_checked()
    await visitor.fill("Description", "Before the OpenSSL patch")
    await visitor.send()

    cloud.faults.add("createImage", REFUSED, region="cn-east-2")  # sh-db-1 is the first one there
    await approve(visitor)
    await visitor.sees("Held: sh-web-1, web-1, web-2.")
    assert cloud.instances["i-0zy4shdb01"].status == "running"  # stopped for its image, and started again
    assert cloud.instances["i-7rn5web2cx"].status == "running"  # not touched yet
    assert len(cloud.images) == 2
    await expect(visitor.card.get_by_role("button", name="End here").first).to_be_visible()
    await decide(visitor, "Go on")
    await visitor.sees("partly ready")
    await visitor.sees("5 of 6 images")

    told = await result(visitor, demo)
    assert len(cloud.images) == 5
    assert [told.count(image.id) for image in cloud.images.values()] == [1] * 5
    assert [told.count(words) for words in ("sh-db-1", "no such thing", "@amy")] == [1, 1, 1]
    await visitor.press("Request again", visitor.card)
    await expect(visitor.dialog.get_by_role("checkbox", name="sh-db-wal")).to_be_checked()
    await expect(chosen(visitor)).to_have_count(1)
    await expect(visitor.dialog.get_by_role("textbox", name="Description")).to_have_value("Before the OpenSSL patch")


@pytest.mark.long
async def test_it_ends_after_a_failure(visitor: Visitor, demo: Running) -> None:
    """What is held is left as it is, and so is what is made."""
    cloud = demo.stage.cloud
    made = len(cloud.images)
    await visitor.say("/createimage gz-api-1 sh-web-1 cache-1")
    await line(visitor, "sh-web-1").wait_for()
    await visitor.dialog.get_by_role("radio", name="One after another").check()
    await visitor.fill("Description", "On a bad day")
    await visitor.send()
    cloud.faults.add("createImage", REFUSED, region="cn-south-1")
    await approve(visitor)
    await visitor.sees("Held: sh-web-1.")
    await decide(visitor, "End here")
    await visitor.sees("partly ready")
    told = await result(visitor, demo)
    assert "Ended by @ben" in told
    assert len(cloud.images) == made + 1
    await visitor.press("Request again", visitor.card)
    await line(visitor, "gz-api-1").wait_for()
    await line(visitor, "sh-web-1").wait_for()
    await expect(chosen(visitor)).to_have_count(2)


@pytest.mark.long
async def test_in_chinese_on_a_phone(on_a_phone: Visitor, demo: Running) -> None:
    """What is to be read and pressed is within the screen: the lines of the form, and the card that waits."""
    visitor, page = on_a_phone, on_a_phone.page
    await visitor.become("陈晨")
    await visitor.say("/createimage gz-api-1 gz-api-2")
    button = visitor.dialog.get_by_role("button", name="gz-api-2 的磁盘与名称")
    await button.scroll_into_view_if_needed()
    assert await is_in_sight(button)
    assert await visitor.dialog.locator(".blocks").evaluate("element => element.scrollWidth <= element.clientWidth")
    await visitor.fill("描述", "升级 OpenSSL 之前")
    await visitor.press("提交审批")
    await visitor.sees("已提交审批", visitor.dialog)
    await visitor.press("关闭")
    demo.stage.cloud.faults.add("createImage", REFUSED)
    await approve(visitor)
    await visitor.become("陈晨")
    await visitor.go_to("私信")
    card = visitor.messages.filter(has_text="您申请")
    await visitor.sees("已暂停：gz-api-2", card)
    await card.get_by_role("button", name="继续").scroll_into_view_if_needed()
    for name in ("继续", "到此结束", "详情"):
        assert await is_in_sight(card.get_by_role("button", name=name))
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await card.get_by_role("button", name="继续").click()
    await visitor.press("继续")
    await visitor.sees("部分镜像可用", card)
