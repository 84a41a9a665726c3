"""Signing a request, and reading what JD Cloud answers to it, beside its own SDK, and reading what Slack posts, beside
Bolt; none touches a network.
"""

import itertools
import json
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_bolt.request.internals import parse_body

from bot.jdcloud import JDCloud, answers, instances, reply
from bot.jdcloud.call import Call
from bot.jdcloud.signing import JDCloudAuth
from bot.web import unwrapped
from tests.bench.bench import Bench
from tests.bench.figures import Figure, compared

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its docstrings hold escapes that newer Pythons warn of
    from jdcloud_sdk.core.credential import Credential
    from jdcloud_sdk.core.jdcloudresponse import JDCloudResponse
    from jdcloud_sdk.core.logger import ERROR, Logger
    from jdcloud_sdk.core.parameterbuilder import WithoutBodyBuilder
    from jdcloud_sdk.core.signer import Signer
    from jdcloud_sdk.core.util import byte_to_str
    from jdcloud_sdk.services.vm.apis.DescribeImagesRequest import DescribeImagesParameters, DescribeImagesRequest

REGION = "cn-north-1"
IDS = [f"img-{number:010}" for number in range(100)]
SDK = "the official SDK"
BOLT = "Bolt's own"


async def measure(bench: Bench) -> Sequence[Figure]:
    """The row."""
    times = bench.size(200, 5)
    found = []
    for what, ours, theirs, peer in (
        ("signing describeImages of 100 ids", _our_signing(), _their_signing(), SDK),
        ("reading 100 instances", _our_reading(_instances(), _read_instances), _their_reading(_instances()), SDK),
        ("reading 100 images", _our_reading(_images(), _read_images), _their_reading(_images()), SDK),
        ("reading a click below 40 blocks", _our_click(), _their_click(), BOLT),
    ):
        rounds = [(_taken(ours, times), _taken(theirs, times)) for _ in range(bench.rounds * 3)]
        found.append(
            compared(
                "parse",
                what,
                "us",
                ours=[one for one, _ in rounds],
                theirs=[one for _, one in rounds],
                peer=peer,
                aim=1.0,
            )
        )
    return found


def _taken(work: Callable[[], object], times: int) -> float:
    """Microseconds of one."""
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times * 1e6


def _call() -> Call:
    auth = JDCloudAuth(service="vm", access_key="ak", secret_key="sk", clock=time.time, new_nonce=_nonces())
    return Call(action="describe", region=REGION, url="", auth=auth)


def _nonces() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"{next(numbers):036}"


def _our_signing() -> Callable[[], object]:
    """From what is asked to a request that could be sent."""
    cloud = JDCloud(
        access_key="ak",
        secret_key="sk",
        vm_endpoint="https://vm.jdcloud-api.com",
        disk_endpoint="https://disk.jdcloud-api.com",
        timeout=30,
        clock=time.time,
        new_nonce=_nonces(),
    )
    http = cloud._caller._http

    def sign() -> httpx.Request:
        call = cloud._vm_read("describeImages", REGION, "images", ids=IDS, pageNumber=1, pageSize=100)
        request = http.build_request(call.method, call.url)
        return next(call.auth.auth_flow(request))

    return sign


def _their_signing() -> Callable[[], object]:
    """Likewise, as `JDCloudClient.send` does it."""
    logger, credential = Logger(ERROR), Credential("ak", "sk")

    def sign() -> dict[str, str]:
        parameters = DescribeImagesParameters(REGION)
        parameters.setIds(IDS)
        parameters.setPageNumber(1)
        parameters.setPageSize(100)
        request = DescribeImagesRequest(parameters)
        headers = {"User-Agent": "JdcloudSdkPython/1.6.1 vm/1.6.1", "Content-Type": "application/json"}
        builder = WithoutBodyBuilder()
        url, body = builder.build_url(request, "https", "vm.jdcloud-api.com"), builder.build_body(request)
        Signer(logger).sign("GET", "vm", REGION, url, headers, body, credential, "")
        return headers

    return sign


Reading = Callable[[Call, httpx.Response, bytes], object]


def _our_reading(body: bytes, read: Reading) -> Callable[[], object]:
    """From the bytes to the values that the bot goes by."""
    call, response = _call(), httpx.Response(200)
    return lambda: read(call, response, body)


def _read_instances(call: Call, response: httpx.Response, body: bytes) -> object:
    return reply.read(
        call, response, body, instances.InstanceList, lambda found: found.page(REGION, number=1, size=100), now=0.0
    )


