"""What issuance may ask of a concluded case: the verified identity, and the virtual ID of its subscriber.

The resident registration number is opened inside the transaction, goes into the hash, and leaves nowhere.
"""

from datetime import datetime

from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, rules
from dojang.lifecycle.identity_proofing.errors import IdentityNotKept, NotVerified
from dojang.lifecycle.identity_proofing.model import CaseState, ProofingCase, VerifiedIdentity
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.pki.extensions import identity_name
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.virtual_id import compute_virtual_id


def load_verified_identity(tx: IdentityProofingTransaction, application_id: str, now: datetime) -> VerifiedIdentity:
    """Return the proof that stands behind the application, in the asker's own transaction.

    Raises `NotVerified` unless its case stands at VERIFIED on every required check, `VerificationExpired`.
    """
    case = tx.proofing_cases.find_case_of(application_id)
    record = tx.verifications.find_verification(application_id)
    if case is None or record is None:
        raise NotVerified()
    return rules.affirm(record, case, now)


def compute_subscriber_virtual_id(
    case_id: str, r: bytes, *, store: Store[IdentityProofingTransaction], now: datetime
) -> bytes:
    """Return the subjectAltName's otherName (GeneralName, DER): real name and VID = h(h(idn, R)).

    `r` is 20 bytes, the first not zero. Raises `NotVerified`, `VerificationExpired`, `RandomNumberUnusable`.
    """
    random_number = RandomNumber(value=r)

    def work(tx: IdentityProofingTransaction) -> bytes:
        case = tx.proofing_cases.find_case(case_id)
        data = tx.personal_data.find_personal_data(case_id)
        if case is None or data is None or data.rrn is None:
            raise NotVerified()
        identity = load_verified_identity(tx, case.application_id, now)
        return _compute(tx, case, identity.name, data.rrn, random_number, now)

    return store.transact(work)


def recompute_subscriber_virtual_id(
    case_id: str, r: bytes, *, store: Store[IdentityProofingTransaction], now: datetime
) -> bytes:
    """Return the same under a new R for a person whose case was verified once, however long ago: for renewals.

    The number is the one sealed then; nobody is asked again. Raises `IdentityNotKept` when the case was never verified,
    was frozen, or retention has deleted the number, and `RandomNumberUnusable`.
    """
    random_number = RandomNumber(value=r)

    def work(tx: IdentityProofingTransaction) -> bytes:
        case = tx.proofing_cases.find_case(case_id)
        data = tx.personal_data.find_personal_data(case_id)
        record = None if case is None else tx.verifications.find_verification(case.application_id)
        if case is None or record is None or case.state not in (CaseState.VERIFIED, CaseState.CLOSED):
            raise IdentityNotKept()
        if data is None or data.rrn is None or record.person_key != case.person_key:
            raise IdentityNotKept()
        return _compute(tx, case, record.name, data.rrn, random_number, now)

    return store.transact(work)


def _compute(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    name: str,
    rrn: str,
    random_number: RandomNumber,
    now: datetime,
) -> bytes:
    virtual_id = compute_virtual_id(rrn, random_number)
    tx.record(
        AuditEntry(
            tag="identity_proofing:virtual_id:computed",
            at=now,
            actor=cases.SYSTEM,
            subject=case.id,
            data={"application": case.application_id},
        )
    )
    return identity_name(name, virtual_id.digest)
