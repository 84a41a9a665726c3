"""Slack in one piece: the workspace, its Web API, the people in it, and a way to wait for what they shall see."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiohttp import web

from bot.demo.slack import payloads
from bot.demo.slack.api import WebApi
from bot.demo.slack.faults import Faults
from bot.demo.slack.person import Person
from bot.demo.slack.requests import EVENT, SignedHttp, Transport
from bot.demo.slack.sockets import Sockets
from bot.demo.slack.workspace import Workspace, random_id

ALL_SCOPES = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""Everything that the methods here can ask for, but `chat:write.public`, so that membership counts."""

_Seen = TypeVar("_Seen")


class NeverSeen(AssertionError):
    """What was waited for did not come; the message says what Slack shows instead."""


class Slack(Workspace):
    """A workspace with one app installed, which takes its requests over HTTP.

    In Socket Mode it takes them through the sockets that it opened: `slack.transport = slack.sockets`.

    Args:
        clock: unix seconds; timestamps, triggers and response addresses go by it.
        bot_token: the one token that is accepted.
        app_token: the one app-level token that is accepted.
        signing_secret: what requests to the app are signed with.
        request_url: where the app takes commands, interactions and events; may be set later.
        scopes: what the token may do.
        ack_timeout: seconds of real time that the app may take to answer (Slack: 3).
        signing_clock: unix seconds in signatures; the app compares them with its own clock, whatever `clock` says.
        new_id: makes an id of so many characters.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        bot_token: str = "xoxb-demo",  # noqa: S107 - an example, as the README shows it
        app_token: str = "xapp-demo",  # noqa: S107 - see above
        signing_secret: str = "demo-secret",  # noqa: S107 - see above
        request_url: str | None = None,
        scopes: Iterable[str] = ALL_SCOPES,
        ack_timeout: float = 3.0,
        signing_clock: Callable[[], float] = time.time,
        new_id: Callable[[int], str] = random_id,
    ) -> None:
        super().__init__(clock=clock, new_id=new_id)
        self.faults = Faults()
        self._http = SignedHttp(signing_secret, signing_clock, ack_timeout, request_url)
        self.transport: Transport = self._http
        self.sockets = Sockets(self, ack_timeout, new_id)
        self._api = WebApi(self, self.faults, bot_token=bot_token, app_token=app_token, scopes=scopes)
        self._people: dict[str, Person] = {}

    @property
    def request_url(self) -> str | None:
        """Where the app takes commands, interactions and events."""
        return self._http.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._http.request_url = url

    def application(self) -> web.Application:
        """The Web API under `/api/`, what response URLs point to, and the far end of sockets."""
        application = self._api.application()
        application.router.add_get("/link/", self.sockets.connect)
        return application

    @asynccontextmanager
    async def serving(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serves the Web API; gives its root, `http://…/api/`. Port 0 takes a free one."""
        runner = web.AppRunner(self.application())
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            self.url = f"http://{host}:{runner.addresses[0][1]}"
            yield f"{self.url}/api/"
        finally:
            await runner.cleanup()

    def person(self, user_id: str) -> Person:
        """Somebody to act as.

        Raises:
            KeyError: there is nobody with this id.
        """
        if user_id not in self._people:
            self._people[user_id] = Person(self, lambda: self.transport, self.users[user_id].id)
        return self._people[user_id]

    async def verify_url(self) -> bool:
        """Asks the request URL to prove itself, as Slack does when it is entered."""
        challenge = self.new_id(20)
        answer = await self.transport.deliver(EVENT, payloads.url_verification(challenge))
        return challenge in {answer.text, answer.body.get("challenge")}

    async def settle(self, predicate: Callable[[], _Seen], timeout: float = 5.0) -> _Seen:  # noqa: ASYNC109 - a deadline for a fact, told with what was seen instead
        """Waits until something can be seen, and returns it; looks again at every change.

        Args:
            predicate: returns something true when it can be seen.
            timeout: seconds of real time.

        Raises:
            NeverSeen: with everything that Slack shows.
        """
        listener = self.changes.listen()
        try:
            async with asyncio.timeout(timeout):
                while not (seen := predicate()):
                    await anext(listener)
        except TimeoutError:
            raise NeverSeen(f"not seen within {timeout:g} s; Slack shows:\n{self.dump()}") from None
        return seen

    def dump(self) -> str:
        """Everything that Slack shows, and the latest calls, to be read by a person."""
        lines: list[str] = []
        for channel in self.channels.values():
            place = f"direct messages with {channel.user}" if channel.is_im else f"#{channel.name}"
            for message in self.messages(channel.id):
                lines += [f"-- {place}{' (in a thread)' if message.thread_ts else ''}", self.read(message)]
        for user in self.users.values():
            for message in self.ephemerals(user.id):
                lines += [f"-- only {user.name} sees in {message.channel}", self.read(message)]
            for view in self.views.stack(user.id):
                lines += [f"-- form of {user.name}", self.read(view)]
            published = self.home(user.id)
            if published:
                lines += [f"-- Home of {user.name}", self.read(published)]
        lines += [f"-- failed for {one.user_id}: {one.did} {one.error} {one.status}" for one in self.failures]
        lines += [f"-- called {call.method} {call.error}" for call in self.calls[-10:]]
        return "\n".join(lines) or "nothing"
