"""What stopping an instance would mean for it, and how far the snapshots of its image are."""

from collections.abc import Iterable

from bot.domain.cloud import ChargeOnStopped, Instance, InstanceChargeMode, KeepCharging, Snapshot, SnapshotStatus


def stop_charging_of(instance: Instance) -> KeepCharging | None:
    """What stopInstance is to be told of its resources: to keep them, or nothing where it may not be told.

    JD Cloud: `chargeOnStopped` is for instances that are charged by configuration, have a cloud system disk and are on
    no dedicated host; elsewhere saying it is refused. What is not told of an instance counts as if it applied: a
    refusal does nothing, and a stop that released an instance's resources could not be taken back.
    """
    charged_otherwise = instance.charge_mode not in {"", InstanceChargeMode.POSTPAID_BY_DURATION}
    on_a_local_disk = instance.system_disk is not None and not instance.system_disk.is_cloud
    if charged_otherwise or on_a_local_disk or instance.dedicated_host:
        return None
    return ChargeOnStopped.KEEP_CHARGING


def releases_when_stopped(instance: Instance) -> bool:
    """Whether our stop would release its CPU, memory, GPU and local data disks: people must know before they approve.

    Only where it cannot be told to keep them, and its own attribute says `stopCharging`. An attribute that is not told
    there says nothing: JD Cloud gives it no effect for such instances.
    """
    return stop_charging_of(instance) is None and instance.charge_on_stopped == ChargeOnStopped.STOP_CHARGING


def snapshots_done(snapshots: Iterable[Snapshot], image_id: str) -> tuple[int, int]:
    """How many of an image's snapshots are done, and how many there are: "2 of 3". JD Cloud tells no other progress."""
    states = [snapshot.status for snapshot in snapshots if image_id in snapshot.images]
    return states.count(SnapshotStatus.AVAILABLE), len(states)
