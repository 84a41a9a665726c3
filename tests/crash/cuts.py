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
from bot.service.check_record import CheckRecord
from bot.service.decide import Deciding
from bot.service.draft import Drafting
from bot.slack.outbox.form_results import FormResults
from bot.slack.outbox.posting import Posting
from bot.store.steps import Steps

CALLS: dict[str, tuple[type, str]] = {
    "submission": (Drafting, "submit"),
    "approval": (Deciding, "approve"),
    "check": (Checking, "check"),
    "request stored": (CheckRecord, "sent"),
    "create_image": (JDCloud, "create_image"),
    "look": (JDCloud, "images"),
    "stop": (JDCloud, "stop_instance"),
    "start": (JDCloud, "start_instance"),
    "status": (JDCloud, "instance_statuses"),
    "post": (Posting, "post"),
    "redraw": (Posting, "update"),
    "view": (FormResults, "_shown"),
}
"""What is cut: just before it begins, or when it has its answer and nothing is noted yet."""

WEB = ("submission", "approval")

SWITCHING = ("stop", "start", "status")

STEPS = [f"{name} {when}" for name in CALLS if name not in SWITCHING for when in ("before", "after")]
"""What is cut of a request for an instance that is stopped."""

SWITCHING_STEPS = [f"{name} {when}" for name in ("create_image", *SWITCHING) for when in ("before", "after")]
"""And of one that runs."""

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


def cut_move(name: str, kind: str) -> None:
    """Cuts a transaction in two; of a step of any kind, where none is named."""
    original = Steps.advance

    def cut(self: Steps, step: JobStep, move: StepMove, **kwargs: Any) -> bool:
        moved = original(self, step, move, **kwargs)
        if move.name == name and kind in {"", step.kind}:
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
    if cut.startswith("move "):
        move, _, kind = cut.removeprefix("move ").partition(" of ")
        cut_move(move, kind)
    elif cut:
        step, _, point = cut.rpartition(" ")
        cut_call(*CALLS[step], point)
    main()
