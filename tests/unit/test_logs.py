"""The log: one form for everything that is logged, and never a secret in it."""

import io
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot import logs
from bot.clients import slack_clients
from bot.logs import REDACTED, configure_logging, redact
from bot.settings import load_settings
from tests.unit.test_settings import REQUIRED

SECRET = "s3cr3tv4lu3"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging as it was found."""
    loggers = [logging.getLogger(name) for name in (None, "httpx", "httpcore", "slack_bolt", "slack_sdk")]
    loggers += [logging.getLogger(f"slack_sdk.{name}") for name in ("web.async_base_client", "socket_mode")]
    levels = [logger.level for logger in loggers]
    handlers = list(loggers[0].handlers)
    yield
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


class Log(io.StringIO):
    """A stream that reads back what was logged."""

    terminal = False

    def isatty(self) -> bool:
        return self.terminal

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


def configured(
    level: Literal["debug", "info", "warning", "error", "critical"] = "info",
    log_format: Literal["console", "json"] | None = "json",
) -> Log:
    log = Log()
    configure_logging(level, log_format, log)
    return log


def test_json_lines() -> None:
    """An event is one JSON object with its name, its facts, its level, its logger and the time in UTC."""
    log = configured()
    structlog.get_logger("bot.worker").info("image.ready", request_id="IR-7K3QF", disks=["vda", {"size_gb": 40}])
    (line,) = log.lines
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() is not None
    assert line == {
        "event": "image.ready",
        "request_id": "IR-7K3QF",
        "disks": ["vda", {"size_gb": 40}],
        "level": "info",
        "logger": "bot.worker",
    }


def test_console() -> None:
    """For people an event is one readable line, without colours when it does not go to a terminal."""
    log = configured(log_format="console")
    structlog.get_logger("bot.worker").info("image.ready", request_id="IR-7K3QF")
    assert "image.ready" in log.getvalue()
    assert "request_id=IR-7K3QF" in log.getvalue()
    assert "\x1b" not in log.getvalue()


TRICKS = "\x1b[2K\x1b[1A \x9b31m \x07 a\r\n2026-11-24T09:30:00Z [info     ] image.ready \u2028 \u202egpj.exe"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_nobody_moves_the_cursor_or_forges_a_line(log_format: Literal["console", "json"]) -> None:
    """What others wrote is shown escaped: in the event, in a value, deep in one, in a name and in an exception."""
    log = configured(log_format=log_format)
    logger = structlog.get_logger("bot")
    logger.info(TRICKS)
    logger.info("card.posted", name=TRICKS, bare="\x1b", deep=[{"er": (TRICKS,), TRICKS: 1}], **{TRICKS: "1"})
    logging.getLogger("slack_bolt").warning("got %s", TRICKS)
    try:
        fail(TRICKS)
    except RuntimeError:
        logger.exception("call.failed")
    logger.info("called", stack_info=True)
    shown = log.getvalue()
    assert not set(shown) & set("\x1b\x9b\x07\r\u2028\u202e")
    assert sum(line.startswith(("2026-11-24", " 2026-11-24")) for line in shown.split("\n")) == 0
    assert "image.ready" in shown
    if log_format == "console":
        assert "\\x1b[2K" in shown
        heads = [line for line in shown.split("\n") if line and not line.startswith("    ")]
        assert len(heads) == 5


def test_what_people_write_stays_readable() -> None:
    """Chinese, accents and emoji are no tricks."""
    log = configured(log_format="console")
    structlog.get_logger("bot").info("card.posted", name="数据库é\U0001f600")
    assert "数据库é\U0001f600" in log.getvalue()


def test_form_follows_the_stream() -> None:
    """Without a choice a terminal gets the console form and anything else JSON."""
    terminal = Log()
    terminal.terminal = True
    configure_logging("info", None, terminal)
    logging.getLogger("a").info("here")
    assert not terminal.getvalue().startswith("{")
    file = configured(log_format=None)
    logging.getLogger("a").info("here")
    assert file.lines[0]["event"] == "here"


def test_libraries_log_in_the_same_form() -> None:
    """A line of a library carries what a line of ours does, the context of the request included."""
    log = configured()
    structlog.contextvars.bind_contextvars(request_id="IR-7K3QF")
    logging.getLogger("aiohttp.server").warning("slow %s", "client")
    structlog.get_logger("bot").warning("request.slow")
    library, ours = log.lines
    assert library["event"] == "slow client"
    assert library["logger"] == "aiohttp.server"
    assert library["request_id"] == ours["request_id"] == "IR-7K3QF"
    assert set(library) == set(ours)


def test_the_last_call_counts() -> None:
    """A second configuration takes the place of the first, for loggers made before it too."""
    logger = structlog.get_logger("bot")
    first = configured()
    logger.info("one")
    second = configured("debug")
    logger.debug("two")
    assert [line["event"] for line in first.lines] == ["one"]
    assert [line["event"] for line in second.lines] == ["two"]


def test_slacks_sdk_knows_its_level() -> None:
    """It looks at its own logger's only: of one that has its level from above it words each call and answer."""
    settings = load_settings(REQUIRED)
    session: Any = None
    levels: tuple[Literal["debug", "info"], ...] = ("info", "debug", "info")
    for level in levels:
        configured(level)
        reader, writer = slack_clients(settings, session)
        assert {reader.logger.level, writer.logger.level} == {logging.getLevelNamesMapping()[level.upper()]}


