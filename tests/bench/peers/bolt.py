"""A bare Bolt app: it acks, and before that durably stores one row. `python -m tests.bench.peers.bolt`.

Settings as the bot's: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_API_URL, DATABASE_URL, HOST, PORT. The server is
aiohttp, as Bolt's own; `process_before_response` spares it Bolt's usual look for an ack every 10 ms.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

OPTIONS = [{"text": {"type": "plain_text", "text": f"web-{number}"}, "value": f"i-{number}"} for number in range(100)]


def sqlite_writer(path: str) -> Callable[[str], object]:
    """Stores a row in a file that survives a power loss."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS click (id INTEGER PRIMARY KEY, body TEXT)")
    return lambda body: connection.execute("INSERT INTO click (body) VALUES (?)", (body,))


def postgres_writer(url: str) -> Callable[[str], object]:
    """Stores a row on a server, which commits it to its disk."""
    import psycopg  # noqa: PLC0415 # whoever has SQLite holds no memory for it

    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TABLE IF NOT EXISTS click (id BIGSERIAL PRIMARY KEY, body TEXT)")
    return lambda body: connection.execute("INSERT INTO click (body) VALUES (%s)", (body,))


def main() -> None:
    """Serves until it is ended."""
    url = os.environ["DATABASE_URL"]
    thread = ThreadPoolExecutor(1)
    write = thread.submit(
        sqlite_writer if url.startswith("sqlite") else postgres_writer, url.removeprefix("sqlite:///")
    ).result()
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], client=client, process_before_response=True)

    async def store(body: dict[str, Any]) -> None:
        await asyncio.get_running_loop().run_in_executor(thread, write, str(body))

    @app.command("/createimage")
    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        if body["text"] == "help":
            await ack("This is help.")
        else:
            await store(body)
            await ack()

    @app.options("instance")
    async def options(ack: AsyncAck) -> None:
        await ack(options=OPTIONS)

    @app.action("cancel")
    async def click(ack: AsyncAck, body: dict[str, Any]) -> None:
        await store(body)
        await ack()

    @app.action("approve")
    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        await client.users_info(user=body["user"]["id"])  # whether they are still there
        await store(body)
        await ack()

    @app.view("request_form")
    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        await store(body)
        await ack()

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    application = app.web_app("/slack/events")
    application.router.add_get("/readyz", ready)
    web.run_app(application, host=os.environ["HOST"], port=int(os.environ["PORT"]), print=None, access_log=None)


if __name__ == "__main__":
    main()
