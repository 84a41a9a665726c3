"""Clicks as Slack sends them, from a process of their own: nobody who answers the bot holds up the clock.

`python -m tests.bench.clicks` reads lines of JSON, `{"url", "secret", "gap", "bodies": [[kind, payload], …]}`, and for
each tells the milliseconds that each of its clicks took, as JSON. They are sent `gap` seconds apart, whatever becomes
of them.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.demo.slack.requests import encoded, signed

Body = tuple[str, dict[str, Any]]
"""Which kind of request (`slash_commands`, `interactive`), and what is in it."""


async def send(url: str, secret: str, gap: float, bodies: Sequence[Body]) -> list[float]:
    """Milliseconds of each.

    Raises:
        RuntimeError: one was not answered with 200.
    """
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def click(kind: str, payload: dict[str, Any]) -> float:
            body, content_type = encoded(kind, payload)
            headers = {"Content-Type": content_type, **signed(body, signing_secret=secret, at=int(time.time()))}
            begun = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as answer:
                said = await answer.text()
                taken = (time.perf_counter() - begun) * 1000
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {said}")
            return taken

        loop = asyncio.get_running_loop()
        begun, sent = loop.time(), []
        for number, (kind, payload) in enumerate(bodies):
            await asyncio.sleep(begun + number * gap - loop.time())
            sent.append(asyncio.create_task(click(kind, payload)))
        return list(await asyncio.gather(*sent))


Clicker = Callable[[str, float, Sequence[Body]], Awaitable[list[float]]]
"""Sends these clicks to an address, so many seconds apart; tells the milliseconds of each."""


@asynccontextmanager
async def clicker(secret: str) -> AsyncIterator[Clicker]:
    """Has clicks sent by another process, for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.clicks", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout

    async def click(url: str, gap: float, bodies: Sequence[Body]) -> list[float]:
        assert process.stdin
        assert process.stdout
        told = {"url": url, "secret": secret, "gap": gap, "bodies": bodies}
        process.stdin.write(json.dumps(told).encode() + b"\n")
        await process.stdin.drain()
        said = await process.stdout.readline()
        if not said:
            raise RuntimeError("a click was not answered")
        return [float(taken) for taken in json.loads(said)]

    try:
        yield click
    finally:
        process.stdin.close()
        await process.wait()


def main() -> None:
    """Does what it is told, line by line."""
    for line in sys.stdin:
        print(json.dumps(asyncio.run(send(**json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
