"""What every answer, and every lack of one, is taken for: over httpx with a transport of our own."""

import asyncio
import gzip
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
import stamina
from structlog.testing import capture_logs

from bot import jdcloud
from bot.domain.errors import Code, Field
from bot.jdcloud import CloudError, CreateImageSpec, JDCloud, Outcome
from bot.jdcloud.classify import LOST
from bot.jdcloud.reply import seconds_to_wait

ACCESS_KEY, SECRET_KEY, TOKEN = "AK-1234567890", "SK-1234567890", "TOKEN-1234567890"
NOW = 1_795_000_000.0
ACCEPTED = b'{"requestId": "r", "result": {"imageId": "img-1"}}'
SPEC = CreateImageSpec(name="web-1", description="before the upgrade [IR-7K3QF]")
REFUSED, TRY_AGAIN, DOUBTFUL = Outcome.REFUSED, Outcome.TRY_AGAIN, Outcome.DOUBTFUL

Answer = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


class Asked:
    """A client whose every request is answered by a function, and the requests it has sent."""

    def __init__(self, answer: Answer, *, timeout: float = 30) -> None:
        self.requests: list[httpx.Request] = []

        async def handle(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            response = answer(request)
            return response if isinstance(response, httpx.Response) else await response

        self.client = JDCloud(
            access_key=ACCESS_KEY,
            secret_key=SECRET_KEY,
            session_token=TOKEN,
            vm_endpoint="https://vm.example",
            disk_endpoint="https://disk.example",
            timeout=timeout,
            clock=lambda: NOW,
            new_nonce=lambda: f"nonce-{len(self.requests)}",
            transport=httpx.MockTransport(handle),
        )

    async def create(self) -> CloudError:
        async with self.client:
            with pytest.raises(CloudError) as caught:
                await self.client.create_image("cn-north-1", "i-abc", SPEC)
        return caught.value

    async def describe(self) -> CloudError:
        async with self.client:
            with pytest.raises(CloudError) as caught:
                await self.client.instance("cn-north-1", "i-abc")
        return caught.value


def refusing(http: int, status: str, message: str, **headers: str) -> Answer:
    body = {"requestId": "req-1", "error": {"code": http, "status": status, "message": message, "details": None}}
    return lambda _: httpx.Response(http, json=body, headers={"x-jdcloud-request-id": "req-1"} | headers)


TABLE: list[tuple[int, str, str, type[CloudError], Outcome, Code]] = [
    # createImage's own table
    (
        400,
        "FAILED_PRECONDITION",
        "Conflict with underlay task xx",
        jdcloud.TaskConflict,
        TRY_AGAIN,
        Code.CLOUD_TASK_CONFLICT,
    ),
    (400, "FAILED_PRECONDITION", "Disk 'xx' busy in 'xx'", jdcloud.DiskBusy, TRY_AGAIN, Code.CLOUD_DISK_BUSY),
    (
        400,
        "FAILED_PRECONDITION",
        "Invalid instance status starting",
        jdcloud.WrongInstanceStatus,
        REFUSED,
        Code.INSTANCE_BUSY,
    ),
    (
        400,
        "FAILED_PRECONDITION",
        "Invalid instance status 'error'",
        jdcloud.WrongInstanceStatus,
        REFUSED,
        Code.INSTANCE_NOT_STOPPED,
    ),
    (
        400,
        "FAILED_PRECONDITION",
        "Please stop the instance first",
        jdcloud.WrongInstanceStatus,
        REFUSED,
        Code.INSTANCE_NOT_STOPPED,
    ),
    (
        400,
        "FAILED_PRECONDITION",
        "System disk not found",
        jdcloud.SystemDiskMissing,
        REFUSED,
        Code.SYSTEM_DISK_MISSING,
    ),
    (
        400,
        "FAILED_PRECONDITION",
        "Invalid system disk mount state",
        jdcloud.PreconditionFailed,
        REFUSED,
        Code.CLOUD_SYSTEM_DISK,
    ),
    (
        400,
        "FAILED_PRECONDITION",
        "Invalid Disk 'xx' status 'xx'",
        jdcloud.PreconditionFailed,
        REFUSED,
        Code.CLOUD_DISK_STATUS,
    ),
    (400, "DUPLICATE", "Duplicate deviceName", jdcloud.InvalidParameter, REFUSED, Code.CLOUD_DUPLICATE_DEVICE),
    (
        400,
        "INVALID_ARGUMENT",
        "Parameter DataDisks.CloudDiskSpec.DiskType missing",
        jdcloud.InvalidParameter,
        REFUSED,
        Code.CLOUD_DISK_TYPE_MISSING,
    ),
    (
        400,
        "OUT_OF_RANGE",
        "Device 'xx' size can only be larger than the original size",
        jdcloud.InvalidParameter,
        REFUSED,
        Code.CLOUD_DISK_SMALLER,
    ),
    (
        400,
        "OUT_OF_RANGE",
        "DataDisks.CloudDiskSpec.DiskSizeGB out of range",
        jdcloud.InvalidParameter,
        REFUSED,
        Code.CLOUD_DISK_SIZE,
    ),
    (
        400,
        "OUT_OF_RANGE",
        "DataDisks.CloudDiskSpec.Iops out of range.",
        jdcloud.InvalidParameter,
        REFUSED,
        Code.CLOUD_DISK_IOPS,
    ),
    (404, "NOT_FOUND", "Instance 'i-abc' not found.", jdcloud.NotFound, REFUSED, Code.CLOUD_INSTANCE_GONE),
    (404, "NOT_FOUND", "Snapshot 'xx' not found", jdcloud.NotFound, REFUSED, Code.CLOUD_SNAPSHOT_NOT_FOUND),
    (429, "QUOTA_EXCEEDED", "Image quota limit exceeded", jdcloud.QuotaExceeded, REFUSED, Code.CLOUD_IMAGE_QUOTA),
    (429, "QUOTA_EXCEEDED", "Snapshot quota limit exceeded", jdcloud.QuotaExceeded, REFUSED, Code.CLOUD_SNAPSHOT_QUOTA),
    (500, "INTERNAL", "Internal server error", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    (500, "UNKNOWN", "Unknown server error", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    # the page's return codes, and the rest of the list of statuses
    (400, "", "Invalid parameter", jdcloud.InvalidParameter, REFUSED, Code.CLOUD_INVALID),
    (401, "", "Authentication failed", jdcloud.AuthenticationFailed, REFUSED, Code.CLOUD_CREDENTIALS),
    (404, "", "Not found", jdcloud.NotFound, REFUSED, Code.CLOUD_NOT_FOUND),
    (429, "", "Quota exceeded", jdcloud.QuotaExceeded, REFUSED, Code.CLOUD_QUOTA),
    (500, "", "Internal server error", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    (503, "", "Service unavailable", jdcloud.ServiceUnavailable, DOUBTFUL, Code.CLOUD_UNAVAILABLE),
    (401, "UNAUTHENTICATED", "x", jdcloud.AuthenticationFailed, REFUSED, Code.CLOUD_CREDENTIALS),
    (401, "ACCESS_ERROR", "lack of header", jdcloud.AuthenticationFailed, REFUSED, Code.CLOUD_CREDENTIALS),
    (403, "HTTP_FORBIDDEN", "x", jdcloud.Forbidden, REFUSED, Code.CLOUD_FORBIDDEN),
    (403, "PERMISSION_DENIED", "x", jdcloud.Forbidden, REFUSED, Code.CLOUD_FORBIDDEN),
    (409, "ABORTED", "x", jdcloud.TaskConflict, TRY_AGAIN, Code.CLOUD_CONFLICT),
    (409, "ALREADY_EXISTS", "x", jdcloud.PreconditionFailed, REFUSED, Code.CLOUD_PRECONDITION),
    (400, "CONFLICT", "x", jdcloud.PreconditionFailed, REFUSED, Code.CLOUD_PRECONDITION),
    (429, "RATE_LIMIT", "Request quota of this second", jdcloud.RateLimited, TRY_AGAIN, Code.CLOUD_RATE_LIMIT),
    (499, "CANCELLED", "x", jdcloud.NotAnswered, DOUBTFUL, Code.CLOUD_SILENT),
    (501, "NOT_IMPLEMENTED", "x", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    (502, "SOURCE_UNAVAILABLE", "x", jdcloud.ServiceUnavailable, DOUBTFUL, Code.CLOUD_UNAVAILABLE),
    (503, "UNAVAILABLE", "x", jdcloud.ServiceUnavailable, DOUBTFUL, Code.CLOUD_UNAVAILABLE),
    (504, "", "x", jdcloud.ServiceUnavailable, DOUBTFUL, Code.CLOUD_UNAVAILABLE),
    # what no page names
    (429, "BRAND_NEW", "Slow down", jdcloud.RateLimited, TRY_AGAIN, Code.CLOUD_RATE_LIMIT),
    (418, "BRAND_NEW", "x", jdcloud.InvalidParameter, REFUSED, Code.CLOUD_INVALID),
    (500, "NOT_FOUND", "Instance 'i-abc' not found.", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    (400, "INTERNAL", "x", jdcloud.InternalError, DOUBTFUL, Code.CLOUD_FAILED),
    (
        400,
        "failed_precondition",
        "CONFLICT  with underlay TASK xx",
        jdcloud.TaskConflict,
        TRY_AGAIN,
        Code.CLOUD_TASK_CONFLICT,
    ),
]


@pytest.mark.parametrize(("http", "status", "message", "kind", "outcome", "code"), TABLE)
async def test_every_documented_refusal_is_named(
    *, http: int, status: str, message: str, kind: type[CloudError], outcome: Outcome, code: Code
) -> None:
    """By status first and message second; the HTTP code alone decides only where nothing else is known."""
    asked = Asked(refusing(http, status, message))
    error = await asked.create()
    problem = error.problem()
    assert (type(error), error.outcome, problem.code) == (kind, outcome, code)
    assert (error.http, error.status, error.message, error.request_id) == (
        http,
        status,
        " ".join(message.split()),
        "req-1",
    )
    assert problem.facts.items() >= {"message": error.message, "request_id": "req-1"}.items()
    assert len(asked.requests) == 1


@pytest.mark.parametrize(
    ("http", "message", "facts"),
    [
        (404, "Instance 'i-abc' not found.", {"instance": "i-abc", "region": "cn-north-1"}),
        (400, "Please stop the instance first", {"instance": "i-abc", "status": "running"}),
        (400, "Invalid instance status starting", {"instance": "i-abc", "status": "starting"}),
        (400, "System disk not found", {"instance": "i-abc"}),
        (400, "Disk 'vol-1' busy in 'attach'", {"disk": "vol-1"}),
        (404, "Snapshot 'snapshot-1' not found", {"snapshot": "snapshot-1"}),
        (429, "Snapshot quota limit exceeded", {"quota": "Snapshot"}),
    ],
)
async def test_a_problem_has_the_facts_that_its_words_need(http: int, message: str, facts: dict[str, str]) -> None:
    """Those that JD Cloud names, and those that the caller knew."""
    problem = (await Asked(refusing(http, "", message)).create()).problem()
    known = {"message": message, "request_id": "req-1", "instance": "i-abc", "region": "cn-north-1"}
    assert problem.facts == known | facts
    assert problem.field is (Field.INSTANCE if "instance" in facts else None)


def exceptions_of_httpx() -> set[type[Exception]]:
    return {kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, Exception)}


def test_every_exception_of_httpx_is_mapped() -> None:
    """A new one in a new version is noticed here before it is met at night."""
    assert exceptions_of_httpx() - LOST.keys() == set()


@pytest.mark.parametrize("kind", sorted((*exceptions_of_httpx(), OSError, TimeoutError), key=repr))
async def test_whatever_httpx_raises_comes_out_as_ours(kind: type[Exception]) -> None:
    """What was certainly never sent may be tried again; of anything else the image may be in the making."""
    never_sent = {
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.ProxyError,
        httpx.UnsupportedProtocol,
        httpx.InvalidURL,
        httpx.CookieConflict,
        httpx.RequestNotRead,
    }

    def fail(request: httpx.Request) -> httpx.Response:
        if kind is httpx.HTTPStatusError:
            raise httpx.HTTPStatusError("odd", request=request, response=httpx.Response(500))
        raise (
            kind()
            if kind in {httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead, httpx.RequestNotRead}
            else kind("odd")
        )

    asked = Asked(fail)
    error = await asked.create()
    assert error.outcome is (TRY_AGAIN if kind in never_sent else DOUBTFUL)
    assert (error.http, error.request_id, len(asked.requests)) == (None, "", 1)
    assert kind.__name__ in error.message


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(200, html="<h1>welcome</h1>"), jdcloud.UnreadableAnswer),
        (httpx.Response(200, text='{"requestId": "req'), jdcloud.UnreadableAnswer),
        (httpx.Response(200, text=""), jdcloud.UnreadableAnswer),
        (httpx.Response(204), jdcloud.UnreadableAnswer),
        (httpx.Response(200, json=[]), jdcloud.UnreadableAnswer),
        (httpx.Response(200, json={"requestId": "r"}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": None}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": {"imageId": None}}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": {"imageId": " "}}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": {"imageId": 7}}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": {"imageId": "none"}}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": {"imageId": ["img-1"]}}), jdcloud.IncompleteAnswer),
        (httpx.Response(200, json={"requestId": "r", "result": []}), jdcloud.UnreadableAnswer),
        (httpx.Response(200, content=b'\xff{"result":{}}'), jdcloud.UnreadableAnswer),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), jdcloud.UnreadableAnswer),
        (httpx.Response(200, content=ACCEPTED + b" " * (9 * 2**20)), jdcloud.UnreadableAnswer),
        (httpx.Response(404, html="<h1>404</h1>"), jdcloud.UnreadableAnswer),
        (httpx.Response(403, json={"message": "no route"}), jdcloud.UnreadableAnswer),
        (httpx.Response(429, html="<h1>429</h1>"), jdcloud.RateLimited),
        (httpx.Response(500, html="<h1>500</h1>"), jdcloud.InternalError),
        (httpx.Response(502, html="<h1>502</h1>"), jdcloud.ServiceUnavailable),
        (httpx.Response(503, json={"error": "overloaded"}), jdcloud.ServiceUnavailable),
        (httpx.Response(200, json={"error": {"code": 404, "message": "gone"}}), jdcloud.NotFound),
        (httpx.Response(200, json={"error": {"code": 500, "status": "", "message": ""}}), jdcloud.InternalError),
        (
            httpx.Response(200, json={"error": {"status": "BRAND_NEW"}, "result": {"imageId": "img-1"}}),
            jdcloud.IncompleteAnswer,
        ),
        (
            httpx.Response(404, json={"error": {"code": 404, "message": "gone"}, "result": {"imageId": "img-1"}}),
            jdcloud.IncompleteAnswer,
        ),
        (
            httpx.Response(200, json={"error": {"code": 404, "message": "gone"}, "result": {"new": 1}}),
            jdcloud.IncompleteAnswer,
        ),
        (httpx.Response(200, json={"error": {"code": 404, "message": "gone"}, "result": {}}), jdcloud.NotFound),
        (httpx.Response(404, json={"error": {"code": 500, "message": "oops"}}), jdcloud.InternalError),
    ],
)
async def test_what_is_no_answer_of_jd_clouds_is_not_taken_for_one(
    response: httpx.Response, kind: type[CloudError]
) -> None:
    """Neither for a success nor for a refusal: a 404 of a gateway says nothing about an instance."""
    asked = Asked(lambda _: response)
    error = await asked.create()
    assert type(error) is kind
    assert error.outcome is (
        TRY_AGAIN if kind is jdcloud.RateLimited else REFUSED if kind is jdcloud.NotFound else DOUBTFUL
    )
    assert error.http in {response.status_code, None}
    assert len(asked.requests) == 1


