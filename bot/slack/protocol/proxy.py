"""The proxy of the environment: HTTPS_PROXY and HTTP_PROXY, or else ALL_PROXY, but for the hosts in NO_PROXY."""

import os
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from bot.domain.errors import Fault

UNREAD = "unread"
"""For the constructors of Slack's SDK: without a proxy they read the environment, and log what stands there."""

_SCHEMES = {"wss": "https", "ws": "http"}

_TAKEN = {"http", "https"}
"""What a proxy may speak. SOCKS would need packages that are no part of the bot, for httpx and for aiohttp."""


def check_proxies() -> None:
    """Whether all proxies that the environment names can be used. httpx takes them on as they are, whatever is reached
    through them.

    Raises:
        Fault: one cannot. What it says holds no address: there may be a password in it.
    """
    for scheme, proxy in getproxies().items():
        if scheme not in {"http", "https", "all"} or not proxy:
            continue
        try:
            url = urlsplit(_with_scheme(proxy))
            usable = url.scheme in _TAKEN and url.hostname and url.port != 0
        except ValueError:
            usable = False
        if not usable:
            name = next((name for name in os.environ if name.lower() == f"{scheme}_proxy"), f"{scheme}_proxy".upper())
            raise Fault(f"{name} is no proxy that can be used: expected http://HOST:PORT or https://HOST:PORT")


def proxy_for(address: str) -> str | None:
    """What to go through to an address; None where it is reached directly.

    Slack's SDK knows nothing of NO_PROXY, so it is always told. What Python's own `urllib` understands is what holds:
    names and their subdomains, addresses, `*`, with or without a port.
    """
    url = urlsplit(address)
    proxies, scheme = getproxies(), _SCHEMES.get(url.scheme, url.scheme)
    if scheme not in {"http", "https"} or proxy_bypass(url.netloc):
        return None
    proxy = proxies.get(scheme) or proxies.get("all")
    return _with_scheme(proxy) if proxy else None


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
