"""The Slack stand-in, driven by Slack's own SDK and a small Bolt app: it must accept, refuse and ask as Slack does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import (
    Answer,
    Channel,
    ConfirmFirst,
    Drop,
    Error,
    FormIncomplete,
    LoseAnswer,
    Message,
    NeverSeen,
    NotShown,
    Option,
    RateLimited,
    ServerError,
    Slack,
    Slow,
    User,
    Usergroup,
    plain_text,
)
from bot.demo.slack.requests import COMMAND, SignedHttp, encoded, signed
from bot.demo.slack.surfaces import message_problems, suggestion_problems, view_problems

Json = dict[str, Any]


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 1_764_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    slack = Slack(clock=clock)
    slack.add_user(User(id="U1", name="amy", locale="zh-CN"))
    slack.add_user(User(id="U2", name="bob"))
    slack.add_channel(Channel(id="C1", name="ops", members={"U1", "U2"}))
    slack.add_usergroup(Usergroup(id="S1", handle="approvers", users=["U2"]))
    async with slack.serving():
        yield slack


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token="xoxb-demo", base_url=f"{slack.url}/api/", session=session, retry_handlers=[])


@dataclass
class Bot:
    """A small Bolt app and what it was told."""

    app: AsyncApp
    seen: list[Json] = field(default_factory=list)


@pytest.fixture
async def bot(slack: Slack, client: AsyncWebClient) -> AsyncIterator[Bot]:
    app = AsyncApp(client=client, signing_secret="demo-secret", process_before_response=True)
    bot = Bot(app)
    runner = web.AppRunner(app.web_app(path="/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield bot
    await runner.cleanup()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def opt(text: str, value: str | None = None) -> Json:
    return {"text": plain(text), "value": value or text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Approve", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": text.lower(), **more}


def asks(label: str, element: Json, **more: Any) -> Json:
    name = label.lower()
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": name, **element},
        **more,
    }


def form(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Create an image"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


NAME = asks("Name", {"type": "plain_text_input"})


async def refusal(call: Any) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value


async def code(call: Any) -> str:
    return str((await refusal(call)).response["error"])


def opens(bot: Bot, view: Json) -> None:
    """Lets `/createimage` open a view and keep the command's payload."""

    async def command(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        bot.seen.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    bot.app.command("/createimage")(command)


def records(bot: Bot) -> Callable[[AsyncAck, Json], Any]:
    """A listener that only keeps what it was told."""

    async def listener(ack: AsyncAck, body: Json) -> None:
        bot.seen.append(body)
        await ack()

    return listener


async def test_a_command_becomes_a_form_a_message_and_a_decision(slack: Slack, bot: Bot) -> None:
    """A whole round through Bolt: command, form with an error, form taken, button with confirmation, edit."""
    opens(bot, form(NAME))
    confirm = {"title": plain("Sure?"), "text": plain("It costs"), "confirm": plain("Yes"), "deny": plain("No")}

    async def submit(ack: AsyncAck, body: Json, view: Json, client: AsyncWebClient) -> None:
        name = view["state"]["values"]["name"]["name"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "This name is taken"})
            return
        blocks = [section(f"*{name}* by <@{body['user']['id']}>"), {"type": "actions", "elements": []}]
        blocks[1]["elements"].append(button(confirm=confirm, value="IR-1", style="primary"))
        await client.chat_postMessage(channel="C1", text=name, blocks=blocks)
        await ack()

    async def approve(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        bot.seen.append(body)
        message = body["message"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=message["ts"], text="approved", blocks=[section("approved")]
        )
        await ack()

    bot.app.view("form")(submit)
    bot.app.action("approve")(approve)
    amy, bob = slack.person("U1"), slack.person("U2")

    await amy.command("/createimage", "i-abc my-name", channel="C1")
    assert bot.seen[0]["text"] == "i-abc my-name"
    assert bot.seen[0]["channel_name"] == "ops"
    with pytest.raises(FormIncomplete, match="Name"):
        await amy.submit()
    await amy.fill("Name", "taken")
    assert await amy.submit() == {"Name": "This name is taken"}
    assert amy.view
    assert "This name is taken" in plain_text(amy.view)
    await amy.fill("Name", "web-1")
    assert await amy.submit() == {}
    assert amy.view is None

    [card] = slack.messages("C1")
    assert slack.read(card) == "*web-1* by @amy\n[Approve]"
    with pytest.raises(ConfirmFirst, match="It costs"):
        await bob.press("Approve", message=card)
    assert (await bob.press("Approve", message=card, confirm=False)).status == 0
    assert slack.messages("C1") == [card]
    assert (await bob.press("Approve", message=card, confirm=True)).status == 200
    [card] = slack.messages("C1")
    assert plain_text(card) == "approved"
    assert card.edited
    assert slack.failures == []
    clicked = bot.seen[1]
    assert clicked["actions"][0]["value"] == "IR-1"
    assert clicked["container"] == {"type": "message", "message_ts": card.ts, "channel_id": "C1", "is_ephemeral": False}
    assert clicked["user"] == {"id": "U2", "username": "bob", "name": "bob", "team_id": "T0DEMO"}


async def test_a_button_can_be_pressed_on_the_copy_from_before_an_edit(
    slack: Slack, bot: Bot, client: AsyncWebClient
) -> None:
    """Who looked away still sees the old message, and Slack sends the click with what they saw."""
    bot.app.action("approve")(records(bot))
    await client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "actions", "elements": [button()]}])
    [before] = slack.messages("C1")
    await client.chat_update(channel="C1", ts=before.ts, text="done")
    [after] = slack.messages("C1")
    assert after.blocks == ()
    with pytest.raises(NotShown):
        await slack.person("U2").press("Approve", message=after)
    await slack.person("U2").press("Approve", message=before)
    assert bot.seen[0]["message"]["blocks"][0]["elements"][0]["text"]["text"] == "Approve"


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: Slack, bot: Bot, client: AsyncWebClient, clock: Clock
) -> None:
    """A trigger id is single use and lives 3 s by the clock."""
    bot.app.command("/createimage")(records(bot))
    amy = slack.person("U1")
    await amy.command("/createimage")
    await amy.command("/createimage")
    first, second = (body["trigger_id"] for body in bot.seen)
    clock.now += 3.0
    await client.views_open(trigger_id=first, view=form(NAME))
    assert await code(client.views_open(trigger_id=first, view=form(NAME))) == "exchanged_trigger_id"
    clock.now += 0.1
    assert await code(client.views_open(trigger_id=second, view=form(NAME))) == "expired_trigger_id"
    assert await code(client.views_open(trigger_id="1.2.x", view=form(NAME))) == "invalid_trigger_id"


