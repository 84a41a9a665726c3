"""A JD Cloud to try the bot with: the VM and Disk protocol, its rules and its troubles, in one process.

It is written from createImage's page and the official SDK alone and knows nothing of the bot, so that what
works against it was not merely agreed upon with itself.
"""

from bot.demo.jdcloud.faults import (
    ALWAYS,
    ANY_ACTION,
    Drop,
    Fault,
    Faults,
    Hang,
    HideImages,
    Html,
    ImageBreaks,
    LoseAnswer,
    Refuse,
    RefuseUnknown,
    Slow,
    StartFails,
    Tell,
)
from bot.demo.jdcloud.fleet import sample_world
from bot.demo.jdcloud.refusals import Refusal
from bot.demo.jdcloud.resources import API, CONSOLE, Disk, Image, Instance, Quotas, Snapshot, Switch
from bot.demo.jdcloud.server import Call, JDCloud

__all__ = [
    "ALWAYS",
    "ANY_ACTION",
    "API",
    "CONSOLE",
    "Call",
    "Disk",
    "Drop",
    "Fault",
    "Faults",
    "Hang",
    "HideImages",
    "Html",
    "Image",
    "ImageBreaks",
    "Instance",
    "JDCloud",
    "LoseAnswer",
    "Quotas",
    "Refusal",
    "Refuse",
    "RefuseUnknown",
    "Slow",
    "Snapshot",
    "StartFails",
    "Switch",
    "Tell",
    "sample_world",
]
