"""Log lines, one event name per fact: the bot's own and the libraries' in one form, and never a secret in them."""

import logging
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

_HANDLER = "bot"

_SECRET_NAME = re.compile(
    r"token|secret|passw(or)?d|signature|authorization|access_?key|credential|ticket", re.IGNORECASE
)

# A name, what stands between it and its value, and the value: to its closing quotation mark or as far as it can reach.
_BETWEEN = r"""(?: \\*["']?\s*[:=]\s* | \\*["']\s*,\s* )(?:b(?=["'\[]))?"""
_QUOTED = r""" \[redacted\] | "[^"\n]*" | '[^'\n]*' | \\+["'][^"'\\\n]* """
# Repetitions are bounded: a line may hold a long run of letters, and each would be a start of the search.
_HEADER = re.compile(
    rf"(?P<kept>(?:authorization|x-jdcloud-security-token|x-slack-signature){_BETWEEN}) (?:{_QUOTED} | [^\n]*)",
    re.IGNORECASE | re.VERBOSE,
)
_ASSIGNED = re.compile(
    rf"""(?P<kept>(?:token|secret|passw(?:or)?d|signature|access_?key|credential|ticket)[\w-]{{0,40}}
        (?: = | \\*["']\s*:\s* )(?:b(?=["'\[]))?) (?:{_QUOTED} | [^\s"'\\&,)]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_PASSWORD_IN_URL = re.compile(r"(?P<kept>\b[a-z][a-z0-9+]{0,20}://)[^\s/?#\"']*@", re.IGNORECASE)
_BEARER = re.compile(r"(?P<kept>\bbearer\s+)[^\s\"',]+", re.IGNORECASE)
# Slack: whoever knows a response_url may answer with it for half an hour. An access log has only its path.
_RESPONSE_URL = re.compile(
    r"(?P<kept>https?://hooks\.slack(?:-gov)?\.com/|/(?:actions|app|commands)/(?=T\w+/))[^\s\"'<>|]+", re.IGNORECASE
)
_TOKEN = re.compile(r"(?P<kept>\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-|JDC_|v0=))[\w-]+")  # v0: Slack's signature

_SECRETS = (_HEADER, _ASSIGNED, _PASSWORD_IN_URL, _BEARER, _RESPONSE_URL, _TOKEN)
_HINTS = (
    *("token", "secret", "passw", "signature", "authorization", "access", "credential", "ticket", "bearer"),
    *("://", "/actions/", "/app/", "/commands/", "xox", "xapp-", "jdc_", "v0="),
)
"""Whatever one of these patterns finds holds one of these, in lower case. Most lines hold none, and are done with."""

# Bolt and the SDK write behind these words what they received or sent: what people wrote, and response URLs.
_BODY = re.compile(
    r"(?P<kept>\b(?:body|payload|params|files|data|json): |\bfor the request \().*", re.DOTALL | re.IGNORECASE
)


def configure_logging(
    level: Literal["debug", "info", "warning", "error", "critical"],
    log_format: Literal["console", "json"] | None,
    stream: TextIO,
) -> None:
    """Send every log line of the process to `stream`; may be called again, the last call counts.

    To be called before the Slack app is built: Bolt's loggers take the level over that they find then.

    Args:
        level: the least level that is written.
        log_format: `console` for people, `json` for one JSON object a line, None for what suits `stream`: console in a
            terminal, json elsewhere.
        stream: where the lines go.
    """
    in_terminal = stream.isatty()
    if (log_format or ("console" if in_terminal else "json")) == "json":
        renderers: list[Processor] = [structlog.processors.JSONRenderer()]  # escapes all that is not ASCII
    else:
        # The traceback is text by now, as it had to be redacted.
        console = structlog.dev.ConsoleRenderer(
            colors=in_terminal, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
        renderers = [_without_tricks, console]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # loggers of modules must follow a second call
    )
    handler = logging.StreamHandler(stream)
    handler.set_name(_HANDLER)
    # Also here, for loggers with a level of their own, which the root's level does not hold back.
    handler.setLevel(level.upper())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _without_bodies,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                *renderers,
            ],
        )
    )
    root = logging.getLogger()
    for earlier in [earlier for earlier in root.handlers if earlier.get_name() == _HANDLER]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level.upper())
    # A line for each call, with its whole address; and for each session what `socket.connected` and `socket.ended` say.
    for chatty in ("httpx", "httpcore", "slack_sdk.socket_mode"):
        logging.getLogger(chatty).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)


def printable(text: str) -> str:
    """`text` with everything escaped that is not seen but acts on what is: colours and the cursor (ESC, C1), line ends,
    the direction of writing. What others wrote can then neither hide a line nor forge one.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def redact(text: str) -> str:
    """`text` without what looks like a secret: Slack's tokens, and headers and parameters that sign or authorize."""
    # Beyond ASCII are letters that match others without being their lower case, as ı does i.
    if text.isascii() and not any(map(text.lower().__contains__, _HINTS)):
        return text
    for pattern in _SECRETS:
        text = pattern.sub(_without_secret, text)  # a template would be looked up for every text
    return text


def _without_secret(found: re.Match[str]) -> str:
    return f"{found['kept']}{REDACTED}"


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: the same event with `redact` applied to every text in it, however deep."""
    return {str(name): _redact_named(str(name), value) for name, value in event.items()}


def _redact_named(name: str, value: object) -> object:
    # A number or a yes is no secret: `token_count`, `has_token`.
    if _SECRET_NAME.search(name) and value is not None and not isinstance(value, bool | int | float):
        return REDACTED
    return _redact_value(value)


def _redact_value(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(name)): _redact_named(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact_value(inner) for inner in value]
    return redact(repr(value))  # the renderers would do the same, but later


def _without_bodies(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # Bolt logs the whole body of a request with a bad signature at INFO, and of one that nobody answered at WARNING.
    record = event["_record"]
    if not event["_from_structlog"] and _is_slacks(record.name, record.pathname):
        event["event"] = _BODY.sub(r"\g<kept>[withheld]", event["event"])
    return event


@lru_cache(maxsize=1000)
def _is_slacks(logger: str, file: str) -> bool:
    """By name and by file: an app may be given a logger of any name."""
    return not {"slack_bolt", "slack_sdk"}.isdisjoint((logger.partition(".")[0], *file.replace(os.sep, "/").split("/")))


_MANY_LINES = {"exception", "stack"}
"""What has lines by right. They are indented, so that none of them looks like the beginning of another event."""


def _without_tricks(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What is written to a terminal: texts deeper inside are shown as Python writes them, which escapes them too."""

    def shown(name: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        if name in _MANY_LINES:
            return "\n".join(f"    {printable(line)}" for line in value.split("\n"))
        return printable(value)

    return {printable(name): shown(name, value) for name, value in event.items()}
