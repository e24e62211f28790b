"""When a CRL is due."""

from dataclasses import replace
from datetime import timedelta

from builders.office import NOW
from dojang.lifecycle.status import rules
from dojang.lifecycle.status.model import Crl, CrlState
from dojang.lifecycle.status.policy import CrlPolicy
from dojang.pki.certificate import Serial
from dojang.pki.crl import ReasonCode, RevokedEntry

POLICY = CrlPolicy(valid_hours=24, issue_every_hours=6)
ENTRY = RevokedEntry(serial=Serial(17), revoked_at=NOW, reason=ReasonCode.SUPERSEDED)
EMPTY = rules.content_digest(())
LATEST = Crl(
    number=1,
    state=CrlState.ISSUED,
    this_update=NOW,
    next_update=NOW + timedelta(hours=24),
    entry_count=0,
    content_digest=EMPTY,
    tbs_der=b"",
    crl_der=b"",
)


def test_the_first_crl_is_always_due() -> None:
    assert rules.is_due(None, EMPTY, POLICY, NOW)


def test_an_unchanged_and_fresh_crl_is_enough() -> None:
    assert not rules.is_due(LATEST, EMPTY, POLICY, NOW + timedelta(hours=5, minutes=59))


def test_an_old_crl_is_replaced_although_nothing_changed() -> None:
    assert rules.is_due(LATEST, EMPTY, POLICY, NOW + timedelta(hours=6))


def test_any_change_of_an_entry_changes_the_digest() -> None:
    changed = (
        replace(ENTRY, serial=Serial(18)),
        replace(ENTRY, reason=ReasonCode.KEY_COMPROMISE),
        replace(ENTRY, revoked_at=NOW + timedelta(seconds=1)),
    )
    digests = {rules.content_digest((one,)) for one in (ENTRY, *changed)} | {EMPTY}
    assert len(digests) == 5
    assert rules.is_due(LATEST, rules.content_digest((ENTRY,)), POLICY, NOW)


def test_entries_stay_until_one_crl_was_issued_beyond_their_certificates_end() -> None:
    assert rules.entries_from(None) is None
    assert rules.entries_from(LATEST) == LATEST.this_update
