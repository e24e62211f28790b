"""Whose address counts: proxies' words are taken as far as they are trusted, and no further."""

from ipaddress import ip_network

import pytest

from dojang.web.client_address import client_address

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("198.51.100.9", [], "198.51.100.9"),
        ("198.51.100.9", ["203.0.113.1"], "198.51.100.9"),  # not a proxy of ours
        ("10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["192.0.2.66, 203.0.113.1"], "203.0.113.1"),  # the first was the client's own invention
        ("10.0.0.1", ["192.0.2.66", "203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["garbage"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1:4711"], "10.0.0.1"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.9", [], "198.51.100.9"),
        ("::ffff:10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        (None, ["203.0.113.1"], "unknown"),
        ("", [], "unknown"),
        ("/run/office.sock", [], "unknown"),
    ],
)
def test_the_address_that_counts(peer: str | None, forwarded_for: list[str], address: str) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == address