def _read_images(call: Call, response: httpx.Response, body: bytes) -> object:
    return reply.read(call, response, body, answers.ImageList, lambda found: found.of(REGION, IDS), now=0.0)


def _their_reading(body: bytes) -> Callable[[], object]:
    """From the bytes to a dictionary, as `JDCloudClient.send` does it."""

    def read() -> Any:
        answer = JDCloudResponse()
        answer.fill_value(byte_to_str(body))
        return answer.result

    return read


def _click() -> str:
    """What Slack posts of a button: the whole message that it stands in comes with it."""
    texts = [{"type": "mrkdwn", "text": f"*web-{number}* · 2 disks, 140 GiB"} for number in range(40)]
    blocks = [{"type": "section", "block_id": f"b{number}", "text": text} for number, text in enumerate(texts)]
    said = {"type": "block_actions", "user": {"id": "U0AMY"}, "message": {"ts": "1.1", "blocks": blocks}}
    return urlencode({"payload": json.dumps(said)})


def _our_click() -> Callable[[], object]:
    """From the body to a dictionary."""
    body = _click()
    return lambda: parse_body(unwrapped(body), _FORM)


def _their_click() -> Callable[[], object]:
    """Likewise."""
    body = _click()
    return lambda: parse_body(body, _FORM)


_FORM = "application/x-www-form-urlencoded"


def _answer(**result: object) -> bytes:
    return json.dumps({"requestId": "bpkq2t0r0p1h2k3j4m5n6b7v8c9x0z1a", "result": result}).encode()


def _disk(number: int, device: str) -> dict[str, object]:
    return {
        "diskCategory": "cloud",
        "autoDelete": True,
        "deviceName": device,
        "status": "attached",
        "cloudDisk": {
            "diskId": f"vol-{number:010}{device}",
            "az": f"{REGION}a",
            "name": f"web-{number}-{device}",
            "description": "",
            "diskType": "ssd.gp1",
            "diskSizeGB": 40,
            "status": "in-use",
            "attachments": [{"attachmentId": f"attach-{number}", "instanceId": f"i-{number:010}"}],
            "createTime": "2026-01-01T00:00:00Z",
            "multiAttachable": False,
            "encrypted": False,
        },
    }


_CHARGE = {
    "chargeMode": "postpaid_by_duration",
    "chargeStatus": "normal",
    "chargeStartTime": "2026-01-01T00:00:00Z",
}


def _instances() -> bytes:
    return _answer(
        totalCount=100,
        instances=[
            {
                "instanceId": f"i-{number:010}",
                "instanceName": f"web-{number}",
                "instanceType": "g.n2.large",
                "vpcId": "vpc-abcdefghij",
                "subnetId": "subnet-abcdefghij",
                "privateIpAddress": f"10.0.0.{number}",
                "elasticIpId": "",
                "status": "running",
                "description": "",
                "imageId": "img-m5s0centos",
                "systemDisk": _disk(number, "vda"),
                "dataDisks": [_disk(number, "vdb"), _disk(number, "vdc")],
                "primaryNetworkInterface": {
                    "networkInterface": {
                        "networkInterfaceId": f"port-{number:010}",
                        "macAddress": "fa:16:3e:00:00:00",
                        "vpcId": "vpc-abcdefghij",
                        "primaryIp": {"privateIpAddress": f"10.0.0.{number}"},
                        "securityGroups": [{"groupId": "sg-abcdefghij", "groupName": "default"}],
                    }
                },
                "launchTime": "2026-01-01T00:00:00Z",
                "az": f"{REGION}a",
                "keyNames": ["ops"],
                "charge": _CHARGE,
                "chargeOnStopped": "keepCharging",
                "tags": [{"key": "team", "value": "web"}, {"key": "env", "value": "production"}],
            }
            for number in range(100)
        ],
    )


def _images() -> bytes:
    return _answer(
        totalCount=100,
        images=[
            {
                "imageId": image_id,
                "name": f"web-{number}-20261123",
                "platform": "CentOS",
                "osVersion": "7.9",
                "architecture": "x86_64",
                "systemDiskSizeGB": 40,
                "imageSource": "private",
                "osType": "linux",
                "status": "pending",
                "createTime": "2026-01-01T00:00:00Z",
                "sizeMB": 40960,
                "desc": f"weekly [IR-{number:05}]",
                "ownerPin": "",
                "permissions": [],
                "dataDisks": [_disk(number, "vdb"), _disk(number, "vdc")],
                "snapshotId": f"snapshot-{number:010}",
                "rootDeviceType": "cloudDisk",
                "offlineTime": None,
            }
            for number, image_id in enumerate(IDS)
        ],
    )
