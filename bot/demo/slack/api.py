"""The Web API and the response addresses over HTTP: reads the call, lets faults happen, answers in Slack's form."""

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.demo.slack.faults import (
    Drop,
    Error,
    Fault,
    Faults,
    Late,
    LoseAnswer,
    RateLimited,
    ServerError,
    Slow,
    Without,
)
from bot.demo.slack.methods import METHODS, Asked, apps
from bot.demo.slack.records import Call
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.replies import respond
from bot.demo.slack.workspace import Workspace

_LARGEST_BODY = 4 * 1024 * 1024


@dataclass(eq=False)
class _Cut(Exception):
    """The connection is to be closed without an answer."""

    error: str


@dataclass(eq=False)
class _Http(Exception):
    """An answer that is not `ok: false` with 200."""

    status: int
    error: str
    retry_after: int | None = None


class WebApi:
    """Serves a workspace to one app.

    Args:
        workspace: what it acts on.
        faults: what goes wrong.
        bot_token: the one token that is accepted.
        app_token: likewise by the methods of the app itself.
        scopes: what that token may do.
    """

    def __init__(
        self, workspace: Workspace, faults: Faults, *, bot_token: str, app_token: str, scopes: Iterable[str]
    ) -> None:
        self._workspace = workspace
        self._faults = faults
        self._bot_token = bot_token
        self._app_token = app_token
        self._scopes = frozenset(scopes)
        self._posted_at: dict[str, float] = {}  # channel -> time of the last post
        self._late: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """The Web API under `/api/`, and what response URLs point to."""
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_post("/{kind:commands|actions|app}/{team}/{secret}", self._respond)
        return application

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self._workspace.url = str(request.url.origin())
        method = request.match_info["method"]
        args, needed = await _arguments(request), ""
        try:
            self._admit(method, request, args)
            asked = Asked(args, self._scopes)
            fault = await self._befall(method, str(args.get("channel", "")))
            needed = METHODS[method].needs(self._workspace, asked)
            self._check_scope(needed)
            self._keep_pace(method, asked)
            if isinstance(fault, Late):
                self._do_later(method, asked, fault.seconds)
                raise _Http(504, "http_504")
            body = {"ok": True, **METHODS[method].run(self._workspace, asked)}
            if isinstance(fault, LoseAnswer):
                raise _Cut("answer_lost")
            if isinstance(fault, Without):
                body = fault.cut(body)
        except Refusal as refusal:
            body = refusal.answer()
        except (_Cut, _Http) as trouble:
            self._note(method, args, trouble.error)
            return _cut(request) if isinstance(trouble, _Cut) else _http(trouble)
        self._note(method, args, body.get("error", ""))
        headers = {"x-oauth-scopes": ",".join(sorted(self._scopes)), "x-accepted-oauth-scopes": needed}
        return web.json_response(body, headers=headers)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await _arguments(request)
        try:
            fault = await self._befall("response_url")
            respond(self._workspace, request.match_info["secret"], body)
            if isinstance(fault, LoseAnswer):
                raise _Cut("answer_lost")
        except Refusal as refusal:
            self._note("response_url", body, refusal.code)
            gone = refusal.code in {"expired_url", "used_url"}
            return web.json_response(refusal.answer(), status=404 if gone else 400)
        except (_Cut, _Http) as trouble:
            self._note("response_url", body, trouble.error)
            return _cut(request) if isinstance(trouble, _Cut) else _http(trouble)
        self._note("response_url", body, "")
        return web.Response(text="ok")

    def _admit(self, method: str, request: web.Request, args: Json) -> None:
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer if kind == "Bearer" else args.get("token")
        args.pop("token", None)  # it must not be kept with the call
        if method not in METHODS:
            raise Refusal("unknown_method", req_method=method)
        if not token:
            raise Refusal("not_authed")
        of_the_app = method in apps.METHODS
        if token == (self._bot_token if of_the_app else self._app_token):
            raise Refusal("not_allowed_token_type")
        if token != (self._app_token if of_the_app else self._bot_token):
            raise Refusal("invalid_auth")
        if self._workspace.users[self._workspace.app.user_id].deleted:
            raise Refusal("account_inactive")

    async def _befall(self, method: str, channel: str = "") -> Fault | None:
        """Lets trouble happen that comes before anything is done; what comes after is returned."""
        fault = self._faults.next(method, channel)
        match fault:
            case Slow(seconds):
                await asyncio.sleep(seconds)
            case Drop():
                raise _Cut("connection_cut")
            case RateLimited(retry_after):
                raise _Http(429, "ratelimited", retry_after)
            case ServerError(status):
                raise _Http(status, f"http_{status}")
            case Error(code):
                raise Refusal(code)
        return fault

    def _do_later(self, method: str, asked: Asked, seconds: float) -> None:
        async def do() -> None:
            await asyncio.sleep(seconds)
            with suppress(Refusal):  # nobody hears of it any more
                METHODS[method].run(self._workspace, asked)

        task = asyncio.create_task(do())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _check_scope(self, needed: str) -> None:
        if needed and needed not in self._scopes:
            raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(self._scopes)))

    def _keep_pace(self, method: str, asked: Asked) -> None:
        """About one post per second and channel (Slack: chat.postMessage)."""
        if method != "chat.postMessage" or not self._workspace.one_post_per_second:
            return
        channel, now = asked.text("channel"), self._workspace.clock()
        if now - self._posted_at.get(channel, -1.0) < 1.0:
            raise _Http(429, "ratelimited", 1)
        self._posted_at[channel] = now

    def _note(self, method: str, args: Json, error: str) -> None:
        took_effect = error in {"", "answer_lost"}
        self._workspace.called(Call(self._workspace.clock(), method, args, took_effect, error))


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Arguments from the query and the body, whether it is a form or JSON."""
    args: dict[str, Any] = dict(request.query)
    text = await request.text()
    if request.content_type == "application/json":
        try:
            body = json.loads(text) if text else {}
        except ValueError:
            body = {}  # Slack reads nothing from it and goes on
        return args | body if isinstance(body, dict) else args
    return args | dict(parse_qsl(text, keep_blank_values=True))


def _cut(request: web.Request) -> web.Response:
    """Closes the connection; the response returned finds nobody to be sent to."""
    if request.transport:
        request.transport.close()
    return web.Response()


def _http(trouble: _Http) -> web.Response:
    if trouble.status == 502:
        return web.Response(status=502, text="<html><body>Bad Gateway</body></html>", content_type="text/html")
    code = {429: "ratelimited", 503: "service_unavailable"}.get(trouble.status, "internal_error")
    response = web.json_response({"ok": False, "error": code}, status=trouble.status)
    if trouble.retry_after is not None:
        response.headers["Retry-After"] = str(trouble.retry_after)
    return response
