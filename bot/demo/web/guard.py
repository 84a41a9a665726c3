"""Keeps the page to the browser of whoever started it: other hosts' names, pages and frames are turned away.

Loopback alone is no lock: any page that is open in the same browser may send requests there, and a name that an
attacker owns may be made to resolve to 127.0.0.1 (DNS rebinding). So the name in `Host` and the page in `Origin` must
be our own.
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

_OWN_SITE = {"same-origin", "none"}
"""Fetch Metadata, `Sec-Fetch-Site`: asked by our own page, or typed into the address bar."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers 403 to what does not come from our own page."""
    refused = _refusal(request)
    if refused:
        return web.Response(status=403, text=f"{refused}\n", headers=_HEADERS)
    return await handler(request)


async def protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Tells the browser, with every answer, to keep others out and our scripts in."""
    response.headers.update(_HEADERS)


def _refusal(request: web.Request) -> str:
    if not _is_here(request):
        return "This page is for the machine it runs on: use the address that the command printed."
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return "Another page asked for this."
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
        return "Another page asked for this."
    if request.method == "POST" and (origin is None or request.content_type != "application/json"):
        return "Only the page itself may act."
    return ""


def _is_here(request: web.Request) -> bool:
    """Whether the request was addressed to loopback, and to the very port it came in at."""
    try:
        host = urlsplit(f"http://{request.host}")
        port = host.port or 80
        named_here = host.hostname == "localhost" or ip_address(host.hostname or "").is_loopback
    except ValueError:
        return False
    return named_here and request.transport is not None and port == request.transport.get_extra_info("sockname")[1]
