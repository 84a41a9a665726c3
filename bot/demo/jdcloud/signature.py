"""Checks a request's signature the way the gateway does, for both live versions of JD Cloud's scheme.

Sources: the official Python SDK (`core/signer.py`, JDCLOUD3), the official Go SDK (`core/Signer.go`, JDCLOUD2) and
the public page "Authorization Rules" (JDCLOUD2). The window for dates and nonces is documented nowhere.
"""

import base64
import hashlib
import hmac
import re
from calendar import timegm
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import strptime
from urllib.parse import quote, unquote_plus

from bot.demo.jdcloud.refusals import Refusal, unauthenticated

SKEW_SECONDS = 15 * 60.0
"""How far `x-jdcloud-date` may be from our clock, either way."""

_AUTHORIZATION = re.compile(
    r"JDCLOUD(?P<version>[23])-HMAC-SHA256 Credential=(?P<access_key>[^/,]+)/(?P<day>\d{8})/(?P<region>[^/,]+)/"
    r"(?P<service>[^/,]+)/jdcloud(?P=version)_request, ?SignedHeaders=(?P<headers>[^,]+), ?"
    r"Signature=(?P<mac>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Arrived:
    """A request as it came over the wire."""

    method: str
    path: str  # still percent-encoded
    query: str  # still percent-encoded
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True)
class Authorization:
    """The parts of an Authorization header."""

    version: str  # "2" or "3"
    access_key: str
    day: str  # "20261123"
    region: str
    service: str
    signed_headers: tuple[str, ...]
    mac: str

    @classmethod
    def parse(cls, header: str) -> "Authorization | None":
        """The parts, or None when the header has another form."""
        found = _AUTHORIZATION.fullmatch(header)
        if found is None:
            return None
        return cls(
            version=found["version"],
            access_key=found["access_key"],
            day=found["day"],
            region=found["region"],
            service=found["service"],
            signed_headers=tuple(found["headers"].split(";")),
            mac=found["mac"],
        )


class SignatureCheck:
    """Lets signed requests pass, each once."""

    def __init__(
        self, *, access_key: str, secret_key: str, session_token: str | None, clock: Callable[[], float]
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._token = base64.b64encode(session_token.encode()).decode() if session_token else None
        self._clock = clock
        self._nonces: dict[str, float] = {}

    def check(self, arrived: Arrived, *, service: str, region: str) -> None:
        """Returns when the request is signed for this service and region by the account's key.

        Raises:
            Refusal: 401, with the texts the gateway is known to use.
        """
        header = arrived.headers.get("authorization")
        if not header:
            raise Refusal(401, "ACCESS_ERROR", "lack of header authorization[gw]")
        authorization = Authorization.parse(header)
        if authorization is None:
            raise unauthenticated("invalid header authorization[gw]")
        if not _same(authorization.access_key, self._access_key):
            raise unauthenticated("access key not found")
        self._check_date(arrived, authorization)
        self._check_token(arrived, authorization)
        if (authorization.service, authorization.region) != (service, region):
            raise unauthenticated("sign result is not same")
        if not any(_same(authorization.mac, mac) for mac in signatures(arrived, authorization, self._secret_key)):
            raise unauthenticated("sign result is not same")
        self._check_nonce(arrived)

    def _check_date(self, arrived: Arrived, authorization: Authorization) -> None:
        date = arrived.headers.get("x-jdcloud-date", "")
        try:
            sent_at = timegm(strptime(date, "%Y%m%dT%H%M%SZ"))
        except ValueError:
            raise unauthenticated("invalid header x-jdcloud-date") from None
        if abs(self._clock() - sent_at) > SKEW_SECONDS or not date.startswith(authorization.day):
            raise unauthenticated("request expired")

    def _check_token(self, arrived: Arrived, authorization: Authorization) -> None:
        """The SDKs send the token in base64, among the signed headers (Python SDK: `HEADER_BASE64`)."""
        sent = arrived.headers.get("x-jdcloud-security-token")
        if self._token is None and sent is None:
            return
        signed = "x-jdcloud-security-token" in authorization.signed_headers
        if self._token is None or sent is None or not signed or not _same(sent, self._token):
            raise unauthenticated("invalid security token")

    def _check_nonce(self, arrived: Arrived) -> None:
        """Remembers nonces for as long as the date of a request that bore one could still pass."""
        nonce = arrived.headers.get("x-jdcloud-nonce")
        if not nonce:
            raise unauthenticated("lack of header x-jdcloud-nonce")
        now = self._clock()
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * SKEW_SECONDS:
            del self._nonces[next(iter(self._nonces))]
        if nonce in self._nonces:
            raise unauthenticated("nonce has been used")
        self._nonces[nonce] = now


def signatures(arrived: Arrived, authorization: Authorization, secret_key: str) -> Iterator[str]:
    """The signatures that would be right for a request, in hex; none when a signed header is absent."""
    digest = hashlib.sha256(arrived.body).hexdigest()
    if arrived.headers.get("x-jdcloud-content-sha256", digest) != digest:
        return
    if not all(name in arrived.headers for name in authorization.signed_headers):
        return
    prefix = f"JDCLOUD{authorization.version}"
    scope = (authorization.day, authorization.region, authorization.service, f"{prefix.lower()}_request")
    key = (prefix + secret_key).encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    for path, query in _targets(arrived, authorization.version):
        canonical = "\n".join(
            (
                arrived.method,
                path,
                query,
                *(_header_line(arrived, name, authorization.version) for name in authorization.signed_headers),
                "",
                ";".join(authorization.signed_headers),
                digest,
            )
        )
        to_sign = "\n".join(
            (
                f"{prefix}-HMAC-SHA256",
                arrived.headers.get("x-jdcloud-date", ""),
                "/".join(scope),
                hashlib.sha256(canonical.encode()).hexdigest(),
            )
        )
        yield hmac.new(key, to_sign.encode(), "sha256").hexdigest()


def _targets(arrived: Arrived, version: str) -> Iterator[tuple[str, str]]:
    yield _canonical_path(arrived.path), _canonical_query(arrived.query)
    if version == "2":
        # The Go SDK signs path and query exactly as it sends them, with `+` for a space.
        yield arrived.path or "/", arrived.query


def _canonical_path(path: str) -> str:
    encoded = quote(re.sub("/+", "/", unquote_plus(path)), safe="/~")
    return encoded if encoded.startswith("/") else f"/{encoded}"


def _canonical_query(query: str) -> str:
    pairs = []
    for item in query.split("&"):
        key, equals, value = item.partition("=")
        if key and equals:
            pairs.append([quote(unquote_plus(key), safe="~"), quote(unquote_plus(value), safe="~")])
    return "&".join("=".join(pair) for pair in sorted(pairs))


def _header_line(arrived: Arrived, name: str, version: str) -> str:
    value = arrived.headers[name].strip()
    if name == "host":
        value = re.sub(r":(80|443)$", "", value)
    if version == "2":
        value = re.sub(" +", " ", value)
    return f"{name}:{value}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
