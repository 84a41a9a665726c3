"""Probes: whether the bot would work, asked of each part by itself, with what to do where it would not."""

from bot.probes.neighbours import Neighbours, before_start
from bot.probes.probe import Finding, Level, Probe, look
from bot.probes.process import needed, tick
from bot.probes.watch import Watch

__all__ = ["Finding", "Level", "Neighbours", "Probe", "Watch", "before_start", "look", "needed", "tick"]
