"""When a CRL is due, and from when on it has to tell. Pure. Source: RFC 5280 sections 3.3 and 5."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dojang.lifecycle.status.model import ALL, Crl, ListScope
from dojang.lifecycle.status.policy import CrlPolicy

# A change may be committed this much later than the moment it says it happened at, by another machine's clock.
LATE_COMMIT = timedelta(minutes=10)


def is_old(latest: Crl | None, policy: CrlPolicy, now: datetime) -> bool:
    """Return whether a complete list has to follow `latest` whatever its entries are."""
    return latest is None or now >= latest.this_update + timedelta(hours=policy.issue_every_hours)


def follows_changes(latest: Crl | None, policy: CrlPolicy) -> bool:
    """Return whether a complete list is short enough to be made anew for every change."""
    return latest is None or latest.entry_count <= policy.on_change_up_to


def entries_from(latest: Crl | None) -> datetime | None:
    """Return the earliest end of a certificate that still has to be listed (None: list all).

    An entry stays until one CRL was issued beyond its certificate's end (RFC 5280 section 3.3).
    """
    return None if latest is None else latest.this_update


def changes_from(base: Crl) -> datetime:
    """Return from when on a delta to `base` lists changes: earlier than the list itself, because commits may lag."""
    return base.this_update - LATE_COMMIT


def scopes(policy: CrlPolicy, partitionings: Iterable[int]) -> tuple[ListScope, ...]:
    """Return the scopes that lists are issued for. `partitionings` are all numbers of partitions ever issued under."""
    most = max((policy.partitions, *partitionings))
    return (ALL, *(ListScope(partition=one) for one in range(most)))
