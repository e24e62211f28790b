"""Identity proofing's store in memory, under the same contract as the one on SQLAlchemy, and small fakes around it."""

import copy
import hashlib
import hmac
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from dojang.kernel.audit import AuditEntry
from dojang.kernel.effects import Effect
from dojang.lifecycle.application.model import OPEN_STATES, Application
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositState
from dojang.lifecycle.identity_proofing.ars_call.model import ArsCall
from dojang.lifecycle.identity_proofing.document import (
    ImageForm,
    KeptField,
    PersonalData,
    RegistryInquiry,
    SubmittedDocument,
)
from dojang.lifecycle.identity_proofing.errors import OtherPersonsAccount, PersonAlreadyApplying
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, DocumentKind, FieldName, Side
from dojang.lifecycle.identity_proofing.model import LIVE_CASE_STATES, CaseState, ProofingCase, VerificationRecord
from dojang.lifecycle.identity_proofing.ports import LimitKind
from dojang.lifecycle.identity_proofing.review.model import ReviewItem, ReviewState

Result = TypeVar("Result")


@dataclass(slots=True)
class Tables:
    """Everything stored. Values are frozen, so copies of the containers are copies of all."""

    applications: dict[str, Application] = field(default_factory=dict)
    cases: dict[str, ProofingCase] = field(default_factory=dict)
    documents: dict[str, SubmittedDocument] = field(default_factory=dict)
    images: dict[tuple[str, Side, ImageForm], bytes] = field(default_factory=dict)
    fields: dict[str, tuple[KeptField, ...]] = field(default_factory=dict)
    personal_data: dict[str, PersonalData] = field(default_factory=dict)
    inquiries: dict[tuple[str, int], RegistryInquiry] = field(default_factory=dict)
    deposits: dict[str, Deposit] = field(default_factory=dict)
    calls: dict[str, ArsCall] = field(default_factory=dict)
    reviews: dict[str, ReviewItem] = field(default_factory=dict)
    limits: dict[tuple[LimitKind, str], tuple[str, datetime, int]] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    verifications: dict[str, VerificationRecord] = field(default_factory=dict)


class FakeApplications:
    """`ApplicationRepository` as far as proofing and the feeding back of its events need it."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.applications

    def find_application(self, application_id: str) -> Application | None:
        return self._rows.get(application_id)

    def find_open_application(self, subscriber_id: str) -> Application | None:
        return next((one for one in self._rows.values() if one.subscriber_id == subscriber_id and one.is_open), None)

    def list_applications(self, subscriber_id: str) -> tuple[Application, ...]:
        return tuple(one for one in self._rows.values() if one.subscriber_id == subscriber_id)

    def list_overdue(self, now: datetime, limit: int) -> tuple[Application, ...]:
        return tuple(one for one in self._rows.values() if one.is_open and one.expires_at <= now)[:limit]

    def add(self, application: Application) -> None:
        self._rows[application.id] = application

    def update(self, application: Application) -> None:
        self._rows[application.id] = application


class FakeCases:
    """`CaseRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_case(self, case_id: str) -> ProofingCase | None:
        return self._tables.cases.get(case_id)

    def find_case_of(self, application_id: str) -> ProofingCase | None:
        return next((one for one in self._tables.cases.values() if one.application_id == application_id), None)

    def find_live_case_of_person(self, person_key: str, *, other_than: str) -> ProofingCase | None:
        return next(
            (
                one
                for one in self._tables.cases.values()
                if one.person_key == person_key and one.id != other_than and one.state in LIVE_CASE_STATES
            ),
            None,
        )

    def find_frozen_case_of_person(self, person_key: str) -> ProofingCase | None:
        return next((one for one in self.list_frozen(1000) if one.person_key == person_key), None)

    def list_frozen(self, limit: int) -> tuple[ProofingCase, ...]:
        frozen = [one for one in self._tables.cases.values() if one.state is CaseState.FROZEN]
        return tuple(sorted(frozen, key=lambda one: (one.opened_at, one.id))[:limit])

    def find_newest_verified_case(self, subscriber_id: str) -> ProofingCase | None:
        found = [
            one
            for one in self._tables.cases.values()
            if one.subscriber_id == subscriber_id
            and one.verified_at is not None
            and one.state in (CaseState.VERIFIED, CaseState.CLOSED)
        ]
        return max(found, key=lambda one: (one.verified_at, one.id), default=None)

    def list_case_ids_to_close(self, limit: int) -> tuple[str, ...]:
        unclosed = {CaseState.OPEN, CaseState.VERIFIED, CaseState.REFUSED}
        ended = {one.id for one in self._tables.applications.values() if one.state not in OPEN_STATES}
        due = [one.id for one in self._tables.cases.values() if one.state in unclosed and one.application_id in ended]
        return tuple(sorted(due)[:limit])

    def add(self, case: ProofingCase) -> None:
        assert case.id not in self._tables.cases
        self._tables.cases[case.id] = case

    def update(self, case: ProofingCase) -> None:
        if self._tables.cases[case.id].version != case.version - 1:
            raise RuntimeError("not the version before")
        live = case.state in LIVE_CASE_STATES and case.person_key is not None
        if live and self.find_live_case_of_person(case.person_key or "", other_than=case.id) is not None:
            raise PersonAlreadyApplying()
        self._tables.cases[case.id] = case


class FakeDocuments:
    """`DocumentRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find_document(self, document_id: str) -> SubmittedDocument | None:
        return self._tables.documents.get(document_id)

    def find_latest_document(self, case_id: str) -> SubmittedDocument | None:
        return _latest(one for one in self._tables.documents.values() if one.case_id == case_id)

    def add(self, document: SubmittedDocument) -> None:
        self._tables.documents[document.id] = document

    def update(self, document: SubmittedDocument) -> None:
        self._tables.documents[document.id] = document

    def put_image(self, document_id: str, side: Side, form: ImageForm, image: bytes) -> None:
        self._tables.images[document_id, side, form] = image

    def find_image(self, document_id: str, side: Side, form: ImageForm) -> bytes | None:
        return self._tables.images.get((document_id, side, form))

    def drop_images(self, document_id: str, form: ImageForm) -> None:
        for key in [key for key in self._tables.images if key[0] == document_id and key[2] is form]:
            del self._tables.images[key]

    def put_fields(self, document_id: str, fields: Sequence[KeptField]) -> None:
        self._tables.fields[document_id] = tuple(fields)

    def list_fields(self, document_id: str) -> tuple[KeptField, ...]:
        found = {one.name: one for one in self._tables.fields.get(document_id, ())}
        return tuple(found[name] for name in FieldName if name in found)


