"""The neighbours identity proofing asks: bank, telephone network, ID registries. Ports and what they may answer.

Every call carries an id of ours as idempotency key: the same id twice has one visible effect. A neighbour that cannot
answer raises `NeighbourUnavailable`; an answer is never guessed, and unavailability never passes a check.
Sources: KFTC Open Banking for the bank, the ministries' truth check (진위확인) for documents, RFC 4733 for digits.
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


class CallProgress(StrEnum):
    """How far placing a call came."""

    ANSWERED = "answered"
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"  # switched off, no such number, network refuses


class Prompt(StrEnum):
    """The sentences of the voice call, by their file stem in the prompt pack (8 kHz mono WAV)."""

    GREETING = "greeting"  # who calls and why
    PRESS_NUMBER = "press_number"  # press the number on your screen and #; 0# if you did not ask
    TRY_AGAIN = "try_again"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    NOT_REQUESTED = "not_requested"  # thank you, we have frozen the application
    GOODBYE = "goodbye"


class HungUp(DojangError):
    """The callee ended the call."""

    code = "ars_call.hung_up"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class LiveCall(Protocol):
    """An answered call. Methods raise `HungUp` when the callee is gone."""

    def play(self, prompt: Prompt) -> None:
        """Play one prompt; returns when it is done or a key was pressed (barge-in)."""
        ...

    def read_digits(self, *, max_digits: int, timeout_s: float) -> str:
        """Collect keys until '#', `max_digits` or the timeout; the '#' is not part of the answer, '' means silence."""
        ...

    def hang_up(self) -> None:
        """End the call; never raises."""
        ...


class VoiceGateway(Protocol):
    """The telephone network."""

    def owner_matches(self, *, inquiry_id: str, number: str, name: str, birth_date: date) -> bool:
        """Ask the carrier whether the line `number` (digits only) is this person's."""
        ...

    def place_call(self, *, call_id: str, number: str, ring_timeout_s: float) -> LiveCall | CallProgress:
        """Ring `number`; return the live call once answered, or why there is none. A call_id never rings twice."""
        ...
