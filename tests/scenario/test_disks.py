"""Disks in the form: left out, added blank or from a snapshot, edited, removed; and what stands against them."""

import json

import pytest

from bot.demo.jdcloud import Disk, Image, Quotas, Refuse, Slow, Snapshot
from tests.scenario.conftest import WEB_1, World

REGION = "cn-north-1"


def asked(world: World) -> dict[str, object]:
    """The body of the one createImage."""
    (call,) = [call for call in world.cloud.calls if call.action == "createImage"]
    assert isinstance(call.body, dict)
    return call.body


async def add_disk(world: World, **fields: str) -> dict[str, str]:
    """Opens the disk form, fills it in and sends it: the errors shown."""
    amy = world.amy
    await amy.press("Add a disk", view=True)
    await world.until(lambda: "Device name" in world.shown(amy))
    for label, text in fields.items():
        await amy.fill(label.replace("_", " "), text)
    return await world.attempt(amy)


async def approve(world: World) -> None:
    """Sends the request and approves it."""
    assert await world.attempt(world.amy) == {}
    await world.until(lambda: bool(world.cards()))
    await world.ben.press("Approve", message=world.cards()[-1], confirm=True)
    await world.until(lambda: world.created() == 1)


def being_made(world: World, image_id: str, name: str, *, of: str, seconds: float) -> None:
    """An image that somebody else has made, or is making for so many seconds more."""
    now = world.clock()
    world.cloud.images[image_id] = Image(
        id=image_id,
        region=REGION,
        instance_id=of,
        name=name,
        description="",
        created_at=now,
        status="pending" if seconds else "ready",
        ready_at=now + seconds,
        system_disk=Disk(device="vda", id="vol-other", name="system"),
    )


async def test_blank_disk(running: World) -> None:
    """A blank disk is added at the first free device, with everything said explicitly."""
    await running.form()
    await running.amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(running.amy))
    assert "vdd" in running.shown(running.amy)
    assert "cn-north-1a" in running.shown(running.amy)
    await running.amy.fill("Size (GiB)", "100")
    await running.amy.fill("Name", "scratch")
    assert await running.amy.submit() == {}
    await running.until(lambda: "scratch" in running.shown(running.amy))
    assert "weekly" in running.shown(running.amy)
    await approve(running)
    assert asked(running)["dataDisks"] == [
        {
            "deviceName": "vdd",
            "diskCategory": "cloud",
            "autoDelete": True,
            "cloudDiskSpec": {
                "az": "cn-north-1a",
                "name": "scratch",
                "diskType": "ssd",
                "diskSizeGB": 100,
                "multiAttachable": False,
                "charge": {"chargeMode": "postpaid_by_duration"},
            },
        }
    ]
    assert "adds* `vdd`, blank, 100 GiB" in running.card()


