"""What operators do with frozen cases: list them, and lift the freeze once they have spoken to the person.

Somebody pressed `0#`: they did not ask for this. Until the freeze is lifted nobody can be proven to be that person,
whatever account they use. The frozen application stays ended. Who may is decided at the edge.
"""

from datetime import datetime

from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, rules
from dojang.lifecycle.identity_proofing.errors import CaseNotFrozen, ReviewOfOneself
from dojang.lifecycle.identity_proofing.model import CaseState, FreezeLifted, ProofingCase
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction


def list_frozen(*, store: Store[IdentityProofingTransaction], limit: int = 100) -> tuple[ProofingCase, ...]:
    """Return frozen cases, oldest first."""
    return store.read(lambda tx: tx.proofing_cases.list_frozen(limit))


def lift_freeze(
    case_id: str, *, operator_id: str, store: Store[IdentityProofingTransaction], now: datetime
) -> ProofingCase:
    """Close the frozen case: the person may apply anew. Raises `CaseNotFrozen`, `ReviewOfOneself`; both are audited."""
    actor = f"operator:{operator_id}"

    def work(tx: IdentityProofingTransaction) -> ProofingCase:
        case = tx.proofing_cases.find_case(case_id)
        if case is None or case.state is not CaseState.FROZEN:
            raise CaseNotFrozen()
        own_person = tx.person_bindings.find_person_key(operator_id)
        if operator_id == case.subscriber_id or (own_person is not None and own_person == case.person_key):
            raise ReviewOfOneself()
        closed = cases.save(tx, rules.advance_case(case, FreezeLifted(), now))
        cases.record(tx, closed, "case:freeze_lifted", actor=actor, now=now, application=case.application_id)
        return closed

    try:
        return store.transact(work)
    except DojangError as refusal:
        entry = AuditEntry(
            tag="identity_proofing:freeze:refused",
            at=now,
            actor=actor,
            # An id that names no frozen case is the operator's own text: it is not written down.
            subject="" if isinstance(refusal, CaseNotFrozen) else case_id,
            data={"code": refusal.code},
        )
        store.transact(lambda tx: tx.record(entry))
        raise