async def test_a_refused_view_does_not_use_up_its_trigger(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    """Arguments are checked first, so that the same trigger can open the view put right."""
    bot.app.command("/createimage")(records(bot))
    await slack.person("U1").command("/createimage")
    trigger = bot.seen[0]["trigger_id"]
    error = await refusal(client.views_open(trigger_id=trigger, view=form(NAME, title=plain("x" * 25))))
    assert error.response["error"] == "invalid_arguments"
    [message] = error.response["response_metadata"]["messages"]
    assert message == "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    await client.views_open(trigger_id=trigger, view=form(NAME))


async def test_an_update_keeps_what_is_typed_and_knows_stale_hashes(
    slack: Slack, bot: Bot, client: AsyncWebClient
) -> None:
    """The same block and action ids keep their state, others start afresh; an old hash is a conflict."""
    disks = asks("Disks", {"type": "checkboxes", "options": [opt("vdb"), opt("vdc")], "initial_options": [opt("vdb")]})
    opens(bot, form(NAME, disks))
    amy = slack.person("U1")
    await amy.command("/createimage")
    await amy.fill("Name", "typed")
    await amy.tick("Disks", "vdc")
    await amy.untick("Disks", "vdb")
    assert amy.view
    view_id, first = amy.view.id, amy.view.hash
    other = asks("Note", {"type": "plain_text_input", "initial_value": "at first"}, optional=True)
    await client.views_update(view_id=view_id, hash=first, view=form(NAME, disks, other))
    assert amy.values == {"Name": "typed", "Disks": ["vdc"], "Note": "at first"}
    assert await code(client.views_update(view_id=view_id, hash=first, view=form(NAME))) == "hash_conflict"
    renamed = NAME | {"block_id": "name2"}
    await client.views_update(view_id=view_id, view=form(renamed))
    assert amy.values == {"Name": None}
    await amy.close()
    assert await code(client.views_update(view_id=view_id, view=form(NAME))) == "not_found"


async def test_three_views_lie_on_each_other_and_are_found_by_external_id(
    slack: Slack, bot: Bot, client: AsyncWebClient
) -> None:
    """A stack holds three; an external id names one open view; closing shows the one below with what was entered."""
    opens(bot, form(NAME, external_id="root"))

    async def submit(ack: AsyncAck) -> None:
        await ack(response_action="push", view=form(section("more"), notify_on_close=True, external_id="second"))

    bot.app.view("form")(submit)
    bot.app.view_closed("form")(records(bot))
    bot.app.action("add")(records(bot))
    amy = slack.person("U1")
    await amy.command("/createimage")
    await amy.fill("Name", "kept")
    await amy.submit()
    assert amy.view
    assert amy.view.external_id == "second"
    assert amy.view.previous_id == amy.view.root_id
    await client.views_update(
        external_id="second",
        view=form(section("more", accessory=button("Add")), notify_on_close=True, external_id="second"),
    )
    await amy.press("Add", view=True)
    pressed = bot.seen[-1]
    assert pressed["container"] == {"type": "view", "view_id": amy.view.id}
    again = form(section("third"), external_id="root")
    assert await code(client.views_push(trigger_id=pressed["trigger_id"], view=again)) == "duplicate_external_id"
    await client.views_push(trigger_id=pressed["trigger_id"], view=form(section("third", accessory=button("Add"))))
    await amy.press("Add")
    over = client.views_push(trigger_id=bot.seen[-1]["trigger_id"], view=form(section("fourth")))
    assert await code(over) == "push_limit_reached"
    await amy.close()
    await amy.close()
    assert bot.seen[-1]["type"] == "view_closed"
    assert bot.seen[-1]["is_cleared"] is False
    assert amy.values == {"Name": "kept"}


async def test_an_external_menu_is_searched_and_tells_the_app_what_was_chosen(slack: Slack, bot: Bot) -> None:
    """Options come from the app; a choice in an input with dispatch_action is told at once, with the whole state."""
    select = {"type": "external_select", "min_query_length": 0}
    opens(bot, form(asks("Instance", select, dispatch_action=True), NAME))

    async def suggest(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[opt(name) for name in ("web-1", "db-1") if payload["value"] in name])

    bot.app.options("instance")(suggest)
    bot.app.action("instance")(records(bot))
    amy = slack.person("U1")
    await amy.command("/createimage")
    assert await amy.search("Instance", "web") == [Option("web-1", "web-1")]
    assert len(await amy.search("Instance")) == 2
    await amy.fill("Name", "typed first")
    answer = await amy.choose("Instance", "web-1")
    assert answer == Answer(status=200)
    told = bot.seen[-1]
    assert told["actions"][0]["selected_option"]["value"] == "web-1"
    assert told["view"]["state"]["values"]["instance"]["instance"]["selected_option"]["value"] == "web-1"
    assert told["view"]["state"]["values"]["name"]["name"] == {"type": "plain_text_input", "value": "typed first"}
    with pytest.raises(NotShown):
        await amy.choose("Instance", "cache-9")


async def test_several_are_chosen_from_groups(slack: Slack, bot: Bot) -> None:
    """Groups and descriptions that the app answers are offered as such; choices are added and taken back one by one."""
    select = {"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2}
    opens(bot, form(asks("Instances", select, dispatch_action=True)))
    north = [opt("web-1", "i-1") | {"description": plain("stopped")}, opt("web-2", "i-2")]
    groups = [
        {"label": plain("cn-north-1"), "options": north},
        {"label": plain("cn-east-2"), "options": [opt("sh-1", "i-3")]},
    ]

    async def suggest(ack: AsyncAck) -> None:
        await ack(option_groups=groups)

    bot.app.options("instances")(suggest)
    bot.app.action("instances")(records(bot))
    amy = slack.person("U1")
    await amy.command("/createimage")
    assert await amy.search("Instances") == [
        Option("web-1", "i-1", "stopped", "cn-north-1"),
        Option("web-2", "i-2", "", "cn-north-1"),
        Option("sh-1", "i-3", "", "cn-east-2"),
    ]
    for name in ("web-1", "i-3", "web-2"):
        await amy.choose("Instances", name)
    with pytest.raises(FormIncomplete, match="最多选择 2 项"):
        await amy.submit()
    await amy.untick("Instances", "sh-1")
    assert amy.values == {"Instances": ["web-1", "web-2"]}
    assert [one["value"] for one in bot.seen[-1]["actions"][0]["selected_options"]] == ["i-1", "i-2"]


def group(*options: Json, label: str = "cn-north-1") -> Json:
    return {"label": plain(label), "options": list(options)}


BROKEN_OFFERS: dict[str, tuple[Json, str]] = {
    "101 options": ({"options": [opt(str(one)) for one in range(101)]}, "no more than 100"),
    "101 groups": ({"option_groups": [group(opt("web-1"))] * 101}, "no more than 100"),
    "101 in a group": ({"option_groups": [group(*(opt(str(one)) for one in range(101)))]}, "no more than 100"),
    "label": ({"option_groups": [group(opt("web-1"), label="x" * 76)]}, "76"),
    "no label": ({"option_groups": [{"options": [opt("web-1")]}]}, "missing required field: label"),
    "label in mrkdwn": (
        {"option_groups": [group(opt("web-1")) | {"label": {"type": "mrkdwn", "text": "x"}}]},
        "plain_text",
    ),
    "option text": ({"option_groups": [group(opt("x" * 76, "v"))]}, "76"),
    "both": ({"options": [opt("web-1")], "option_groups": [group(opt("web-1"))]}, "either"),
    "neither": ({}, "either"),
}


@pytest.mark.parametrize("name", BROKEN_OFFERS)
@pytest.mark.parametrize("kind", ["external_select", "multi_external_select"])
async def test_an_offer_that_breaks_a_limit_is_not_shown(slack: Slack, bot: Bot, kind: str, name: str) -> None:
    """What a look-up answers is held to Slack's limits too: otherwise the menu stays empty, and it is noted."""
    answer, said = BROKEN_OFFERS[name]
    assert any(said in problem for problem in suggestion_problems(answer)), suggestion_problems(answer)
    opens(bot, form(asks("Instances", {"type": kind, "min_query_length": 0})))

    async def suggest(ack: AsyncAck) -> None:
        await ack(answer)

    bot.app.options("instances")(suggest)
    amy = slack.person("U1")
    await amy.command("/createimage")
    assert await amy.search("Instances") == []
    assert [(failure.did, failure.error) for failure in slack.failures] == [("block_suggestion", "invalid_response")]


async def test_whatever_asks_first_is_answered_first(slack: Slack, bot: Bot) -> None:
    """An overflow menu and radio buttons with a dialog do nothing until it is confirmed (Slack: `confirm`)."""
    dialog = {"title": plain("Sure?"), "text": plain("It ends."), "confirm": plain("Yes"), "deny": plain("No")}
    more = {"type": "overflow", "action_id": "more", "options": [opt("End here")], "confirm": dialog}
    pick = {"type": "radio_buttons", "action_id": "pick", "options": [opt("now"), opt("later")], "confirm": dialog}
    blocks = (section("IR-1", block_id="b", accessory=more), section("When", block_id="c", accessory=pick))
    message = slack.post(Message(channel="C1", ts="", author=slack.app.user_id, blocks=blocks))
    bot.app.action("more")(records(bot))
    bot.app.action("pick")(records(bot))
    bob = slack.person("U2")
    with pytest.raises(ConfirmFirst, match=r"Sure\? / It ends\. / Yes / No"):
        await bob.choose("IR-1", "End here", message=message)
    assert await bob.choose("IR-1", "End here", message=message, confirm=False) is None
    assert await bob.choose("When", "later", message=message, confirm=False) is None
    assert bot.seen == []
    await bob.choose("IR-1", "End here", message=message, confirm=True)
    await bob.choose("When", "later", message=message, confirm=True)
    assert [told["actions"][0]["selected_option"]["value"] for told in bot.seen] == ["End here", "later"]


async def test_buttons_that_read_alike_are_told_apart_by_what_is_read_aloud(slack: Slack, bot: Bot) -> None:
    """As people with a screen reader do (Slack: `accessibility_label`)."""
    blocks = tuple(
        section(one, accessory=button("Approve", accessibility_label=f"Approve {one}", value=one))
        for one in ("IR-1", "IR-2")
    )
    message = slack.post(Message(channel="C1", ts="", author=slack.app.user_id, blocks=blocks))
    bot.app.action("approve")(records(bot))
    bob = slack.person("U2")
    with pytest.raises(NotShown, match="Approve IR-2"):
        await bob.press("Approve", message=message)
    await bob.press("Approve IR-2", message=message)
    assert bot.seen[0]["actions"][0]["value"] == "IR-2"


async def test_a_button_whose_app_is_away_is_marked_and_not_talked_about(slack: Slack) -> None:
    """Slack marks it at the button, for the person who pressed it, and posts nothing."""
    slack.request_url = "http://127.0.0.1:9/slack/events"
    message = slack.post(Message(channel="C1", ts="", author=slack.app.user_id, blocks=(section(accessory=button()),)))
    answer = await slack.person("U2").press("Approve", message=message)
    assert answer.error == "dispatch_failed"
    assert slack.ephemerals("U2") == []
    assert [failure.shown for failure in slack.failures] == ["This app could not be reached."]


async def test_an_input_tells_the_app_only_where_it_is_asked_to(slack: Slack, bot: Bot) -> None:
    """Without dispatch_action nothing is sent; a text tells on Enter, as Slack does unless configured otherwise."""
    region = asks("Region", {"type": "static_select", "options": [opt("cn-north-1"), opt("cn-east-2")]})
    told = asks("Note", {"type": "plain_text_input"}, dispatch_action=True)
    opens(bot, form(region, told))
    bot.app.action("note")(records(bot))
    amy = slack.person("U1")
    await amy.command("/createimage")
    assert await amy.choose("Region", "cn-east-2") is None
    assert await amy.fill("Note", "x") is None
    assert amy.values == {"Region": "cn-east-2", "Note": "x"}
    assert len(bot.seen) == 1
    assert await amy.fill("Note", "xy", enter=True) == Answer(status=200)
    assert bot.seen[1]["actions"][0]["value"] == "xy"


async def test_an_app_with_another_secret_turns_everything_away(slack: Slack, bot: Bot) -> None:
    """Requests are signed for real: Bolt answers 401 to a signature made with another secret."""
    opens(bot, form(NAME))
    slack.transport = SignedHttp("another-secret", time.time, 3.0, slack.request_url)
    answer = await slack.person("U1").command("/createimage")
    assert (answer.status, answer.error) == (401, "dispatch_failed")
    assert bot.seen == []


async def test_slack_itself_keeps_a_form_that_is_not_complete(slack: Slack, bot: Bot) -> None:
    """Lengths and ranges are Slack's to check: the app is not asked."""
    size = {"type": "number_input", "is_decimal_allowed": False, "min_value": "20", "max_value": "100"}
    short = asks("Name", {"type": "plain_text_input", "min_length": 2, "max_length": 4})
    opens(bot, form(short, asks("Size", size, optional=True)))
    amy = slack.person("U1")
    await amy.command("/createimage")
    for name, number, wrong in (("a", "", "Name"), ("abcde", "", "Name"), ("abc", "19", "Size"), ("abc", "x", "Size")):
        await amy.fill("Name", name)
        await amy.fill("Size", number)
        with pytest.raises(FormIncomplete) as caught:
            await amy.submit()
        assert list(caught.value.problems) == [wrong]
    assert len(bot.seen) == 1


async def test_the_answer_to_a_command_is_shown_to_the_person_only(slack: Slack, bot: Bot) -> None:
    """Plain text and JSON alike; `in_channel` shows it to everybody."""

    async def command(ack: AsyncAck, command: Json) -> None:
        if command["text"] == "loud":
            await ack(text="hello all", response_type="in_channel")
        else:
            await ack("usage: &lt;id&gt;")

    bot.app.command("/createimage")(command)
    amy = slack.person("U1")
    answer = await amy.command("/createimage", "help", channel="C1")
    assert (answer.text, answer.response_type) == ("usage: <id>", "ephemeral")
    assert [plain_text(shown) for shown in slack.ephemerals("U1")] == ["usage: <id>"]
    assert slack.messages("C1") == []
    await amy.command("/createimage", "loud", channel="C1")
    assert [shown.text for shown in slack.messages("C1")] == ["hello all"]


async def test_an_app_that_is_late_or_breaks_is_seen_to_fail(slack: Slack, bot: Bot) -> None:
    """Too late is operation_timeout, anything but 200 dispatch_failed; both are told to the person."""
    let_go = asyncio.Event()

    async def late(ack: AsyncAck) -> None:
        await let_go.wait()
        await ack()

    bot.app.command("/late")(late)
    opens(bot, form(NAME))
    amy = slack.person("U1")
    usual, slack.transport = slack.transport, SignedHttp("demo-secret", time.time, 0.05, slack.request_url)
    assert (await amy.command("/late", channel="C1")).error == "operation_timeout"
    let_go.set()
    slack.transport = usual
    assert (await amy.command("/unknown", channel="C1")).error == "dispatch_failed"
    assert [failure.error for failure in slack.failures] == ["operation_timeout", "dispatch_failed"]
    assert slack.failures[1].status == 404
    assert "operation_timeout" in plain_text(slack.ephemerals("U1")[0])
    await amy.command("/createimage")
    await amy.fill("Name", "x")
    assert await amy.submit() == {"": "连接时遇到问题。要重试吗？"}  # Amy's Slack is Chinese
    assert amy.view
    assert "连接时遇到问题" in plain_text(amy.view)


async def test_response_addresses_serve_five_times_within_half_an_hour(slack: Slack, bot: Bot, clock: Clock) -> None:
    """Ephemeral by default, replacing and deleting what was answered; then used up, or expired."""
    urls: list[str] = []

    async def command(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        urls.append(body["response_url"])
        await ack("working")
        await respond("more")

    bot.app.command("/createimage")(command)
    amy = slack.person("U1")

    async def post(url: str, body: Json) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
            return response.status, await response.text()

    await amy.command("/createimage", channel="C1")
    assert [shown.text for shown in slack.ephemerals("U1")] == ["more", "working"]
    assert await post(urls[0], {"text": "done", "replace_original": True}) == (200, "ok")
    assert [shown.text for shown in slack.ephemerals("U1")] == ["more", "done"]
    assert (await post(urls[0], {"text": "all", "response_type": "in_channel"}))[0] == 200
    assert [shown.text for shown in slack.messages("C1")] == ["all"]
    assert (await post(urls[0], {"blocks": [section("")]}))[0] == 400
    assert (await post(urls[0], {"delete_original": True}))[0] == 200
    assert [shown.text for shown in slack.ephemerals("U1")] == ["more"]
    assert (await post(urls[0], {"text": "fifth"}))[0] == 200
    status, body = await post(urls[0], {"text": "sixth"})
    assert status == 404
    assert "used_url" in body
    await amy.command("/createimage", channel="C1")
    clock.now += 1801
    assert "expired_url" in (await post(urls[1], {"text": "late"}))[1]


async def test_the_home_tab_is_published_when_it_is_opened(slack: Slack, bot: Bot, client: AsyncWebClient) -> None:
    """app_home_opened arrives as an event; the published view shows and its buttons work."""

    async def opened(event: Json, client: AsyncWebClient) -> None:
        home = {"type": "home", "blocks": [section("Your requests", accessory=button("New"))]}
        await client.views_publish(user_id=event["user"], view=home)

    bot.app.event("app_home_opened")(opened)
    bot.app.action("new")(records(bot))
    amy = slack.person("U1")
    await amy.open_home()
    home = slack.home("U1")
    assert home
    assert plain_text(home) == "Your requests\n[New]"
    await amy.press("New", home=True)
    assert bot.seen[0]["view"]["type"] == "home"
    stale = client.views_publish(user_id="U1", hash="1.x", view={"type": "home", "blocks": [section()]})
    assert await code(stale) == "hash_conflict"


async def test_the_request_url_proves_itself_and_shortcuts_arrive(slack: Slack, bot: Bot) -> None:
    """url_verification is answered by Bolt; a global shortcut brings a trigger."""
    bot.app.shortcut("create_image")(records(bot))
    assert await slack.verify_url()
    await slack.person("U1").shortcut("create_image")
    assert bot.seen[0]["trigger_id"]


def test_the_signature_is_what_slacks_sdk_verifies() -> None:
    """v0 HMAC over timestamp and body, as `slack_sdk` computes it; another secret or body fails."""
    body, content_type = encoded(COMMAND, {"command": "/createimage", "text": "i-abc ü&="})
    assert content_type == "application/x-www-form-urlencoded"

    class Now:
        def now(self) -> float:
            return 1_764_000_000.0

    headers = signed(body, signing_secret="demo-secret", at=1_764_000_000)
    verify = SignatureVerifier("demo-secret", clock=Now())  # type: ignore[arg-type]
    assert verify.is_valid_request(body, headers)
    assert not verify.is_valid_request(body + b"x", headers)
    assert not verify.is_valid_request(body, signed(body, signing_secret="other", at=1_764_000_000))


async def test_messages_go_where_the_bot_may_write(slack: Slack, client: AsyncWebClient) -> None:
    """Membership, archives, privacy and direct messages, with Slack's codes."""
    post = client.chat_postMessage
    slack.add_channel(Channel(id="C2", name="closed", is_private=True, bot_is_member=False))
    assert await code(post(channel="C9", text="x")) == "channel_not_found"
    assert await code(post(channel="C2", text="x")) == "channel_not_found"
    empty = {"channel": "C1", "text": "", "blocks": []}
    assert await code(client.api_call("chat.postMessage", json=empty)) == "no_text"
    assert await code(post(channel="C1", text="x" * 40_001)) == "msg_too_long"
    assert await code(post(channel="C1", text="x", thread_ts="1.2")) == "thread_not_found"
    assert await code(client.chat_postEphemeral(channel="C1", user="U0BOT", text="x")) == "user_not_in_channel"
    posted = await post(channel="U1", text="hi")
    assert posted["channel"] == slack.dm("U1").id
    assert [message.text for message in slack.dms("U1")] == ["hi"]
    opened = await client.conversations_open(users="U1")
    assert opened["channel"]["id"] == posted["channel"]
    slack.deactivate("U2")
    assert await code(client.conversations_open(users="U2")) == "user_disabled"
    assert await code(client.conversations_open(users="U9")) == "user_not_found"
    slack.remove_bot("C1")
    assert await code(post(channel="C1", text="x")) == "not_in_channel"
    slack.invite_bot("C1")
    slack.archive("C1")
    assert await code(post(channel="C1", text="x")) == "is_archived"


async def test_history_tells_threads_and_metadata_when_asked(slack: Slack, client: AsyncWebClient) -> None:
    """The channel shows roots newest first, a thread its parent first; metadata needs include_all_metadata."""
    metadata = {"event_type": "request", "event_payload": {"id": "IR-1"}}
    root = await client.chat_postMessage(channel="C1", text="root", metadata=metadata)
    await client.chat_postMessage(channel="C1", text="reply", thread_ts=root["ts"])
    await client.chat_postMessage(channel="C1", text="next")
    history = await client.conversations_history(channel="C1", include_all_metadata=True)
    assert [message["text"] for message in history["messages"]] == ["next", "root"]
    assert history["messages"][1]["metadata"] == metadata
    assert history["messages"][1]["reply_count"] == 1
    plain_history = await client.conversations_history(channel="C1", limit=1)
    assert "metadata" not in plain_history["messages"][0]
    assert plain_history["has_more"]
    newer = await client.conversations_history(channel="C1", oldest=root["ts"])
    assert [message["text"] for message in newer["messages"]] == ["next"]
    replies = await client.conversations_replies(channel="C1", ts=root["ts"])
    assert [message["text"] for message in replies["messages"]] == ["root", "reply"]
    link = await client.chat_getPermalink(channel="C1", message_ts=root["ts"])
    assert link["permalink"].startswith("https://demo.slack.com/archives/C1/p")


async def test_only_own_messages_can_be_changed(slack: Slack, client: AsyncWebClient) -> None:
    """chat.update and chat.delete: own, existing, in a living channel; metadata stays unless it is given."""
    metadata = {"event_type": "request", "event_payload": {}}
    posted = await client.chat_postMessage(channel="C1", text="x", blocks=[section()], metadata=metadata)
    ts = posted["ts"]
    assert await code(client.chat_update(channel="C1", ts="1.2", text="y")) == "message_not_found"
    assert await code(client.chat_update(channel="C1", ts=ts, text="y" * 4001)) == "msg_too_long"
    await client.chat_update(channel="C1", ts=ts, text="y")
    [message] = slack.messages("C1")
    assert (message.text, message.blocks, message.metadata) == ("y", (), metadata)
    seen = await client.chat_postEphemeral(channel="C1", user="U1", text="only you")
    assert await code(client.chat_update(channel="C1", ts=seen["message_ts"], text="y")) == "message_not_found"
    slack.archive("C1")
    assert await code(client.chat_update(channel="C1", ts=ts, text="z")) == "is_inactive"


async def test_people_and_groups_are_told_as_slack_tells_them(slack: Slack, client: AsyncWebClient) -> None:
    """Locale when asked; guests, strangers, the deactivated; groups without the deactivated."""
    slack.add_user(User(id="U3", name="guest", is_ultra_restricted=True))
    slack.add_user(User(id="W4", name="carol", team_id="TOTHER", is_stranger=True))
    assert (await client.auth_test())["user_id"] == "U0BOT"
    assert (await client.users_info(user="U1", include_locale=True))["user"]["locale"] == "zh-CN"
    assert "locale" not in (await client.users_info(user="U1"))["user"]
    assert (await client.users_info(user="U3"))["user"]["is_ultra_restricted"]
    stranger = (await client.users_info(user="W4"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "TOTHER")
    assert "W4" not in {member["id"] for member in (await client.users_list())["members"]}
    assert await code(client.users_info(user="U9")) == "user_not_found"
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U2"]
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["U2"]
    slack.deactivate("U2")
    assert (await client.users_info(user="U2"))["user"]["deleted"]
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == []
    assert await code(client.usergroups_users_list(usergroup="S9")) == "no_such_subteam"
    assert (await client.conversations_info(channel="C1"))["channel"]["name"] == "ops"
    assert (await client.conversations_members(channel="C1"))["members"] == ["U0BOT", "U1", "U2"]


async def test_tokens_scopes_and_methods_are_checked() -> None:
    """not_authed, invalid_auth, missing_scope with what is needed, unknown_method, account_inactive."""
    slack = Slack(scopes=("chat:write",))
    slack.add_channel(Channel(id="C1", name="ops"))
    async with slack.serving() as root:

        def client(token: str | None) -> AsyncWebClient:
            return AsyncWebClient(token=token, base_url=root)

        assert await code(client(None).auth_test()) == "not_authed"
        assert await code(client("xoxb-other").auth_test()) == "invalid_auth"
        assert await code(client("xoxb-demo").api_call("no.such")) == "unknown_method"
        missing = await refusal(client("xoxb-demo").users_list())
        assert missing.response["error"] == "missing_scope"
        assert missing.response["needed"] == "users:read"
        assert missing.response["provided"] == "chat:write"
        told = await client("xoxb-demo").auth_test()
        assert told.headers["x-oauth-scopes"] == "chat:write"
        slack.deactivate("U0BOT")
        assert await code(client("xoxb-demo").auth_test()) == "account_inactive"
    assert "xoxb" not in repr(slack.calls)


async def test_faults_happen_in_the_order_they_were_asked_for(slack: Slack, client: AsyncWebClient) -> None:
    """429 with Retry-After, 5xx, refusals and cut connections before anything is done; a lost answer after it."""
    post = "chat.postMessage"
    slack.faults.add(post, RateLimited(7))
    slack.faults.add(post, ServerError(502))
    slack.faults.add(post, ServerError(503))
    slack.faults.add(post, Error("fatal_error"))
    slack.faults.add(post, Drop())
    limited = await refusal(client.chat_postMessage(channel="C1", text="x"))
    assert (limited.response.status_code, limited.response.headers["Retry-After"]) == (429, "7")
    assert (await refusal(client.chat_postMessage(channel="C1", text="x"))).response.status_code == 502
    assert (await refusal(client.chat_postMessage(channel="C1", text="x"))).response.status_code == 503
    assert await code(client.chat_postMessage(channel="C1", text="x")) == "fatal_error"
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="x")
    assert slack.messages("C1") == []
    slack.faults.add(post, LoseAnswer())
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="arrived")
    assert [message.text for message in slack.messages("C1")] == ["arrived"]
    slack.faults.add(post, Slow(0.0))
    await client.chat_postMessage(channel="C1", text="x")
    assert [(call.ok, call.error) for call in slack.calls] == [
        (False, "ratelimited"),
        (False, "http_502"),
        (False, "http_503"),
        (False, "fatal_error"),
        (False, "connection_cut"),
        (True, "answer_lost"),
        (True, ""),
    ]


async def test_posts_can_be_held_to_one_a_second(slack: Slack, client: AsyncWebClient, clock: Clock) -> None:
    """The second post in a channel within a second is 429; another channel and an update are free."""
    slack.one_post_per_second = True
    posted = await client.chat_postMessage(channel="C1", text="x")
    assert await code(client.chat_postMessage(channel="C1", text="y")) == "ratelimited"
    await client.chat_postMessage(channel="U1", text="y")
    await client.chat_update(channel="C1", ts=posted["ts"], text="z")
    clock.now += 1.0
    await client.chat_postMessage(channel="C1", text="y")


async def test_the_sdk_obeys_the_rate_limit_it_is_told(slack: Slack) -> None:
    """The SDK's own retry handler reads our Retry-After."""
    slack.faults.add("auth.test", RateLimited(0))
    client = AsyncWebClient(
        token="xoxb-demo", base_url=f"{slack.url}/api/", retry_handlers=[AsyncRateLimitErrorRetryHandler()]
    )
    assert (await client.auth_test())["ok"]


async def test_waiting_ends_with_what_is_seen_or_tells_what_is_shown(slack: Slack, client: AsyncWebClient) -> None:
    """settle looks again at every change; when the time is up it shows the workspace."""
    changes = slack.changes.listen()
    waiting = asyncio.create_task(slack.settle(lambda: slack.messages("C1")))
    await asyncio.sleep(0)
    await client.chat_postMessage(channel="C1", text="arrived", blocks=[section("visible"), {"type": "divider"}])
    [message] = await waiting
    assert message.text == "arrived"
    assert (await anext(changes)).kind == "message.posted"
    with pytest.raises(NeverSeen, match="visible"):
        await slack.settle(lambda: slack.messages("C9"), timeout=0.01)


def test_words_are_read_as_a_person_reads_them() -> None:
    """Mentions, links, dates and escapes become words."""
    text = "<@U1> &amp; <!subteam^S1> in <#C1>: <https://x.test|console>, <!date^1^{date}|1970-01-01>, <!here>"
    read = plain_text([section(text)], {"U1": "amy", "S1": "approvers", "C1": "ops"})
    assert read == "@amy & @approvers in #ops: console, 1970-01-01, @here"


RICH_MESSAGE = [
    {"type": "header", "text": plain("Request")},
    section("*Name*", fields=[{"type": "mrkdwn", "text": "a"}], accessory={"type": "overflow", "options": [opt("x")]}),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "by"}, plain("amy")]},
    {"type": "divider"},
    {"type": "actions", "elements": [button(), button("Reject", style="danger", value="x" * 2000)]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "vda"}]]},
    {
        "type": "plan",
        "title": "Image",
        "tasks": [{"type": "task_card", "task_id": "1", "title": "x", "status": "pending"}],
    },
    {"type": "image", "alt_text": "chart", "image_url": "https://x.test/x.png"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}]},
]