async def test_an_answer_whose_compression_is_broken_is_unreadable() -> None:
    """It did arrive: the image may be in the making."""
    broken = gzip.compress(b'{"result": {"imageId": "img-1"}}')[:12] + b"junk"

    async def chunks() -> AsyncIterator[bytes]:  # so that httpx decodes it while it is read, not before
        yield broken

    error = await Asked(lambda _: httpx.Response(200, content=chunks(), headers={"content-encoding": "gzip"})).create()
    assert type(error) is jdcloud.UnreadableAnswer


async def test_a_call_that_hangs_ends_and_is_doubtful() -> None:
    """Our own bound on the whole call; the request was sent by then."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    error = await Asked(hang, timeout=0.01).create()
    assert (type(error), error.outcome) == (jdcloud.NotAnswered, DOUBTFUL)


async def test_the_answer_that_trickles_in_ends_too() -> None:
    """No phase of it is ever late, the whole is."""

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    error = await Asked(lambda _: httpx.Response(200, content=trickle()), timeout=0.01).create()
    assert type(error) is jdcloud.NotAnswered


INSTANCE = {
    "instanceId": "i-abc",
    "status": "stopped",
    "systemDisk": {"deviceName": "vda", "cloudDisk": {"diskId": "vol-a", "diskSizeGB": 40}},
}


def result(told: object) -> Answer:
    return lambda _: httpx.Response(200, json={"requestId": "req-2", "result": told})


def one_instance(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"requestId": "req-2", "result": {"instance": INSTANCE}})


def first(*answers: Answer) -> Answer:
    """The answers one after the other, the last one from then on."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        turn = left.pop(0) if len(left) > 1 else left[0]
        return turn(request)

    return answer


