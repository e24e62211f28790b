"""Connections to addresses strangers chose: public ones only, looked at before they are dialled, with one deadline.

The name is resolved here and the very address that was looked at is dialled, so that a name that leads elsewhere the
second time (DNS rebinding) leads nowhere. TLS still asks for the name. The deadline bounds the whole exchange: a peer
that sends one byte at a time does not hold anybody for longer. Knows no protocol above TCP.
Sources: OWASP on server-side request forgery; IANA's special-purpose address registries by way of `ipaddress`.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterable

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address inside
_MAX_ADDRESSES = 4

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressNotAllowed(httpcore.ConnectError):
    """The name leads to an address that is not public; nothing was sent."""


class GuardedBackend(httpcore.NetworkBackend):
    """Dials public addresses, and others for `private_hosts` alone (names in lower case, or addresses as text)."""

    def __init__(self, *, private_hosts: Collection[str] = (), deadline_s: float) -> None:
        self._private_hosts = frozenset(one.lower().rstrip(".") for one in private_hosts)
        self._ends_at = time.monotonic() + deadline_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection. Raises `AddressNotAllowed`, `httpcore.ConnectError`, `httpcore.ConnectTimeout`."""
        addresses = self._resolve(host, port)
        if host.lower().rstrip(".") not in self._private_hosts and not all(map(is_public, addresses)):
            raise AddressNotAllowed()
        dialling = httpcore.SyncBackend()
        for number, address in enumerate(addresses, 1):
            try:
                stream = dialling.connect_tcp(
                    str(address), port, left_s(self._ends_at, timeout), local_address, socket_options
                )
            except httpcore.ConnectError:
                if number == len(addresses):
                    raise
            else:
                return _DeadlineStream(stream, self._ends_at)
        raise httpcore.ConnectError()

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Refuse: nobody's webhook is a file of ours."""
        del path, timeout, socket_options
        raise AddressNotAllowed()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def _resolve(self, host: str, port: int) -> list[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError() from None
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not addresses:
            raise httpcore.ConnectError()
        return list(dict.fromkeys(addresses))[:_MAX_ADDRESSES]


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, ends_at: float) -> None:
        self._stream = stream
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left_s(self._ends_at, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left_s(self._ends_at, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, left_s(self._ends_at, timeout))
        return _DeadlineStream(inner, self._ends_at)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the open network, any IPv4 address inside an IPv6 one looked at as well."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def left_s(ends_at: float, timeout: float | None) -> float:
    """Return how long to wait at most. Raises `httpcore.ReadTimeout` when nothing is left."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout()
    return left if timeout is None else min(left, timeout)
