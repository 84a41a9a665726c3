"""The bad day on switches: what goes wrong with an upstream until the switch is turned back."""

from dataclasses import dataclass, field
from typing import Literal

from bot.demo import jdcloud, slack

Upstream = Literal["slack", "jdcloud"]
Kind = Literal["none", "slow", "refuse", "lose", "limit", "error"]
Reach = Literal["one", "start", "every"]

SLOW = 4.0
"""Seconds that a slow answer takes; the bot waits 5 in the demo."""

_METHODS: dict[Reach, str] = {"one": "chat.postMessage", "every": slack.ANY_METHOD}
_ACTIONS: dict[Reach, str] = {"one": "createImage", "start": "startInstance", "every": jdcloud.ANY_ACTION}
_SLACK: dict[Kind, slack.Fault] = {
    "slow": slack.Slow(SLOW),
    "refuse": slack.Error("restricted_action"),
    "lose": slack.LoseAnswer(),
    "limit": slack.RateLimited(retry_after=3),
    "error": slack.ServerError(503),
}
_JDCLOUD: dict[Kind, jdcloud.Fault] = {
    "slow": jdcloud.Slow(SLOW),
    "refuse": jdcloud.Refuse(403, "HTTP_FORBIDDEN", "Access forbidden"),
    "lose": jdcloud.LoseAnswer(),
    "limit": jdcloud.Refuse(429, "RATE_LIMIT", "Too many requests"),
    "error": jdcloud.Refuse(500, "INTERNAL", "Internal server error"),
}


@dataclass
class Switch:
    """One upstream's trouble."""

    kind: Kind = "none"
    reach: Reach = "one"


@dataclass
class Switchboard:
    """The switches of both upstreams."""

    workspace: slack.Slack
    cloud: jdcloud.JDCloud
    switches: dict[Upstream, Switch] = field(default_factory=lambda: {"slack": Switch(), "jdcloud": Switch()})

    def turn(self, upstream: Upstream, kind: Kind, reach: Reach) -> None:
        """From now on this goes wrong, with one call that matters or with every call."""
        self.switches[upstream] = Switch(kind, reach)
        if upstream == "slack":
            self.workspace.faults.clear()
            if kind != "none":
                self.workspace.faults.add(_METHODS.get(reach, slack.ANY_METHOD), _SLACK[kind], slack.ALWAYS)
        else:
            self.cloud.faults.clear()
            if kind != "none":
                self.cloud.faults.add(_ACTIONS[reach], _JDCLOUD[kind], jdcloud.ALWAYS)