async def test_every_field_of_a_disk(running: World) -> None:
    """Every field of DiskSpec and ChargeSpec can be chosen; a snapshot brings its size along."""
    running.cloud.add_snapshot(Snapshot(id="snapshot-gold", region=REGION, name="gold", size_gb=45))
    amy = running.amy
    await running.form()
    await amy.untick("Data disks", "vdb")
    await amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(amy))
    await amy.choose("Device name", "vdf")
    await amy.choose("Source", "Snapshot")
    await running.until(lambda: "Search by name or id" in json.dumps(amy.view.blocks if amy.view else []))
    await amy.choose("Snapshot", "gold")
    await running.until(lambda: amy.values.get("Size (GiB)") == "50")
    await amy.choose("Disk type", "premium-hdd")
    await running.until(lambda: "3000" in running.shown(amy))
    await amy.fill("Size (GiB)", "2000")
    await amy.fill("Name", "数据-1")
    await amy.fill("Description", "gold copy")
    await amy.choose("Delete with the instance", "No")
    await amy.choose("Shared between instances", "Yes")
    await amy.choose("Billing", "Prepaid")
    await running.until(lambda: "Billing unit" in running.shown(amy))
    await amy.choose("Billing unit", "Years")
    await running.until(lambda: "1 to 3" in running.shown(amy))
    await amy.fill("Billing duration", "3")
    assert amy.values["Name"] == "数据-1"
    assert await amy.submit() == {}
    await running.until(lambda: "vdf" in running.shown(amy))
    await approve(running)
    assert asked(running)["dataDisks"] == [
        {"deviceName": "vdb", "noDevice": True},
        {
            "deviceName": "vdf",
            "diskCategory": "cloud",
            "autoDelete": False,
            "cloudDiskSpec": {
                "az": "cn-north-1a",
                "name": "数据-1",
                "description": "gold copy",
                "diskType": "premium-hdd",
                "diskSizeGB": 2000,
                "multiAttachable": True,
                "snapshotId": "snapshot-gold",
                "charge": {"chargeMode": "prepaid_by_duration", "chargeUnit": "year", "chargeDuration": 3},
            },
        },
    ]
    for words in ("gold", "kept when", "shared", "prepaid for 3 years"):
        assert words in running.card()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Size_(GiB)": "45", "Name": "x"}, {"Size (GiB)": "45 is not a multiple of 10: use 40 or 50."}),
        ({"Size_(GiB)": "10", "Name": "x"}, {"Size (GiB)": "10 GiB is outside of what ssd has: use 20 to 1000."}),
        ({"Size_(GiB)": "1010", "Name": "x"}, {"Size (GiB)": "1010 GiB is outside of what ssd has: use 20 to 1000."}),
        (
            {"Size_(GiB)": "20", "Name": "a.b c"},
            {"Name": 'Use only Chinese, letters, digits, _ and - here, not: space, ".". Perhaps a-b-c?'},
        ),
        ({"Size_(GiB)": "1000", "Name": "x"}, {}),
        ({"Size_(GiB)": "20", "Name": "x"}, {}),
    ],
)
async def test_wrong_disk(running: World, fields: dict[str, str], said: dict[str, str]) -> None:
    """What would be right is said at the field that is wrong; what is right at the boundary passes."""
    await running.form()
    assert await add_disk(running, **fields) == said


async def test_a_disk_is_named_as_its_snapshot(running: World) -> None:
    """It needs no name of its own, and its size is said once, as it would be right."""
    running.cloud.add_snapshot(Snapshot(id="snapshot-gold", region=REGION, name="gold v1.2", size_gb=45))
    amy = running.amy
    await running.form()
    await amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(amy))
    await amy.choose("Source", "Snapshot")
    await running.until(lambda: "Search by name or id" in json.dumps(amy.view.blocks if amy.view else []))
    await amy.choose("Snapshot", "gold v1.2")
    await running.until(lambda: "named as its snapshot: gold-v1-2" in running.shown(amy))
    await amy.fill("Size (GiB)", "31")
    assert await running.attempt(amy) == {"Size (GiB)": "31 GiB is too small for the snapshot: use 50 or more."}
    await amy.fill("Size (GiB)", "50")
    assert await running.attempt(amy) == {}
    await running.until(lambda: "gold-v1-2" in running.shown(amy))
    await amy.press("Remove vdd gold-v1-2", view=True)
    await running.until(lambda: "gold-v1-2" not in running.shown(amy))


async def test_where_no_disk_can_be_added_it_says_why(running: World) -> None:
    """No button leads nowhere."""
    disks = running.cloud.instances[WEB_1].data_disks
    disks += [Disk(device=f"vd{letter}", id=f"vol-{letter}", name=letter, size_gb=20) for letter in "defghi"]
    await running.form()
    assert "No device name from vdb to vdi is free" in running.shown(running.amy)
    assert "Add a disk" not in running.shown(running.amy)


async def test_edit_and_remove(running: World) -> None:
    """An added disk can be edited, keeps its device while it is, and can be taken back."""
    amy = running.amy
    await running.form()
    assert await add_disk(running, **{"Size_(GiB)": "30", "Name": "first"}) == {}
    await running.until(lambda: "first" in running.shown(amy))
    await amy.fill("Description", "typed in between")
    await amy.untick("Data disks", "vdc")
    await amy.press("Edit", view=True)
    await running.until(lambda: amy.values.get("Name") == "first" and "Device name" in running.shown(amy))
    await amy.fill("Name", "second")
    assert await amy.submit() == {}
    await running.until(lambda: "second" in running.shown(amy))
    assert "first" not in running.shown(amy)
    assert "typed in between" in running.shown(amy)
    assert "( ) vdc" in running.shown(amy)
    await amy.press("Remove", view=True)
    await running.until(lambda: "second" not in running.shown(amy))
    await approve(running)
    assert asked(running)["dataDisks"] == [{"deviceName": "vdc", "noDevice": True}]


