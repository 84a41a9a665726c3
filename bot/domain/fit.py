"""Whether an instance is as a job needs it: what stands in the way, and what has changed since it was planned."""

from collections.abc import Iterator

from bot.domain.cloud import ChargeOnStopped, Instance, InstanceStatus, device_order
from bot.domain.errors import Code, Field, Problem
from bot.domain.plan import PlannedJob, WhileImaged


def obstacles(instance: Instance, meant: WhileImaged = WhileImaged.STOPPED) -> tuple[Problem, ...]:
    """Why no image can be made of this instance as it stands (createImage: 描述); empty when one can.

    Args:
        instance: as it stands.
        meant: a running one is no obstacle to whoever makes the image while it runs.
    """
    facts = {"instance": instance.called, "status": instance.status}
    running_is_fine = meant is WhileImaged.LIVE and instance.status == InstanceStatus.RUNNING
    if instance.status in {InstanceStatus.RUNNING, InstanceStatus.ERROR} and not running_is_fine:
        return (Problem(Code.INSTANCE_NOT_STOPPED, Field.INSTANCE, facts),)
    if instance.status != InstanceStatus.STOPPED and not running_is_fine:
        return (Problem(Code.INSTANCE_BUSY, Field.INSTANCE, facts),)
    if instance.system_disk is None:
        return (Problem(Code.SYSTEM_DISK_MISSING, Field.INSTANCE, {"instance": facts["instance"]}),)
    return busy_disks(instance)


def busy_disks(instance: Instance) -> tuple[Problem, ...]:
    """The disks that something is being done with."""
    system = (instance.system_disk,) if instance.system_disk else ()
    return tuple(
        Problem(
            Code.DISK_BUSY,
            Field.INSTANCE,
            {"device": disk.device, "status": disk.status if disk.attachment == "attached" else disk.attachment},
        )
        for disk in (*system, *instance.cloud_data_disks)
        if not disk.at_rest
    )


def untold(job: PlannedJob, instance: Instance) -> Problem | None:
    """What an answer leaves open: no list of data disks at all, where the plan has some.

    JD Cloud leaves the list out where there are no data disks, and so does an answer that is not whole: they may have
    been detached, or not.
    """
    if instance.data_disks_told or not job.data_disks:
        return None
    devices = ", ".join(disk.device for disk in job.data_disks)
    return Problem(Code.DISKS_NOT_TOLD, None, {"instance": instance.called, "devices": devices})


def newly_released(job: PlannedJob, instance: Instance) -> tuple[Problem, ...]:
    """Whether our stop would release resources by now, which nobody was told before they approved."""
    told = job.keep_charging or job.releases
    if told or instance.charge_on_stopped != ChargeOnStopped.STOP_CHARGING:
        return ()
    return (Problem(Code.STOP_RELEASES, None, {"instance": instance.called}),)


def drift(job: PlannedJob, instance: Instance) -> tuple[Problem, ...]:
    """What of the instance's disks differs from the approved plan, by name; empty when the plan still holds."""
    return tuple(_drift(job, instance))


def _drift(job: PlannedJob, instance: Instance) -> Iterator[Problem]:
    planned = {disk.device: disk for disk in (job.system_disk, *job.data_disks)}
    system = (instance.system_disk,) if instance.system_disk else ()
    found = {disk.device: disk for disk in (*system, *instance.cloud_data_disks)}
    for device in sorted(planned.keys() | found.keys(), key=device_order):
        before, now = planned.get(device), found.get(device)
        if now is None:
            yield Problem(Code.DISK_DETACHED, None, {"device": device})
        elif before is None:
            yield Problem(Code.DISK_ATTACHED, None, {"device": device, "size": str(now.size_gb)})
        elif before.disk_id != now.disk_id:
            yield Problem(Code.DISK_REPLACED, None, {"device": device})
        elif before.size_gb != now.size_gb:
            sizes = {"before": str(before.size_gb), "now": str(now.size_gb)}
            yield Problem(Code.DISK_RESIZED, None, {"device": device} | sizes)
