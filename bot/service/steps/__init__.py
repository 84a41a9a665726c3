"""Steps: the engine that has the cloud do what a plan says, and a module for each kind of step.

`asking` brings steps to the cloud, `watching` looks at them until they have happened, `record` writes down what becomes
of them, and `kind` is what a kind of step has to answer. The engine knows no kind.
"""

from collections.abc import Mapping

from bot.service.steps.asking import Asking
from bot.service.steps.image import MakeImage
from bot.service.steps.kind import Kind
from bot.service.steps.power import StartInstance, StopInstance
from bot.service.steps.watching import Watching, pages

Kinds = Mapping[str, Kind]

__all__ = ["Asking", "Kind", "Kinds", "MakeImage", "StartInstance", "StopInstance", "Watching", "pages"]
