"""What identity proofing needs of the store. Repositories take and give values in clear and seal them themselves.

Locking: whoever changes anything of a case has first read that case (`find_case`, `find_case_of`), which locks it.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.application.model import Application
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit
from dojang.lifecycle.identity_proofing.ars_call.model import ArsCall
from dojang.lifecycle.identity_proofing.document import (
    ImageForm,
    KeptField,
    PersonalData,
    RegistryInquiry,
    SubmittedDocument,
)
from dojang.lifecycle.identity_proofing.id_document.model import Side
from dojang.lifecycle.identity_proofing.model import ProofingCase, VerificationRecord
from dojang.lifecycle.identity_proofing.review.model import ReviewItem
from dojang.lifecycle.issue_lock.model import IssueLock


class ApplicationReader(Protocol):
    """Applications, read only."""

    def find_application(self, application_id: str) -> Application | None:
        """Return the application, locked until the transaction ends, or None."""
        ...


class CaseRepository(Protocol):
    """Proofing cases."""

    def find_case(self, case_id: str) -> ProofingCase | None:
        """Return the case, locked until the transaction ends, or None."""
        ...

    def find_case_of(self, application_id: str) -> ProofingCase | None:
        """Return the application's case, locked until the transaction ends, or None."""
        ...

    def find_live_case_of_person(self, person_key: str, *, other_than: str) -> ProofingCase | None:
        """Return a case at OPEN or VERIFIED of this person, not the case `other_than`, or None. Not locked."""
        ...

    def find_frozen_case_of_person(self, person_key: str) -> ProofingCase | None:
        """Return the oldest case at FROZEN of this person, or None. Not locked."""
        ...

    def list_frozen(self, limit: int) -> tuple[ProofingCase, ...]:
        """Return cases at FROZEN, oldest first."""
        ...

    def find_newest_verified_case(self, subscriber_id: str) -> ProofingCase | None:
        """Return the subscriber's newest case at VERIFIED or CLOSED that was verified once, or None. Not locked.

        One of which everything was erased does not count.
        """
        ...

    def list_case_ids_to_close(self, limit: int) -> tuple[str, ...]:
        """Return ids of cases at OPEN, VERIFIED or REFUSED whose application is not open any more."""
        ...

    def add(self, case: ProofingCase) -> None:
        """Store a new case."""
        ...

    def update(self, case: ProofingCase) -> None:
        """Store a changed case; its `version` is one more than the stored one's.

        Raises `PersonAlreadyApplying` when another live case has its person key.
        """
        ...


class DocumentRepository(Protocol):
    """Submitted documents, their images and values."""

    def find_document(self, document_id: str) -> SubmittedDocument | None:
        """Return the submission or None."""
        ...

    def find_latest_document(self, case_id: str) -> SubmittedDocument | None:
        """Return the case's newest submission or None."""
        ...

    def add(self, document: SubmittedDocument) -> None:
        """Store a new submission."""
        ...

    def update(self, document: SubmittedDocument) -> None:
        """Store a changed submission."""
        ...

    def put_image(self, document_id: str, side: Side, form: ImageForm, image: bytes) -> None:
        """Store an image, in place of one of the same side and form."""
        ...

    def find_image(self, document_id: str, side: Side, form: ImageForm) -> bytes | None:
        """Return an image or None."""
        ...

    def drop_images(self, document_id: str, form: ImageForm) -> None:
        """Delete the images of one form."""
        ...

    def put_fields(self, document_id: str, fields: Sequence[KeptField]) -> None:
        """Store the values, in place of all there were."""
        ...

    def list_fields(self, document_id: str) -> tuple[KeptField, ...]:
        """Return the values in `FieldName` order."""
        ...


class PersonalDataRepository(Protocol):
    """What applicants entered."""

    def find_personal_data(self, case_id: str) -> PersonalData | None:
        """Return the case's personal data or None."""
        ...

    def put(self, data: PersonalData) -> None:
        """Store personal data, in place of what there was."""
        ...


class InquiryRepository(Protocol):
    """Questions to registries."""

    def find_inquiry(self, case_id: str, attempt: int) -> RegistryInquiry | None:
        """Return the inquiry or None."""
        ...

    def list_inquiries(self, case_id: str) -> tuple[RegistryInquiry, ...]:
        """Return the case's inquiries, first attempt first."""
        ...

    def put(self, inquiry: RegistryInquiry) -> None:
        """Store a new or changed inquiry."""
        ...


class DepositRepository(Protocol):
    """Micro-deposits."""

    def find_deposit(self, deposit_id: str) -> Deposit | None:
        """Return the deposit or None."""
        ...

    def find_latest_deposit(self, case_id: str) -> Deposit | None:
        """Return the case's newest deposit or None."""
        ...

    def count_persons(self, account_key: str, *, besides: str) -> int:
        """Return how many persons other than the person key `besides` have confirmed a deposit to this account."""
        ...

    def add(self, deposit: Deposit) -> None:
        """Store a new deposit; its references are unique for good."""
        ...

    def update(self, deposit: Deposit) -> None:
        """Store a changed deposit."""
        ...


