"""Revoke a delegate: from that moment on nobody answers with it here, and a revocation list says so to everybody else.

An OCSP delegate says of itself that nobody needs to look it up (id-pkix-ocsp-nocheck): the list reaches those who look
all the same, and its few days of validity end the rest. Source: RFC 6960 sections 2.6 and 4.2.2.2.1.
"""

from datetime import datetime

from dojang.controls.delegates import rules
from dojang.controls.delegates.model import Delegate, DelegateNotFound, DelegateState, ReplaceDelegate
from dojang.controls.delegates.ports import DelegateTransaction
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store


def revoke_delegate(
    label: str, reason: str, *, actor: str, store: Store[DelegateTransaction], now: datetime
) -> Delegate:
    """Revoke the delegate of that label for an RFC 5280 `reason`, finally, and have its successor made.

    Repeating it changes nothing: the first reason and time stand. State, audit entry and the order for the successor
    are one transaction. Raises `DelegateNotFound`, `DelegateReasonRefused`.
    """
    chosen = rules.parse_reason(reason)

    def work(tx: DelegateTransaction) -> Delegate:
        found = tx.delegates.find(label)
        if found is None or found.state is DelegateState.PREPARED:
            raise DelegateNotFound(label=label)
        if found.state is DelegateState.REVOKED:
            return found
        done = rules.revoked(found, chosen, now)
        tx.delegates.revoke(done)
        tx.record(
            AuditEntry(
                tag="delegates:delegate:revoked",
                at=now,
                actor=actor,
                subject=label,
                data={"serial": str(done.serial), "reason": chosen.value},
            )
        )
        tx.emit(ReplaceDelegate(label=label), key=f"replace-delegate-{label}")
        return done

    return store.transact(work)
