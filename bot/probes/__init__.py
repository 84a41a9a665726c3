"""Probes: whether the bot would work, asked of each part by itself, with what to do where it would not."""

from bot.probes.neighbours import Neighbours, before_start
from bot.probes.probe import Finding, Findings, Level, look, ok, works
from bot.probes.process import needed, tick
from bot.probes.watch import Watch

__all__ = [
    "Finding",
    "Findings",
    "Level",
    "Neighbours",
    "Watch",
    "before_start",
    "look",
    "needed",
    "ok",
    "tick",
    "works",
]