def raising(error: Exception) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize(
    "trouble",
    [
        refusing(500, "INTERNAL", "Internal server error"),
        refusing(503, "UNAVAILABLE", "Service unavailable"),
        refusing(429, "RATE_LIMIT", "too many", **{"retry-after": "3"}),
        lambda _: httpx.Response(502, html="<h1>502</h1>"),
        raising(httpx.ConnectError("refused")),
        raising(httpx.ReadError("reset")),
        raising(httpx.RemoteProtocolError("closed")),
        lambda _: httpx.Response(200, json={"requestId": "r", "result": {"instance": None}}),
    ],
)
async def test_a_read_is_made_again_and_signed_again(trouble: Answer) -> None:
    """With a nonce of its own: a repeated one is refused."""
    asked = Asked(first(trouble, trouble, one_instance))
    async with asked.client:
        assert (await asked.client.instance("cn-north-1", "i-abc")).id == "i-abc"
    assert [request.headers["x-jdcloud-nonce"] for request in asked.requests] == ["nonce-0", "nonce-1", "nonce-2"]


@pytest.mark.parametrize(
    "refusal",
    [
        refusing(400, "INVALID_ARGUMENT", "x"),
        refusing(401, "UNAUTHENTICATED", "x"),
        refusing(403, "HTTP_FORBIDDEN", "x"),
        refusing(404, "NOT_FOUND", "x"),
        refusing(429, "QUOTA_EXCEEDED", "x"),
        lambda _: httpx.Response(200, html="<h1>log in</h1>"),
    ],
)
async def test_a_read_that_would_come_out_the_same_is_not_made_again(refusal: Answer) -> None:
    """Asking again would only use up the rate limit."""
    asked = Asked(refusal)
    await asked.describe()
    assert len(asked.requests) == 1


