"""HTTP without sockets: a request handed to an aiohttp application, and its answer, as the two ends would see them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.http import RawRequestMessage
from aiohttp.payload import Payload
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL


class Cut(Exception):
    """The connection was closed without an answer."""


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Transport:
    """As much of a connection as a handler touches."""

    def __init__(self) -> None:
        self.cut = False

    def close(self) -> None:
        self.cut = True

    def is_closing(self) -> bool:
        return self.cut

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in {"peername", "sockname"} else default


def _nothing(**_: object) -> None:
    """Nobody reads from a socket here."""


async def ask(application: web.Application, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
    """One request.

    Raises:
        Cut: there is no answer.
    """
    loop = asyncio.get_running_loop()
    transport = _Transport()
    target = URL(url, encoded=True)
    fields = CIMultiDict(headers)
    fields.setdefault("Host", target.authority)
    message = RawRequestMessage(
        method,
        target.raw_path_qs,
        HttpVersion11,
        CIMultiDictProxy(fields),
        tuple((name.encode(), value.encode()) for name, value in fields.items()),
        should_close=False,
        compression=None,
        upgrade=False,
        chunked=False,
        url=URL(target.raw_path_qs, encoded=True),
    )
    protocol: Any = SimpleNamespace(
        transport=transport,
        _reading_paused=False,
        resume_reading=_nothing,
        ssl_context=None,
        peername=("127.0.0.1", 1),
        sockname=("127.0.0.1", 1),
    )
    content = StreamReader(protocol, limit=2**16, loop=loop)
    content.feed_data(body)
    content.feed_eof()
    writer: Any = SimpleNamespace()
    task: Any = asyncio.current_task()
    request = web.Request(message, content, protocol, writer, task, loop, client_max_size=2**22)
    try:
        response = await application._handle(request)
    except web.HTTPException as error:
        response = error
    if transport.cut:
        raise Cut
    assert isinstance(response, web.Response)
    answered = response.body  # a text is a payload of its own by now
    sent = await answered.as_bytes() if isinstance(answered, Payload) else bytes(answered or b"")
    kind = {"Content-Type": response.content_type}
    return Reply(response.status, CIMultiDict({**kind, **response.headers}), sent)
