"""Add a passkey, sign in with one, name and remove them.

A challenge is taken the moment it is answered, whatever the answer is worth: nobody may try twice on one. A passkey
opens a session even while wrong passwords have locked the account: it cannot be guessed, and so whoever knows only a
login name cannot keep its owner out.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from dojang.controls.access import rules as access_rules
from dojang.controls.access.devices.model import DeviceHello
from dojang.controls.access.devices.usecases import note_device
from dojang.controls.access.model import Account, Role, Session, SessionRequired, SignedIn, SignInMethod
from dojang.controls.access.passkeys import rules
from dojang.controls.access.passkeys.model import (
    Assertion,
    Attestation,
    Challenge,
    ChallengeExpired,
    ChallengePurpose,
    FreshSignInRequired,
    Passkey,
    PasskeyRefused,
    PasskeyRequest,
    PasskeyUnverified,
)
from dojang.controls.access.passkeys.ports import PasskeyTransaction, PasskeyVerifier
from dojang.controls.access.policy import AccessPolicy
from dojang.controls.access.ports import PasswordHasher
from dojang.controls.access.usecases import TOKEN_BYTES, confirm_password, digest_token
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

CHALLENGE_BYTES = 32
Outcome = TypeVar("Outcome")


def begin_adding(
    session: Session,
    password: str | None,
    *,
    store: Store[PasskeyTransaction],
    verifier: PasskeyVerifier,
    hasher: PasswordHasher,
    policy: AccessPolicy,
    chance: Chance,
    now: datetime,
) -> PasskeyRequest:
    """Return what the browser needs to make a passkey. An older session needs the account's password once more.

    Raises `FreshSignInRequired`, `SignInRefused` or `AccountLocked` (wrong passwords count as at sign-in),
    `PasskeyLimitReached`, `PasskeysUnavailable`.
    """
    relying_party_id = verifier.relying_party_id
    if password is not None:
        confirm_password(session, password, store=store, hasher=hasher, policy=policy, now=now)
    elif not rules.is_fresh(session, policy.passkeys, now):
        raise FreshSignInRequired()
    challenge = chance.token_bytes(CHALLENGE_BYTES)

    def work(tx: PasskeyTransaction) -> PasskeyRequest:
        account = _require_account(tx, session.account_id)
        known = tx.passkeys.list_passkeys(account.id)
        rules.require_room(known, policy.passkeys)
        _put(tx, challenge, ChallengePurpose.ADD, account.id, policy, now)
        return PasskeyRequest(
            challenge=challenge,
            relying_party_id=relying_party_id,
            timeout_s=policy.passkeys.challenge_minutes * 60,
            known=tuple(one.credential_id for one in known),
            user_handle=account.id.encode(),
            user_name=account.login_name,
        )

    return store.transact(work)


def add(
    session: Session,
    name: str,
    attestation: Attestation,
    *,
    store: Store[PasskeyTransaction],
    verifier: PasskeyVerifier,
    policy: AccessPolicy,
    chance: Chance,
    now: datetime,
) -> Passkey:
    """Keep a passkey just made and tell its owner.

    Raises `PasskeyNameUnsuitable`, `ChallengeExpired`, `PasskeyRefused`, `PasskeyKnown`, `PasskeyLimitReached`.
    """
    name = rules.require_suitable_name(name)
    passkey_id = chance.new_id()

    def work(tx: PasskeyTransaction) -> Passkey | DojangError:
        try:
            challenge = verifier.challenge_of(attestation.client_data)
            taken = tx.passkeys.take_challenge(digest_challenge(challenge))
            rules.require_open(taken, ChallengePurpose.ADD, session.account_id, now)
            made = verifier.verify_new(attestation, challenge)
        except (PasskeyUnverified, ChallengeExpired) as refusal:
            return _refuse(tx, session.account_id, refusal, now)
        account = _require_account(tx, session.account_id)
        rules.require_room(tx.passkeys.list_passkeys(account.id), policy.passkeys)
        passkey = Passkey(
            id=passkey_id,
            account_id=account.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=name,
            synced=made.synced,
            added_at=now,
        )
        tx.passkeys.add(passkey)
        tx.record(_entry("added", passkey, now))
        _notify(tx, account, "passkey_added", passkey)
        return passkey

    return _unless_refused(store.transact(work))


def begin_signing_in(
    *,
    store: Store[PasskeyTransaction],
    verifier: PasskeyVerifier,
    policy: AccessPolicy,
    chance: Chance,
    now: datetime,
) -> PasskeyRequest:
    """Return what the browser needs to ask for any passkey of this office. Raises `PasskeysUnavailable`."""
    relying_party_id = verifier.relying_party_id
    challenge = chance.token_bytes(CHALLENGE_BYTES)
    store.transact(lambda tx: _put(tx, challenge, ChallengePurpose.SIGN_IN, None, policy, now))
    return PasskeyRequest(
        challenge=challenge, relying_party_id=relying_party_id, timeout_s=policy.passkeys.challenge_minutes * 60
    )


def sign_in(
    assertion: Assertion,
    *,
    browser: str = "",
    device: DeviceHello | None = None,
    store: Store[PasskeyTransaction],
    verifier: PasskeyVerifier,
    policy: AccessPolicy,
    chance: Chance,
    now: datetime,
) -> SignedIn:
    """Open a session for the owner of the passkey. Raises `PasskeyRefused` or `ChallengeExpired`, both audited.

    A counter that did not grow (WebAuthn Level 3, 6.1.1) is refused: somebody has a copy.
    """
    token, device_id = chance.token_bytes(TOKEN_BYTES).hex(), chance.new_id()

    def work(tx: PasskeyTransaction) -> SignedIn | DojangError:
        passkey: Passkey | None = None
        try:
            challenge = verifier.challenge_of(assertion.client_data)
            taken = tx.passkeys.take_challenge(digest_challenge(challenge))
            rules.require_open(taken, ChallengePurpose.SIGN_IN, None, now)
            passkey = tx.passkeys.find_by_credential(assertion.credential_id)
            if passkey is None:
                raise PasskeyUnverified("unknown")
            if assertion.user_handle and assertion.user_handle != passkey.account_id.encode():
                raise PasskeyUnverified("user_handle")
            verified = verifier.verify_answer(assertion, challenge, passkey.public_key)
            if rules.is_copied(passkey, verified):
                raise PasskeyUnverified("sign_count")
        except (PasskeyUnverified, ChallengeExpired) as refusal:
            return _refuse(tx, passkey.account_id if passkey else None, refusal, now)
        account = _require_account(tx, passkey.account_id)
        tx.passkeys.update(rules.after_use(passkey, verified, now))
        most = policy.devices_per_account
        known = device and note_device(tx, account, device, fresh_id=device_id, most=most, now=now)
        opened = access_rules.open_session(
            account, digest_token(token), policy, now, device_id=known.id if known else None
        )
        session = replace(opened, method=SignInMethod.PASSKEY, browser=browser)
        tx.accounts.put_session(session)
        tx.record(
            AuditEntry(
                tag="access:session:opened",
                at=now,
                actor=f"subscriber:{account.id}",
                subject=account.id,
                data={"passkey": passkey.id},
            )
        )
        return SignedIn(token=token, session=session)

    return _unless_refused(store.transact(work))


def list_passkeys(account_id: str, *, store: Store[PasskeyTransaction]) -> list[Passkey]:
    """Return the account's passkeys, oldest first."""
    return store.read(lambda tx: tx.passkeys.list_passkeys(account_id))