async def test_a_read_gives_up_in_the_end() -> None:
    """With the last error as it was."""
    asked = Asked(refusing(503, "UNAVAILABLE", "Service unavailable"))
    assert type(await asked.describe()) is jdcloud.ServiceUnavailable
    assert len(asked.requests) == 4


@pytest.mark.parametrize("date", ["", "soon", "Wed, 18 Nov 99999999999999999999 11:06:47 GMT"])
async def test_an_answer_is_read_whatever_time_it_tells(date: str) -> None:
    """It is compared with ours, where it is one, and decides nothing."""
    asked = Asked(lambda _: httpx.Response(200, json={"result": {"instance": INSTANCE}}, headers={"date": date}))
    async with asked.client:
        assert (await asked.client.instance("cn-north-1", "i-abc")).id == "i-abc"
    assert asked.client.clock_ahead is None


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that would have been waited, with stamina's real reckoning."""
    recorded: list[float] = []

    async def record(seconds: float) -> None:
        if seconds:  # a turn of the event loop is no wait
            recorded.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", record)
    with stamina.set_testing(False):
        yield recorded


@pytest.mark.parametrize("wish", ["7", "Wed, 18 Nov 2026 11:06:47 GMT"])
async def test_a_read_waits_as_long_as_it_is_told(wish: str, waits: list[float]) -> None:
    """Retry-After in seconds, or as the date of the same moment."""
    assert seconds_to_wait("Wed, 18 Nov 2026 11:06:47 GMT", now=NOW) == 7
    asked = Asked(first(refusing(429, "RATE_LIMIT", "too many", **{"retry-after": wish}), one_instance))
    async with asked.client:
        await asked.client.instance("cn-north-1", "i-abc")
    assert waits == [7.0]


