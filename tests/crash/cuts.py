"""The bot as a process that kills itself, with SIGKILL, at one step between intent, act and record.

`run("run", environ, "create_image before")` is `python -m bot run` until that step, and with no cut until it is ended.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from bot import worker
from bot.__main__ import main
from bot.domain import delivery
from bot.domain.steps import JobStep, StepMove
from bot.jdcloud import JDCloud
from bot.service.check import Checking
from bot.service.decide import Deciding
from bot.service.draft import Drafting
from bot.slack.outbox.form_results import FormResults
from bot.slack.outbox.posting import Posting
from bot.store.steps import Steps

CALLS: dict[str, tuple[type, str]] = {
    "submission": (Drafting, "submit"),
    "approval": (Deciding, "approve"),
    "check": (Checking, "check"),
    "request stored": (Checking, "_send"),
    "create_image": (JDCloud, "create_image"),
    "look": (JDCloud, "images"),
    "post": (Posting, "post"),
    "redraw": (Posting, "update"),
    "view": (FormResults, "_shown"),
}
"""What is cut: just before it begins, or when it has its answer and nothing is noted yet."""

WEB = ("submission", "approval")

STEPS = [(name, when) for name in CALLS for when in ("before", "after")]

MOVES = ("CALL", "ACCEPT", "FINISH")
"""Moves of a step that are cut in the middle of their transaction: nothing of it may be seen."""


def die() -> None:
    """At once, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut_call(owner: type, method: str, when: str) -> None:
    """Cuts a call in two."""
    original: Callable[..., Any] = getattr(owner, method)

    async def cut(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = await original(*args, **kwargs)
        die()
        return result

    setattr(owner, method, cut)


def cut_move(name: str) -> None:
    """Cuts a transaction in two."""
    original = Steps.advance

    def cut(self: Steps, step: JobStep, move: StepMove, **kwargs: Any) -> bool:
        moved = original(self, step, move, **kwargs)
        if move.name == name:
            die()
        return moved

    Steps.advance = cut  # type: ignore[method-assign] # that is the point


def run(command: str, environ: dict[str, str], cut: str) -> None:
    """`python -m bot …` with nothing but these settings, in a process that was made for it."""
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["bot", command]
    delivery.DOUBT = 2.0  # nothing takes effect late here
    worker.LOOK_EVERY = 0.1  # the simulation holds what a second means
    step, _, point = cut.rpartition(" ")
    if step in CALLS:
        cut_call(*CALLS[step], point)
    elif point:
        cut_move(point)
    main()
