"""The rules of stopInstance and startInstance, from their pages; every message of their error tables is verbatim.

No page has a message for a start that fails for lack of stock: it is worded as createInstances words that of a disk.
"""

from bot.demo.jdcloud.fields import Fields
from bot.demo.jdcloud.refusals import invalid, not_found, precondition
from bot.demo.jdcloud.resources import Instance
from bot.demo.jdcloud.rules import check_no_task
from bot.demo.jdcloud.world import World

_CHARGES = frozenset({"keepCharging", "stopCharging"})


def check_stop(world: World, instance: Instance, body: object) -> str:
    """What an instance that may be stopped is told of its resources; empty when nothing is said.

    Raises:
        Refusal: something is against it.
    """
    fields = _fields(instance, body, "chargeOnStopped")
    charge = fields.text("chargeOnStopped")
    if charge and charge not in _CHARGES:
        raise invalid(fields.name("chargeOnStopped"), f"not one of {', '.join(sorted(_CHARGES))}")
    _check_idle(world, instance, status="running")
    if charge:
        _check_charge(instance)
    return charge


def check_start(world: World, instance: Instance, body: object) -> None:
    """Whether an instance may be started.

    Raises:
        Refusal: it may not.
    """
    _fields(instance, body)
    _check_idle(world, instance, status="stopped")
    if instance.charge_status != "normal":
        raise precondition("Invalid charge state")
    if instance.system_disk is None:
        raise not_found("System disk not found")
    if instance.system_disk.attachment != "attached":
        raise precondition("Invalid system disk mount state")
    if not instance.in_stock:
        raise precondition(f"Instance type '{instance.type}' is out of stock")


def _fields(instance: Instance, body: object, *known: str) -> Fields:
    """The body, which may repeat what the path says (the official SDK does)."""
    fields = Fields(body, "", known={"regionId", "instanceId", *known})
    for key, expected in (("regionId", instance.region), ("instanceId", instance.id)):
        if fields.text(key) not in {"", expected}:
            raise invalid(fields.name(key), "not what the path says")
    return fields


def _check_idle(world: World, instance: Instance, *, status: str) -> None:
    check_no_task(world, instance)
    if instance.status != status:
        raise precondition(f"Invalid instance status {instance.status}")


def _check_charge(instance: Instance) -> None:
    """Saying it is for instances charged by configuration, with a cloud system disk and on no dedicated host.

    The messages name stopCharging alone; whether keepCharging is let through elsewhere no page says, so it is not.
    """
    if instance.dedicated_host_id:
        raise precondition("keepCharging or stopCharging does not applied to dedicated host")
    if instance.system_disk and not instance.system_disk.is_cloud:
        raise precondition("stopCharging only applied to cloud system disk")
    if instance.charge_mode != "postpaid_by_duration":
        raise precondition("stopCharging only applied to postpaid by duration")