async def test_a_read_does_not_wait_past_its_time(waits: list[float]) -> None:
    """Who asks for more than the call may take gets the error, with the wish, at once."""
    asked = Asked(refusing(429, "RATE_LIMIT", "too many", **{"retry-after": "31"}))
    error = await asked.describe()
    assert (type(error), error.retry_after, len(asked.requests), waits) == (jdcloud.RateLimited, 31, 1, [])


async def test_a_read_backs_off_within_its_time(waits: list[float]) -> None:
    """Longer each time, never the whole time together."""
    await Asked(refusing(500, "INTERNAL", "x")).describe()
    assert len(waits) == 3
    assert all(0.3 * 2**turn <= wait <= 0.3 * 2**turn + 0.6 for turn, wait in enumerate(waits))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("86400", 300.0),
        ("Wed, 18 Nov 2026 11:06:39 GMT", 0.0),
        ("Wed, 18 Nov 2026 11:06:50", 10.0),
        ("Wed, 18 Nov 2099 11:06:50 GMT", 300.0),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("٣", None),
        ("9" * 400, None),
        ("Wed, 99 Nov 2026 99:00:00 GMT", None),
        ("Wed, 18 Nov 99999999999999999999 11:06:47 GMT", None),
    ],
)
def test_a_wish_to_wait_is_read_or_left(header: str, seconds: float | None) -> None:
    """Seconds or a date; never negative, never without an end."""
    assert seconds_to_wait(header, now=NOW) == seconds


