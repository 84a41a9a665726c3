"""What an ack costs: `python -m tests.bench.ack`. The bot in its own process, signed payloads one after the other.

The floor is an empty aiohttp route in a process of its own, asked in the same run; what counts is the ratio.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
import sys
import time
from urllib.parse import urlencode

import aiohttp

from bot.demo.bot_process import bot_process, environment, served
from bot.demo.cast import AMY, APPROVALS, OPS, assemble
from bot.demo.jdcloud import JDCloud, sample_world
from bot.demo.slack import Slack

CALLS = 500
FLOOR = """
from aiohttp import web
async def answer(request):
    await request.text()
    return web.Response()
app = web.Application()
app.router.add_post("/", answer)
web.run_app(app, host="127.0.0.1", port=int(__import__("sys").argv[1]), print=None)
"""


def signed(secret: str, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A body and Slack's headers for it."""
    body, timestamp = urlencode(fields), str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def interaction(kind: str, **content: object) -> dict[str, str]:
    """An interaction payload."""
    payload = {"type": kind, "user": {"id": AMY}, "team": {"id": "T0DEMO"}, "trigger_id": "1.1.1", **content}
    return {"payload": json.dumps(payload)}


async def measure(session: aiohttp.ClientSession, url: str, fields: dict[str, str]) -> list[float]:
    """Milliseconds of each call, one after the other."""
    taken = []
    for _ in range(CALLS):
        body, headers = signed("demo-signing-secret", fields)
        begun = time.perf_counter()
        async with session.post(url, data=body, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def report(name: str, taken: list[float], floor: float) -> None:
    """One line."""
    median, slow = statistics.median(taken), sorted(taken)[int(CALLS * 0.95)]
    print(f"{name:<44} median {median:6.2f} ms   p95 {slow:6.2f} ms   {median / floor:5.1f} x floor")


async def main() -> None:
    """Measures each kind of ack."""
    slack, cloud = Slack(bot_token="xoxb-demo", signing_secret="demo-signing-secret"), JDCloud()
    sample_world(cloud)
    assemble(slack)
    async with (
        slack.serving() as slack_api,
        served(cloud.application()) as cloud_url,
        bot_process(environment(slack_api, cloud_url) | {"LOG_LEVEL": "error"}, slack),
        aiohttp.ClientSession() as session,
    ):
        assert slack.request_url
        port = 39871
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", FLOOR, str(port))
        try:
            for _ in range(100):
                try:
                    await measure(session, f"http://127.0.0.1:{port}/", {})
                    break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
            taken = await measure(session, f"http://127.0.0.1:{port}/", {})
            floor = statistics.median(taken)
            report("floor: an empty aiohttp route", taken, floor)
        finally:
            process.terminate()
            await process.wait()
        who = {"user_id": AMY, "team_id": "T0DEMO", "channel_id": OPS, "trigger_id": "1.1.1"}
        value = "IR-00000/" + "0" * 64
        for name, fields in {
            "command: /createimage help": {"command": "/createimage", "text": "help", **who},
            "command: /createimage (a draft is stored)": {"command": "/createimage", "text": "", **who},
            "options: Instance (from the cache)": interaction(
                "block_suggestion", action_id="instance", block_id="instance/cn-north-1/", value="web"
            ),
            "button: Approve (a transaction)": interaction(
                "block_actions",
                channel={"id": APPROVALS},
                actions=[{"type": "button", "action_id": "approve", "block_id": "b", "value": value}],
            ),
        }.items():
            report(name, await measure(session, slack.request_url, fields), floor)


if __name__ == "__main__":
    asyncio.run(main())
