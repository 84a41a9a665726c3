"""The proxy of the environment: HTTPS_PROXY and HTTP_PROXY, but for the hosts in NO_PROXY."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

UNREAD = "unread"
"""For the constructors of Slack's SDK: without a proxy they read the environment, and log what stands there."""

_SCHEMES = {"wss": "https", "ws": "http"}


def proxy_for(address: str) -> str | None:
    """What to go through to an address; None where it is reached directly.

    Slack's SDK knows nothing of NO_PROXY, so it is always told. What Python's own `urllib` understands is what holds:
    names and their subdomains, addresses, `*`, with or without a port.
    """
    url = urlsplit(address)
    proxy = getproxies().get(_SCHEMES.get(url.scheme, url.scheme))
    if not proxy or proxy_bypass(url.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
