"""The screens of a policy file's rules: what the form says of them, tickets, questions, freezes, emergencies."""

import re
from pathlib import Path

from playwright.async_api import Locator, expect

from bot.domain.errors import Code, Problem
from bot.domain.lifecycle import State
from bot.texts import Text, card, emergency, problems, question, reminders, request_form
from tests.browser.guide import Guide

HOME, MESSAGES = Text("Home", "主页"), Text("Direct messages", "私信")
PURPOSE = Text("Before the OpenSSL patch, OPS-314", "升级 OpenSSL 之前，工单 OPS-314")
WANTS_TO_KNOW = Text("Is the nightly backup through by then?", "届时夜间备份是否已完成？")
URGENT = Text("The disk of the host fails", "宿主机磁盘出现故障")
RELEASE = Text("release week", "发布周")


def policy(folder: Path) -> Path:
    """Writes a file with a rule for web servers, one for databases, and one that refuses."""
    file = folder / "policy.toml"
    file.write_text(
        """
        [[rule]]
        name = "web servers"
        match = { names = ["web-*"] }
        approvers = ["U0BEN", "U0CHEN"]
        quorum = 2
        hours = { times = ["mon-fri 22:00-04:00", "sat,sun 00:00-24:00"], zone = "Asia/Shanghai" }
        ticket = { pattern = '[A-Z]+-\\d+', link = "https://tickets.example.com/browse/{ticket}" }
        warning = "Web servers: tell the shift before one goes down."
        emergency = ["U0AMY"]

        [[rule]]
        name = "databases"
        match = { names = ["*db*"] }
        approvers = ["U0CHEN"]
        stopping = false

        [[rule]]
        name = "the old cluster"
        match = { names = ["archive-*"] }
        refuse = "It is being taken down: ask #platform for a copy."
        """,
        encoding="utf-8",
    )
    return file


async def walk(guide: Guide) -> None:
    """Amy asks for a machine of a rule, Ben asks back and freezes, Amy begins without an approval, Ben reviews."""
    await _asking(guide)
    await _questions(guide)
    await _freezing(guide)
    await _emergency(guide)


async def _form(guide: Guide, command: str, shows: str) -> None:
    await guide.visitor.say(command)
    await guide.visitor.sees(shows, guide.visitor.dialog)


