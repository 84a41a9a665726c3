"""A small fleet to try the bot on: four regions, machines of every kind the form has to cope with."""

from bot.demo.jdcloud.resources import Disk, Instance, Quotas, Snapshot
from bot.demo.jdcloud.world import World

_DAY = 86_400.0


def sample_world(cloud: World) -> None:
    """Fills a cloud with machines and snapshots, launched and taken some days before now.

    The ids are fixed, so that a story told about them stays true. Beijing's quotas are as raised by a ticket;
    elsewhere they are JD Cloud's defaults, tight enough to be met.
    """
    cloud.quotas["cn-north-1"] = Quotas(images=20, snapshots=60)
    now = cloud.clock()
    for days, instance in enumerate((*_north(), *_east(), *_south()), start=20):
        instance.launched_at = now - 9 * days * _DAY
        cloud.add_instance(instance)
    for days, snapshot in enumerate(_snapshots(), start=1):
        snapshot.created_at = now - days * _DAY
        cloud.add_snapshot(snapshot)


def _north() -> tuple[Instance, ...]:
    region = "cn-north-1"
    return (
        Instance(
            region=region,
            id="i-4kq2web1mz",
            name="web-1",
            private_ip="10.0.1.11",
            az="cn-north-1a",
            system_disk=_system(),
            data_disks=[
                Disk(device="vdb", name="web-1-logs", size_gb=100, type="premium-hdd"),
                Disk(device="vdc", name="web-1-uploads", size_gb=200, type="ssd"),
            ],
        ),
        Instance(
            region=region,
            id="i-7rn5web2cx",
            name="web-2",
            status="running",
            private_ip="10.0.1.12",
            az="cn-north-1b",
            system_disk=_system(),
            data_disks=[Disk(device="vdb", name="web-2-logs", size_gb=100, type="premium-hdd")],
        ),
        Instance(
            region=region,
            id="i-9tp3dbm0qa",
            name="db-主库",
            private_ip="10.0.2.21",
            az="cn-north-1a",
            type="m.n2.2xlarge",
            system_disk=_system(80),
            data_disks=[
                Disk(device="vdb", name="mysql-data", size_gb=500, type="ssd"),
                Disk(device="vdc", name="mysql-binlog", size_gb=200, type="ssd"),
                Disk(device="vdd", name="mysql-backup", size_gb=1000, type="premium-hdd", auto_delete=False),
            ],
        ),
        Instance(
            region=region,
            id="i-2xw8cache4",
            name="cache-1",
            private_ip="10.0.3.31",
            az="cn-north-1c",
            type="m.n2.xlarge",
            system_disk=_system(),
            data_disks=[
                Disk(device="vdb", category="local", size_gb=480, type="NVMe SSD"),
                Disk(device="vdc", name="cache-1-dump", size_gb=40, type="ssd.gp1"),
            ],
        ),
        Instance(
            region=region,
            id="i-5hd6stor8k",
            name="archive-node",
            private_ip="10.0.4.41",
            az="cn-north-1b",
            type="s.n2.4xlarge",
            system_disk=_system(),
            data_disks=[
                Disk(device=f"vd{letter}", name=f"archive-{number:02}", size_gb=100 * number, type="premium-hdd")
                for number, letter in enumerate("bcdefghijklm", start=1)
            ],
        ),
        Instance(
            region=region,
            id="i-6mb7batch1",
            name="batch-1",
            status="stopping",
            private_ip="10.0.5.51",
            az="cn-north-1a",
            system_disk=_system(),
        ),
    )


def _east() -> tuple[Instance, ...]:
    return (
        Instance(
            region="cn-east-1",
            id="i-3jc9legacy",
            name="legacy-erp",
            private_ip="10.1.1.11",
            az="cn-east-1a",
            platform="Windows Server",
            os_version="2016",
            os_type="windows",
            system_disk=Disk(device="vda", category="local", size_gb=100, type="HDD"),
            data_disks=[Disk(device="vdb", name="erp-data", size_gb=300, type="ssd")],
        ),
        Instance(
            region="cn-east-2",
            id="i-8vf1shweb1",
            name="sh-web-1",
            private_ip="10.2.1.11",
            az="cn-east-2a",
            system_disk=_system(),
        ),
        Instance(
            region="cn-east-2",
            id="i-0zy4shdb01",
            name="sh-db-1",
            status="running",
            private_ip="10.2.2.21",
            az="cn-east-2b",
            type="m.n2.xlarge",
            charge_on_stopped="stopCharging",
            system_disk=_system(),
            data_disks=[
                Disk(device="vdb", name="sh-db-data", size_gb=400, type="ssd.io1"),
                Disk(device="vdc", name="sh-db-wal", size_gb=60, type="ssd.gp1", encrypted=True),
            ],
        ),
    )


def _south() -> tuple[Instance, ...]:
    return (
        Instance(
            region="cn-south-1",
            id="i-1qe0gzapi1",
            name="gz-api-1",
            private_ip="10.3.1.11",
            az="cn-south-1a",
            platform="Ubuntu",
            os_version="22.04",
            system_disk=_system(60),
            data_disks=[Disk(device="vdb", name="gz-api-data", size_gb=80, type="ssd.gp1")],
        ),
        Instance(
            region="cn-south-1",
            id="i-2wr1gzapi2",
            name="gz-api-2",
            status="running",
            private_ip="10.3.1.12",
            az="cn-south-1a",
            charge_mode="prepaid_by_duration",
            charge_on_stopped="",
            platform="Ubuntu",
            os_version="22.04",
            system_disk=_system(60),
            data_disks=[Disk(device="vdb", name="gz-api-data", size_gb=80, type="ssd.gp1")],
        ),
    )


def _snapshots() -> tuple[Snapshot, ...]:
    return (
        Snapshot(id="snapshot-a1mysqlnightly", region="cn-north-1", name="mysql-data-nightly", size_gb=500),
        Snapshot(id="snapshot-b2goldenweb", region="cn-north-1", name="golden-web-assets", size_gb=40),
        Snapshot(id="snapshot-c3shdbweekly", region="cn-east-2", name="sh-db-weekly", size_gb=400),
        Snapshot(id="snapshot-d4gzseed", region="cn-south-1", name="gz-api-seed", size_gb=20),
    )


def _system(size_gb: int = 40) -> Disk:
    return Disk(device="vda", name="system", size_gb=size_gb, type="ssd.gp1")