async def test_image_quota(running: World) -> None:
    """An image quota that is used up is said before anybody is asked to approve."""
    running.cloud.quotas[REGION] = Quotas(images=0, snapshots=15)
    await running.form()
    await running.amy.submit()
    await running.until(lambda: "0 of 0 private images" in running.shown(running.amy))
    assert running.cards() == []


async def test_snapshot_quota(running: World) -> None:
    """So is a snapshot quota; leaving out disks can be enough."""
    running.cloud.quotas[REGION] = Quotas(images=5, snapshots=2)
    await running.form()
    await running.amy.submit()
    await running.until(lambda: "needs 3 snapshots" in running.shown(running.amy))
    await running.amy.untick("Data disks", "vdc")
    await approve(running)


async def test_image_still_being_made(running: World) -> None:
    """An instance that has an image in the making is busy, whoever asked for that image."""
    being_made(running, "img-other", "other", of=WEB_1, seconds=3600)
    await running.form()
    await running.amy.submit()
    await running.until(lambda: "img-other" in running.shown(running.amy))
    assert running.cards() == []


async def test_name_taken(running: World) -> None:
    """A name that another image has is a warning: sent again, it passes."""
    being_made(running, "img-old", "golden", of="i-other", seconds=0)
    await running.form()
    await running.amy.fill("Name", "golden")
    await running.amy.submit()
    await running.until(lambda: "img-old" in running.shown(running.amy))
    assert running.cards() == []
    await approve(running)


async def test_snapshot_gone_meanwhile(running: World) -> None:
    """A chosen snapshot that has been deleted is said by name, and for which disk."""
    running.cloud.add_snapshot(Snapshot(id="snapshot-gold", region=REGION, name="gold", size_gb=40))
    amy = running.amy
    await running.form()
    await amy.press("Add a disk", view=True)
    await running.until(lambda: "Device name" in running.shown(amy))
    await amy.choose("Source", "Snapshot")
    await running.until(lambda: "snapshot/" in json.dumps(amy.view.blocks if amy.view else []))
    await amy.choose("Snapshot", "gold")
    await running.until(lambda: amy.values.get("Size (GiB)") == "40")
    await amy.fill("Name", "copy")
    assert await amy.submit() == {}
    await running.until(lambda: "copy" in running.shown(amy))
    del running.cloud.snapshots["snapshot-gold"]
    await amy.submit()
    await running.until(lambda: "snapshot-gold" in running.shown(amy) and "gone" in running.shown(amy))


@pytest.mark.parametrize("fault", [Refuse(403, "HTTP_FORBIDDEN", "no"), Slow(30)])
async def test_quota_that_cannot_be_read(running: World, fault: Refuse | Slow) -> None:
    """A quota that cannot be read stops nobody: createImage is the authority."""
    running.cloud.faults.add("describeQuotas", fault, times=9)
    await running.form()
    await running.amy.submit()
    await running.until(lambda: bool(running.cards()), seconds=20)


async def test_show_the_call(running: World) -> None:
    """The exact JSON of the call can be looked at from the card."""
    card = await running.request()
    await running.ben.press("Details", message=card)
    await running.until(lambda: "createImage" in running.shown(running.ben))
    assert '"name": "web-1-' in running.shown(running.ben)


async def test_request_again_adapts_added_disks(running: World) -> None:
    """Asked again, an added disk moves to a free device when its own is attached by now."""
    await running.form()
    assert await add_disk(running, **{"Size_(GiB)": "30", "Name": "extra"}) == {}
    await running.until(lambda: "extra" in running.shown(running.amy))
    await running.amy.submit()
    await running.until(lambda: bool(running.cards()))
    await running.amy.press("Cancel", message=await running.own_card(), confirm=True)
    await running.until(lambda: "Request again" in running.card())
    running.cloud.instances[WEB_1].data_disks.append(Disk(device="vdd", id="vol-new", name="new", size_gb=50))
    await running.amy.press("Request again", message=running.cards()[-1])
    await running.until(lambda: "extra" in running.shown(running.amy) and "vde" in running.shown(running.amy))