class FakePersonalData:
    """`PersonalDataRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.personal_data

    def find_personal_data(self, case_id: str) -> PersonalData | None:
        return self._rows.get(case_id)

    def put(self, data: PersonalData) -> None:
        self._rows[data.case_id] = data


class FakeInquiries:
    """`InquiryRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.inquiries

    def find_inquiry(self, case_id: str, attempt: int) -> RegistryInquiry | None:
        return self._rows.get((case_id, attempt))

    def list_inquiries(self, case_id: str) -> tuple[RegistryInquiry, ...]:
        return tuple(self._rows[key] for key in sorted(self._rows) if key[0] == case_id)

    def put(self, inquiry: RegistryInquiry) -> None:
        self._rows[inquiry.case_id, inquiry.attempt] = inquiry


class FakeDeposits:
    """`DepositRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.deposits

    def find_deposit(self, deposit_id: str) -> Deposit | None:
        return self._rows.get(deposit_id)

    def find_latest_deposit(self, case_id: str) -> Deposit | None:
        return _latest(one for one in self._rows.values() if one.case_id == case_id)

    def count_persons(self, account_key: str, *, besides: str) -> int:
        confirmed = {
            one.person_key
            for one in self._rows.values()
            if one.account_key == account_key and one.state is DepositState.CONFIRMED
        }
        return len(confirmed - {besides})

    def add(self, deposit: Deposit) -> None:
        self._rows[deposit.id] = deposit

    def update(self, deposit: Deposit) -> None:
        self._rows[deposit.id] = deposit