async def _asking(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await _form(
        guide,
        "/createimage archive-node",
        problems.PROBLEMS[Code.REFUSED_BY_RULE](guide.language, instance="archive-node", why=""),
    )
    await camera.take("28-rules-refused", whole=True)
    await guide.close()
    several = "/createimage web-1 cache-1 sh-db-1"
    await _form(guide, several, "#image-approvals")
    await visitor.sees("cache-1", visitor.dialog)
    await visitor.sees("sh-db-1", visitor.dialog)
    await camera.take("28-rules-form-several", whole=True)
    await guide.close()
    await visitor.say("/createimage web-1")
    await visitor.dialog.get_by_role("checkbox").first.wait_for()
    await visitor.sees("#image-approvals", visitor.dialog)
    await camera.take("28-rules-form", whole=True)
    await guide.fill(request_form.DESCRIPTION, guide.said(RELEASE))
    await guide.press(request_form.SEND)
    missing = Problem(Code.TICKET_MISSING, facts={"example": "ABC-123"})
    await visitor.sees(problems.explain(missing, guide.language), visitor.dialog)
    await camera.take("28-rules-no-ticket")
    await guide.fill(request_form.DESCRIPTION, guide.said(PURPOSE))
    await guide.press(request_form.SEND)
    await guide.sent()
    await camera.take("28-rules-sent")
    await guide.close()


async def _questions(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await guide.sees_state(State.PENDING)
    await camera.take("29-rules-card")
    await guide.press(question.BUTTON, visitor.card)
    await guide.sees(question.QUESTION, visitor.dialog)
    await camera.take("29-question-form")
    await guide.fill(question.QUESTION, guide.said(WANTS_TO_KNOW))
    await guide.press(question.SEND)
    await visitor.card.locator("article").wait_for()  # its thread
    await camera.take("29-question-thread", whole=True)
    await guide.approve()
    await visitor.sees(card.MISSING(guide.language, count="1"))
    await camera.take("29-rules-card-one-approved", whole=True)
    await visitor.become("Amy")
    await visitor.go_to(guide.said(MESSAGES))
    await visitor.sees(guide.said(WANTS_TO_KNOW))
    await camera.take("29-question-requester", whole=True)
    nudge = _button(guide, reminders.NUDGE)
    await nudge.click()
    await visitor.page.get_by_text(
        reminders.NUDGED_AT(guide.language, when="", people="").strip("：: ")
    ).first.wait_for()
    await camera.take("29-nudged", whole=True)
    await nudge.click()
    await camera.take("29-nudged-again", whole=True)
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await camera.take("29-nudge-thread", whole=True)


async def _freezing(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.go_to("ops")
    await visitor.say("/createimage freeze")
    await visitor.sees("freeze")
    await camera.take("30-freeze-nothing")
    await visitor.say("/createimage freeze tomorrow")
    await camera.take("30-freeze-unclear")
    await visitor.say(f"/createimage freeze 4h {guide.said(RELEASE)}")
    await visitor.sees(guide.said(RELEASE))
    await camera.take("30-freeze-answer", whole=True)
    await visitor.say("/createimage freeze")
    await camera.take("30-freeze-now", whole=True)
    await visitor.go_to("image-approvals")
    await visitor.page.get_by_text("🧊").first.wait_for()
    await camera.take("30-freeze-card", whole=True)
    await visitor.go_to(guide.said(HOME))
    await visitor.sees("🧊", visitor.page.get_by_role("main"))
    await camera.take("30-freeze-home", whole=True)
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await _form(guide, "/createimage web-2", "🧊")
    await visitor.sees("#image-approvals", visitor.dialog)
    await camera.take("30-freeze-form", whole=True)
    await guide.close()
    await visitor.say("/createimage list")
    await visitor.sees("🧊")
    await camera.take("30-freeze-list", whole=True)


async def _emergency(guide: Guide) -> None:
    visitor, camera = guide.visitor, guide.camera
    await visitor.go_to(guide.said(MESSAGES))
    await _button(guide, emergency.BUTTON).click()
    await guide.sees(emergency.WHY, visitor.dialog)
    await camera.take("31-emergency-form")
    await guide.fill(emergency.WHY, guide.said(URGENT))
    await guide.press(emergency.SEND)
    await visitor.page.get_by_text(guide.said(URGENT)).first.wait_for()
    await camera.take("31-emergency-requester", whole=True)
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await _button(guide, emergency.REVIEWED_BUTTON).wait_for()
    await camera.take("31-emergency-card", whole=True)
    await _button(guide, card.CONSOLE).wait_for()
    await camera.take("31-emergency-ready", whole=True)
    await visitor.go_to(guide.said(HOME))
    await visitor.sees(guide.said(emergency.REVIEWED_BUTTON), visitor.page.get_by_role("main"))
    await camera.take("31-emergency-home", whole=True)
    await visitor.become("Amy")
    await visitor.go_to("ops")
    await visitor.page.get_by_text("img-").first.wait_for()
    await camera.take("31-emergency-result", whole=True)
    await visitor.become("Ben")
    await visitor.go_to("image-approvals")
    await _button(guide, emergency.REVIEWED_BUTTON).click()
    await expect(_button(guide, emergency.REVIEWED_BUTTON)).to_have_count(0)
    await camera.take("31-emergency-reviewed", whole=True)
    await visitor.go_to("ops")
    await visitor.say("/createimage unfreeze")
    await camera.take("31-unfreeze", whole=True)


def _button(guide: Guide, text: Text) -> Locator:
    """The first of this name in the conversation, whatever is read out after it."""
    return guide.visitor.page.get_by_role("button", name=re.compile(f"^{re.escape(guide.said(text))}")).first
