"""Decisions about relying parties. Pure."""

import hashlib
import hmac
from urllib.parse import urlsplit

from dojang.controls.relying_parties.model import AddressRefused, PartyRefused, PartyState, RelyingParty

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_ADDRESS_CHARACTERS = 2000


def digest_of(secret: str) -> str:
    """Return the digest a secret is kept as. It has 256 bits of chance, so one hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret_of(party: RelyingParty, secret: str) -> bool:
    """Return whether the secret is the party's own; constant time."""
    return hmac.compare_digest(party.secret_digest, digest_of(secret))


def prove(party: RelyingParty | None, secret: str) -> RelyingParty:
    """Return the party once the secret is its own. Raises `PartyRefused`; constant time, unknown parties included."""
    expected = party.secret_digest if party is not None else digest_of("")
    matches = hmac.compare_digest(expected, digest_of(secret))
    if party is None or not matches or party.state is not PartyState.ACTIVE:
        raise PartyRefused()
    return party


def check_address(address: str, field: str) -> str:
    """Return an address people or calls may be sent to. Raises `AddressRefused`."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(field=field) from None
    del port  # read, because reading it is what refuses a wrong one
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    plain = not parts.fragment and parts.username is None and "#" not in address
    if not secure or not host or not plain or not address.isascii() or len(address) > MAX_ADDRESS_CHARACTERS:
        raise AddressRefused(field=field)
    return address
