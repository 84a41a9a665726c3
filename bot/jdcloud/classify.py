"""Which error an answer or a lost call is: the tables behind `errors`."""

import re
from collections.abc import Collection, Mapping

import httpx

from bot.jdcloud.errors import (
    AuthenticationFailed,
    CloudError,
    DiskBusy,
    Forbidden,
    InternalError,
    InvalidParameter,
    NeverSent,
    NotAnswered,
    NotFound,
    PreconditionFailed,
    QuotaExceeded,
    RateLimited,
    ServiceUnavailable,
    SystemDiskMissing,
    TaskConflict,
    UnreadableAnswer,
    WrongInstanceStatus,
)

__all__ = ["LOST", "STATUSES", "classify_answer", "classify_loss", "classify_unreadable"]

_BY_MESSAGE: Mapping[re.Pattern[str], type[CloudError]] = {
    re.compile(pattern, re.IGNORECASE): error
    for pattern, error in (
        (r"conflict with\b.*\btask\b", TaskConflict),
        (r"\bdisk\b.*\bbusy\b", DiskBusy),
        (r"\bstop the instance\b|\binvalid instance status\b", WrongInstanceStatus),
        (r"\bsystem disk not found\b", SystemDiskMissing),
    )
}
"""What tells apart the refusals that share 400 FAILED_PRECONDITION (createImage: 返回码)."""

_BY_STATUS: Mapping[str, type[CloudError]] = {
    "INVALID_ARGUMENT": InvalidParameter,
    "OUT_OF_RANGE": InvalidParameter,
    "DUPLICATE": InvalidParameter,  # `Duplicate deviceName`
    "FAILED_PRECONDITION": PreconditionFailed,
    "CONFLICT": PreconditionFailed,
    "ALREADY_EXISTS": PreconditionFailed,
    "ABORTED": TaskConflict,
    "UNAUTHENTICATED": AuthenticationFailed,
    "ACCESS_ERROR": AuthenticationFailed,
    "HTTP_FORBIDDEN": Forbidden,
    "PERMISSION_DENIED": Forbidden,
    "NOT_FOUND": NotFound,
    "QUOTA_EXCEEDED": QuotaExceeded,
    "RATE_LIMIT": RateLimited,
    "CANCELLED": NotAnswered,  # 499: the cloud saw us go, and may have gone on
    "UNKNOWN": InternalError,
    "INTERNAL": InternalError,
    "SOURCE_UNAVAILABLE": ServiceUnavailable,
    "UNAVAILABLE": ServiceUnavailable,
}
"""JD Cloud's names of errors (Common Declaration: error codes), and those seen beside them. An open set."""

STATUSES: Collection[str] = frozenset(_BY_STATUS)
"""The names among them that are known."""

_BY_HTTP: Mapping[int, type[CloudError]] = {
    401: AuthenticationFailed,
    403: Forbidden,
    404: NotFound,
    408: NotAnswered,
    409: PreconditionFailed,
    499: NotAnswered,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
}

LOST: Mapping[type[Exception], type[CloudError]] = {
    # Before anything is sent. A proxy that refuses does so while the tunnel is being made.
    httpx.ConnectError: NeverSent,
    httpx.ConnectTimeout: NeverSent,
    httpx.PoolTimeout: NeverSent,
    httpx.ProxyError: NeverSent,
    httpx.UnsupportedProtocol: NeverSent,
    httpx.InvalidURL: NeverSent,
    httpx.CookieConflict: NeverSent,
    httpx.RequestNotRead: NeverSent,
    # Part of the request may be out. Whatever is not named more closely is taken for this.
    httpx.WriteError: NotAnswered,
    httpx.WriteTimeout: NotAnswered,
    httpx.ReadError: NotAnswered,
    httpx.ReadTimeout: NotAnswered,
    httpx.CloseError: NotAnswered,
    httpx.LocalProtocolError: NotAnswered,
    httpx.RemoteProtocolError: NotAnswered,
    httpx.HTTPError: NotAnswered,
    httpx.RequestError: NotAnswered,
    httpx.TransportError: NotAnswered,
    httpx.TimeoutException: NotAnswered,
    httpx.NetworkError: NotAnswered,
    httpx.ProtocolError: NotAnswered,
    httpx.StreamError: NotAnswered,
    httpx.StreamConsumed: NotAnswered,
    httpx.StreamClosed: NotAnswered,
    httpx.ResponseNotRead: NotAnswered,
    OSError: NotAnswered,  # our bound on the whole call (TimeoutError), and what a transport lets through
    # Something answered.
    httpx.DecodingError: UnreadableAnswer,
    httpx.TooManyRedirects: UnreadableAnswer,
    httpx.HTTPStatusError: UnreadableAnswer,
}
"""Every exception of httpx, and what has become of the request when it is raised."""


def classify_answer(*, http: int, status: str, message: str) -> type[CloudError]:
    """The error of an answer that JD Cloud itself gave.

    Args:
        http: status of the answer; for a 200 that carries an error, the code it repeats, or 0.
        status: JD Cloud's name of the error; may be empty.
        message: its words.
    """
    name, message = status.upper(), " ".join(message.split())
    if http >= 500:  # whatever it is called: a 5xx promises nothing about what was done
        return _BY_HTTP.get(http, InternalError)
    if name in _BY_STATUS and _BY_STATUS[name] not in {PreconditionFailed, TaskConflict}:
        return _BY_STATUS[name]
    if http == 429:
        return _classify_429(message)
    by_message = next((error for pattern, error in _BY_MESSAGE.items() if pattern.search(message)), None)
    if by_message and http in {0, 400, 409}:
        return by_message
    if name in _BY_STATUS:
        return _BY_STATUS[name]
    return _BY_HTTP.get(http, InvalidParameter if http >= 400 else InternalError)


def _classify_429(message: str) -> type[CloudError]:
    """A 429 without a name that is known: both a full quota and too many calls come as one.

    Nothing was done either way. Words about a quota are believed, since createImage documents its 429 as "Quota
    exceeded". Anything else counts as too many calls: should that be wrong, a refusal is told a little later;
    the other way round, a request that would have gone through a second later were lost for good.
    """
    return QuotaExceeded if re.search(r"quota|配额", message, re.IGNORECASE) else RateLimited


def classify_unreadable(http: int) -> type[CloudError]:
    """The error of an answer that is not JD Cloud's, such as the HTML of a gateway.

    A 4xx of it proves nothing about instances or images, so a 404 of it is not `NotFound`.
    """
    if http == 429:
        return RateLimited  # only limiters answer so
    return _BY_HTTP.get(http, InternalError) if http >= 500 else UnreadableAnswer


def classify_loss(exception: Exception) -> type[CloudError]:
    """The error of a call that was given up without an answer."""
    return next(LOST[kind] for kind in type(exception).__mro__ if kind in LOST)
