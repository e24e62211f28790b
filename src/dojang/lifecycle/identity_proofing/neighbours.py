"""The neighbours identity proofing asks: bank and ID registries. Ports and what they may answer.

Every call carries an id of ours as idempotency key: the same id twice has one visible effect. A neighbour that cannot
answer raises `NeighbourUnavailable`; an answer is never guessed, and unavailability never passes a check.
The telephone network is `controls.voice_call`'s. Sources: KFTC Open Banking for the bank, the ministries' truth check
(진위확인) for documents.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Protocol

from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.neighbour import NeighbourUnavailable as NeighbourUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """An account at a Korean bank: three-digit bank code (KFTC), number of 7 to 16 digits without separators."""

    bank_code: str
    number: str = field(repr=False)


class OwnershipAnswer(StrEnum):
    """What the real-name inquiry says. `MISMATCH` never tells what differs."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NO_SUCH_ACCOUNT = "no_such_account"
    ACCOUNT_UNUSABLE = "account_unusable"  # closed, frozen, reported stolen, not real-name
    SAFE_BLOCKED = "safe_blocked"  # the owner shut the account to open banking (안심차단)


class DepositAnswer(StrEnum):
    """What is known of a micro-deposit."""

    SENT = "sent"
    UNKNOWN = "unknown"  # may or may not have moved: ask `settle`, never send under a new reference
    NOT_FOUND = "not_found"  # `settle` only: the bank never saw it; the same reference may be sent again today
    REFUSED = "refused"  # definite; no money moved


class AccountGateway(Protocol):
    """A bank, or the open-banking hub before all banks."""

    def inquire_ownership(
        self, *, reference: str, account: BankAccount, name: str, birth_date: date
    ) -> OwnershipAnswer:
        """Ask whether the account is this person's (real-name inquiry). `reference`: nine of [0-9A-Z], unique a day."""
        ...

    def deposit(self, *, reference: str, account: BankAccount, amount_krw: int, depositor_text: str) -> DepositAnswer:
        """Send `amount_krw` under `reference` with `depositor_text` (at most 20 bytes EUC-KR) on the statement.

        The same reference on the same KST day moves money at most once; a duplicate answers `UNKNOWN` (then settle).
        """
        ...

    def settle(self, *, reference: str, sent_on: date, amount_krw: int) -> DepositAnswer:
        """Ask what became of `reference`, sent on the KST day `sent_on`: any `DepositAnswer`."""
        ...


class TruthAnswer(StrEnum):
    """What a registry says of a document. Only `MATCH` passes; which field differs is never told."""

    MATCH = "match"
    MISMATCH = "mismatch"
    SERIAL_MISMATCH = "serial_mismatch"  # the record exists, the card's own serial is not the newest
    LOST_OR_CANCELLED = "lost_or_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentClaim:
    """What a document says of itself, for the truth check. Fields a kind lacks are None.

    `kind` is the `DocumentKind` value ("resident_card", "driver_licence", "passport"); `rrn` is 13 digits.
    """

    kind: str
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    rrn: str | None = field(default=None, repr=False)
    issued_on: date | None = None
    expires_on: date | None = None
    licence_number: str | None = field(default=None, repr=False)
    serial: str | None = field(default=None, repr=False)
    passport_number: str | None = field(default=None, repr=False)


class ClaimIncomplete(DojangError):
    """The document's claim lacks a field its registry asks for. `missing` names them."""

    code = "registry.claim_incomplete"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RegistryGateway(Protocol):
    """The registries of resident cards, driver's licences and passports (진위확인)."""

    def check_document(self, *, inquiry_id: str, claim: DocumentClaim) -> TruthAnswer:
        """Compare the claim with the issuer's record. Raises `ClaimIncomplete` before asking anybody."""
        ...
