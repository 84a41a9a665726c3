"""Probes: whether the bot would work, asked of each part by itself, with what to do where it would not."""

from bot.probes.policy import policy_file
from bot.probes.probe import Finding, Findings, Level, look, ok, works
from bot.probes.process import needed, tick
from bot.probes.upstreams import Upstreams, before_start
from bot.probes.watch import Watch

__all__ = [
    "Finding",
    "Findings",
    "Level",
    "Upstreams",
    "Watch",
    "before_start",
    "look",
    "needed",
    "ok",
    "policy_file",
    "tick",
    "works",
]