def test_blocks_within_their_limits_are_taken() -> None:
    """What Slack takes is taken: or the refusals below would prove nothing."""
    assert message_problems(RICH_MESSAGE) == ()
    assert message_problems([section()] * 50) == ()
    full = form(
        NAME,
        asks("Region", {"type": "static_select", "options": [opt("a")], "initial_option": opt("a")}),
        asks("Where", {"type": "conversations_select", "default_to_current_conversation": True}),
        asks("Size", {"type": "number_input", "is_decimal_allowed": False, "min_value": "20"}),
        {"type": "alert", "text": plain("Careful"), "level": "warning"},
        private_metadata="x" * 3000,
        notify_on_close=True,
    )
    assert view_problems(full, "modal") == ()
    assert view_problems({"type": "home", "blocks": [section(), NAME]}, "home") == ()


def many(number: int) -> list[Json]:
    return [opt(str(one)) for one in range(number)]


def select(**more: Any) -> Json:
    return section(accessory={"type": "static_select", "action_id": "s", "options": many(2)} | more)


def ticks(**more: Any) -> Json:
    return section(accessory={"type": "checkboxes", "action_id": "t", "options": many(2)} | more)


def acts(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def sure(**more: Any) -> Json:
    dialog = {"title": plain("t"), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}
    return acts(button(confirm=dialog | more))


MRKDWN = {"type": "mrkdwn", "text": "x"}
BROKEN_MESSAGES: dict[str, tuple[list[Json], str]] = {
    "51 blocks": ([section()] * 51, "no more than 50 items"),
    "section text": ([section("x" * 3001)], "/blocks/0/text/text"),
    "section empty": ([section("")], "more than 0 characters"),
    "section bare": ([{"type": "section"}], "`text` or `fields`"),
    "section fields": ([{"type": "section", "fields": [MRKDWN] * 11}], "no more than 10"),
    "section field": ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}], "2001"),
    "header text": ([{"type": "header", "text": plain("x" * 151)}], "151"),
    "header mrkdwn": ([{"type": "header", "text": MRKDWN}], "plain_text"),
    "context": ([{"type": "context", "elements": [MRKDWN] * 11}], "no more than 10"),
    "context empty": ([{"type": "context", "elements": []}], "no fewer than 1"),
    "context button": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "actions": ([acts(*[button(str(n)) for n in range(26)])], "no more than 25"),
    "actions empty": ([acts()], "no fewer than 1"),
    "actions input": ([acts({"type": "plain_text_input", "action_id": "x"})], "unsupported type"),
    "action id twice": ([acts(button(), button())], "`action_id` already exists"),
    "block id twice": ([section(block_id="x"), section(block_id="x")], "`block_id` already exists"),
    "block id": ([section(block_id="x" * 256)], "256"),
    "action id": ([acts(button(action_id="x" * 256))], "256"),
    "button text": ([acts(button("x" * 76))], "76"),
    "button empty": ([acts(button("", action_id="x"))], "more than 0"),
    "button mrkdwn": ([acts({"type": "button", "text": MRKDWN, "action_id": "b"})], "plain_text"),
    "button value": ([acts(button(value="x" * 2001))], "2001"),
    "button url": ([acts(button(url="x" * 3001))], "3001"),
    "button style": ([acts(button(style="default"))], "primary, danger"),
    "confirm title": ([sure(title=plain("x" * 101))], "101"),
    "confirm text": ([sure(text=plain("x" * 301))], "301"),
    "confirm yes": ([sure(confirm=plain("x" * 31))], "31"),
    "confirm no": ([sure(deny=plain("x" * 31))], "31"),
    "101 options": ([select(options=many(101))], "no more than 100"),
    "no options": ([select(options=[])], "no fewer than 1"),
    "option text": ([select(options=[opt("x" * 76, "v")])], "76"),
    "option value": ([select(options=[opt("x", "v" * 151)])], "151"),
    "option description": ([select(options=[opt("x") | {"description": plain("x" * 76)}])], "76"),
    "option mrkdwn": ([select(options=[{"text": MRKDWN, "value": "v"}])], "plain_text"),
    "option twice": ([select(options=[opt("a", "v"), opt("b", "v")])], "duplicate option value"),
    "initial option": ([select(initial_option=opt("elsewhere"))], "not among the options"),
    "placeholder": ([select(placeholder=plain("x" * 151))], "151"),
    "options and groups": ([select(option_groups=[{"label": plain("g"), "options": many(1)}])], "either"),
    "11 checkboxes": ([ticks(options=many(11))], "no more than 10"),
    "initial box": ([ticks(initial_options=[opt("elsewhere")])], "not among the options"),
    "overflow": ([section(accessory={"type": "overflow", "options": many(6)})], "no more than 5"),
    "unknown block": ([{"type": "sektion"}], "unsupported type: sektion"),
    "unknown key": ([section(colour="red")], "invalid additional property: colour"),
    "alert": ([{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "number input": ([asks("N", {"type": "number_input", "is_decimal_allowed": True})], "unsupported type"),
    "two tables": ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2, "one table"),
    "table rows": ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}], "no more than 100"),
    "markdown": ([{"type": "markdown", "text": "x" * 7000}] * 2, "12001"),
    "image": ([{"type": "image", "alt_text": "x"}], "image_url"),
}


