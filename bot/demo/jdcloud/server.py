"""The gateway over HTTP: finds the action, checks the signature, lets trouble happen, answers in JD Cloud's form."""

import copy
import json
import re
import time
from asyncio import sleep
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from aiohttp import web

from bot.demo.jdcloud.actions import Actions, Asked
from bot.demo.jdcloud.faults import Drop, Faults, Html, LoseAnswer, Refuse, RefuseUnknown, Slow, Tell
from bot.demo.jdcloud.refusals import Refusal, not_found
from bot.demo.jdcloud.shapes import Json
from bot.demo.jdcloud.signature import Arrived, Authorization, SignatureCheck
from bot.demo.jdcloud.world import World, random_id

_ROUTES = tuple(
    (method, re.compile(rf"/v1/regions/(?P<region>[^/]+)/{rest}"), action, service)
    for method, rest, action, service in (
        ("GET", "instances", "describeInstances", "vm"),
        ("GET", "instanceStatus", "describeInstanceStatus", "vm"),
        ("POST", "instances/(?P<resource>[^/:]+):createImage", "createImage", "vm"),
        ("POST", "instances/(?P<resource>[^/:]+):stopInstance", "stopInstance", "vm"),
        ("POST", "instances/(?P<resource>[^/:]+):startInstance", "startInstance", "vm"),
        ("GET", "instances/(?P<resource>[^/:]+)", "describeInstance", "vm"),
        ("GET", "images", "describeImages", "vm"),
        ("GET", "images/(?P<resource>[^/:]+)", "describeImage", "vm"),
        ("DELETE", "images/(?P<resource>[^/:]+)", "deleteImage", "vm"),
        ("GET", "quotas", "describeQuotas", "vm"),
        ("GET", "quotas", "describeQuota", "disk"),
        ("GET", "disks", "describeDisks", "disk"),
        ("GET", "snapshots", "describeSnapshots", "disk"),
    )
)


@dataclass(frozen=True)
class Call:
    """A request as it was received; never its headers, so no key or signature is kept."""

    at: float
    action: str  # "" when there is no such action
    region: str
    method: str
    path: str  # decoded
    query: dict[str, str]
    body: Any  # parsed JSON; None for no body or what is not JSON
    authorized: bool


@dataclass(frozen=True)
class _Destination:
    action: str
    service: str
    region: str
    resource: str


