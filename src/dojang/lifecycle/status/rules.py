"""When a CRL is due, and what its content amounts to. Pure. Source: RFC 5280 sections 3.3 and 5."""

import hashlib
from datetime import datetime, timedelta

from dojang.lifecycle.status.model import Crl
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.pki.crl import RevokedEntry


def content_digest(entries: tuple[RevokedEntry, ...]) -> str:
    """Return SHA-256 (hex) over serial, time and reason of every entry, in serial order."""
    running = hashlib.sha256()
    for entry in entries:
        running.update(f"{entry.serial:d} {entry.revoked_at.timestamp():.0f} {entry.reason}\n".encode())
    return running.hexdigest()


def is_due(latest: Crl | None, digest: str, policy: CrlPolicy, now: datetime) -> bool:
    """Return whether a CRL with content `digest` has to follow `latest`."""
    if latest is None or latest.content_digest != digest:
        return True
    return now >= latest.this_update + timedelta(hours=policy.issue_every_hours)


def entries_from(latest: Crl | None) -> datetime | None:
    """Return the earliest end of a certificate that still has to be listed (None: list all).

    An entry stays until one CRL was issued beyond its certificate's end (RFC 5280 section 3.3).
    """
    return None if latest is None else latest.this_update