def rename(account_id: str, passkey_id: str, name: str, *, store: Store[PasskeyTransaction], now: datetime) -> Passkey:
    """Give a passkey another name. Raises `PasskeyNameUnsuitable`, `PasskeyNotFound`."""
    name = rules.require_suitable_name(name)

    def work(tx: PasskeyTransaction) -> Passkey:
        renamed = replace(rules.require_own(tx.passkeys.list_passkeys(account_id), passkey_id), name=name)
        tx.passkeys.update(renamed)
        tx.record(_entry("renamed", renamed, now))
        return renamed

    return store.transact(work)


def remove(account_id: str, passkey_id: str, *, store: Store[PasskeyTransaction], now: datetime) -> None:
    """Forget a passkey and tell its owner; sessions it opened go on. Raises `PasskeyNotFound`."""

    def work(tx: PasskeyTransaction) -> None:
        account = _require_account(tx, account_id)
        removed = rules.require_own(tx.passkeys.list_passkeys(account_id), passkey_id)
        tx.passkeys.remove(removed.id)
        tx.record(_entry("removed", removed, now))
        _notify(tx, account, "passkey_removed", removed)

    store.transact(work)


def digest_challenge(challenge: bytes) -> str:
    """Return the SHA-256 in hex of a challenge: what the store knows of it."""
    return hashlib.sha256(challenge).hexdigest()


def _put(
    tx: PasskeyTransaction,
    challenge: bytes,
    purpose: ChallengePurpose,
    account_id: str | None,
    policy: AccessPolicy,
    now: datetime,
) -> None:
    expires_at = now + timedelta(minutes=policy.passkeys.challenge_minutes)
    given = Challenge(digest=digest_challenge(challenge), purpose=purpose, account_id=account_id, expires_at=expires_at)
    tx.passkeys.put_challenge(given, now)


def _require_account(tx: PasskeyTransaction, account_id: str) -> Account:
    account = tx.accounts.find_account(account_id)
    if account is None or account.role is not Role.SUBSCRIBER:
        raise SessionRequired()
    return account


def _refuse(
    tx: PasskeyTransaction, account_id: str | None, refusal: PasskeyUnverified | ChallengeExpired, now: datetime
) -> DojangError:
    """Record a refusal in the transaction that took the challenge, and return what to raise after it."""
    reason = refusal.reason if isinstance(refusal, PasskeyUnverified) else "challenge"
    tx.record(
        AuditEntry(
            tag="access:passkey:refused",
            at=now,
            actor=f"subscriber:{account_id}" if account_id else "anonymous",
            subject=account_id or "unknown_passkey",
            data={"reason": reason},
        )
    )
    return PasskeyRefused() if isinstance(refusal, PasskeyUnverified) else refusal


def _unless_refused(outcome: Outcome | DojangError) -> Outcome:
    if isinstance(outcome, DojangError):
        raise outcome
    return outcome


def _notify(tx: PasskeyTransaction, account: Account, template: str, passkey: Passkey) -> None:
    tx.emit(
        NotifySubscriber(subscriber_id=account.id, template=template, reference=passkey.id),
        key=f"{template}:{passkey.id}",
    )


def _entry(what: str, passkey: Passkey, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag=f"access:passkey:{what}", at=now, actor=f"subscriber:{passkey.account_id}", subject=passkey.id
    )
