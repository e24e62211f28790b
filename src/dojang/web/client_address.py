"""Where a request comes from, as far as limits are concerned. Never logged, never stored in clear."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

UNKNOWN = "unknown"
IPV6_PREFIX = 64  # what one subscriber's line is given; single addresses in it are his to choose


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return the IPv4 address or the IPv6 /64 a request comes from, or "unknown" where there is none (UNIX sockets).

    `forwarded_for` are the values of X-Forwarded-For, each proxy's addition last. They count only as far as the
    `trusted` proxies vouch for them: from the end, the first address that is not such a proxy's is the client's.
    """
    hops = [part.strip() for value in forwarded_for for part in value.split(",")]
    found = _parsed(peer)
    while found is not None and hops and any(found in network for network in trusted):
        further = _parsed(hops.pop())
        if further is None:
            break
        found = further
    if found is None:
        return UNKNOWN
    if isinstance(found, IPv6Address):
        return str(ip_network((found, IPV6_PREFIX), strict=False))
    return str(found)


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
