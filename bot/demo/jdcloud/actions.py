"""What each call does: the VM and Disk APIs the bot's users need, over one world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from bot.demo.jdcloud.faults import Faults
from bot.demo.jdcloud.queries import Query, select
from bot.demo.jdcloud.refusals import invalid, missing, not_found, precondition
from bot.demo.jdcloud.resources import API, Disk, Image, Instance, Snapshot
from bot.demo.jdcloud.rules import check_create_image, find_instance
from bot.demo.jdcloud.shapes import Json, disk_json, image_json, instance_json, snapshot_json, status_json
from bot.demo.jdcloud.switching import check_start, check_stop
from bot.demo.jdcloud.world import World

_PAGING = ("pageNumber", "pageSize")
_IMAGE_SOURCES = ("public", "thirdparty", "private", "shared", "community")
_EXACT, _FUZZY = False, True
_INSTANCE_FILTERS = {
    "instanceId": _EXACT,
    "privateIpAddress": _FUZZY,
    "az": _EXACT,
    "status": _EXACT,
    "name": _FUZZY,
    "imageId": _EXACT,
    "instanceType": _EXACT,
}


@dataclass(frozen=True)
class Asked:
    """What a call asks for, once its path is understood."""

    region: str
    resource: str  # the id in the path; empty for a list
    query: str  # still percent-encoded
    body: object  # parsed JSON; an empty object for a body of no bytes, None for what is not JSON


class Actions:
    """The calls by the names JD Cloud gives them; each returns its `result`, or None where there is none."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._calls: Mapping[str, Callable[[Asked], Json | None]] = {
            "describeInstances": self._describe_instances,
            "describeInstance": self._describe_instance,
            "describeInstanceStatus": self._describe_instance_status,
            "stopInstance": self._stop_instance,
            "startInstance": self._start_instance,
            "createImage": self._create_image,
            "describeImages": self._describe_images,
            "describeImage": self._describe_image,
            "deleteImage": self._delete_image,
            "describeQuotas": self._describe_quotas,
            "describeQuota": self._describe_quota,
            "describeDisks": self._describe_disks,
            "describeSnapshots": self._describe_snapshots,
        }

    def perform(self, action: str, asked: Asked) -> Json | None:
        """Does it.

        Raises:
            Refusal: it may not be done.
        """
        return self._calls[action](asked)

    def _describe_instances(self, asked: Asked) -> Json:
        query = Query(asked.query, known={*_PAGING, "filters"})
        found = select(self._instances(asked.region), query.filters(), _instance_facts, known=_INSTANCE_FILTERS)
        return {"instances": [instance_json(each) for each in query.page(found)], "totalCount": len(found)}

    def _describe_instance(self, asked: Asked) -> Json:
        Query(asked.query, known=())
        return {"instance": instance_json(find_instance(self._world, asked.region, asked.resource))}

    def _describe_instance_status(self, asked: Asked) -> Json:
        query = Query(asked.query, known={*_PAGING, "filters"})
        found = select(self._instances(asked.region), query.filters(), _instance_facts, known=_INSTANCE_FILTERS)
        return {"instanceStatuses": [status_json(each) for each in query.page(found)], "totalCount": len(found)}

    def _stop_instance(self, asked: Asked) -> None:
        Query(asked.query, known=())
        instance = find_instance(self._world, asked.region, asked.resource)
        charge = check_stop(self._world, instance, asked.body)
        takes = inf if self._faults.hangs("stopInstance", asked.region, asked.resource) else None
        self._world.begin_stop(instance, by=API, charge_on_stopped=charge, takes=takes)

    def _start_instance(self, asked: Asked) -> None:
        Query(asked.query, known=())
        instance = find_instance(self._world, asked.region, asked.resource)
        check_start(self._world, instance, asked.body)
        takes = inf if self._faults.hangs("startInstance", asked.region, asked.resource) else None
        fails = self._faults.start_fails(asked.region, asked.resource)
        self._world.begin_start(instance, by=API, fails=fails, takes=takes)

    def _create_image(self, asked: Asked) -> Json:
        Query(asked.query, known=())
        recipe = check_create_image(self._world, asked.region, asked.resource, asked.body)
        image = self._world.make_image(
            find_instance(self._world, asked.region, asked.resource),
            name=recipe.name,
            description=recipe.description,
            included=recipe.included,
            added=recipe.added,
            breaks=self._faults.image_breaks(asked.region, asked.resource),
            hidden_for=self._faults.image_hidden_for(asked.region, asked.resource),
        )
        return {"imageId": image.id}

    def _describe_images(self, asked: Asked) -> Json:
        """With `ids` the other conditions count for nothing; without, `imageSource` is required."""
        exact = ("imageSource", "platform", "rootDeviceType", "launchPermission", "status", "architecture")
        query = Query(asked.query, known={*_PAGING, *exact, "ids", "imageName", "instanceIds"})
        found = self._images(asked.region)
        if ids := query.listed("ids"):
            found = [image for image in found if image.id in ids]
        else:
            source = query.text("imageSource")
            if not source:
                raise missing("ImageSource")
            if source not in _IMAGE_SOURCES:
                raise invalid("ImageSource")
            instance_ids = query.listed("instanceIds")
            wanted = {key: query.text(key) for key in exact if query.text(key)}
            found = [
                image
                for image in found
                if wanted.items() <= image_json(image).items()
                and query.text("imageName") in image.name
                and (not instance_ids or image.instance_id in instance_ids)
            ]
        return {"images": [image_json(each) for each in query.page(found)], "totalCount": len(found)}

    def _describe_image(self, asked: Asked) -> Json:
        Query(asked.query, known=())
        return {"image": image_json(self._image(asked))}

    def _delete_image(self, asked: Asked) -> None:
        query = Query(asked.query, known={"deleteSnapshot"})
        image = self._image(asked)
        if image.status == "pending":
            raise precondition(f"Conflict with underlay image task '{image.id}'")
        self._world.remove_image(image, with_snapshots=query.flag("deleteSnapshot"))

    def _describe_quotas(self, asked: Asked) -> Json:
        query = Query(asked.query, known={"filters"})
        quotas = self._world.quotas[asked.region]
        held = {
            "instance": (quotas.instances, len(self._instances(asked.region))),
            "image": (quotas.images, sum(each.region == asked.region for each in self._world.images.values())),
        }
        found = select(
            list(held), query.filters(), lambda kind: {"resourceTypes": kind}, known={"resourceTypes": _EXACT}
        )
        shapes = [{"resourceType": kind, "limit": held[kind][0], "used": held[kind][1]} for kind in found]
        return {"quotas": shapes}

    def _describe_quota(self, asked: Asked) -> Json:
        kind = Query(asked.query, known={"type"}).text("type")
        quotas = self._world.quotas[asked.region]
        if kind == "snapshot":
            return {"quota": {"limit": quotas.snapshots, "used": len(self._snapshots(asked.region))}}
        if kind == "disk":
            return {"quota": {"limit": quotas.disks, "used": len(self._cloud_disks(asked.region))}}
        raise invalid("Type") if kind else missing("Type")

    def _describe_disks(self, asked: Asked) -> Json:
        query = Query(asked.query, known={*_PAGING, "filters"})
        exact = ("diskId", "diskType", "instanceId", "instanceType", "status", "az", "multiAttach", "encrypted")
        known = dict.fromkeys(exact, _EXACT) | {"name": _FUZZY}
        found = select(self._cloud_disks(asked.region), query.filters(), _disk_facts, known=known)
        return {"disks": [disk_json(*each) for each in query.page(found)], "totalCount": len(found)}

    def _describe_snapshots(self, asked: Asked) -> Json:
        query = Query(asked.query, known={*_PAGING, "filters", "snapshotSource"})
        if query.text("snapshotSource") not in {"", "private"}:
            raise invalid("SnapshotSource", "this account has only its own")
        known = {"snapshotId": _EXACT, "diskId": _EXACT, "status": _EXACT, "name": _FUZZY}
        found = select(self._snapshots(asked.region), query.filters(), _snapshot_facts, known=known)
        return {"snapshots": [snapshot_json(each) for each in query.page(found)], "totalCount": len(found)}

    def _image(self, asked: Asked) -> Image:
        for image in self._images(asked.region):
            if image.id == asked.resource:
                return image
        raise not_found(f"Image '{asked.resource}' not found")

    def _images(self, region: str) -> list[Image]:
        now = self._world.clock()
        return [each for each in self._world.images.values() if each.region == region and now >= each.hidden_until]

    def _instances(self, region: str) -> list[Instance]:
        return [each for each in self._world.instances.values() if each.region == region]

    def _snapshots(self, region: str) -> list[Snapshot]:
        return [each for each in self._world.snapshots.values() if each.region == region]

    def _cloud_disks(self, region: str) -> list[tuple[Disk, Instance]]:
        return [(disk, instance) for instance in self._instances(region) for disk in instance.disks if disk.is_cloud]


def _instance_facts(instance: Instance) -> Mapping[str, str]:
    return {
        "instanceId": instance.id,
        "privateIpAddress": instance.private_ip,
        "az": instance.az,
        "status": instance.status,
        "name": instance.name,
        "imageId": instance.image_id,
        "instanceType": instance.type,
    }


def _disk_facts(attached: tuple[Disk, Instance]) -> Mapping[str, str]:
    disk, instance = attached
    return {
        "diskId": disk.id,
        "diskType": disk.type,
        "instanceId": instance.id,
        "instanceType": "vm",
        "status": disk.status,
        "az": instance.az,
        "name": disk.name,
        "multiAttach": str(disk.multi_attachable).lower(),
        "encrypted": str(disk.encrypted).lower(),
    }


def _snapshot_facts(snapshot: Snapshot) -> Mapping[str, str]:
    return {
        "snapshotId": snapshot.id,
        "diskId": snapshot.disk_id,
        "status": snapshot.status,
        "name": snapshot.name,
    }