@pytest.mark.parametrize("name", BROKEN_MESSAGES)
async def test_a_message_that_breaks_a_limit_is_refused(name: str, slack: Slack, client: AsyncWebClient) -> None:
    """Each limit of Block Kit is held over the Web API, and the refusal says where."""
    blocks, said = BROKEN_MESSAGES[name]
    error = await refusal(client.chat_postMessage(channel="C1", text="x", blocks=blocks))
    assert error.response["error"] == "invalid_blocks"
    messages = error.response["response_metadata"]["messages"]
    assert any(said in message and "json-pointer:/blocks" in message for message in messages), messages
    assert slack.messages("C1") == []


BROKEN_VIEWS: dict[str, tuple[Json, str]] = {
    "title": (form(NAME, title=plain("x" * 25)), "/view/title"),
    "submit": (form(NAME, submit=plain("x" * 25)), "/view/submit"),
    "close": (form(NAME, close=plain("x" * 25)), "/view/close"),
    "private_metadata": (form(NAME, private_metadata="x" * 3001), "3001"),
    "callback_id": (form(NAME, callback_id="x" * 256), "256"),
    "external_id": (form(NAME, external_id="x" * 256), "256"),
    "101 blocks": (form(*[section()] * 101), "no more than 100"),
    "no blocks": (form(), "no fewer than 1"),
    "no title": ({"type": "modal", "blocks": [section()]}, "missing required field: title"),
    "no submit": ({"type": "modal", "title": plain("x"), "blocks": [NAME]}, "`submit` is required"),
    "label": (form(asks("x" * 2001, {"type": "plain_text_input", "action_id": "a"}) | {"block_id": "b"}), "2001"),
    "hint": (form(NAME | {"hint": plain("x" * 2001)}), "2001"),
    "max_length": (form(asks("N", {"type": "plain_text_input", "max_length": 3001})), "3000"),
    "initial_value": (form(asks("N", {"type": "plain_text_input", "max_length": 2, "initial_value": "abc"})), "3"),
    "button in input": (form(asks("N", button())), "unsupported type: button"),
    "table": (form({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}), "unsupported type: table"),
    "two focused": (
        form(*[asks(one, {"type": "plain_text_input", "focus_on_load": True}) for one in ("A", "B")]),
        "focus_on_load",
    ),
    "unknown key": (form(NAME, state={}), "invalid additional property: state"),
    "home": ({"type": "home", "blocks": [section()]}, "must be one of: modal"),
}


