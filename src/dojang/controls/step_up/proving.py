"""Demanding the proof of an act, inside the act's own transaction: it is proven and done, or neither."""

from datetime import datetime

from dojang.controls.step_up import rules
from dojang.controls.step_up.model import Act, CallProof, Proof, ProofRequired, SignatureWrong
from dojang.controls.step_up.ports import ProvingTransaction
from dojang.kernel.audit import AuditEntry
from dojang.pki.detached_signature import is_signed_by

GOOD_ALONE = frozenset({"good"})
GOOD_OR_HELD = frozenset({"good", "held"})


def require_proof(
    tx: ProvingTransaction,
    proof: Proof | None,
    *,
    subscriber_id: str,
    act: Act,
    target: str,
    turn: int = 0,
    certificate_states: frozenset[str] = GOOD_ALONE,
    now: datetime,
) -> str:
    """Return how the act was proven ("signature" or "call"), a call used up; `turn` as in `rules.act_statement`.

    `certificate_states` are those a signing certificate may be in. Raises `ProofRequired` without a proof,
    `CertificateUnusable`, `SignatureWrong`, and what `rules.use` raises.
    """
    if proof is None:
        raise ProofRequired(act=act.value)
    if isinstance(proof, CallProof):
        found = tx.confirmations.find_confirmation(proof.confirmation_id)
        used = rules.use(found, subscriber_id=subscriber_id, act=act, target=target, now=now)
        tx.confirmations.update(used)
        actor = f"subscriber:{subscriber_id}"
        tx.record(AuditEntry(tag="step_up:confirmation:used", at=now, actor=actor, subject=used.id))
        return "call"
    own = tx.own_certificates.find_own(proof.serial, subscriber_id)
    certificate = rules.require_usable(own, certificate_states, now)
    if not is_signed_by(certificate.certificate_der, rules.act_statement(act, target, turn), proof.signature):
        raise SignatureWrong()
    return "signature"
