"""Identity proofing's repositories: one contract for the fake, SQLite and PostgreSQL; and what lies on the disk."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from builders.proofing import HONG, KIM, NOW, EffectLine, Person, ProofingOffice, application_of
from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import KeyRing
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.tables import METADATA
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.transaction import SqlTransaction
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationKind, ApplicationState
from dojang.lifecycle.identity_proofing.account_deposit import account as account_step
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositState, TooManyDeposits
from dojang.lifecycle.identity_proofing.ars_call.model import ArsCall, CallState
from dojang.lifecycle.identity_proofing.document import (
    DocumentState,
    ImageForm,
    InquiryState,
    KeptField,
    PersonalData,
    RegistryInquiry,
    SubmittedDocument,
)
from dojang.lifecycle.identity_proofing.errors import NotVerified, OtherPersonsAccount, PersonAlreadyApplying
from dojang.lifecycle.identity_proofing.id_document.model import Decision, DocumentKind, FieldName, FieldSource, Side
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckState,
    CheckStatus,
    ProofingCase,
    ProofingFinding,
    VerificationRecord,
    VerifiedIdentity,
)
from dojang.lifecycle.identity_proofing.neighbours import BankAccount
from dojang.lifecycle.identity_proofing.policy import DepositPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import LimitKind
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem, ReviewState, ReviewSubject

MakeStore = Callable[[EffectLine], Any]
FINDINGS = (ProofingFinding(code="test.one", field="name"), ProofingFinding(code="test.two", detail="2024-12-31"))
RING = KeyRing(sealing={1: b"s" * 32}, index=b"i" * 32)


CROWD = tuple(
    replace(HONG, subscriber_id=f"crowd-{n}", rrn=f"90010{n + 1}-2978124", birth_date=date(1990, 1, n + 1))
    for n in range(4)
)


def second_store(database: Database, line: EffectLine) -> SqlStore[SqlTransaction]:
    """Return a store on a database that others use as well."""
    cipher = RingFieldCipher(ring=RING, chance=SystemChance())

    def enqueue(_connection: sa.Connection, emissions: Sequence[Emission]) -> None:
        line.enqueue([(one.effect, one.key, one.delay_s) for one in emissions])

    return SqlStore(
        database,
        begin=lambda connection: SqlTransaction(connection, cipher),
        append=audit_log.append,
        enqueue=enqueue,
    )


def sql_store(database: Database) -> MakeStore:
    """Return a maker of stores on a migrated database, which learns of the invented people."""
    with database.writing() as connection:
        for person in (HONG, KIM, *CROWD):
            values = {"id": person.subscriber_id, "login_name": person.subscriber_id, "password_hash": "-"}
            more = {"role": "subscriber", "language": "ko", "created_at": NOW, "failed_sign_ins": 0, "version": 0}
            connection.execute(account.insert().values(**values, **more))
    return partial(second_store, database)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> ProofingOffice:
    """An office on each kind of store, two applications open."""
    if request.param == "fake":
        office = ProofingOffice()
    else:
        name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
        office = ProofingOffice(make_store=sql_store(request.getfixturevalue(name)))
    office.apply(HONG)
    office.apply(KIM)
    return office


def case_of(person: Person = HONG, **changes: Any) -> ProofingCase:
    case = ProofingCase(
        id=f"case-of-{person.subscriber_id}",
        application_id=person.application_id,
        subscriber_id=person.subscriber_id,
        kind=ApplicationKind.NEW,
        state=CaseState.OPEN,
        checks={check: CheckStatus(check=check, state=CheckState.AWAITED, changed_at=NOW) for check in Check},
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )
    return replace(case, **changes)


def put(office: ProofingOffice, act: Callable[[Any], Any]) -> Any:
    return office.store.transact(act)


def get(office: ProofingOffice, look: Callable[[Any], Any]) -> Any:
    return office.store.read(look)


@pytest.fixture
def with_case(office: ProofingOffice) -> ProofingOffice:
    put(office, lambda tx: tx.proofing_cases.add(case_of()))
    return office


# --- cases ---


def test_a_case_comes_back_as_it_was(with_case: ProofingOffice) -> None:
    status = CheckStatus(
        check=Check.REGISTRY,
        state=CheckState.RETRY,
        changed_at=NOW + timedelta(seconds=1),
        findings=FINDINGS,
        tries=2,
        evidence_id="evidence",
    )
    before = case_of()
    changed = replace(
        before, checks={**before.checks, Check.REGISTRY: status}, person_key="p", verified_at=NOW, version=1
    )
    put(with_case, lambda tx: tx.proofing_cases.update(changed))
    assert get(with_case, lambda tx: tx.proofing_cases.find_case(changed.id)) == changed
    found = get(with_case, lambda tx: tx.proofing_cases.find_case_of(HONG.application_id))
    assert found == changed
    assert list(found.checks) == list(Check), "the policy's order is kept"
    assert get(with_case, lambda tx: tx.proofing_cases.find_case("nothing")) is None


def test_a_lost_update_is_a_bug(with_case: ProofingOffice) -> None:
    with pytest.raises(RuntimeError):
        put(with_case, lambda tx: tx.proofing_cases.update(case_of(version=2)))


def test_one_live_case_per_person(with_case: ProofingOffice) -> None:
    put(with_case, lambda tx: tx.proofing_cases.add(case_of(KIM)))
    put(with_case, lambda tx: tx.proofing_cases.update(case_of(person_key="same", version=1)))
    with pytest.raises(PersonAlreadyApplying):
        put(with_case, lambda tx: tx.proofing_cases.update(case_of(KIM, person_key="same", version=1)))
    other = get(with_case, lambda tx: tx.proofing_cases.find_live_case_of_person("same", other_than="x"))
    assert other.subscriber_id == HONG.subscriber_id
    own = get(with_case, lambda tx: tx.proofing_cases.find_live_case_of_person("same", other_than=case_of().id))
    assert own is None
    closed = case_of(person_key="same", state=CaseState.CLOSED, version=2)
    put(with_case, lambda tx: tx.proofing_cases.update(closed))
    put(with_case, lambda tx: tx.proofing_cases.update(case_of(KIM, person_key="same", version=1)))


def test_a_refused_update_leaves_the_transaction_usable(with_case: ProofingOffice) -> None:
    put(with_case, lambda tx: tx.proofing_cases.add(case_of(KIM)))
    put(with_case, lambda tx: tx.proofing_cases.update(case_of(person_key="same", version=1)))

    def work(tx: Any) -> Any:
        with pytest.raises(PersonAlreadyApplying):
            tx.proofing_cases.update(case_of(KIM, person_key="same", version=1))
        tx.proofing_cases.update(case_of(KIM, person_key="other", version=1))
        return tx.proofing_cases.find_case_of(KIM.application_id)

    assert put(with_case, work).person_key == "other"


def test_cases_of_ended_applications_are_found(with_case: ProofingOffice) -> None:
    put(with_case, lambda tx: tx.proofing_cases.add(case_of(KIM)))
    assert get(with_case, lambda tx: tx.proofing_cases.list_case_ids_to_close(10)) == ()
    ended = replace(application_of(HONG), state=ApplicationState.CANCELLED, version=1)
    put(with_case, lambda tx: tx.applications.update(ended))
    assert get(with_case, lambda tx: tx.proofing_cases.list_case_ids_to_close(10)) == (case_of().id,)
    put(with_case, lambda tx: tx.proofing_cases.update(case_of(state=CaseState.FROZEN, version=1)))
    assert get(with_case, lambda tx: tx.proofing_cases.list_case_ids_to_close(10)) == ()


# --- documents ---


def document(number: int = 1, **changes: Any) -> SubmittedDocument:
    made = SubmittedDocument(
        id=f"document-{number}",
        case_id=case_of().id,
        kind=DocumentKind.DRIVER_LICENCE,
        state=DocumentState.READING,
        sides=frozenset({Side.FRONT}),
        submitted_at=NOW,
    )
    return replace(made, **changes)


def test_documents_come_back_and_the_newest_is_known(with_case: ProofingOffice) -> None:
    assert get(with_case, lambda tx: tx.id_documents.find_latest_document(case_of().id)) is None
    put(with_case, lambda tx: tx.id_documents.add(document(2)))
    put(with_case, lambda tx: tx.id_documents.add(document(1)))
    changed = document(
        2,
        state=DocumentState.CONFIRMED,
        sides=frozenset(Side),
        decision=Decision.REVIEW,
        findings=FINDINGS,
        reader_runs=3,
        confirmed_at=NOW,
    )
    put(with_case, lambda tx: tx.id_documents.update(changed))
    assert get(with_case, lambda tx: tx.id_documents.find_document("document-2")) == changed
    assert get(with_case, lambda tx: tx.id_documents.find_latest_document(case_of().id)) == document(1)


def test_images_are_replaced_and_dropped_by_form(with_case: ProofingOffice) -> None:
    def work(tx: Any) -> None:
        tx.id_documents.add(document())
        for image in (b"old", b"new"):
            tx.id_documents.put_image("document-1", Side.FRONT, ImageForm.ORIGINAL, image)
        tx.id_documents.put_image("document-1", Side.FRONT, ImageForm.MASKED, b"masked")

    put(with_case, work)
    find = "document-1", Side.FRONT
    assert get(with_case, lambda tx: tx.id_documents.find_image(*find, ImageForm.ORIGINAL)) == b"new"
    put(with_case, lambda tx: tx.id_documents.drop_images("document-1", ImageForm.ORIGINAL))
    assert get(with_case, lambda tx: tx.id_documents.find_image(*find, ImageForm.ORIGINAL)) is None
    assert get(with_case, lambda tx: tx.id_documents.find_image(*find, ImageForm.MASKED)) == b"masked"


def test_fields_are_replaced_as_a_whole_and_come_in_order(with_case: ProofingOffice) -> None:
    typed = KeptField(
        name=FieldName.RRN, value=HONG.rrn, read_value=None, confidence=0.0, source=FieldSource.TYPED, crop_jpeg=b"c"
    )
    read = KeptField(
        name=FieldName.NAME, value="홍가람", read_value="홍가랑", confidence=0.25, source=FieldSource.VISUAL
    )
    put(with_case, lambda tx: tx.id_documents.add(document()))
    put(with_case, lambda tx: tx.id_documents.put_fields("document-1", (typed, read)))
    assert get(with_case, lambda tx: tx.id_documents.list_fields("document-1")) == (read, typed)
    put(with_case, lambda tx: tx.id_documents.put_fields("document-1", ()))
    assert get(with_case, lambda tx: tx.id_documents.list_fields("document-1")) == ()


def test_personal_data_are_replaced(with_case: ProofingOffice) -> None:
    data = PersonalData(
        case_id=case_of().id,
        name="홍가람",
        birth_date=date(1990, 1, 1),
        sex="F",
        phone="01099990001",
        rrn=None,
        rrn_typed=False,
    )
    put(with_case, lambda tx: tx.personal_data.put(data))
    assert get(with_case, lambda tx: tx.personal_data.find_personal_data(data.case_id)) == data
    changed = replace(data, rrn="9001012978124", rrn_typed=True, phone="01099990009")
    put(with_case, lambda tx: tx.personal_data.put(changed))
    assert get(with_case, lambda tx: tx.personal_data.find_personal_data(data.case_id)) == changed


def test_inquiries_come_in_order_of_attempts(with_case: ProofingOffice) -> None:
    def inquiry(attempt: int, **changes: Any) -> RegistryInquiry:
        made = RegistryInquiry(
            case_id=case_of().id,
            attempt=attempt,
            document_id="document-1",
            state=InquiryState.ASKED,
            asked_at=NOW,
        )
        return replace(made, **changes)

    put(with_case, lambda tx: tx.id_documents.add(document()))
    for attempt in (2, 1):
        put(with_case, lambda tx, attempt=attempt: tx.registry_inquiries.put(inquiry(attempt)))
    answered = inquiry(2, state=InquiryState.LOST_OR_CANCELLED, answered_at=NOW)
    put(with_case, lambda tx: tx.registry_inquiries.put(answered))
    assert get(with_case, lambda tx: tx.registry_inquiries.list_inquiries(case_of().id)) == (inquiry(1), answered)
    assert get(with_case, lambda tx: tx.registry_inquiries.find_inquiry(case_of().id, 2)) == answered
    assert get(with_case, lambda tx: tx.registry_inquiries.find_inquiry(case_of().id, 3)) is None


# --- deposits, calls, reviews ---


def deposit(number: int = 1, person: Person = HONG, **changes: Any) -> Deposit:
    made = Deposit(
        id=f"deposit-{person.subscriber_id}-{number}",
        case_id=case_of(person).id,
        account=BankAccount(bank_code="097", number="1234567890123"),
        account_key="account",
        person_key=person.subscriber_id,
        state=DepositState.REQUESTED,
        inquiry_reference=f"I{person.subscriber_id[-1]}{number:07d}",
        reference=f"D{person.subscriber_id[-1]}{number:07d}",
        amount_krw=7,
        depositor_text="482913도장",
        amount_digest="a",
        code_digest="c",
        requested_at=NOW,
    )
    return replace(made, **changes)


def test_deposits_come_back_and_the_newest_is_known(with_case: ProofingOffice) -> None:
    put(with_case, lambda tx: tx.account_deposits.add(deposit(2)))
    put(with_case, lambda tx: tx.account_deposits.add(deposit(1)))
    changed = deposit(
        2,
        state=DepositState.SENT,
        amount_krw=None,
        depositor_text=None,
        sent_on=date(2026, 11, 23),
        sent_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
        tries=1,
        sendings=2,
        turns=3,
    )
    put(with_case, lambda tx: tx.account_deposits.update(changed))
    assert get(with_case, lambda tx: tx.account_deposits.find_deposit(changed.id)) == changed
    assert get(with_case, lambda tx: tx.account_deposits.find_latest_deposit(case_of().id)) == deposit(1)
    assert get(with_case, lambda tx: tx.account_deposits.find_deposit("nothing")) is None


def test_only_others_with_confirmed_deposits_count_as_persons(with_case: ProofingOffice) -> None:
    put(with_case, lambda tx: tx.proofing_cases.add(case_of(KIM)))
    confirmed = {"state": DepositState.CONFIRMED}
    put(with_case, lambda tx: tx.account_deposits.add(deposit(1, **confirmed)))
    put(with_case, lambda tx: tx.account_deposits.add(deposit(2, **confirmed)))
    put(with_case, lambda tx: tx.account_deposits.add(deposit(3, KIM)))

    def count(besides: str) -> int:
        counted: int = get(with_case, lambda tx: tx.account_deposits.count_persons("account", besides=besides))
        return counted

    assert (count(HONG.subscriber_id), count(KIM.subscriber_id), count("x")) == (0, 1, 1)


def test_calls_come_back_and_the_newest_is_known(with_case: ProofingOffice) -> None:
    call = ArsCall(
        id="call-2",
        case_id=case_of().id,
        phone_key="phone",
        state=CallState.REQUESTED,
        number="47",
        requested_at=NOW,
        expires_at=NOW + timedelta(minutes=3),
    )
    put(with_case, lambda tx: tx.ars_calls.add(call))
    put(with_case, lambda tx: tx.ars_calls.add(replace(call, id="call-1")))
    over = replace(call, state=CallState.HUNG_UP, number=None, rung_at=NOW, ended_at=NOW)
    put(with_case, lambda tx: tx.ars_calls.update(over))
    assert get(with_case, lambda tx: tx.ars_calls.find_call("call-2")) == over
    assert get(with_case, lambda tx: tx.ars_calls.find_latest_call(case_of().id)).number == "47"


def test_open_reviews_come_oldest_first(with_case: ProofingOffice) -> None:
    def review(number: int, minutes: int) -> ReviewItem:
        return ReviewItem(
            id=f"review-{number}",
            case_id=case_of().id,
            subject=ReviewSubject.CHECK,
            check=Check.ID_DOCUMENT,
            evidence_id="document-1",
            findings=FINDINGS,
            state=ReviewState.OPEN,
            opened_at=NOW + timedelta(minutes=minutes),
        )

    for number, minutes in ((1, 5), (2, 0), (3, 9)):
        put(with_case, lambda tx, n=number, m=minutes: tx.reviews.add(review(n, m)))
    decided = replace(
        review(3, 9),
        state=ReviewState.REJECTED,
        decided_at=NOW,
        decided_by="operator",
        reason=RejectionReason.UNREADABLE,
    )
    put(with_case, lambda tx: tx.reviews.update(decided))
    assert get(with_case, lambda tx: tx.reviews.list_open_reviews(10)) == (review(2, 0), review(1, 5))
    assert get(with_case, lambda tx: tx.reviews.list_open_reviews(1)) == (review(2, 0),)
    assert get(with_case, lambda tx: tx.reviews.find_review("review-3")) == decided
    assert len(get(with_case, lambda tx: tx.reviews.list_reviews_of_case(case_of().id))) == 3


# --- limits, bindings, verifications ---


def test_the_ledger_counts_by_kind_key_and_time(office: ProofingOffice) -> None:
    def work(tx: Any) -> None:
        add = tx.proofing_limits.add
        add(LimitKind.CALL_PHONE, "k", at=NOW, reference="1")
        add(LimitKind.CALL_PHONE, "k", at=NOW - timedelta(hours=1), reference="2")
        add(LimitKind.CALL_PHONE, "other", at=NOW, reference="3")
        add(LimitKind.CALL_PERSON, "k", at=NOW, reference="1")
        add(LimitKind.DEPOSIT_BUDGET, "office", at=NOW, reference="1", amount=7)
        add(LimitKind.DEPOSIT_BUDGET, "office", at=NOW, reference="2", amount=5)

    put(office, work)

    def times(since: timedelta) -> Any:
        return get(office, lambda tx: tx.proofing_limits.list_times(LimitKind.CALL_PHONE, "k", NOW - since))

    assert times(timedelta(hours=1)) == (NOW - timedelta(hours=1), NOW)
    assert times(timedelta(minutes=59)) == (NOW,)
    assert get(office, lambda tx: tx.proofing_limits.total(LimitKind.DEPOSIT_BUDGET, "office", NOW)) == 12
    assert get(office, lambda tx: tx.proofing_limits.total(LimitKind.DEPOSIT_BUDGET, "none", NOW)) == 0
    put(office, lambda tx: tx.proofing_limits.remove("1", (LimitKind.CALL_PHONE,)))
    assert times(timedelta(hours=1)) == (NOW - timedelta(hours=1),)
    assert get(office, lambda tx: tx.proofing_limits.list_times(LimitKind.CALL_PERSON, "k", NOW)) == (NOW,)
    assert put(office, lambda tx: tx.proofing_limits.drop_before(NOW)) == 1
    assert times(timedelta(hours=2)) == ()


def test_an_account_is_bound_once_and_for_good(office: ProofingOffice) -> None:
    for _ in range(2):
        put(office, lambda tx: tx.person_bindings.bind(HONG.subscriber_id, "person", NOW))
    with pytest.raises(OtherPersonsAccount):
        put(office, lambda tx: tx.person_bindings.bind(HONG.subscriber_id, "another", NOW))
    assert get(office, lambda tx: tx.person_bindings.find_person_key(HONG.subscriber_id)) == "person"
    assert get(office, lambda tx: tx.person_bindings.find_person_key(KIM.subscriber_id)) is None


def test_verifications_come_back(with_case: ProofingOffice) -> None:
    record = VerificationRecord(
        case_id=case_of().id,
        application_id=HONG.application_id,
        subscriber_id=HONG.subscriber_id,
        person_key="person",
        name="홍가람",
        evidence={check: f"of-{check}" for check in Check},
        verified_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )
    assert get(with_case, lambda tx: tx.verifications.find_verification(HONG.application_id)) is None
    put(with_case, lambda tx: tx.verifications.add(record))
    assert get(with_case, lambda tx: tx.verifications.find_verification(HONG.application_id)) == record


def test_a_failed_transaction_leaves_nothing(office: ProofingOffice) -> None:
    def work(tx: Any) -> None:
        tx.proofing_cases.add(case_of())
        tx.proofing_limits.add(LimitKind.CALL_PHONE, "k", at=NOW, reference="1")
        raise NotVerified()

    with pytest.raises(NotVerified):
        put(office, work)
    assert get(office, lambda tx: tx.proofing_cases.find_case(case_of().id)) is None
    assert get(office, lambda tx: tx.proofing_limits.list_times(LimitKind.CALL_PHONE, "k", NOW)) == ()


# --- the whole road on a database, and what lies on the disk afterwards ---


def test_the_whole_road_on_a_database(database: Database) -> None:
    office = ProofingOffice(make_store=sql_store(database))
    office.prove(HONG)
    assert office.case_state(HONG) is CaseState.VERIFIED
    assert office.application_state(HONG) is ApplicationState.IDENTIFIED
    assert office.bank.books_balance()
    now = office.clock.now()
    identity = get(office, lambda tx: tx.identities.get_verified_identity(HONG.application_id, now))
    assert isinstance(identity, VerifiedIdentity)
    with pytest.raises(NotVerified):
        get(office, lambda tx: tx.identities.get_verified_identity(KIM.application_id, now))


def everything_stored(database: Database) -> bytes:
    with database.reading() as connection:
        rows = [
            repr(value).encode() if not isinstance(value, bytes) else value
            for table in METADATA.sorted_tables
            for row in connection.execute(sa.select(table))
            for value in row
        ]
    return b"\n".join(rows)


def test_nothing_personal_lies_in_clear(database: Database) -> None:
    office = ProofingOffice(make_store=sql_store(database))
    office.know(HONG)
    office.submit_account(HONG)
    office.request_call(HONG)
    stored = everything_stored(database)
    digits = HONG.rrn.replace("-", "")
    code = office.statement(HONG)[1][:6]
    secrets = [HONG.name, HONG.rrn, digits, digits[6:], HONG.phone, HONG.account.number, "1990-01-01", code, "시험로"]
    assert HONG.subscriber_id.encode() in stored, "the scan sees what is there"
    assert [secret for secret in secrets if secret.encode() in stored or repr(secret)[1:-1].encode() in stored] == []


def test_a_sealed_value_moved_to_another_case_does_not_open(database: Database) -> None:
    office = ProofingOffice(make_store=sql_store(database))
    office.know(HONG)
    office.know(KIM)
    with database.writing() as connection:
        table = METADATA.tables["personal_data"]
        cases = {person: office.view(person).case_id for person in (HONG, KIM)}
        query = sa.select(table.c.sealed_rrn).where(table.c.case_id == cases[HONG])
        stolen = connection.execute(query).scalar_one()
        connection.execute(table.update().where(table.c.case_id == cases[KIM]).values(sealed_rrn=stolen))
    with pytest.raises(DojangError) as broken:
        get(office, lambda tx: tx.personal_data.find_personal_data(cases[KIM]))
    assert "seal" in broken.value.code


def test_racing_applicants_share_one_account_cap(database: Database) -> None:
    policy = ProofingPolicy(deposit=DepositPolicy(per_account=2))
    office = ProofingOffice(make_store=sql_store(database), policy=policy)
    for person in CROWD:
        office.know(person)
    outcomes: list[str] = []

    def submit(person: Person) -> None:
        # Each thread its own office on a store of its own: nothing but the database is shared.
        own = ProofingOffice(
            make_store=lambda line: second_store(database, line), policy=policy, seed=100 + CROWD.index(person)
        )
        try:
            account_step.submit_account(
                person.application_id,
                person.subscriber_id,
                bank_code="097",
                number="7777777777777",
                device_id=person.subscriber_id,
                **own.means(),
            )
            outcomes.append("counted")
        except TooManyDeposits:
            outcomes.append("refused")

    threads = [threading.Thread(target=submit, args=(person,)) for person in CROWD]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["counted", "counted", "refused", "refused"]