async def test_no_secret_is_in_an_error_or_in_the_log() -> None:
    """Not even when JD Cloud itself repeats it."""

    def tell_all(request: httpx.Request) -> httpx.Response:
        said = f"sign result is not same: {request.headers['authorization']} {SECRET_KEY} {TOKEN}"
        body = {"requestId": "req-1", "error": {"code": 401, "status": "", "message": said, "details": [said]}}
        return httpx.Response(401, json=body)

    with capture_logs() as log:
        error = await Asked(tell_all).create()
    shown = json.dumps([log, str(error), repr(error), vars(error), dict(error.problem().facts)], default=str)
    for secret in (ACCESS_KEY, SECRET_KEY, TOKEN, "VE9LRU4tMTIzNDU2Nzg5MA"):
        assert secret not in shown
    assert "sign result is not same" in shown
    assert not any(len(word) == 64 for word in shown.replace('"', " ").replace("=", " ").split())


async def test_a_long_message_is_cut_and_put_on_one_line() -> None:
    """A message goes into a card and a log line."""
    error = await Asked(refusing(400, "INVALID_ARGUMENT", "a\nb " + "x" * 9999)).create()
    assert error.message.startswith("a b xxx")
    assert len(error.message) == 500


async def test_a_call_leaves_one_line_in_the_log() -> None:
    """What, where, how it ended and how long it took; never headers or bodies."""
    asked = Asked(first(raising(httpx.ConnectError("refused")), one_instance))
    with capture_logs() as log:
        async with asked.client:
            await asked.client.instance("cn-north-1", "i-abc")
    lines: list[dict[str, Any]] = [dict(line) for line in log if line["event"] == "jdcloud.call"]
    assert all(isinstance(line.pop("ms"), int) for line in lines)
    call = {"event": "jdcloud.call", "log_level": "debug", "action": "describeInstance", "region": "cn-north-1"}
    assert lines == [
        call | {"http": None, "cloud_request_id": "", "error": "NeverSent"},
        call | {"http": 200, "cloud_request_id": "req-2"},
    ]


