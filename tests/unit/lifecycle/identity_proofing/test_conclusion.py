"""What issuance gets: the proof while it holds, and a virtual ID that matches only the right number."""

from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import x509

from builders.proofing import HONG, KIM, ProofingOffice
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import closing, conclusion
from dojang.lifecycle.identity_proofing.errors import NotVerified, VerificationExpired
from dojang.lifecycle.identity_proofing.model import CaseState, Check
from dojang.pki.npki.errors import RandomNumberUnusable, VirtualIdMismatch
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import find_identify_data
from dojang.pki.npki.virtual_id import verify_virtual_id

R = bytes(range(1, 21))


@pytest.fixture
def office() -> ProofingOffice:
    office = ProofingOffice()
    office.prove(HONG)
    return office


def load(office: ProofingOffice) -> object:
    return office.store.read(lambda tx: conclusion.load_verified_identity(tx, HONG.application_id, office.clock.now()))


def test_nothing_is_verified_before_the_last_check() -> None:
    office = ProofingOffice()
    office.know(HONG)
    with pytest.raises(NotVerified):
        load(office)


def test_the_proof_names_the_evidence_of_every_check(office: ProofingOffice) -> None:
    identity = conclusion.load_verified_identity  # the name read aloud in issuance
    assert identity
    proof = load(office)
    evidence = proof.evidence  # type: ignore[attr-defined]  # a VerifiedIdentity
    tables = office.store.tables
    assert evidence[Check.ID_DOCUMENT] in tables.documents
    assert evidence[Check.ACCOUNT_DEPOSIT] in tables.deposits
    assert evidence[Check.ARS_CALL] in tables.calls
    assert evidence[Check.REGISTRY] in {one.inquiry_id for one in tables.inquiries.values()}
    assert HONG.name not in repr(proof)


def test_the_proof_expires(office: ProofingOffice) -> None:
    office.clock.advance(hours=24)
    with pytest.raises(VerificationExpired):
        load(office)


@pytest.mark.parametrize("state", [CaseState.FROZEN, CaseState.CLOSED])
def test_a_case_frozen_or_closed_proves_nothing(office: ProofingOffice, state: CaseState) -> None:
    case = next(iter(office.store.tables.cases.values()))
    office.store.tables.cases[case.id] = replace(case, state=state)
    with pytest.raises(NotVerified):
        load(office)


def test_the_account_is_bound_to_the_person(office: ProofingOffice) -> None:
    case = next(iter(office.store.tables.cases.values()))
    assert office.store.tables.bindings == {HONG.subscriber_id: case.person_key}


def compute(office: ProofingOffice, r: bytes = R) -> bytes:
    return conclusion.compute_subscriber_virtual_id(
        office.view(HONG).case_id, r, store=office.store, now=office.clock.now()
    )


def test_the_virtual_id_matches_only_number_and_r(office: ProofingOffice) -> None:
    name_der = compute(office)
    general_name = x509.GeneralName.load(name_der)
    data = find_identify_data(x509.GeneralNames([general_name]).dump())
    assert data is not None
    assert data.real_name == HONG.name
    assert data.virtual_id is not None
    assert verify_virtual_id(data.virtual_id, HONG.rrn, RandomNumber(value=R))
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(data.virtual_id, KIM.rrn, RandomNumber(value=R))
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(data.virtual_id, HONG.rrn, RandomNumber(value=R[::-1]))
    assert HONG.rrn.replace("-", "").encode() not in name_der


def test_computing_is_audited_without_the_number(office: ProofingOffice) -> None:
    compute(office)
    entry = office.store.entries[-1]
    assert entry.tag == "identity_proofing:virtual_id:computed"
    assert HONG.rrn.replace("-", "") not in repr(entry)


def test_no_virtual_id_without_proof(office: ProofingOffice) -> None:
    office.clock.advance(hours=24)
    with pytest.raises(VerificationExpired):
        compute(office)


@pytest.mark.parametrize("r", [b"", R[:19], b"\0" + R[1:]])
def test_an_unusable_r_is_refused(office: ProofingOffice, r: bytes) -> None:
    with pytest.raises(RandomNumberUnusable):
        compute(office, r)


def test_a_completed_application_closes_its_case(office: ProofingOffice) -> None:
    application = office.store.tables.applications[HONG.application_id]
    office.store.tables.applications[HONG.application_id] = replace(application, state=ApplicationState.COMPLETED)
    assert closing.close_ended_cases(store=office.store, now=office.clock.now()) == 1
    assert closing.close_ended_cases(store=office.store, now=office.clock.now()) == 0
    assert office.case_state(HONG) is CaseState.CLOSED
    with pytest.raises(NotVerified):
        load(office)


def test_old_counts_are_dropped_and_young_ones_kept(office: ProofingOffice) -> None:
    before = len(office.store.tables.limits)
    assert closing.drop_old_limits(store=office.store, now=office.clock.now() + timedelta(days=30)) == 0
    assert closing.drop_old_limits(store=office.store, now=office.clock.now() + timedelta(days=32)) == before
