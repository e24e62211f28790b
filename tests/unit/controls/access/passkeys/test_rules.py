"""Freshness, names, room and the counter, at their edges."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dojang.controls.access.model import Role, Session
from dojang.controls.access.passkeys import rules
from dojang.controls.access.passkeys.model import (
    Challenge,
    ChallengeExpired,
    ChallengePurpose,
    Passkey,
    PasskeyLimitReached,
    PasskeyNameUnsuitable,
    PasskeyNotFound,
    VerifiedAssertion,
)
from dojang.controls.access.policy import PasskeyPolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = PasskeyPolicy(fresh_minutes=5, passkeys_per_account=2)
PASSKEY = Passkey(
    id="p1", account_id="a1", credential_id=b"c", public_key=b"k", sign_count=7, name="폰", synced=False, added_at=NOW
)


def test_a_session_is_fresh_for_five_minutes_and_not_a_second_longer() -> None:
    session = Session(
        token_digest="d", account_id="a1", role=Role.SUBSCRIBER, opened_at=NOW, expires_at=NOW, ends_at_latest=NOW
    )
    assert rules.is_fresh(session, POLICY, NOW + timedelta(seconds=299))
    assert not rules.is_fresh(session, POLICY, NOW + timedelta(seconds=300))


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "bell\x07", "zero\u200bwidth"])
def test_names_nobody_could_read_are_refused(name: str) -> None:
    with pytest.raises(PasskeyNameUnsuitable):
        rules.require_suitable_name(name)


def test_a_name_loses_the_blanks_around_it() -> None:
    assert rules.require_suitable_name("  내  폰 ") == "내 폰"


def test_room_and_ownership() -> None:
    rules.require_room([PASSKEY], POLICY)
    with pytest.raises(PasskeyLimitReached):
        rules.require_room([PASSKEY, PASSKEY], POLICY)
    assert rules.require_own([PASSKEY], "p1") is PASSKEY
    with pytest.raises(PasskeyNotFound):
        rules.require_own([PASSKEY], "p2")


@pytest.mark.parametrize(
    ("stored", "said", "copied"),
    [(0, 0, False), (0, 1, False), (7, 8, False), (7, 7, True), (7, 6, True), (7, 0, True)],
)
def test_a_counter_that_does_not_grow_means_a_copy(stored: int, said: int, copied: bool) -> None:
    verified = VerifiedAssertion(sign_count=said, synced=False)
    assert rules.is_copied(replace(PASSKEY, sign_count=stored), verified) is copied


def test_a_challenge_serves_its_purpose_its_account_and_its_time_only() -> None:
    challenge = Challenge(digest="d", purpose=ChallengePurpose.ADD, account_id="a1", expires_at=NOW)
    before = NOW - timedelta(seconds=1)
    assert rules.require_open(challenge, ChallengePurpose.ADD, "a1", before) is challenge
    for wrong in (
        (None, ChallengePurpose.ADD, "a1", before),
        (challenge, ChallengePurpose.SIGN_IN, "a1", before),
        (challenge, ChallengePurpose.ADD, "a2", before),
        (challenge, ChallengePurpose.ADD, None, before),
        (challenge, ChallengePurpose.ADD, "a1", NOW),
    ):
        with pytest.raises(ChallengeExpired):
            rules.require_open(*wrong)
