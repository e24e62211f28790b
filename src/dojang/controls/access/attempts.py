"""How much a caller without a session may do: sign-ups, sign-ins and refused requests, counted by address.

In the store, because an office is many processes and a guesser is sent to each of them in turn. Counting is one row in
one transaction; what is turned away is counted too, but enters the audit log once per window only, so that a flood
fills neither. Knows addresses only as keyed digests.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dojang.controls.access.model import AttemptKind, TooManyRequests
from dojang.controls.access.policy import AttemptPolicy
from dojang.controls.access.ports import AccessTransaction
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store


def count_attempt(
    kind: AttemptKind,
    address_key: str,
    *,
    entry: AuditEntry | None = None,
    store: Store[AccessTransaction],
    policy: AttemptPolicy,
    now: datetime,
) -> None:
    """Count one attempt, together with `entry` in the audit log when there is room for it.

    Raises `TooManyRequests` when there is no room; the attempt is counted all the same, `entry` is not recorded.
    """
    maximum = _maximum(kind, policy)

    def work(tx: AccessTransaction) -> int:
        counted = tx.attempts.count(kind, address_key, now=now, window=timedelta(minutes=policy.window_minutes))
        if counted.count <= maximum:
            if entry is not None:
                tx.record(entry)
            return 0
        if counted.count == maximum + 1:
            tx.record(_exceeded(kind, address_key, now))
        return max(1, int((counted.ends_at - now).total_seconds()))

    wait_s = store.transact(work)
    if wait_s:
        raise TooManyRequests(retry_after_s=wait_s)


def _maximum(kind: AttemptKind, policy: AttemptPolicy) -> int:
    maxima: Mapping[AttemptKind, int] = {
        AttemptKind.SIGN_UP: policy.sign_ups_per_address,
        AttemptKind.SIGN_IN: policy.sign_ins_per_address,
        AttemptKind.PASSKEY_CHALLENGE: policy.passkey_challenges_per_address,
        AttemptKind.HAND_OFF: policy.hand_off_claims_per_address,
        AttemptKind.REFUSAL: policy.refusals_per_address,
        AttemptKind.SUPPORT: policy.support_per_address,
        AttemptKind.TIMESTAMP: policy.timestamps_per_address,
    }
    return maxima[kind]


def _exceeded(kind: AttemptKind, address_key: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag="access:address:limited", at=now, actor="anonymous", subject=address_key, data={"attempts": kind.value}
    )
