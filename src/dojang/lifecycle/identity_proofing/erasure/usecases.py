"""Erase what is past the bank's periods. Source: 개인정보 보호법 article 21 (destroy when no longer needed).

Run on a schedule, safe to repeat and beside other workers: one transaction a case, rows and audit entry together.
"""

from collections.abc import Callable
from datetime import datetime

from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing.erasure.model import Portion
from dojang.lifecycle.identity_proofing.erasure.ports import ErasureTransaction
from dojang.lifecycle.identity_proofing.erasure.rules import find_due_portion
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy


def erase_overdue(*, store: Store[ErasureTransaction], policy: RetentionPolicy, now: datetime) -> int:
    """Erase of every case what is due, at most `cases_per_run` cases; return of how many something went."""
    due = store.read(lambda tx: tx.kept_evidence.list_due(policy, now, policy.cases_per_run))
    return sum(store.transact(_erase(case_id, policy, now)) is not None for case_id in due)


def _erase(case_id: str, policy: RetentionPolicy, now: datetime) -> Callable[[ErasureTransaction], Portion | None]:
    def work(tx: ErasureTransaction) -> Portion | None:
        case = tx.kept_evidence.find_kept(case_id)
        portion = None if case is None else find_due_portion(case, policy, now)
        if case is None or portion is None:
            return None
        gone = tx.kept_evidence.erase(case_id, portion, now)
        tx.record(
            AuditEntry(
                tag=f"identity_proofing:erasure:{portion.value}",
                at=now,
                actor="system",
                subject=case_id,
                data={"application": case.application_id, **{table: str(count) for table, count in gone.items()}},
            )
        )
        return portion

    return work
