"""Our signatures are the official SDK's, and the fixed vectors of JD Cloud's own tests."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jdcloud_sdk.core.credential import Credential
from jdcloud_sdk.core.logger import Logger
from jdcloud_sdk.core.signer import Signer

from bot.jdcloud import JDCloudAuth
from bot.jdcloud.signing import signature

# The SDK's own clock is deprecated from Python 3.12 on; it is asked and not used.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")

NOW = 1_568_702_828.0
DATE = "20190917T064708Z"
GATEWAY = "apigw-internal-dev.cn-north-1.jcloudcs.com:8000"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NASTY = st.text(st.sampled_from("aZ09 /+~%&=?:;,@#!$*'()-_.[]中文é\U0001f600"), max_size=16) | ANY_TEXT
HEADER_VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)


def sdk_signature(
    *, method: str, service: str, region: str, host: str, path: str, query: str, headers: dict[str, str], body: str
) -> str:
    """What the official SDK puts into Authorization."""
    signed = dict(headers)
    Signer(Logger(0)).signV3(
        method, service, region, host, path, query, signed, body, Credential("ak", "sk"), security_token=""
    )
    return signed["Authorization"]


def ours(
    *, service: str, region: str, method: str = "GET", path: str, query: str, headers: dict[str, str], body: str
) -> str:
    return signature(
        secret_key="sk",
        method=method,
        path=path,
        query=query,
        headers=headers,
        body=body.encode(),
        scope=f"{headers['x-jdcloud-date'][:8]}/{region}/{service}/jdcloud3_request",
    )


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("", "", "44c5ec30b6185516986ae171d8276552bc0f37f6a536a44e4f578958fc1c12be"),
        (
            "/v1/regions/cn-north-1/instances/中文:GET",
            "",
            "936ed2dcb6fb4271ad640e0f46f1fe61763a0bad8bb4f4eb1224261f969612fa",
        ),
        (
            (
                "/v1/regions/cn-north-1/instances/ /`!@#$%^&*()=+/0123456789/[]\\;',<>?:\"{}|"
                "/abcdefghijklmnopqrstuvwxyz/ABCDEFGHIJKLMNOPQRSTUVWXYZ/-_.~:GET"
            ),
            "",
            "925b9455228ef23ee7ec2dd3e33f7e645bcbcb3f4732894c17e4a0cf1d41d1e6",
        ),
        (
            "/v1/regions/cn-north-1/instances",
            "=a&a=a",
            "43efb5fb00e86faf35d8bf0bed3b72e84cfc98ee4754065e29c3caa7bcaa12cb",
        ),
        (
            "/v1/regions/cn-north-1/instances",
            "=&a=a",
            "43efb5fb00e86faf35d8bf0bed3b72e84cfc98ee4754065e29c3caa7bcaa12cb",
        ),
        (
            "/v1/regions/cn-north-1/instances",
            "中文参数=中文参数值",
            "7e3094d23adde49fcc99b7d0de911d7ecaa7767590edd57769d7bdbaca919276",
        ),
    ],
)
def test_the_vectors_of_the_sdks_own_tests_hold(path: str, query: str, expected: str) -> None:
    """JD Cloud's published test cases come out as published."""
    headers = {
        "content-type": "application/json",
        "host": GATEWAY,
        "x-jdcloud-date": DATE,
        "x-jdcloud-nonce": "X-Jdcloud-Nonce",
    }
    made = ours(
        service="apigatewaytestproductline", region="cn-north-1", path=path, query=query, headers=headers, body=""
    )
    assert made == expected


def auth(**changed: Any) -> JDCloudAuth:
    parts: dict[str, Any] = {"service": "vm", "access_key": "ak", "secret_key": "sk", "session_token": None}
    nonces = iter(("X-Jdcloud-Nonce", "the-second"))
    return JDCloudAuth(**(parts | {"clock": lambda: NOW, "new_nonce": lambda: next(nonces)} | changed))


def signed(request: httpx.Request, by: JDCloudAuth) -> httpx.Request:
    return next(by.auth_flow(request))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            httpx.Request("GET", "https://vm.jdcloud-api.com/v1/regions/cn-north-1/images?ids.1=img-a&ids.2=img-b"),
            "1276045933aeab2be76e587c2570de5b4b02b4536dcf355a551ddab09aeb7772",
        ),
        (
            httpx.Request(
                "POST",
                "https://vm.jdcloud-api.com/v1/regions/cn-north-1/instances/i-x:createImage",
                content=b'{"name":"n"}',
            ),
            "ea984eb0ea69a6419cb65e30e3e4bf1aa110f2aa2ba3d0ea62583554470395a9",
        ),
    ],
    ids=["GET", "POST"],
)
def test_whole_requests_are_signed_as_the_sdk_signs_them(request_: httpx.Request, expected: str) -> None:
    """Region from the path, body from the request, date and nonce among what is signed."""
    request_.headers["content-type"] = "application/json"
    headers = signed(request_, auth()).headers
    assert headers["authorization"] == (
        "JDCLOUD3-HMAC-SHA256 Credential=ak/20190917/cn-north-1/vm/jdcloud3_request, "
        f"SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce, Signature={expected}"
    )
    assert headers["x-jdcloud-date"] == DATE
    assert headers["x-jdcloud-content-sha256"] == hashlib.sha256(request_.content).hexdigest()


