"""What the bank decides about identity proofing, as data. Counts are inclusive maxima; a day is the last 24 hours.

Sources of the defaults: FSC interpretation 2016-10-11 (the depositor code), the 15-minute guideline and the caps banks
adopted in February 2024, integrations notes section 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.identity_proofing.account_deposit.model import DepositFactor
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName
from dojang.lifecycle.identity_proofing.model import Check

DEPOSITOR_TEXT_LIMIT_BYTES = 20  # EUC-KR, print_content of the KFTC transfer
WINDOW_LIMIT_MINUTES = 15
LEAST_CODE_DIGITS = 4


def _every_check() -> Mapping[ApplicationKind, tuple[Check, ...]]:
    return {kind: tuple(Check) for kind in ApplicationKind if kind is not ApplicationKind.RENEWAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """Photographs and what may be corrected by hand."""

    accepted: tuple[DocumentKind, ...] = tuple(DocumentKind)
    image_limit_bytes: int = 15_000_000
    attempts: int = 5  # of the applicant's own fault, a case
    submissions_per_subscriber: int = 15  # a day
    submissions_per_device: int = 20  # a day
    reader_runs: int = 4  # a photograph on which the reader breaks this often counts as unreadable
    reviewed_corrections: frozenset[FieldName] = frozenset(
        {
            FieldName.NAME,
            FieldName.RRN,
            FieldName.BIRTH_DATE,
            FieldName.SEX,
            FieldName.LICENCE_NUMBER,
            FieldName.PASSPORT_NUMBER,
            FieldName.EXPIRES_ON,
        }
    )
    # A name whose number was read, not typed, is vouched for by the registry: so many changed characters need no review
    # when the reader itself was not sure.
    free_name_characters: int = 1
    sure_name_confidence: float = 0.97
    review_typed_rrn: bool = True  # a passport without the number: nothing but the operator vouches for it


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPolicy:
    """The micro-deposit."""

    factors: frozenset[DepositFactor] = frozenset(DepositFactor)
    least_amount_krw: int = 1
    most_amount_krw: int = 9
    code_digits: int = 6
    depositor_suffix: str = "도장"
    tries: int = 3
    window_minutes: int = 10
    pause_s: int = 60
    per_account: int = 3
    per_person: int = 5
    per_device: int = 10
    inquiries_per_person: int = 10
    failed_rounds: int = 2  # exhausted deposits before the lock
    lock_hours: int = 24
    budget_krw: int = 20_000
    persons_per_account: int = 2
    settle_after_s: tuple[float, ...] = (2.0, 5.0, 15.0, 60.0, 300.0)  # pauses between settling turns; the last repeats

    def __post_init__(self) -> None:
        text = "0" * self.code_digits + self.depositor_suffix
        if len(text.encode("euc-kr")) > DEPOSITOR_TEXT_LIMIT_BYTES:
            raise ValueError("the depositor text exceeds 20 bytes of EUC-KR")
        if not self.factors or not 1 <= self.least_amount_krw <= self.most_amount_krw:
            raise ValueError("a deposit needs a factor and a range of amounts")
        if self.code_digits < LEAST_CODE_DIGITS or not 1 <= self.window_minutes <= WINDOW_LIMIT_MINUTES:
            raise ValueError("a deposit code has at least 4 digits and lives at most 15 minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """The voice call."""

    number_digits: int = 2
    window_minutes: int = 3
    ring_timeout_s: float = 30.0
    answer_timeout_s: float = 15.0  # per try; the dialogue gives two
    per_phone: int = 3
    per_person: int = 6
    pauses_s: tuple[int, ...] = (60, 300, 1800)  # after the first, second, … call of a day
    from_hour: int = 0  # KST; applicants ask just then, so the default has no closed hours
    until_hour: int = 24

    def __post_init__(self) -> None:
        if not 0 <= self.from_hour < self.until_hour <= 24 or self.number_digits < 2:
            raise ValueError("calls need open hours and a number of two digits or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long a closed case keeps what it established, in days; every value at least 1.

    The law asks for both ends: what is no longer needed goes at once (개인정보 보호법 article 21), and what proves how
    a customer was identified stays for years. The defaults follow the usual reading, five years for copies of identity
    documents (특정금융정보법 article 5-4) and ten for records about certificates; a bank's lawyers decide.
    """

    unproven_days: int = 30  # no certificate came of it: everything, counted from the end of the application's window
    pictures_days: int = 1826  # masked photographs and cuttings of a case with certificates, counted likewise
    proven_days: int = 3653  # all the rest, counted from the end of the account's last certificate
    cases_per_run: int = 500

    def __post_init__(self) -> None:
        if min(self.unproven_days, self.pictures_days, self.proven_days, self.cases_per_run) < 1:
            raise ValueError("periods of retention are at least one day, and a run takes at least one case")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofingPolicy:
    """Everything the bank decides about identity proofing.

    Raises `ValueError` when a kind of application does not require document and personal data: they make the person.
    """

    required: Mapping[ApplicationKind, tuple[Check, ...]] = field(default_factory=_every_check)
    document: DocumentPolicy = field(default_factory=DocumentPolicy)
    deposit: DepositPolicy = field(default_factory=DepositPolicy)
    call: CallPolicy = field(default_factory=CallPolicy)
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)
    personal_data_tries: int = 5
    registry_tries: int = 3  # mismatches a case before an operator looks
    registry_checks_per_person: int = 5  # a day
    verified_hours: int = 24

    def __post_init__(self) -> None:
        for kind, checks in self.required.items():
            if not {Check.ID_DOCUMENT, Check.PERSONAL_DATA} <= set(checks):
                raise ValueError(f"{kind.value}: document and personal data are always required")