class CallRepository(Protocol):
    """Voice calls."""

    def find_call(self, call_id: str) -> ArsCall | None:
        """Return the call or None."""
        ...

    def find_latest_call(self, case_id: str) -> ArsCall | None:
        """Return the case's newest call or None."""
        ...

    def add(self, call: ArsCall) -> None:
        """Store a new call."""
        ...

    def update(self, call: ArsCall) -> None:
        """Store a changed call."""
        ...


class ReviewRepository(Protocol):
    """Review items."""

    def find_review(self, review_id: str) -> ReviewItem | None:
        """Return the item or None."""
        ...

    def list_open_reviews(self, limit: int) -> tuple[ReviewItem, ...]:
        """Return open items, oldest first."""
        ...

    def list_reviews_of_case(self, case_id: str) -> tuple[ReviewItem, ...]:
        """Return the case's items, oldest first."""
        ...

    def add(self, review: ReviewItem) -> None:
        """Store a new item."""
        ...

    def update(self, review: ReviewItem) -> None:
        """Store a changed item."""
        ...


class LimitKind(StrEnum):
    """What is counted, and by which key."""

    DOCUMENT_SUBSCRIBER = "document_subscriber"
    DOCUMENT_DEVICE = "document_device"
    REGISTRY_PERSON = "registry_person"
    INQUIRY_PERSON = "inquiry_person"
    DEPOSIT_ACCOUNT = "deposit_account"
    DEPOSIT_PERSON = "deposit_person"
    DEPOSIT_DEVICE = "deposit_device"
    DEPOSIT_BUDGET = "deposit_budget"  # amount in won, one key for the office
    DEPOSIT_FAILED_ROUND = "deposit_failed_round"
    CALL_PHONE = "call_phone"
    CALL_PERSON = "call_person"


class LimitLedger(Protocol):
    """What was counted, when. Keys are blind indexes or ids of ours.

    Reading a kind and key excludes other transactions that read the same, until this one ends; whoever reads several
    kinds reads them in the order of `LimitKind`.
    """

    def list_times(self, kind: LimitKind, key: str, since: datetime) -> tuple[datetime, ...]:
        """Return the times counted at or after `since`, oldest first."""
        ...

    def total(self, kind: LimitKind, key: str, since: datetime) -> int:
        """Return the sum of amounts counted at or after `since`."""
        ...

    def add(self, kind: LimitKind, key: str, *, at: datetime, reference: str, amount: int = 1) -> None:
        """Count once more, on account of `reference` (a deposit's, call's or document's id)."""
        ...

    def remove(self, reference: str, kinds: Sequence[LimitKind]) -> None:
        """Take back what was counted on account of `reference`: the fault was ours or a neighbour's."""
        ...

    def drop_before(self, before: datetime) -> int:
        """Delete what was counted before `before`; return how many entries."""
        ...


class PersonBindings(Protocol):
    """Which person a subscriber's account belongs to, once verified."""

    def find_person_key(self, subscriber_id: str) -> str | None:
        """Return the person key bound to the account, or None."""
        ...

    def bind(self, subscriber_id: str, person_key: str, at: datetime) -> None:
        """Bind an account to a person for good; binding it again to the same person changes nothing.

        Raises `OtherPersonsAccount` when it is bound to another.
        """
        ...


class IssueLocks(Protocol):
    """Issue locks, read only."""

    def find_lock(self, person_key: str) -> IssueLock | None:
        """Return the person's lock, or None."""
        ...


class VerificationRepository(Protocol):
    """Records of concluded cases."""

    def find_verification(self, application_id: str) -> VerificationRecord | None:
        """Return the application's record or None."""
        ...

    def add(self, record: VerificationRecord) -> None:
        """Store a record; one an application."""
        ...


class IdentityProofingTransaction(Transaction, Protocol):
    """A transaction with what this step stores."""

    @property
    def applications(self) -> ApplicationReader:
        """Applications, read only."""
        ...

    @property
    def proofing_cases(self) -> CaseRepository:
        """Proofing cases."""
        ...

    @property
    def id_documents(self) -> DocumentRepository:
        """Submitted documents."""
        ...

    @property
    def personal_data(self) -> PersonalDataRepository:
        """What applicants entered."""
        ...

    @property
    def registry_inquiries(self) -> InquiryRepository:
        """Questions to registries."""
        ...

    @property
    def account_deposits(self) -> DepositRepository:
        """Micro-deposits."""
        ...

    @property
    def ars_calls(self) -> CallRepository:
        """Voice calls."""
        ...

    @property
    def reviews(self) -> ReviewRepository:
        """Review items."""
        ...

    @property
    def proofing_limits(self) -> LimitLedger:
        """Counted acts."""
        ...

    @property
    def person_bindings(self) -> PersonBindings:
        """Accounts and their persons."""
        ...

    @property
    def issue_locks(self) -> IssueLocks:
        """Issue locks, read only."""
        ...

    @property
    def verifications(self) -> VerificationRepository:
        """Records of concluded cases."""
        ...


class BlindIndex(Protocol):
    """The keyed digest of `kernel.ports.FieldCipher`, all that rules may use of it."""

    def blind_index(self, value: bytes, *, purpose: str) -> str:
        """Return 64 hex digits; see `FieldCipher.blind_index`."""
        ...