@pytest.mark.parametrize("name", BROKEN_VIEWS)
def test_a_view_that_breaks_a_limit_is_refused(name: str) -> None:
    """Each limit of views is held, and the refusal says where."""
    view, said = BROKEN_VIEWS[name]
    problems = view_problems(view, "modal")
    assert any(said in problem and "json-pointer:/view" in problem for problem in problems), problems


async def test_a_view_of_more_than_250_kilobytes_is_too_large(slack: Slack, client: AsyncWebClient) -> None:
    """views.publish: `view_too_large` by size, before its blocks are looked at."""
    huge = {"type": "home", "blocks": [section("x" * 3000)] * 90}
    assert await code(client.views_publish(user_id="U1", view=huge)) == "view_too_large"


@pytest.mark.parametrize(("token", "error"), [("xoxb-demo", "not_allowed_token_type"), ("xapp-other", "invalid_auth")])
async def test_sockets_need_the_apps_own_token(client: AsyncWebClient, token: str, error: str) -> None:
    """Slack: apps.connections.open takes an app-level token and no other."""
    with pytest.raises(SlackApiError, match=error):
        await client.apps_connections_open(app_token=token)


async def test_an_app_token_is_no_bot_token(slack: Slack) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xapp-demo", base_url=f"{slack.url}/api/", session=session)
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            await client.auth_test()


async def test_a_sockets_address_is_good_for_once(slack: Slack, client: AsyncWebClient) -> None:
    """It greets, and brings envelopes whose answers go back to the person."""
    address = (await client.apps_connections_open(app_token="xapp-demo"))["url"]
    slack.transport = slack.sockets
    amy = slack.person("U1")
    assert (await amy.command("/createimage", channel="C1")).error == "dispatch_failed"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address) as connection:
            assert (await connection.receive_json())["type"] == "hello"
            asking = asyncio.create_task(amy.command("/createimage", "now", channel="C1"))
            envelope = await connection.receive_json()
            assert (envelope["type"], envelope["payload"]["text"]) == ("slash_commands", "now")
            assert envelope["accepts_response_payload"]
            await connection.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "made"}})
            assert (await asking).text == "made"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)