def test_levels() -> None:
    """What is below the level is not written, not even by a logger with a lower level of its own."""
    log = configured("warning")
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    logging.getLogger("slack_sdk").info("chatter")
    structlog.get_logger("bot").info("chatter")
    structlog.get_logger("bot").warning("news")
    assert [line["event"] for line in log.lines] == ["news"]


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11"])
def test_http_clients_are_quiet(name: str) -> None:
    """The line that httpx writes for each call only shows when it is asked for."""
    log = configured("info")
    logging.getLogger(name).info("HTTP Request")
    logging.getLogger(name).warning("trouble")
    assert [line["event"] for line in log.lines] == ["trouble"]
    log = configured("debug")
    logging.getLogger(name).debug("HTTP Request")
    assert [line["event"] for line in log.lines] == ["HTTP Request"]


def fail(text: str) -> None:
    raise RuntimeError(f"after {text}") from ValueError(text)


@pytest.mark.parametrize(
    "text",
    [
        f"xoxb-12-{SECRET}",
        f"xoxp-{SECRET}",
        f"xapp-1-A0-{SECRET}",
        f"xoxe.xoxp-1-{SECRET}",
        f"JDC_{SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"Authorization: JDCLOUD2-HMAC-SHA256 Credential={SECRET}/20261123/cn-north-1/vm, Signature={SECRET}",
        f"{{'authorization': 'JDCLOUD2-HMAC-SHA256 {SECRET}'}}",
        f'{{"Authorization": "Basic {SECRET}"}}',
        rf"{{\"Authorization\": \"Basic {SECRET}\"}}",
        f"[(b'Authorization', b'JDCLOUD2-HMAC-SHA256 {SECRET}')]",
        f"Headers({{'x-jdcloud-security-token': '{SECRET}'}})",
        f"X-Jdcloud-Security-Token: {SECRET}",
        f"('x-slack-signature', 'v0={SECRET}')",
        f"SignedHeaders=host, Signature={SECRET}",
        f"Credential={SECRET}/20261123",
        f"sent Bearer {SECRET}",
        f"/slack/events?token={SECRET}&a=b",
        f"{{'client_secret': '{SECRET} {SECRET}'}}",
        rf"{{\"token\": \"{SECRET}\"}}",
        f"password='two {SECRET}'",
        f"postgresql://bot:{SECRET}@db/bot",
        f"wss://wss-primary.slack.com/link/?ticket={SECRET}",
        f"https://hooks.slack.com/commands/T1/2/{SECRET}",
    ],
)
def test_secrets_in_texts(text: str) -> None:
    """Whatever looks like a secret is taken out: of events, values, nested values, names and exceptions."""
    assert SECRET not in redact(text)
    assert "[redacted]" in redact(text)
    assert redact(redact(text)) == redact(text)
    for log_format in ("json", "console"):
        log = configured(log_format="json" if log_format == "json" else "console")
        logger = structlog.get_logger("bot")
        logger.info(text)
        logger.info(
            "called", url=text, inner={"deep": [{"er": (text,)}], text: 1}, error=ValueError(text), raw=text.encode()
        )
        logging.getLogger("slack_sdk").warning("got %s", text)
        try:
            fail(text)
        except RuntimeError:
            logger.exception("call.failed")
            logging.getLogger("aiohttp").exception("failed")
        shown = log.getvalue()
        assert SECRET not in shown
        assert shown.count("RuntimeError") >= 2
        assert shown.count("[redacted]") >= 10


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "slack_bot_token",
        "client_secret",
        "password",
        "X-Slack-Signature",
        "Authorization",
        "accessKey",
        "access_key",
    ],
)
def test_secrets_by_name(name: str) -> None:
    """A value under a name that says secret is taken out, at any depth and of any kind."""
    log = configured()
    structlog.get_logger("bot").info(
        "called", **{name: SECRET}, headers={name: [SECRET]}, all=[{name: SecretStr(SECRET)}]
    )
    (line,) = log.lines
    assert line[name] == line["headers"][name] == line["all"][0][name] == "[redacted]"
    assert SECRET not in log.getvalue()