@pytest.mark.parametrize("instance_id", ["", ".", ".."])
async def test_an_id_that_would_be_another_address_is_not_asked_for(instance_id: str) -> None:
    """`/instances/..` is the region, and `/instances/` is every instance."""
    asked = Asked(one_instance)
    async with asked.client:
        with pytest.raises(jdcloud.NotFound) as caught:
            await asked.client.instance("cn-north-1", instance_id)
    assert caught.value.problem().code is Code.CLOUD_INSTANCE_GONE
    assert asked.requests == []


DATA = {"deviceName": "vdb", "diskCategory": "cloud", "cloudDisk": {"diskId": "vol-b", "diskSizeGB": 20}}


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (None, "instance is missing"),
        ({}, "instance is missing"),
        ({"instance": None}, "instance is missing"),
        ({"instance": {}}, "instanceId"),
        ({"instance": INSTANCE | {"instanceId": ""}}, "instanceId"),
        ({"instance": INSTANCE | {"instanceId": "i-other"}}, "i-other"),
        ({"instance": INSTANCE | {"status": None}}, "status is missing"),
        ({"instance": INSTANCE | {"systemDisk": None}}, "systemDisk is missing"),
        ({"instance": INSTANCE | {"systemDisk": {"deviceName": "vda"}}}, "systemDisk.cloudDisk is missing"),
        ({"instance": INSTANCE | {"dataDisks": [None]}}, "dataDisks"),
        ({"instance": INSTANCE | {"dataDisks": [DATA | {"deviceName": ""}]}}, "deviceName is missing"),
        ({"instance": INSTANCE | {"dataDisks": [DATA | {"cloudDisk": None}]}}, "diskId is missing"),
        ({"instance": INSTANCE | {"dataDisks": [DATA | {"cloudDisk": {"diskSizeGB": 1}}]}}, "diskId is missing"),
        ({"instance": INSTANCE | {"dataDisks": [DATA | {"cloudDisk": {"diskId": "vol-b"}}]}}, "diskSizeGB is missing"),
        ({"instance": INSTANCE | {"dataDisks": [DATA | {"diskCategory": "local"}]}}, "a local disk and a cloud disk"),
        ({"instance": INSTANCE | {"dataDisks": [DATA, DATA]}}, "two disks of one name"),
    ],
)
async def test_an_instance_that_is_not_whole_is_not_known(told: object, missing: str) -> None:
    """A 200 is no proof that it does not exist, nor that it has no disks: it is asked again, and then not known."""
    asked = Asked(result(told))
    error = await asked.describe()
    assert type(error) is jdcloud.IncompleteAnswer
    assert missing in error.problem().facts["missing"]
    assert error.problem().code is Code.CLOUD_INCOMPLETE
    assert len(asked.requests) == 4


@pytest.mark.parametrize(
    "disks",
    [
        {},
        {"dataDisks": None},
        {"dataDisks": []},
        {"dataDisks": [DATA | {"diskCategory": None}]},
        {"dataDisks": [{"deviceName": "vdb", "diskCategory": "local", "localDisk": {"diskType": "x"}}]},
        {"dataDisks": [DATA], "systemDisk": {"localDisk": {"diskSizeGB": 40}}},
    ],
)
async def test_what_jd_cloud_leaves_out_of_a_whole_instance_is_not_missed(disks: dict[str, Any]) -> None:
    """Names, zones, the list of data disks where there are none, and whatever a local disk does not have."""
    asked = Asked(result({"instance": INSTANCE | disks}))
    async with asked.client:
        instance = await asked.client.instance("cn-north-1", "i-abc")
    assert len(instance.data_disks) == len(disks.get("dataDisks") or ())
    assert instance.data_disks_told is (disks.get("dataDisks") is not None)
    assert len(asked.requests) == 1


