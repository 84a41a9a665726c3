"""What a bot imports in its life, for the process that others are made out of: each would import all of it again."""

import anyio._backends._asyncio
import httpcore
import slack_bolt.listener_matcher.async_builtins

import bot.__main__
import bot.slack.protocol.socket
import bot.store.ladder
import bot.store.postgres
import bot.worker_wiring

__all__ = ["anyio", "bot", "httpcore", "slack_bolt"]
