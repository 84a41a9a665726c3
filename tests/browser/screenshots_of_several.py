"""The screens of several machines in one request: from the form to the one result, with a failure in the middle."""

import re

from playwright.async_api import Locator

from bot.demo.jdcloud import Refuse
from bot.domain.lifecycle import State
from bot.texts import Text, card, request_form, several
from tests.browser.guide import Guide

HOME = Text("Home", "主页")
PURPOSE = Text("Before the quarterly patches", "季度补丁之前")

_REFUSED = Refuse(403, "HTTP_FORBIDDEN", "Access forbidden")

_END = "() => { const body = document.querySelector('.modal .body'); body.scrollTop = body.scrollHeight; }"


async def walk(guide: Guide) -> None:
    """Amy asks for five machines of two regions; the second one fails, Ben goes on."""
    cloud = guide.demo.stage.cloud
    usual, cloud.build_time = cloud.build_time, 3.0
    await _asking(guide)
    cloud.faults.add("createImage", _REFUSED, region="cn-east-2")
    await _deciding(guide)
    await _ending(guide)
    cloud.build_time = usual


def _line(guide: Guide, name: str) -> Locator:
    words = request_form.DISKS_AND_NAME_WHICH(guide.language, instance=name)
    return guide.visitor.dialog.get_by_role("button", name=words, exact=True)


async def _asking(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.say("/createimage web-1 web-2 sh-db-1 cache-1 nowhere-7")
    await _line(guide, "cache-1").wait_for()
    await camera.take("21-several-not-found", whole=True)
    await visitor.add(guide.said(request_form.INSTANCES), "db-主库")
    await _line(guide, "db-主库").wait_for()
    menu = visitor.dialog.get_by_role("combobox", name=guide.said(request_form.INSTANCES))
    await menu.click()
    await visitor.dialog.get_by_role("option", name="gz-api-2").wait_for()
    await camera.take("21-several-menu")
    await menu.press("Escape")
    await _line(guide, "web-1").click()
    await guide.sees(request_form.DISKS, visitor.dialog)
    await visitor.dialog.get_by_role("checkbox", name="web-1-uploads").uncheck()
    await camera.take("21-several-machine")
    await guide.fill(request_form.NAME, "web-1-before-patches")
    await visitor.dialog.locator("[type=submit]").click()
    await visitor.sees("web-1-before-patches", visitor.dialog)
    await guide.fill(request_form.DESCRIPTION, guide.said(PURPOSE))
    await camera.take("21-several-form", whole=True)
    await visitor.page.evaluate(_END)
    await camera.take("21-several-form-end")
    await guide.press(request_form.SEND)
    await guide.sent()
    await camera.take("21-several-sent")
    await guide.close()


async def _deciding(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.become("Ben")
    await visitor.go_to(guide.said(HOME))
    await visitor.sees("sh-db-1", visitor.page.get_by_role("main"))
    await camera.take("21-several-home-waiting")
    await visitor.go_to("image-approvals")
    await guide.sees_state(State.PENDING)
    await camera.take("21-several-card")
    await guide.press(card.DETAILS, visitor.card)
    await visitor.sees("createImage", visitor.dialog)
    await camera.take("21-several-details")
    await guide.close()
    await guide.press(card.APPROVE, visitor.card)
    await camera.take("21-several-approve-question")
    await visitor.dialog.get_by_role("button", name=guide.said(card.APPROVE), exact=True).click()
    await visitor.sees("●")
    await camera.take("21-several-working")
    await visitor.sees("↳")
    await guide.sees(several.STEP_HELD)
    await visitor.card.locator("article").wait_for()  # its thread
    await camera.take("21-several-held", whole=True)
    await visitor.go_to(guide.said(HOME))
    await camera.take("21-several-home-held")
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.say("/createimage list")
    await visitor.sees("sh-db-1")
    await camera.take("21-several-list")
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")


async def _ending(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    for words, name in ((card.END_HERE, "21-several-end-question"), (several.GO_ON, "21-several-go-on-question")):
        button = re.compile(f"^{guide.said(words)}")
        await visitor.card.get_by_role("button", name=button).first.click()
        await camera.take(name)
        answer = card.KEEP if words is card.END_HERE else words
        await visitor.dialog.get_by_role("button", name=guide.said(answer), exact=True).click()
    await guide.sees_state(State.PARTLY)
    await camera.take("21-several-card-partly", whole=True)
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.sees("img-")
    await camera.take("21-several-result")
    await visitor.go_to(guide.said(HOME))
    await camera.take("21-several-home-ended")
    await visitor.go_to("ops")