ONE = {"imageId": "img-1", "desc": "x [IR-7K3QF]", "status": "pending"}
NOT_LISTS: list[object] = [
    None,
    {},
    {"totalCount": 0},
    {"images": None, "totalCount": 0},
    {"images": [], "totalCount": 1},
    {"images": [ONE], "totalCount": 0},
    {"images": [ONE, ONE], "totalCount": 2},
    {"images": [None], "totalCount": 1},
    {"images": [ONE | {"imageId": " "}], "totalCount": 1},
    {"images": [ONE, ONE | {"status": "ready"}], "totalCount": 2},
    {"images": {}, "totalCount": 0},
    {"images": [], "totalCount": -1},
]


@pytest.mark.parametrize("told", [*NOT_LISTS, {"images": []}, {"images": [ONE], "totalCount": None}])
async def test_a_listing_that_is_not_whole_proves_nothing(told: object) -> None:
    """An image that is not in it may be there."""
    asked = Asked(result(told))
    async with asked.client:
        with pytest.raises(jdcloud.IncompleteAnswer):
            await asked.client.private_images_of("cn-north-1", "i-abc")
    assert len(asked.requests) == 4


@pytest.mark.parametrize("told", [*NOT_LISTS, {"images": [ONE | {"imageId": "img-3"}]}])
async def test_a_look_at_images_that_is_not_whole_proves_nothing(told: object) -> None:
    """Neither that one is gone, nor how another is."""
    asked = Asked(result(told))
    async with asked.client:
        with pytest.raises(jdcloud.IncompleteAnswer):
            await asked.client.images("cn-north-1", ["img-1", "img-2"])


@pytest.mark.parametrize("total", [{}, {"totalCount": None}, {"totalCount": 1}])
async def test_a_look_at_images_that_are_all_on_one_page_needs_no_count(total: dict[str, Any]) -> None:
    """What is there is there."""
    asked = Asked(result({"images": [ONE]} | total))
    async with asked.client:
        assert [image.id for image in await asked.client.images("cn-north-1", ["img-1", "img-2"])] == ["img-1"]


@pytest.mark.parametrize("total", [101, 250, 10_001])
async def test_a_listing_that_stays_short_proves_nothing(total: int) -> None:
    """Read a second time, it still has gaps; ten thousand and one are a mistake."""
    images = [{"imageId": f"img-{number}"} for number in range(100)]
    asked = Asked(result({"images": images, "totalCount": total}))
    async with asked.client:
        with pytest.raises(jdcloud.IncompleteAnswer, match=f"100 items where totalCount is {total}"):
            await asked.client.private_images_of("cn-north-1", "i-abc")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"quotas": None, "quota": None},
        {"quotas": [], "quota": {}},
        {"quotas": [{"resourceType": "image"}], "quota": {"limit": None}},
        {"quotas": [{"resourceType": "image", "limit": 5}], "quota": {"limit": 5, "used": None}},
        {"quotas": [{"resourceType": "image", "limit": -1, "used": 0}], "quota": {"limit": -1, "used": 0}},
        {"quotas": [{"resourceType": "instance", "limit": 5, "used": 0}]},
    ],
)
async def test_a_quota_that_is_not_told_is_not_used_up(told: dict[str, Any]) -> None:
    """It is not known."""
    asked = Asked(result(told))
    async with asked.client:
        for quota in (asked.client.image_quota, asked.client.snapshot_quota):
            with pytest.raises(jdcloud.IncompleteAnswer):
                await quota("cn-north-1")


async def test_answers_that_are_not_whole_are_answers() -> None:
    """The upstream is not left alone for them: createImage may work all the same."""
    asked = Asked(first(*[result(None)] * 8, one_instance))
    async with asked.client:
        for _ in range(2):
            with pytest.raises(jdcloud.IncompleteAnswer):
                await asked.client.instance("cn-north-1", "i-abc")
        assert (await asked.client.instance("cn-north-1", "i-abc")).id == "i-abc"