@settings(max_examples=3 * settings().max_examples)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]),
    path=NASTY,
    query=NASTY | st.lists(st.tuples(NASTY, NASTY).map("=".join)).map("&".join),
    region=st.sampled_from(["cn-north-1", "jdcloud-api"]),
    more=st.dictionaries(st.sampled_from(["content-type", "x-jdcloud-security-token", "x-my-header"]), HEADER_VALUES),
    nonce=HEADER_VALUES,
    body=ANY_TEXT,
)
@example(
    method="GET",
    path="//v1//a",
    query="a=2&a=1&=x&b&a=&+=~&%zz=%E4%B8",
    region="cn-north-1",
    more={},
    nonce="",
    body="",
)
@example(method="GET", path="/v1", query="b.1=i-1&a+b=c+d", region="cn-north-1", more={}, nonce="", body="")
@example(method="GET", path="/v1", query="b.1=i-1&a=%7e", region="cn-north-1", more={}, nonce="", body="")
def test_the_signature_of_anything_is_the_sdks(
    *, method: str, path: str, query: str, region: str, more: dict[str, str], nonce: str, body: str
) -> None:
    """Whatever is in path, query, headers and body: both sign the same."""
    headers = {"x-jdcloud-date": DATE, "x-jdcloud-nonce": nonce} | more
    expected = sdk_signature(
        method=method, service="vm", region=region, host="h:8000", path=path, query=query, headers=headers, body=body
    )
    made = ours(
        method=method,
        service="vm",
        region=region,
        path=path,
        query=query,
        headers=headers | {"host": "h:8000"},
        body=body,
    )
    assert expected.endswith(f"Signature={made}")


def possible_urls() -> st.SearchStrategy[httpx.URL]:
    def build(parts: tuple[str, str, str]) -> httpx.URL | None:
        try:
            return httpx.URL("".join(parts))
        except (httpx.InvalidURL, UnicodeError):
            return None

    hosts = st.sampled_from(
        ["https://vm.jdcloud-api.com", "http://127.0.0.1:8080", "http://[::1]:99", "https://h:443", "http://h:443"]
    )
    region = st.sampled_from(["/v1/regions/cn-north-1/", "/v1/regions/cn-east-2/instances/", "/v1/x/", "//v1/"])
    paths = st.tuples(region, NASTY).map("".join)
    queries = st.just("") | NASTY.map(lambda text: f"?{text}")
    return (
        st.tuples(hosts, paths, queries)
        .map(build)
        .filter(lambda url: url is not None)
        .map(lambda url: url or httpx.URL())
    )


@settings(max_examples=3 * settings().max_examples)
@given(url=possible_urls(), body=st.binary(max_size=8).map(lambda raw: raw.hex()), token=st.none() | NASTY)
def test_what_httpx_sends_is_what_the_sdk_would_have_signed(url: httpx.URL, body: str, token: str | None) -> None:
    """The signature covers the bytes on the wire, after httpx has had its say about the URL."""
    request = signed(
        httpx.Request("POST", url, content=body.encode(), headers={"content-type": "application/json"}),
        auth(session_token=token),
    )
    path, _, query = request.url.raw_path.decode().partition("?")
    region = re.match("/v1/regions/([^/:]+)", path)
    headers = {
        "content-type": "application/json",
        "x-jdcloud-date": DATE,
        "x-jdcloud-nonce": "X-Jdcloud-Nonce",
    }
    if token:
        headers["x-jdcloud-security-token"] = base64.b64encode(token.encode()).decode()
    expected = sdk_signature(
        method="POST",
        service="vm",
        region=region[1] if region else "jdcloud-api",
        host=request.headers["host"].removesuffix(":443"),
        path=path,
        query=query,
        headers=headers,
        body=body,
    )
    assert request.headers["authorization"] == expected


def test_a_session_token_is_sent_and_signed_in_base64() -> None:
    """As the SDK does it (`HEADER_BASE64`)."""
    headers = signed(httpx.Request("GET", "https://h/v1/regions/cn-north-1/images"), auth(session_token="tok")).headers
    assert headers["x-jdcloud-security-token"] == "dG9r"
    assert "SignedHeaders=host;x-jdcloud-date;x-jdcloud-nonce;x-jdcloud-security-token," in headers["authorization"]


def test_every_attempt_has_its_own_date_and_nonce() -> None:
    """A repeated nonce or an old date is refused, so a request that is sent again is signed again."""

    def ticking() -> Iterator[float]:
        yield NOW
        yield NOW + 61

    ticks = ticking()
    by = auth(clock=lambda: next(ticks))
    request = httpx.Request("GET", "https://h/v1/regions/cn-north-1/images")
    first = dict(signed(request, by).headers)
    second = dict(signed(request, by).headers)
    assert (first["x-jdcloud-date"], second["x-jdcloud-date"]) == (DATE, "20190917T064809Z")
    assert (first["x-jdcloud-nonce"], second["x-jdcloud-nonce"]) == ("X-Jdcloud-Nonce", "the-second")
    assert first["authorization"] != second["authorization"]


def test_no_secret_shows_in_its_repr_or_in_what_it_is_asked_to_clean() -> None:
    """Neither key nor token nor signature gets into a log or an error."""
    by = auth(access_key="AK-1234567890", secret_key="SK-1234567890", session_token="TOKEN-123456")
    encoded = base64.b64encode(b"TOKEN-123456").decode()
    said = f"AK-1234567890 SK-1234567890 TOKEN-123456 {encoded} {'0f' * 32} i-abc"
    assert repr(by) == "JDCloudAuth(service='vm')"
    assert by.without_secrets(said) == "… … … … … i-abc"


def test_an_access_key_that_no_header_can_carry_is_refused_without_being_quoted() -> None:
    """A transport that refuses the header would quote it whole, signature and all."""
    with pytest.raises(ValueError, match=r"^the access key is not printable ASCII$"):
        auth(access_key="AK\nX: y")
