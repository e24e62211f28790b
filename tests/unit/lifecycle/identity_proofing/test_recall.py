"""What is filled in for somebody identified before, and a renewal's virtual ID: from what was kept, or not at all."""

from dataclasses import replace

import pytest
from asn1crypto import x509

from builders.proofing import HONG, KIM, ProofingOffice
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import closing
from dojang.lifecycle.identity_proofing.conclusion import recompute_subscriber_virtual_id
from dojang.lifecycle.identity_proofing.errors import IdentityNotKept, NothingKnown
from dojang.lifecycle.identity_proofing.model import CaseState
from dojang.lifecycle.identity_proofing.recall import recall_applicant, submit_known_account
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import find_identify_data
from dojang.pki.npki.virtual_id import verify_virtual_id

R = bytes(range(1, 21))


@pytest.fixture
def office() -> ProofingOffice:
    """A year after somebody was identified: their application is done, their case closed."""
    office = ProofingOffice()
    office.prove(HONG)
    application = office.store.tables.applications[HONG.application_id]
    office.store.tables.applications[HONG.application_id] = replace(application, state=ApplicationState.COMPLETED)
    closing.close_ended_cases(store=office.store, now=office.clock.now())
    office.clock.advance(days=365)
    return office


def the_case(office: ProofingOffice) -> str:
    (case_id,) = office.store.tables.cases
    return case_id


def recompute(office: ProofingOffice) -> bytes:
    return recompute_subscriber_virtual_id(the_case(office), R, store=office.store, now=office.clock.now())


def test_the_owner_is_shown_what_they_entered_with_the_account_masked(office: ProofingOffice) -> None:
    known = recall_applicant(HONG.subscriber_id, store=office.store, now=office.clock.now())
    assert (known.name, known.birth_date, known.sex, known.phone) == (HONG.name, HONG.birth_date, "F", HONG.phone)
    assert (known.bank_code, known.account) == ("097", "***-***-0123")
    assert not hasattr(known, "rrn")
    assert HONG.name not in repr(known)
    entry = office.store.entries[-1]
    assert (entry.tag, entry.actor) == ("identity_proofing:applicant:recalled", f"subscriber:{HONG.subscriber_id}")
    assert HONG.phone not in repr(entry)


def test_nothing_is_known_of_others_nor_before_identification(office: ProofingOffice) -> None:
    office.know(KIM)  # entered, and not verified
    for subscriber_id in (KIM.subscriber_id, "subscriber-9"):
        with pytest.raises(NothingKnown):
            recall_applicant(subscriber_id, store=office.store, now=office.clock.now())
        with pytest.raises(NothingKnown):
            submit_known_account("application", subscriber_id, device_id="device", **office.means())


def test_a_frozen_case_is_not_recalled(office: ProofingOffice) -> None:
    case = office.store.tables.cases[the_case(office)]
    office.store.tables.cases[case.id] = replace(case, state=CaseState.FROZEN)
    with pytest.raises(NothingKnown):
        recall_applicant(HONG.subscriber_id, store=office.store, now=office.clock.now())
    with pytest.raises(IdentityNotKept):
        recompute(office)


def test_a_renewals_virtual_id_is_of_the_number_sealed_a_year_ago(office: ProofingOffice) -> None:
    data = find_identify_data(x509.GeneralNames([x509.GeneralName.load(recompute(office))]).dump())
    assert data is not None
    assert data.real_name == HONG.name
    assert data.virtual_id is not None
    assert verify_virtual_id(data.virtual_id, HONG.rrn, RandomNumber(value=R))
    assert office.store.entries[-1].tag == "identity_proofing:virtual_id:computed"


def test_a_number_that_retention_deleted_makes_no_virtual_id(office: ProofingOffice) -> None:
    kept = office.store.tables.personal_data[the_case(office)]
    office.store.tables.personal_data[the_case(office)] = replace(kept, rrn=None)
    with pytest.raises(IdentityNotKept):
        recompute(office)
    del office.store.tables.personal_data[the_case(office)]
    with pytest.raises(IdentityNotKept):
        recompute(office)
    with pytest.raises(NothingKnown):
        recall_applicant(HONG.subscriber_id, store=office.store, now=office.clock.now())


def test_a_case_never_verified_makes_none() -> None:
    office = ProofingOffice()
    office.know(HONG)
    with pytest.raises(IdentityNotKept):
        recompute(office)
