"""What carries Slack's interactions to the app: they come late, in any order, and more than once."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from bot.demo.slack import Answer
from bot.demo.slack.refusals import Json
from bot.demo.slack.requests import encoded, read_answer, signed
from tests.simulate.loop import acting
from tests.simulate.network import Network
from tests.simulate.wire import Reply, ask

SLACK_PATIENCE = 3.0
"""Seconds in which the app must answer."""

REPEATED_WITHIN = 10.0
"""Seconds in which what came once may come again."""

OVERTAKEN_FOR = 6.0
"""Seconds for which a payload may be on its way while others pass it."""


@dataclass
class InteractionTransport:
    """To any replica that serves, sometimes more than once or after what was done since; for three seconds."""

    network: Network
    serving: Callable[[], list[Any]]
    signing_secret: str

    async def deliver(self, kind: str, payload: Json) -> Answer:
        """Signs, sends, waits."""
        body, content_type = encoded(kind, payload)
        network, faults = self.network, self.network.faults
        overtaken = network.random.uniform(1.0, OVERTAKEN_FOR) if network.happens(faults.overtaken) else 0.0
        if overtaken:
            network.trace(f"overtaken: {payload.get('type', kind)} for {overtaken:.1f} s")
        first = asyncio.create_task(self._reach(kind, body, content_type, after=overtaken))
        while network.happens(faults.repeated):
            after = network.random.uniform(0, REPEATED_WITHIN)
            again = asyncio.create_task(self._reach(kind, body, content_type, after=after))
            again.add_done_callback(_heard)
        done, _ = await asyncio.wait({first}, timeout=SLACK_PATIENCE)
        first.add_done_callback(_heard)
        if not done:
            return Answer(error="operation_timeout")
        if first.exception():
            return Answer(error="dispatch_failed")
        reply = first.result()
        return read_answer(reply.status, reply.body.decode())

    async def _reach(self, kind: str, body: bytes, content_type: str, *, after: float) -> Reply:
        await asyncio.sleep(self.network.way() + after)
        serving = self.serving()
        if not serving:
            raise ConnectionRefusedError
        replica = self.network.random.choice(serving)
        headers = {"Content-Type": content_type, **signed(body, signing_secret=self.signing_secret, at=_now())}
        context = copy_context()
        context.run(acting.set, replica)
        listening = asyncio.create_task(
            ask(replica.application, "POST", "http://bot/slack/events", headers=headers, body=body), context=context
        )
        listening.add_done_callback(_heard)
        reply = await listening
        self.network.trace(f"{kind} at {replica.name} -> {reply.status}")
        if replica.dead or self.network.happens(self.network.faults.lost):
            raise ConnectionResetError
        await asyncio.sleep(self.network.random.uniform(0.005, 0.1))
        return reply


def _heard(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()


def _now() -> int:
    """Bolt compares signatures with the real clock, whatever time the run has."""
    import time  # noqa: PLC0415 # the one use of the real clock

    return int(time.time())
