"""When a CRL is due, and what it has to tell."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.office import NOW
from dojang.lifecycle.status import rules
from dojang.lifecycle.status.model import ALL, Crl, CrlState, ListKind, ListScope
from dojang.lifecycle.status.policy import CrlPolicy

POLICY = CrlPolicy(valid_hours=24, issue_every_hours=6, on_change_up_to=10)
LATEST = Crl(
    scope=ALL,
    kind=ListKind.COMPLETE,
    number=1,
    state=CrlState.ISSUED,
    this_update=NOW,
    next_update=NOW + timedelta(hours=24),
    entry_count=10,
    size_bytes=0,
    content_digest="",
    content_id="",
)


def test_the_first_crl_is_always_due() -> None:
    assert rules.is_old(None, POLICY, NOW)
    assert rules.follows_changes(None, POLICY)


def test_an_old_crl_is_replaced_although_nothing_changed() -> None:
    assert not rules.is_old(LATEST, POLICY, NOW + timedelta(hours=5, minutes=59))
    assert rules.is_old(LATEST, POLICY, NOW + timedelta(hours=6))


def test_only_short_lists_follow_every_change() -> None:
    assert rules.follows_changes(LATEST, POLICY)
    assert not rules.follows_changes(replace(LATEST, entry_count=11), POLICY)


def test_entries_stay_until_one_crl_was_issued_beyond_their_certificates_end() -> None:
    assert rules.entries_from(None) is None
    assert rules.entries_from(LATEST) == LATEST.this_update


def test_a_delta_tells_what_may_have_been_committed_late() -> None:
    assert rules.changes_from(LATEST) == NOW - rules.LATE_COMMIT


@pytest.mark.parametrize(("now", "earlier", "partitions"), [(0, (), 0), (3, (), 3), (3, (8, 3), 8), (0, (2,), 2)])
def test_lists_of_every_partition_ever_named_are_issued(now: int, earlier: tuple[int, ...], partitions: int) -> None:
    scopes = rules.scopes(CrlPolicy(partitions=now), earlier)
    assert scopes == (ALL, *(ListScope(partition=one) for one in range(partitions)))
