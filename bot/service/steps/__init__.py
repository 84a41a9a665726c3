"""Steps: the engine that has the cloud do what a plan says, and a module for each kind of step.

`asking` brings steps to the cloud, `doubt` looks for what a call has done whose answer was lost, `watching` looks at
steps until they have happened, `record` writes down what becomes of them, and `kind` is what a kind has to answer. The
engine knows no kind: it is given `all_kinds`.
"""

from collections.abc import Mapping

from bot.domain.steps import Step
from bot.jdcloud import JDCloud
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.service.steps.asking import Asking
from bot.service.steps.image import MakeImage
from bot.service.steps.kind import Kind
from bot.service.steps.power import StartInstance, StopInstance
from bot.service.steps.watching import PAGE, Watching
from bot.store import Store

__all__ = ["PAGE", "Asking", "Kind", "Watching", "all_kinds"]


def all_kinds(*, store: Store, cloud: JDCloud, rules: CurrentRules, clock: Clock) -> Mapping[str, Kind]:
    """What carries out each kind of step that plans are made of."""
    return {
        Step.STOP: StopInstance(store=store, cloud=cloud, rules=rules, clock=clock),
        Step.IMAGE: MakeImage(store=store, cloud=cloud, rules=rules, clock=clock),
        Step.START: StartInstance(store=store, cloud=cloud, rules=rules, clock=clock),
    }
