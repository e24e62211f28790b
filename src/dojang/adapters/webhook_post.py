"""The way to a relying party's webhook: https to a public address, one request, no redirects, only the status is read.

An officer registered the address, but it leads to somebody else's network, and tomorrow perhaps elsewhere. In the
sandbox it may be on this machine, and plain.
"""

import ssl
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

import httpcore

from dojang.adapters.guarded_network import GuardedBackend
from dojang.controls.party_events.model import Reception

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_USER_AGENT: Final = "Dojang-Webhook/1"
_GONE: Final = 410
_TIME_HELPS: Final = frozenset({408, 425, 429})


class HttpWebhookPost:
    """Implements `controls.party_events.ports.WebhookPost`. Safe to share between threads.

    `timeout_s` bounds the whole exchange. `private_hosts` are allowed to lead to addresses that are not public;
    `sandbox` allows this machine too, and http to it. Each request has a connection of its own: there are few, and none
    outlives the look at its address.
    """

    def __init__(
        self, *, tls: ssl.SSLContext, timeout_s: float, private_hosts: Collection[str] = (), sandbox: bool = False
    ) -> None:
        self._tls = tls
        self._timeout_s = timeout_s
        self._private_hosts = (*private_hosts, *(LOOPBACK if sandbox else ()))
        self._sandbox = sandbox

    def post(self, uri: str, headers: Mapping[str, str], body: bytes) -> Reception:
        """See the port."""
        if not self._may_go_to(uri):
            return Reception.AWAY
        backend = GuardedBackend(private_hosts=self._private_hosts, deadline_s=self._timeout_s)
        named = [("user-agent", _USER_AGENT), *headers.items()]
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
                pool.stream("POST", uri, headers=_with_host(uri, named), content=body) as answer,
            ):
                return _reception_of(answer.status)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError):
            return Reception.AWAY

    def _may_go_to(self, uri: str) -> bool:
        try:
            parts = urlsplit(uri)
        except ValueError:
            return False
        return parts.scheme == "https" or (self._sandbox and parts.scheme == "http" and parts.hostname in LOOPBACK)


def _with_host(uri: str, headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    host = urlsplit(uri).netloc.encode("ascii")
    return [(b"host", host), *((name.encode("ascii"), value.encode("ascii")) for name, value in headers)]


def _reception_of(status: int) -> Reception:
    if 200 <= status < 300:
        return Reception.TAKEN
    if status == _GONE:
        return Reception.GONE
    return Reception.REFUSED if 400 <= status < 500 and status not in _TIME_HELPS else Reception.AWAY