class JDCloud(World):
    """An account at JD Cloud with everything in it, and the API in front.

    Args:
        clock: unix seconds; image building and signature dates go by it.
        access_key: whose signatures are accepted.
        secret_key: what they are made with.
        session_token: when given, requests must carry it, as temporary credentials do.
        build_time: seconds an image stays `pending`.
        stop_time: seconds an instance stays `stopping`.
        start_time: seconds an instance stays `starting`.
        new_id: makes an id of so many characters.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        access_key: str = "demo-ak",
        secret_key: str = "demo-sk",  # noqa: S107 - an example, and of a stand-in
        session_token: str | None = None,
        build_time: float = 3.0,
        stop_time: float = 1.0,
        start_time: float = 1.0,
        new_id: Callable[[int], str] = random_id,
    ) -> None:
        super().__init__(clock=clock, build_time=build_time, stop_time=stop_time, start_time=start_time, new_id=new_id)
        self.calls: list[Call] = []
        self.faults = Faults()
        self._actions = Actions(self, self.faults)
        self._signatures = SignatureCheck(
            access_key=access_key, secret_key=secret_key, session_token=session_token, clock=clock
        )

    def application(self) -> web.Application:
        """The vm and disk endpoints in one, under `/v1`; give its address as either endpoint."""
        application = web.Application()
        application.router.add_route("*", "/v1/{rest:.*}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        arrived = await _arrived(request)
        destination = _destination(arrived)
        try:
            self._admit(arrived, destination)
            trouble = self.faults.trouble(destination.action, destination.region, destination.resource)
            if isinstance(trouble, Slow):
                await sleep(trouble.seconds)
            elif isinstance(trouble, Drop):
                return _hang_up(request)
            elif isinstance(trouble, Html):
                return _html(trouble.status)
            elif isinstance(trouble, Refuse):
                return self._refused(Refusal(trouble.http, trouble.status, trouble.message), trouble.retry_after)
            result = self._perform(arrived, destination)
            if isinstance(trouble, RefuseUnknown):
                _all_known(arrived, result)
        except Refusal as refusal:
            return self._refused(refusal)
        if isinstance(trouble, LoseAnswer):
            return _hang_up(request)
        if isinstance(trouble, Tell):
            return self._answer(200, {"result": trouble.change(copy.deepcopy(result or {}))})
        return self._answer(200, {} if result is None else {"result": result})

    def _admit(self, arrived: Arrived, destination: _Destination) -> None:
        """Checks the signature and writes the call down either way."""
        refusal = None
        try:
            self._signatures.check(arrived, service=destination.service, region=destination.region)
        except Refusal as refused:
            refusal = refused
        self.calls.append(
            Call(
                at=self.clock(),
                action=destination.action,
                region=destination.region,
                method=arrived.method,
                path=unquote_plus(arrived.path),
                query=dict(parse_qsl(arrived.query, keep_blank_values=True)),
                body=_parsed(arrived.body) if arrived.body else None,
                authorized=refusal is None,
            )
        )
        if refusal:
            raise refusal

    def _perform(self, arrived: Arrived, destination: _Destination) -> Json | None:
        if not destination.action:
            raise not_found("API not found")
        body = _parsed(arrived.body) if arrived.body else {}
        asked = Asked(destination.region, destination.resource, arrived.query, body)
        return self._actions.perform(destination.action, asked)

    def _refused(self, refusal: Refusal, retry_after: int | None = None) -> web.Response:
        error = {"code": refusal.http, "status": refusal.status, "message": refusal.message}
        response = self._answer(refusal.http, {"error": error})
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response

    def _answer(self, http: int, content: Json) -> web.Response:
        request_id = self.new_id(32)
        body = {"requestId": request_id} | content
        return web.json_response(body, status=http, headers={"x-jdcloud-request-id": request_id})


async def _arrived(request: web.Request) -> Arrived:
    path, _, query = request.raw_path.partition("?")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        lower = name.lower()
        headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
    return Arrived(request.method, path, query, headers, await request.read())


def _destination(arrived: Arrived) -> _Destination:
    """Where a request wants to go.

    VM and Disk share `/quotas`: at JD Cloud the host tells them apart, here the scope of the signature.
    """
    authorization = Authorization.parse(arrived.headers.get("authorization", ""))
    path = re.sub("/+", "/", unquote_plus(arrived.path))
    found = [
        _Destination(action, service, match["region"], match.groupdict().get("resource", ""))
        for method, pattern, action, service in _ROUTES
        if method == arrived.method and (match := pattern.fullmatch(path))
    ]
    for destination in found:
        if authorization and destination.service == authorization.service:
            return destination
    if found:
        return found[0]
    if authorization:
        return _Destination("", authorization.service, authorization.region, "")
    return _Destination("", "", "", "")


def _all_known(arrived: Arrived, result: Json | None) -> None:
    """Refuses a look at images of which one is not there."""
    found = {image["imageId"] for image in (result or {}).get("images", ())}
    for key, image_id in parse_qsl(arrived.query):
        if key.startswith("ids.") and image_id not in found:
            raise not_found(f"Image '{image_id}' not found")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _hang_up(request: web.Request) -> web.Response:
    """Closes the connection; the response returned finds nobody to be sent to."""
    if request.transport:
        request.transport.close()
    return web.Response()


def _html(status: int) -> web.Response:
    page = (
        f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr>gateway</body></html>"
    )
    return web.Response(status=status, text=page, content_type="text/html")