class FakeCalls:
    """`CallRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.calls

    def find_call(self, call_id: str) -> ArsCall | None:
        return self._rows.get(call_id)

    def find_latest_call(self, case_id: str) -> ArsCall | None:
        return _latest(one for one in self._rows.values() if one.case_id == case_id)

    def add(self, call: ArsCall) -> None:
        self._rows[call.id] = call

    def update(self, call: ArsCall) -> None:
        self._rows[call.id] = call


class FakeReviews:
    """`ReviewRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.reviews

    def find_review(self, review_id: str) -> ReviewItem | None:
        return self._rows.get(review_id)

    def list_open_reviews(self, limit: int) -> tuple[ReviewItem, ...]:
        return self._sorted(one for one in self._rows.values() if one.state is ReviewState.OPEN)[:limit]

    def list_reviews_of_case(self, case_id: str) -> tuple[ReviewItem, ...]:
        return self._sorted(one for one in self._rows.values() if one.case_id == case_id)

    def add(self, review: ReviewItem) -> None:
        assert review.id not in self._rows
        self._rows[review.id] = review

    def update(self, review: ReviewItem) -> None:
        self._rows[review.id] = review

    @staticmethod
    def _sorted(rows: Any) -> tuple[ReviewItem, ...]:
        return tuple(sorted(rows, key=lambda one: (one.opened_at, one.id)))


class FakeLimits:
    """`LimitLedger` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.limits

    def list_times(self, kind: LimitKind, key: str, since: datetime) -> tuple[datetime, ...]:
        return tuple(sorted(at for at, _ in self._counted(kind, key, since)))

    def total(self, kind: LimitKind, key: str, since: datetime) -> int:
        return sum(amount for _, amount in self._counted(kind, key, since))

    def add(self, kind: LimitKind, key: str, *, at: datetime, reference: str, amount: int = 1) -> None:
        assert (kind, reference) not in self._rows
        self._rows[kind, reference] = (key, at, amount)

    def remove(self, reference: str, kinds: Sequence[LimitKind]) -> None:
        for kind in kinds:
            self._rows.pop((kind, reference), None)

    def drop_before(self, before: datetime) -> int:
        old = [place for place, (_, at, _) in self._rows.items() if at < before]
        for place in old:
            del self._rows[place]
        return len(old)

    def _counted(self, kind: LimitKind, key: str, since: datetime) -> list[tuple[datetime, int]]:
        return [
            (at, amount)
            for (one, _), (its_key, at, amount) in self._rows.items()
            if one is kind and its_key == key and at >= since
        ]


class FakeBindings:
    """`PersonBindings` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.bindings

    def find_person_key(self, subscriber_id: str) -> str | None:
        return self._rows.get(subscriber_id)

    def bind(self, subscriber_id: str, person_key: str, at: datetime) -> None:
        if self._rows.setdefault(subscriber_id, person_key) != person_key:
            raise OtherPersonsAccount()


class FakeVerifications:
    """`VerificationRepository` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.verifications

    def find_verification(self, application_id: str) -> VerificationRecord | None:
        return self._rows.get(application_id)

    def add(self, record: VerificationRecord) -> None:
        assert record.application_id not in self._rows
        self._rows[record.application_id] = record


class NoIssueLocks:
    """`IssueLocks` of people who locked nothing."""

    def find_lock(self, person_key: str) -> None:
        return None

    def find_lock_of(self, subscriber_id: str) -> None:
        return None


class FakeProofingTransaction:
    """`IdentityProofingTransaction` in memory."""

    def __init__(self, tables: Tables) -> None:
        self.entries: list[AuditEntry] = []
        self.emissions: list[tuple[Effect, str | None, float]] = []
        self.applications = FakeApplications(tables)
        self.proofing_cases = FakeCases(tables)
        self.id_documents = FakeDocuments(tables)
        self.personal_data = FakePersonalData(tables)
        self.registry_inquiries = FakeInquiries(tables)
        self.account_deposits = FakeDeposits(tables)
        self.ars_calls = FakeCalls(tables)
        self.issue_locks = NoIssueLocks()
        self.reviews = FakeReviews(tables)
        self.proofing_limits = FakeLimits(tables)
        self.person_bindings = FakeBindings(tables)
        self.verifications = FakeVerifications(tables)

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def emit(self, effect: Effect, *, key: str | None = None, delay_s: float = 0.0) -> None:
        self.emissions.append((effect, key, delay_s))


class FakeProofingStore:
    """`Store[IdentityProofingTransaction]` in memory: a failed transaction leaves nothing behind."""

    def __init__(self, enqueue: Callable[[Sequence[tuple[Effect, str | None, float]]], None]) -> None:
        self.tables = Tables()
        self.entries: list[AuditEntry] = []
        self._enqueue = enqueue

    def transact(self, work: Callable[[Any], Result]) -> Result:
        tables = Tables(**{name: copy.copy(getattr(self.tables, name)) for name in Tables.__slots__})
        tx = FakeProofingTransaction(tables)
        result = work(tx)
        self.tables = tables
        self.entries += tx.entries
        self._enqueue(tx.emissions)
        return result

    def read(self, work: Callable[[Any], Result]) -> Result:
        tx = FakeProofingTransaction(self.tables)
        result = work(tx)
        assert not tx.entries
        assert not tx.emissions
        return result


class FakeSecrecy:
    """`BlindIndex` with a fixed key."""

    def blind_index(self, value: bytes, *, purpose: str) -> str:
        return hmac.new(b"test", purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()


class SeededChance:
    """`Chance` from a seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def new_id(self) -> str:
        self._count += 1
        return f"{self._count:08d}-{self._random.getrandbits(32):08x}"

    def token_bytes(self, length: int) -> bytes:
        return self._random.randbytes(length)

    def below(self, bound: int) -> int:
        return self._random.randrange(bound)


class FakeClock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@dataclass(slots=True)
class FakeReader:
    """`DocumentReader` that sees what it is told; the photographs' bytes name what they show.

    `shown` maps photograph bytes to the examination, or to the error, that they give.
    """

    shown: dict[bytes, DocumentExamination | Exception] = field(default_factory=dict)
    looks: int = 0

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        self.looks += 1
        seen = self.shown[front]
        if isinstance(seen, Exception):
            raise seen
        return seen


def _latest(rows: Any) -> Any:
    found = list(rows)
    return found[-1] if found else None


def with_fields(examination: DocumentExamination, changes: Mapping[FieldName, Any]) -> DocumentExamination:
    """Return the examination with some front fields read otherwise."""
    front = examination.readings[0]
    return replace(
        examination, readings=(replace(front, fields={**front.fields, **changes}), *examination.readings[1:])
    )
