"""What may become of a running instance while its image is made: what is offered, and what stands against a choice."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.cloud import Instance, InstanceStatus
from bot.domain.errors import Code, Field, Problem
from bot.domain.plan import WhileImaged


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What its rule lets a request do to a running instance."""

    stopping: bool = True
    live_images: bool = False


def offered(instance: Instance, allowed: Allowed) -> tuple[WhileImaged, ...]:
    """The choices for an instance, the default first; none for one that does not run."""
    return tuple(_offered(instance, allowed)) if instance.status == InstanceStatus.RUNNING else ()


def _offered(instance: Instance, allowed: Allowed) -> Iterator[WhileImaged]:
    if allowed.stopping:
        yield WhileImaged.STOP_AND_START
    yield WhileImaged.STOPPED
    if allowed.live_images and _may_be_live(instance):
        yield WhileImaged.LIVE


def not_allowed(meant: WhileImaged, instance: Instance, allowed: Allowed) -> tuple[Problem, ...]:
    """What stands against a choice, whatever form it was made in; empty when nothing does."""
    match meant:
        case WhileImaged.STOP_AND_START if not allowed.stopping:
            return (Problem(Code.STOPPING_NOT_ALLOWED, Field.WHILE_IMAGED),)
        case WhileImaged.LIVE if not allowed.live_images:
            return (Problem(Code.LIVE_NOT_ALLOWED, Field.WHILE_IMAGED),)
        case WhileImaged.LIVE if not _may_be_live(instance):
            facts = {"instance": instance.called}
            return (Problem(Code.LIVE_ON_LOCAL_DISK, Field.WHILE_IMAGED, facts),)
        case _:
            return ()


def _may_be_live(instance: Instance) -> bool:
    """JD Cloud takes a running instance's image of cloud disks only: a system disk on the host has to be at rest."""
    return instance.system_disk is not None and instance.system_disk.is_cloud
