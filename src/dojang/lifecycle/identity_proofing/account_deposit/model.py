"""A micro-deposit: states, events, what must be confirmed, and refusals.

The amount and the depositor text are kept only until the bank is known to have sent them; what remains for comparing
are keyed digests. Source: FSC interpretation of 2016-10-11 (a one-time number sent with the transfer is entered).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.identity_proofing.neighbours import BankAccount


class DepositState(StrEnum):
    """Where a deposit stands, and who acts next."""

    REQUESTED = "requested"  # a worker asks the bank whose account it is
    SENDING = "sending"  # a worker; the reference is stored, the bank may have been asked
    UNKNOWN = "unknown"  # a worker asks the bank what became of it
    SENT = "sent"  # the applicant enters what arrived
    CONFIRMED = "confirmed"  # nobody
    REFUSED = "refused"  # the applicant; ownership or transfer refused, no money moved
    EXPIRED = "expired"  # the applicant; the window closed
    EXHAUSTED = "exhausted"  # the applicant; every try was wrong
    STRANDED = "stranded"  # an operator; unknown over midnight
    ABANDONED = "abandoned"  # nobody; the case ended or the person changed


class DepositFactor(StrEnum):
    """What the applicant must enter. The amount alone is guessable and not named by the FSC interpretation."""

    AMOUNT = "amount"
    CODE = "code"


IN_FLIGHT = frozenset({DepositState.REQUESTED, DepositState.SENDING, DepositState.UNKNOWN})
LIVE_DEPOSIT = IN_FLIGHT | {DepositState.SENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """One deposit. References are nine of [0-9A-Z]; `sent_on` is the KST day of the first sending.

    `amount_krw` and `depositor_text` are None once purged; `expires_at` (exclusive) is set when the bank has sent it.
    `sendings` counts how often the bank was asked to send, `turns` how often what became of it.
    """

    id: str
    case_id: str
    account: BankAccount = field(repr=False)
    account_key: str
    person_key: str
    state: DepositState
    inquiry_reference: str
    reference: str
    amount_krw: int | None = field(repr=False)
    depositor_text: str | None = field(repr=False)
    amount_digest: str = field(repr=False)
    code_digest: str = field(repr=False)
    requested_at: datetime
    sent_on: date | None = None
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    tries: int = 0
    sendings: int = 0
    turns: int = 0


class AccountInvalid(DojangError):
    """The bank code or account number cannot be one; `fields` names which."""

    code = "account_deposit.account_invalid"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositInProgress(DojangError):
    """A deposit is on its way or waits for confirmation; `state` says which."""

    code = "account_deposit.in_progress"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositNotSent(DojangError):
    """There is no deposit to confirm, or not yet; `state` says where it stands."""

    code = "account_deposit.not_sent"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class WrongDeposit(DojangError):
    """What was entered is not what was sent; which factor is not told. `tries_left` counts."""

    code = "account_deposit.wrong_code"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositExhausted(DojangError):
    """Every try was wrong: this deposit is over."""

    code = "account_deposit.exhausted"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositExpired(DojangError):
    """The deposit's window closed."""

    code = "account_deposit.expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositTooSoon(DojangError):
    """Deposits need a pause between them; `retry_after_s` says how long."""

    code = "account_deposit.too_soon"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyDeposits(DojangError):
    """The day's cap is reached; `scope` (account, person, device) and `retry_after_s` say more."""

    code = "account_deposit.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositLocked(DojangError):
    """Too many deposits ended in wrong entries; `retry_after_s` says how long the lock holds."""

    code = "account_deposit.locked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class DepositBudgetSpent(DojangError):
    """The office's money for deposits is spent for today."""

    code = "account_deposit.budget_spent"
    fault: ClassVar[Fault] = Fault.OPERATOR
