"""Signs requests to JD Cloud: JDCLOUD3-HMAC-SHA256, as an httpx authentication.

The scheme is the one of the official Python SDK (`jdcloud_sdk.core.signer`), with one difference that the gateway's
rules ask for: date, nonce and security token are in the headers before the signature is made, and signed
(Authorization Rules: "must be contained in requests and involved in signature").
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from operator import methodcaller
from urllib.parse import quote, unquote, unquote_plus

import httpx

__all__ = ["JDCloudAuth", "signature"]

_ALGORITHM = "JDCLOUD3-HMAC-SHA256"
_TERMINATOR = "jdcloud3_request"
_KEY_PREFIX = "JDCLOUD3"

_DATE = "x-jdcloud-date"
_NONCE = "x-jdcloud-nonce"
_TOKEN = "x-jdcloud-security-token"  # noqa: S105 - the name of a header
_BODY_HASH = "x-jdcloud-content-sha256"
_SIGNED = ("content-type", "host", _DATE, _NONCE, _TOKEN)
"""What is signed where present: proxies may rewrite any other header. The body's hash is signed as such."""

_REGION = re.compile(r"/v\d+/regions/([^/:]+)")
_NO_REGION = "jdcloud-api"
"""What the SDKs sign with where the path names no region."""

_CANONICAL_ALREADY = re.compile(r"[A-Za-z0-9_.~=&-]*")
"""A query in which nothing is encoded, nor would be."""

_KEY_AND_VALUE = methodcaller("partition", "=")
"""What a pair is sorted by: keys first, so that `ids.1` comes before `ids.10`."""

_SHORTEST_SECRET = 8
"""Anything shorter is an example's key, and blotting it out would eat holes into words."""

_DIGEST = re.compile(r"\b[0-9a-fA-F]{64}\b")


class JDCloudAuth(httpx.Auth):
    """Signs every attempt anew, with a date and a nonce of its own, for one of JD Cloud's services.

    Args:
        service: "vm", "disk": part of what is signed.
        access_key: id of the key.
        secret_key: the key; leaves this object only as a signature.
        session_token: of temporary credentials; sent base64-encoded, as the SDK does.
        clock: unix seconds. JD Cloud refuses a signature whose date is too far from its own.
        new_nonce: never the same text twice.

    Raises:
        ValueError: the access key holds what a header cannot carry. Said here without it: a transport would quote it.
    """

    requires_request_body = True

    def __init__(
        self,
        *,
        service: str,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        clock: Callable[[], float],
        new_nonce: Callable[[], str],
    ) -> None:
        if not re.fullmatch("[!-~]+", access_key):
            raise ValueError("the access key is not printable ASCII")
        self.service = service
        self._access_key = access_key
        self._secret_key = secret_key
        self._token = base64.b64encode(session_token.encode()).decode() if session_token else ""
        known = (secret_key, access_key, session_token or "", self._token)
        self._secrets = tuple(secret for secret in known if len(secret) >= _SHORTEST_SECRET)
        self._clock = clock
        self._new_nonce = new_nonce

    def __repr__(self) -> str:
        return f"{type(self).__name__}(service={self.service!r})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the signature and everything it covers into the request's headers."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        request.headers[_DATE] = now.strftime("%Y%m%dT%H%M%SZ")
        request.headers[_NONCE] = self._new_nonce()
        if self._token:
            request.headers[_TOKEN] = self._token
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        region = _REGION.match(path)
        signed = {name: request.headers[name] for name in _SIGNED if name in request.headers}
        signed["host"] = _without_usual_port(signed["host"])
        scope = "/".join(
            (now.strftime("%Y%m%d"), unquote(region[1]) if region else _NO_REGION, self.service, _TERMINATOR)
        )
        digest = signature(
            secret_key=self._secret_key,
            method=request.method,
            path=path,
            query=query,
            headers=signed,
            body=request.content,
            scope=scope,
        )
        request.headers[_BODY_HASH] = hashlib.sha256(request.content).hexdigest()
        request.headers["authorization"] = (
            f"{_ALGORITHM} Credential={self._access_key}/{scope}, "
            f"SignedHeaders={';'.join(sorted(signed))}, Signature={digest}"
        )
        yield request

    def without_secrets(self, text: str) -> str:
        """The text with keys, tokens and signatures blotted out: the cloud may quote them in what it says."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return _DIGEST.sub("…", text)


def signature(
    *,
    secret_key: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    scope: str,
) -> str:
    """The signature of one request, in hexadecimal.

    Args:
        secret_key: the key.
        method: "GET", "POST", …
        path: as sent or decoded: the gateway normalises it either way.
        query: as sent, without the question mark.
        headers: what is signed, by lower-case name; holds `host` and `x-jdcloud-date`.
        body: as sent.
        scope: "yyyymmdd/region/service/jdcloud3_request".
    """
    names = sorted(headers)
    canonical = "\n".join(
        (
            method,
            _canonical_path(path),
            _canonical_query(query),
            *(f"{name}:{headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = "\n".join((_ALGORITHM, headers[_DATE], scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = (_KEY_PREFIX + secret_key).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def _canonical_path(path: str) -> str:
    decoded = re.sub("/+", "/", unquote_plus(path))
    return "/" + quote(decoded, safe="/~").removeprefix("/")


def _canonical_query(query: str) -> str:
    pairs = [part for part in query.split("&") if part.find("=") > 0]  # with a key
    if not _CANONICAL_ALREADY.fullmatch(query):
        pairs = [f"{_recoded(key)}={_recoded(value)}" for key, _, value in map(_KEY_AND_VALUE, pairs)]
    return "&".join(sorted(pairs, key=_KEY_AND_VALUE))


def _recoded(text: str) -> str:
    return quote(unquote_plus(text), safe="~")


def _without_usual_port(host: str) -> str:
    return re.sub(r":(80|443)$", "", host)
