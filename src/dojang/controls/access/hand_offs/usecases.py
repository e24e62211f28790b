"""Open a hand-off, claim it on the other device, finish it, take it back."""

from datetime import datetime, timedelta

from dojang.controls.access.hand_offs import rules
from dojang.controls.access.hand_offs.model import (
    ClaimedHandOff,
    HandOff,
    HandOffNotFound,
    HandOffRefused,
    HandOffState,
    OpenedHandOff,
)
from dojang.controls.access.hand_offs.ports import HandOffTransaction
from dojang.controls.access.policy import HandOffPolicy
from dojang.controls.access.usecases import digest_token
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

SECRET_BYTES = 32
KEPT_DAYS = 7  # what has expired is shown as such for so long


def open_hand_off(
    account_id: str,
    application_id: str,
    task: str,
    *,
    store: Store[HandOffTransaction],
    policy: HandOffPolicy,
    chance: Chance,
    now: datetime,
) -> OpenedHandOff:
    """Hand `task` of the account's own application over; an earlier hand-off of the application is taken back.

    Whether the application is the account's own is for the caller to know.
    """
    secret = chance.token_bytes(SECRET_BYTES).hex()
    hand_off = rules.open_hand_off(
        chance.new_id(),
        account_id=account_id,
        application_id=application_id,
        task=task,
        secret_digest=digest_token(secret),
        policy=policy,
        now=now,
    )

    def work(tx: HandOffTransaction) -> OpenedHandOff:
        tx.hand_offs.drop_expired(now - timedelta(days=KEPT_DAYS))
        _end(tx, tx.hand_offs.find_latest(application_id), HandOffState.REVOKED, now)
        tx.hand_offs.save(hand_off)
        tx.record(_entry("opened", hand_off, now))
        return OpenedHandOff(secret=secret, hand_off=hand_off)

    return store.transact(work)


def claim(secret: str, *, store: Store[HandOffTransaction], chance: Chance, now: datetime) -> ClaimedHandOff:
    """Exchange the secret, once, for the token of the one device. Raises `HandOffRefused`, which is audited."""
    token = chance.token_bytes(SECRET_BYTES).hex()

    def work(tx: HandOffTransaction) -> ClaimedHandOff | HandOffRefused:
        found = tx.hand_offs.find_by_secret(digest_token(secret))
        try:
            claimed = rules.claim(found, digest_token(token), now)
        except HandOffRefused as refusal:
            tx.record(_refusal(found, now))
            return refusal
        tx.hand_offs.save(claimed)
        tx.record(_entry("claimed", claimed, now))
        return ClaimedHandOff(token=token, hand_off=claimed)

    outcome = store.transact(work)
    if isinstance(outcome, HandOffRefused):
        raise outcome
    return outcome


def authenticate(token: str, *, store: Store[HandOffTransaction], now: datetime) -> HandOff:
    """Return the hand-off its device may work on. Raises `HandOffEnded`."""
    return rules.require_claimed(store.read(lambda tx: tx.hand_offs.find_by_token(digest_token(token))), now)


def finish(hand_off: HandOff, *, store: Store[HandOffTransaction], now: datetime) -> None:
    """End it because its task is done; one that ended meanwhile stays as it is."""

    def work(tx: HandOffTransaction) -> None:
        _end(tx, tx.hand_offs.find_by_secret(hand_off.secret_digest), HandOffState.FINISHED, now)

    store.transact(work)


def get_latest(account_id: str, application_id: str, *, store: Store[HandOffTransaction]) -> HandOff:
    """Return the newest hand-off of the account's application. Raises `HandOffNotFound`."""
    found = store.read(lambda tx: tx.hand_offs.find_latest(application_id))
    if found is None or found.account_id != account_id:
        raise HandOffNotFound()
    return found


def revoke(account_id: str, application_id: str, *, store: Store[HandOffTransaction], now: datetime) -> None:
    """Take the newest hand-off back; one that has ended stays as it is. Raises `HandOffNotFound`."""

    def work(tx: HandOffTransaction) -> None:
        found = tx.hand_offs.find_latest(application_id)
        if found is None or found.account_id != account_id:
            raise HandOffNotFound()
        _end(tx, found, HandOffState.REVOKED, now)

    store.transact(work)


def _end(tx: HandOffTransaction, found: HandOff | None, state: HandOffState, now: datetime) -> None:
    ended = None if found is None else rules.end(found, state, now)
    if ended is not None:
        tx.hand_offs.save(ended)
        tx.record(_entry(state.value, ended, now))


def _entry(what: str, hand_off: HandOff, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag=f"access:hand_off:{what}",
        at=now,
        actor=f"subscriber:{hand_off.account_id}",
        subject=hand_off.id,
        data={"application": hand_off.application_id, "task": hand_off.task},
    )


def _refusal(found: HandOff | None, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag="access:hand_off:refused",
        at=now,
        actor="anonymous",
        subject=found.id if found else "unknown_secret",
        data={"state": rules.standing(found, now).value if found else "unknown"},
    )