@pytest.mark.parametrize("pattern", logs._SECRETS, ids=["header", "assigned", "url", "bearer", "response", "token"])
@given(data=st.data())
def test_nothing_secret_is_passed_over(pattern: re.Pattern[str], data: st.DataObject) -> None:
    """Whatever looks like a secret is redacted, though a line that holds no hint of one is not searched."""
    text = data.draw(st.from_regex(pattern))
    found = pattern.search(text)
    assert found is not None
    assert found["kept"] == found[0] or REDACTED in redact(text)


def test_what_is_no_secret_stays() -> None:
    """Ordinary facts are left alone, and so are numbers and truths about secrets."""
    log = configured()
    facts = {"image": "web-1-20261123", "token_count": 3, "has_token": True, "token": None, "size": 1.5}
    text = "SLACK_BOT_TOKEN: is not set; expected a bot token, which starts with xoxb-"
    structlog.get_logger("bot").info(text, **facts)
    (line,) = log.lines
    assert line["event"] == text
    assert {name: line[name] for name in facts} == facts
    assert redact("https://vm.jdcloud-api.com/v1/regions/cn-north-1/images?a=b@c") == (
        "https://vm.jdcloud-api.com/v1/regions/cn-north-1/images?a=b@c"
    )


def test_long_texts_are_redacted_in_passing() -> None:
    """A text of a megabyte does not hold up the process, whatever it is made of."""
    started = time.process_time()
    for text in ("a" * 1_000_000, "token" * 200_000, "a://" * 250_000, "bearer " * 100_000, "xoxb" * 200_000):
        redact(text)
    assert time.process_time() - started < 60


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("logger", [None, "any name"])
async def test_bodies_of_bad_requests_are_withheld(level: Literal["debug", "info"], logger: str | None) -> None:
    """Bolt tells that a signature was wrong, and not what the request said."""
    log = configured(level)
    app = AsyncApp(token="xoxb-1", signing_secret="signed", logger=logging.getLogger(logger) if logger else None)
    headers: dict[str, str | Sequence[str]] = {
        "x-slack-signature": f"v0={SECRET}",
        "x-slack-request-timestamp": str(int(time.time())),
    }
    body = f"command=%2Fcreateimage&text={SECRET}"
    response = await app.async_dispatch(AsyncBoltRequest(body=body, headers=headers))
    assert response.status == 401
    assert "Invalid request signature detected" in log.getvalue()
    assert SECRET not in log.getvalue()


async def test_bodies_of_skipped_requests_are_withheld() -> None:
    """Bolt tells that nobody answered a request, and not what it said."""
    log = configured()
    app = AsyncApp(token="xoxb-1", signing_secret="signed", request_verification_enabled=False)

    async def silent() -> None:
        pass

    app._async_middleware_list.clear()
    app.use(silent)
    await app.async_dispatch(AsyncBoltRequest(body=f"command=%2Fcreateimage&text={SECRET}"))
    assert "without providing a response for the request ([withheld]" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_importing_does_nothing() -> None:
    """The import alone changes no logger and writes nothing."""
    program = (
        "import logging, structlog; import bot.logs; root = logging.getLogger();"
        "print(root.handlers, root.level, structlog.is_configured())"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("[] 30 False\n", "")
