"""Where calls of JD Cloud go, and with whose signature."""

from collections.abc import Callable, Collection
from urllib.parse import quote

import httpx

from bot.domain.limits import CLOUD_ID
from bot.jdcloud.call import Call
from bot.jdcloud.calls import Caller
from bot.jdcloud.errors import NotFound
from bot.jdcloud.signing import JDCloudAuth
from bot.jdcloud.wire import query

__all__ = ["Service"]


class Service:
    """The services of virtual machines and of cloud disks.

    Args:
        access_key: id of the key.
        secret_key: the key.
        session_token: of temporary credentials.
        vm_endpoint: root of virtual machines, "https://vm.jdcloud-api.com".
        disk_endpoint: root of cloud disks, "https://disk.jdcloud-api.com".
        timeout: seconds for one whole call; for a read with all its attempts.
        clock: unix seconds.
        new_nonce: never the same text twice.
        transport: what carries the requests; httpx's own when there is none.
        regions: those that metrics tell apart; None: all.
    """

    def __init__(
        self,
        *,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        vm_endpoint: str,
        disk_endpoint: str,
        timeout: float,
        clock: Callable[[], float],
        new_nonce: Callable[[], str],
        transport: httpx.AsyncBaseTransport | None = None,
        regions: Collection[str] | None = None,
    ) -> None:
        def auth(service: str) -> JDCloudAuth:
            return JDCloudAuth(
                service=service,
                access_key=access_key,
                secret_key=secret_key,
                session_token=session_token,
                clock=clock,
                new_nonce=new_nonce,
            )

        self._vm, self._disk = auth("vm"), auth("disk")
        self._vm_endpoint, self._disk_endpoint = vm_endpoint.rstrip("/"), disk_endpoint.rstrip("/")
        self._caller = Caller(timeout=timeout, clock=clock, transport=transport, regions=regions)

    def _disk_read(self, action: str, region: str, path: str, **parameters: object) -> Call:
        url = f"{self._disk_endpoint}/v1/regions/{_segment(region)}/{path}?{query(parameters)}"
        return Call(action=action, region=region, url=url, auth=self._disk)

    def _vm_read(self, action: str, region: str, path: str, **parameters: object) -> Call:
        url = f"{self._vm_endpoint}/v1/regions/{_segment(region)}/{path}?{query(parameters)}"
        return Call(action=action, region=region, url=url, auth=self._vm)

    def _about(
        self, instance_id: str, action: str, region: str, *, method: str = "GET", suffix: str = "", body: bytes = b""
    ) -> Call:
        url = f"{self._vm_endpoint}/v1/regions/{_segment(region)}/instances/{quote(instance_id, safe='')}{suffix}"
        call = Call(
            action=action, region=region, instance=instance_id, method=method, url=url, body=body, auth=self._vm
        )
        if not CLOUD_ID.fullmatch(instance_id):  # might be another address, and another question
            raise call.error(NotFound, message=f"Instance '{instance_id}' not found.")
        return call


def _segment(region: str) -> str:
    """A region, or what nothing is at: no text of others makes another address."""
    return region if CLOUD_ID.fullmatch(region) else "no-such-region"
