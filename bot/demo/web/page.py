"""The page over HTTP: its files, what a person sees as a stream of events, and what they do."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from bot.demo.slack.changes import Listener
from bot.demo.web.acts import ACT, perform
from bot.demo.web.guard import guard, protect
from bot.demo.web.screen import screen
from bot.demo.web.stage import Stage

STATIC = Path(__file__).with_name("static")

_LOOKS_EVERY = 1.0
"""Seconds between looks at what changes by itself, such as an image that is building."""


def page(stage: Stage) -> web.Application:
    """The page: GET `/`, its files, `/events?user=…` and POST `/do`."""
    routes = _Routes(stage)
    application = web.Application(middlewares=[guard])
    application.on_response_prepare.append(protect)
    application.on_shutdown.append(routes.end)
    application.router.add_get("/", routes.index)
    application.router.add_get("/events", routes.events)
    application.router.add_post("/do", routes.do)
    application.router.add_static("/static/", STATIC)
    return application


class _Routes:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ended = False

    async def end(self, _application: web.Application) -> None:
        """Lets go of everybody who looks on: nobody who ends the demo waits for a page that is open somewhere."""
        self._ended = True
        self._stage.slack.changes.tell("page.acted", None)

    async def index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def do(self, request: web.Request) -> web.StreamResponse:
        """One act of a person, done before it is answered."""
        try:
            answer = await perform(self._stage, ACT.validate_json(await request.read()))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            return web.json_response({"problems": problems}, status=400)
        except KeyError:
            return web.json_response({"problems": ["there is no such person, conversation or instance"]}, status=404)
        self._stage.slack.changes.tell("page.acted", None)
        return web.json_response(answer)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What a person sees, told anew at every change, as server-sent events."""
        user = request.query.get("user", "")
        if user not in self._stage.slack.users:
            return web.json_response({"problems": ["there is no such person"]}, status=404)
        changes = self._stage.slack.changes.listen()
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        shown = ""
        try:
            while not self._ended:
                seen = json.dumps(screen(self._stage, user), ensure_ascii=False)
                # Without news a comment, which fails when nobody listens any more.
                await stream.write(f"data: {seen}\n\n".encode() if seen != shown else b":\n\n")
                shown = seen
                await _something_happens(changes)
        except ConnectionResetError:
            pass  # nobody looks any more
        return stream


async def _something_happens(changes: Listener) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_LOOKS_EVERY):
            await anext(changes)
