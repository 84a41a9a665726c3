"""A bare Bolt app that asks JD Cloud each time: one describeInstances a region and keystroke, with the official SDK.

`python -m tests.bench.peers.asking`; settings as the bot's.
"""

import asyncio
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its docstrings hold escapes that newer Pythons warn of
    from jdcloud_sdk.core.config import Config
    from jdcloud_sdk.core.credential import Credential
    from jdcloud_sdk.core.logger import ERROR, Logger
    from jdcloud_sdk.services.common.models.Filter import Filter
    from jdcloud_sdk.services.vm.apis.DescribeInstancesRequest import (
        DescribeInstancesParameters,
        DescribeInstancesRequest,
    )
    from jdcloud_sdk.services.vm.client.VmClient import VmClient


def main() -> None:
    """Serves until it is ended."""
    credential = Credential(os.environ["JDCLOUD_ACCESS_KEY"], os.environ["JDCLOUD_SECRET_KEY"])
    config = Config(urlsplit(os.environ["JDCLOUD_VM_ENDPOINT"]).netloc, "http")
    cloud, threads = VmClient(credential, config, Logger(ERROR)), ThreadPoolExecutor(64)
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], client=client, process_before_response=True)

    def named(region: str, part: str) -> list[dict[str, Any]]:
        parameters = DescribeInstancesParameters(region)
        parameters.setPageSize(25)
        parameters.setFilters([Filter("name", [part])])
        found: list[dict[str, Any]] = cloud.send(DescribeInstancesRequest(parameters)).result["instances"]
        return found

    @app.options("instance")
    async def options(ack: AsyncAck, body: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        asked = (
            loop.run_in_executor(threads, named, region, body["value"])
            for region in os.environ["JDCLOUD_REGIONS"].split(",")
        )
        await ack(
            options=[
                {"text": {"type": "plain_text", "text": one["instanceName"]}, "value": one["instanceId"]}
                for found in await asyncio.gather(*asked)
                for one in found
            ]
        )

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    application = app.web_app("/slack/events")
    application.router.add_get("/readyz", ready)
    web.run_app(application, host=os.environ["HOST"], port=int(os.environ["PORT"]), print=None, access_log=None)


if __name__ == "__main__":
    main()
