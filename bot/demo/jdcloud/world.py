"""What there is in the cloud, and how it changes with time.

Everything is open to be changed by hand: a demo's page or a test stops an instance, detaches a disk, breaks an image.
What changes by itself is worked out from the clock whenever somebody looks; there are no timers.
"""

import secrets
import string
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.demo.jdcloud.resources import CONSOLE, Disk, Image, Instance, Quotas, Snapshot, Switch

__all__ = ["World", "random_id"]


def random_id(length: int) -> str:
    """Letters and digits, as JD Cloud's ids are made of."""
    letters = string.ascii_lowercase + string.digits
    return "".join(letters[byte % len(letters)] for byte in secrets.token_bytes(length))


class World:
    """The resources of one account."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        build_time: float,
        stop_time: float,
        start_time: float,
        new_id: Callable[[int], str],
    ) -> None:
        self.clock = clock
        self.build_time = build_time
        self.stop_time = stop_time
        self.start_time = start_time
        self.live_images = False
        """Whether createImage takes running instances with a cloud system disk, as JD Cloud's newer pages say."""
        self.switches: list[Switch] = []
        """Every stop and start that took effect, in order."""
        self.quotas: defaultdict[str, Quotas] = defaultdict(Quotas)
        self.new_id = new_id
        self._instances: dict[str, Instance] = {}
        self._images: dict[str, Image] = {}
        self._snapshots: dict[str, Snapshot] = {}

    @property
    def instances(self) -> dict[str, Instance]:
        """Every instance by id, as of now."""
        self._catch_up()
        return self._instances

    @property
    def images(self) -> dict[str, Image]:
        """Every image by id, as of now, hidden ones included."""
        self._catch_up()
        return self._images

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        """Every snapshot by id, as of now."""
        self._catch_up()
        return self._snapshots

    def add_instance(self, instance: Instance) -> Instance:
        """Puts an instance into its region; cloud disks without an id are given one."""
        for disk in instance.disks:
            if disk.is_cloud and not disk.id:
                disk.id = f"vol-{self.new_id(10)}"
        self._instances[instance.id] = instance
        return instance

    def add_snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Puts a snapshot into its region."""
        self._snapshots[snapshot.id] = snapshot
        return snapshot

    def stop(self, instance_id: str) -> None:
        """An instance is stopped, at once."""
        self.begin_stop(self.instances[instance_id], takes=0.0)
        self._set_status(instance_id, "stopped")

    def start(self, instance_id: str) -> None:
        """An instance is running, at once."""
        self.begin_start(self.instances[instance_id], takes=0.0)
        self._set_status(instance_id, "running")

    def begin_stop(
        self, instance: Instance, *, by: str = CONSOLE, charge_on_stopped: str = "", takes: float | None = None
    ) -> None:
        """An instance begins to stop.

        Args:
            instance: which; its own attribute decides what it releases where nothing is said.
            by: whose doing it is.
            charge_on_stopped: what was said; empty: nothing.
            takes: seconds; `inf`: it hangs in `stopping`, until it is stopped by hand. `stop_time` unless given.
        """
        if instance.status not in {"stopped", "stopping"}:
            instance.releases = (charge_on_stopped or instance.charge_on_stopped) == "stopCharging"
            self._note(instance, "stop", by, charge_on_stopped=charge_on_stopped, releases=instance.releases)
        self._switch(instance, through="stopping", to="stopped", takes=self.stop_time if takes is None else takes)

    def begin_start(
        self, instance: Instance, *, by: str = CONSOLE, fails: bool = False, takes: float | None = None
    ) -> None:
        """An instance begins to start.

        Args:
            instance: which.
            by: whose doing it is.
            fails: it is `stopped` again in the end.
            takes: likewise; `start_time` unless given.
        """
        if instance.status not in {"running", "starting"}:
            self._note(instance, "start", by)
        to = "stopped" if fails else "running"
        self._switch(instance, through="starting", to=to, takes=self.start_time if takes is None else takes)

    def _note(self, instance: Instance, action: str, by: str, **more: Any) -> None:
        self.switches.append(Switch(at=self.clock(), instance_id=instance.id, action=action, by=by, **more))

    def _switch(self, instance: Instance, *, through: str, to: str, takes: float) -> None:
        instance.status = through
        instance.next_status = to
        instance.next_status_at = self.clock() + takes

    def make_image(
        self,
        instance: Instance,
        *,
        name: str,
        description: str,
        included: Iterable[Disk],
        added: Iterable[Disk],
        breaks: bool,
        hidden_for: float,
    ) -> Image:
        """Begins an image and the snapshots of the cloud disks in it.

        Args:
            instance: what it is made of; it has a system disk.
            name: its name.
            description: its description.
            included: attached cloud data disks.
            added: further disks of the image, blank or from a snapshot.
            breaks: it will end as `error`.
            hidden_for: seconds for which no describe call shows it.
        """
        if instance.system_disk is None:
            raise ValueError("an image needs a system disk")
        now = self.clock()
        image_id = f"img-{self.new_id(10)}"
        attached = [instance.system_disk, *included]
        taken = [
            self._taken(disk, instance.region, image_id, share=number / len(attached))
            for number, disk in enumerate(attached, start=1)
        ]
        image = Image(
            id=image_id,
            region=instance.region,
            name=name,
            description=description,
            instance_id=instance.id,
            created_at=now,
            status="pending",
            system_disk=taken[0],
            data_disks=[*taken[1:], *added],
            platform=instance.platform,
            os_version=instance.os_version,
            os_type=instance.os_type,
            ready_at=now + self.build_time,
            breaks=breaks,
            hidden_until=now + hidden_for,
        )
        self._images[image.id] = image
        return image

    def _taken(self, disk: Disk, region: str, image_id: str, *, share: float) -> Disk:
        """A disk as the image will have it; of a cloud disk a snapshot is begun, done after a share of the time."""
        if not disk.is_cloud:
            return replace(disk)
        now = self.clock()
        snapshot = Snapshot(
            id=f"snapshot-{self.new_id(10)}",
            region=region,
            name=f"{image_id}-{disk.device}",
            size_gb=disk.size_gb,
            disk_id=disk.id,
            status="creating",
            created_at=now,
            ready_at=now + self.build_time * share,
            images=[image_id],
        )
        self._snapshots[snapshot.id] = snapshot
        return replace(disk, snapshot_id=snapshot.id)

    def remove_image(self, image: Image, *, with_snapshots: bool) -> None:
        """Deletes an image; its snapshots stay unless asked (deleteImage: deleteSnapshot)."""
        del self._images[image.id]
        for snapshot in list(self._snapshots.values()):
            if image.id in snapshot.images:
                snapshot.images.remove(image.id)
                if with_snapshots:
                    del self._snapshots[snapshot.id]

    def _set_status(self, instance_id: str, status: str) -> None:
        instance = self._instances[instance_id]
        instance.status = status
        instance.next_status = ""
        if status == "stopped" and instance.releases:  # stopInstance: 释放实例自身包含的资源（CPU/内存/GPU/本地数据盘）
            instance.data_disks = [disk for disk in instance.data_disks if disk.is_cloud]
            instance.releases = False

    def _catch_up(self) -> None:
        now = self.clock()
        for instance in self._instances.values():
            if instance.next_status and now >= instance.next_status_at:
                self._set_status(instance.id, instance.next_status)
        for image in self._images.values():
            if image.status == "pending" and now >= image.ready_at:
                image.status = "error" if image.breaks else "ready"
                if image.breaks:
                    # Image status: when one part fails, all snapshots the operation made are deleted.
                    self._drop_snapshots_of(image)
                for snapshot in self._snapshots.values():  # no image is ready before its last snapshot
                    if image.id in snapshot.images:
                        snapshot.ready_at = min(snapshot.ready_at, now)
        for snapshot in self._snapshots.values():
            if snapshot.status == "creating" and now >= snapshot.ready_at:
                snapshot.status = "available"

    def _drop_snapshots_of(self, image: Image) -> None:
        for snapshot_id in [key for key, snapshot in self._snapshots.items() if image.id in snapshot.images]:
            del self._snapshots[snapshot_id]
