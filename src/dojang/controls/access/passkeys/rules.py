"""Freshness, names, limits and the signature counter. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.access.model import Session
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

LONGEST_NAME = 40


def is_fresh(session: Session, policy: PasskeyPolicy, now: datetime) -> bool:
    """Return whether the session was opened so recently that it counts as just signed in."""
    return now < session.opened_at + timedelta(minutes=policy.fresh_minutes)


def require_suitable_name(text: str) -> str:
    """Return the name without blanks around it. Raises `PasskeyNameUnsuitable`."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise PasskeyNameUnsuitable()
    return name


def require_room(passkeys: Sequence[Passkey], policy: PasskeyPolicy) -> None:
    """Raise `PasskeyLimitReached` when there are as many as there may be."""
    if len(passkeys) >= policy.passkeys_per_account:
        raise PasskeyLimitReached(limit=policy.passkeys_per_account)


def require_own(passkeys: Sequence[Passkey], passkey_id: str) -> Passkey:
    """Return the passkey of that id. Raises `PasskeyNotFound`."""
    for one in passkeys:
        if one.id == passkey_id:
            return one
    raise PasskeyNotFound()


def require_open(
    challenge: Challenge | None, purpose: ChallengePurpose, account_id: str | None, now: datetime
) -> Challenge:
    """Return the challenge. Raises `ChallengeExpired` unless it is open, for this purpose and for this account."""
    if challenge is None or now >= challenge.expires_at:
        raise ChallengeExpired()
    if challenge.purpose is not purpose or challenge.account_id != account_id:
        raise ChallengeExpired()
    return challenge


def is_copied(passkey: Passkey, verified: VerifiedAssertion) -> bool:
    """Return whether the counter says that somebody else has this passkey too (WebAuthn Level 3, 6.1.1)."""
    counts = passkey.sign_count or verified.sign_count
    return bool(counts) and verified.sign_count <= passkey.sign_count


def after_use(passkey: Passkey, verified: VerifiedAssertion, now: datetime) -> Passkey:
    """Return the passkey after it was used."""
    return replace(passkey, sign_count=verified.sign_count, synced=verified.synced, last_used_at=now)
