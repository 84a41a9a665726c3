"""The demo as a page: a small Slack-like workspace on loopback, with the real bot behind it."""

from bot.demo.web.serve import BUILD_TIME, PortTaken, Running, running, serve

__all__ = ["BUILD_TIME", "PortTaken", "Running", "running", "serve"]
