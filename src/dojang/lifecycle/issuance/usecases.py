"""Issue a certificate set, exactly once per application, and finish what a crash left unsigned."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import (
    Application,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    Ration,
)
from dojang.lifecycle.identity_proofing.model import VerifiedIdentity
from dojang.lifecycle.issuance import assembly, rules
from dojang.lifecycle.issuance.assembly import CheckedKeys, Draft
from dojang.lifecycle.issuance.authority import CertificateAuthority
from dojang.lifecycle.issuance.model import (
    AlreadyRequested,
    CertificateSet,
    DrawTaken,
    IdempotencyKeyReused,
    Issuance,
    IssuanceAbandoned,
    IssuanceRequest,
    IssuanceState,
    PredecessorNotTheirs,
    ProvenRenewal,
    SerialsExhausted,
)
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.ports import IssuanceTransaction, VirtualIds
from dojang.lifecycle.issuance.recording import record_intent, record_signed
from dojang.lifecycle.issuance.rules import Admission
from dojang.lifecycle.issue_lock.model import IssuingLocked


def issue(
    request: IssuanceRequest,
    *,
    store: Store[IssuanceTransaction],
    authority: CertificateAuthority,
    virtual_ids: VirtualIds,
    policy: IssuancePolicy,
    ration: Ration,
    chance: Chance,
    now: datetime,
) -> CertificateSet:
    """Issue the signing and the key-management certificate for an identified application, exactly once.

    1. The request is held against its application: the subscriber's own, identified, its window open. A request seen
       before (same idempotency key, same digest) is answered with what it led to.
    2. The proof behind the application is loaded: a `VerifiedIdentity`, still fresh, or for a renewal a `ProvenRenewal`
       of this very request. A predecessor is the same person's.
    3. Both PKCS#10 prove possession of good, distinct keys.
    4. R is opened with the transport key, the registration authority computes the virtual ID from it, R is forgotten.
    5. Serial numbers are drawn, both certificates are built and linted.
    6. First transaction: what the person holds under any account is counted once more, and idempotency key, digest,
       serial numbers, linted bytes and audit entry are recorded.
    7. Both certificates are signed.
    8. Second transaction: certificates, audit entry and effects are recorded. Had the application ended meanwhile, the
       set is recorded all the same and revoked at once: what is signed is on record.
    9. The set is returned, with the chain above it.

    A crash before 6 leaves a request to be retried; after 6 the retry, or `complete_prepared`, signs the recorded
    bytes. Every refusal is audited. Raises the errors of `issuance.model`, `application.model`, `identity_proofing`,
    `pki.csr`, `pki.lint` and of the signer.
    """
    rules.require_key_form(request.idempotency_key)
    try:
        admitted = store.read(lambda tx: _admit(tx, request, now))  # (1) (2)
        drafted: Draft | Issuance
        if isinstance(admitted, Issuance):
            drafted = admitted
        else:
            keys = assembly.check_keys(request, authority)  # (3)
            identity_der = assembly.identify(request, admitted.identity, authority, virtual_ids)  # (4)
            draw = _Draw(request, keys, identity_der, authority, ration, chance, now)
            drafted = _record_intent(draw, admitted, store, policy)  # (5) (6)
        return _sign_and_record(drafted, store, authority, f"subscriber:{request.subscriber_id}", now)  # (7) (8) (9)
    except (ApplicationNotFound, IssuanceAbandoned):
        raise  # nothing of ours to record, or recorded already
    except DojangError as refusal:
        _record_refusal(request, refusal, store, now)
        raise


def complete_prepared(
    *, store: Store[IssuanceTransaction], authority: CertificateAuthority, policy: IssuancePolicy, now: datetime
) -> int:
    """Sign and record what was prepared but not signed, oldest first; return how many issuances were concluded.

    Run at start and on a schedule. Safe beside live requests and other workers: the same bytes are signed, and who
    records first wins. One that cannot be signed does not stop the others; its error is raised at the end.
    """
    prepared_before = now - timedelta(seconds=policy.recovery_grace_s)
    unsigned = store.read(lambda tx: tx.issuances.list_prepared(prepared_before, policy.recovery_batch))
    failure: DojangError | None = None
    concluded = 0
    for issuance_id in unsigned:
        try:
            prepared = store.read(lambda tx, wanted=issuance_id: tx.issuances.get_prepared(wanted))  # type: ignore[misc]
            _sign_and_record(prepared.issuance, store, authority, "system", now)
        except IssuanceAbandoned:
            pass  # concluded all the same
        except DojangError as error:
            failure = error
            continue
        concluded += 1
    if failure is not None:
        raise failure
    return concluded


def _admit(tx: IssuanceTransaction, request: IssuanceRequest, now: datetime) -> Admission | Issuance:
    """Steps 1 and 2: return what may be served, or what was served already."""
    application = rules.require_own(tx.applications.find_application(request.application_id), request.subscriber_id)
    known = tx.issuances.find_issuance(request.application_id) or tx.issuances.find_issuance_by_key(
        request.subscriber_id, request.idempotency_key
    )
    if known is not None:
        return rules.require_same_request(known, request)
    rules.require_identified(application, now)
    identity = _get_proof(tx, application, request, now)
    rules.require_unlocked(tx.issue_locks.find_lock(identity.person_key), now)
    predecessor_serial = rules.succeeds(application)
    if predecessor_serial is not None:
        holder = tx.issuances.find_person_key_by_serial(predecessor_serial)
        if holder is None or holder != identity.person_key:
            raise PredecessorNotTheirs()
    return Admission(application=application, identity=identity, subject=tx.subjects.find_subject(identity.person_key))


def _get_proof(
    tx: IssuanceTransaction, application: Application, request: IssuanceRequest, now: datetime
) -> VerifiedIdentity | ProvenRenewal:
    if application.kind is ApplicationKind.RENEWAL:
        proof = tx.proven_renewals.get_proven_renewal(application.id, now)
        return rules.require_renewal_proof(proof, application, request.digest)
    return rules.require_proof(tx.identities.get_verified_identity(application.id, now), application, now)


@dataclass(frozen=True, slots=True)
class _Draw:
    """Everything a draft is made of that a second draw does not change."""

    request: IssuanceRequest
    keys: CheckedKeys
    identity_der: bytes
    authority: CertificateAuthority
    ration: Ration
    chance: Chance
    now: datetime


def _record_intent(
    draw: _Draw, admission: Admission, store: Store[IssuanceTransaction], policy: IssuancePolicy
) -> Draft | Issuance:
    """Steps 5 and 6: draw until nothing drawn is in use, and record; or return what a twin of the request led to."""
    issuance_id = draw.chance.new_id()
    person_key = admission.identity.person_key
    for _ in range(policy.draws):
        drafted = assembly.draft(
            draw.request,
            admission,
            draw.keys,
            draw.identity_der,
            authority=draw.authority,
            issuance_id=issuance_id,
            chance=draw.chance,
            now=draw.now,
        )
        try:
            record_intent(drafted, store, ration=draw.ration, now=draw.now)
        except DrawTaken:
            admission = replace(admission, subject=store.read(lambda tx: tx.subjects.find_subject(person_key)))
        except (AlreadyRequested, IdempotencyKeyReused, ApplicationOutOfTurn):
            # A twin of this request was faster: either it is the same request, or this raises again.
            twin = store.read(lambda tx: _admit(tx, draw.request, draw.now))
            if isinstance(twin, Admission):
                raise
            return twin
        else:
            return drafted
    raise SerialsExhausted()


def _sign_and_record(
    begun: Draft | Issuance,
    store: Store[IssuanceTransaction],
    authority: CertificateAuthority,
    actor: str,
    now: datetime,
) -> CertificateSet:
    """Steps 7 to 9, for a fresh draft or for what was begun before."""
    if isinstance(begun, Draft):
        prepared, proofs = begun.prepared, begun.proofs
    else:
        prepared = store.read(lambda tx: tx.issuances.get_prepared(begun.id))
        if prepared.issuance.state is IssuanceState.ABANDONED:
            raise IssuanceAbandoned(application_id=begun.application_id)
        if prepared.issuance.state is IssuanceState.ISSUED:
            issued = store.read(lambda tx: tx.issuances.get_certificate_set(begun.id))
            return replace(issued, chain_der=authority.chain_der)
        proofs = assembly.relint(prepared, authority)
    signing, key_management = (
        assembly.sign(one, proof, authority) for one, proof in zip(prepared.certificates, proofs, strict=True)
    )  # (7)
    issued = record_signed(prepared, (signing, key_management), store=store, actor=actor, now=now)  # (8)
    return replace(issued, chain_der=authority.chain_der)  # (9)


def _record_refusal(
    request: IssuanceRequest, refusal: DojangError, store: Store[IssuanceTransaction], now: datetime
) -> None:
    entry = AuditEntry(
        tag="issuance:request:refused",
        at=now,
        actor=f"subscriber:{request.subscriber_id}",
        subject=request.application_id,
        data={"code": refusal.code},
    )

    def work(tx: IssuanceTransaction) -> None:
        tx.record(entry)
        lock = tx.issue_locks.find_lock_of(request.subscriber_id) if isinstance(refusal, IssuingLocked) else None
        if lock is not None:
            tx.record(lock.attempt_entry("issue", entry.actor, now, application=request.application_id))
            notice, key = lock.attempt_notice(now)
            tx.emit(notice, key=key)

    store.transact(work)
