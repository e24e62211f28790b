"""The deposit's transition table, its one-time code, and the comparison of what was entered. Pure.

Money moves at most once under one reference on one KST day; what is unknown is asked about, never sent anew under
another reference, and what is unknown over midnight is an operator's (integrations notes 2.3).
"""

import hmac
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dojang.kernel.ports import Chance
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositFactor, DepositState
from dojang.lifecycle.identity_proofing.errors import CheckOutOfTurn
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import Check
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DepositAnswer, OwnershipAnswer
from dojang.lifecycle.identity_proofing.policy import DepositPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex

REFERENCE_CHARACTERS = string.digits + string.ascii_uppercase
REFERENCE_LENGTH = 9
_BANK_CODE = re.compile(r"^[0-9]{3}$")
_NUMBER = re.compile(r"^[0-9]{7,16}$")
_SEPARATORS = re.compile(r"[\s\-]")
D = DepositState


class DepositEvent(StrEnum):
    """What can happen to a deposit."""

    OWNER_MATCHED = "owner_matched"
    OWNER_REFUSED = "owner_refused"
    BANK_SENT = "bank_sent"
    BANK_UNSURE = "bank_unsure"
    BANK_NEVER_SAW = "bank_never_saw"
    BANK_REFUSED = "bank_refused"
    MIDNIGHT_PASSED = "midnight_passed"
    CONFIRMED = "confirmed"
    TRIES_USED_UP = "tries_used_up"
    WINDOW_CLOSED = "window_closed"


TRANSITIONS: Mapping[tuple[DepositState, DepositEvent], DepositState] = {
    (D.REQUESTED, DepositEvent.OWNER_MATCHED): D.SENDING,
    (D.REQUESTED, DepositEvent.OWNER_REFUSED): D.REFUSED,
    (D.SENDING, DepositEvent.BANK_SENT): D.SENT,
    (D.SENDING, DepositEvent.BANK_UNSURE): D.UNKNOWN,
    (D.SENDING, DepositEvent.BANK_REFUSED): D.REFUSED,
    (D.UNKNOWN, DepositEvent.BANK_SENT): D.SENT,
    (D.UNKNOWN, DepositEvent.BANK_UNSURE): D.UNKNOWN,
    (D.UNKNOWN, DepositEvent.BANK_NEVER_SAW): D.SENDING,
    (D.UNKNOWN, DepositEvent.BANK_REFUSED): D.REFUSED,
    (D.UNKNOWN, DepositEvent.MIDNIGHT_PASSED): D.STRANDED,
    (D.SENT, DepositEvent.CONFIRMED): D.CONFIRMED,
    (D.SENT, DepositEvent.TRIES_USED_UP): D.EXHAUSTED,
    (D.SENT, DepositEvent.WINDOW_CLOSED): D.EXPIRED,
}

EVENT_OF_ANSWER = {
    DepositAnswer.SENT: DepositEvent.BANK_SENT,
    DepositAnswer.UNKNOWN: DepositEvent.BANK_UNSURE,
    DepositAnswer.NOT_FOUND: DepositEvent.BANK_NEVER_SAW,
    DepositAnswer.REFUSED: DepositEvent.BANK_REFUSED,
}

FINDING_OF_OWNERSHIP = {
    OwnershipAnswer.MISMATCH: ProofingFindingCode.OWNER_DIFFERS,
    OwnershipAnswer.NO_SUCH_ACCOUNT: ProofingFindingCode.NO_SUCH_ACCOUNT,
    OwnershipAnswer.ACCOUNT_UNUSABLE: ProofingFindingCode.ACCOUNT_UNUSABLE,
    OwnershipAnswer.SAFE_BLOCKED: ProofingFindingCode.SAFE_BLOCKED,
}


def next_state(state: DepositState, event: DepositEvent) -> DepositState:
    """Return the state after `event`. Raises `CheckOutOfTurn` when it does not fit."""
    target = TRANSITIONS.get((state, event))
    if target is None:
        raise CheckOutOfTurn(check=Check.ACCOUNT_DEPOSIT.value, state=state.value)
    return target


def find_account(bank_code: str, number: str) -> BankAccount | list[str]:
    """Return the account without separators, or the names of the fields that cannot be right.

    Banks' own formats contradict each other in print; the real-name inquiry decides whether an account exists.
    """
    digits = _SEPARATORS.sub("", number)
    wrong = [
        name
        for name, is_right in (("bank_code", _BANK_CODE.match(bank_code)), ("number", _NUMBER.match(digits)))
        if not is_right
    ]
    return wrong or BankAccount(bank_code=bank_code, number=digits)


def account_key_of(account: BankAccount, secrecy: BlindIndex) -> str:
    """Return the blind index of an account."""
    return secrecy.blind_index(f"{account.bank_code}:{account.number}".encode(), purpose="bank_account")


def draw_reference(chance: Chance) -> str:
    """Draw nine of [0-9A-Z]."""
    return "".join(REFERENCE_CHARACTERS[chance.below(len(REFERENCE_CHARACTERS))] for _ in range(REFERENCE_LENGTH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What is sent, and must come back."""

    amount_krw: int = field(repr=False)
    code: str = field(repr=False)
    depositor_text: str = field(repr=False)


def draw_secrets(policy: DepositPolicy, chance: Chance) -> Secrets:
    """Draw amount and code. Banks show about seven characters of the depositor's name, so the digits come first."""
    code = "".join(str(chance.below(10)) for _ in range(policy.code_digits))
    span = policy.most_amount_krw - policy.least_amount_krw + 1
    return Secrets(
        amount_krw=policy.least_amount_krw + chance.below(span),
        code=code,
        depositor_text=code + policy.depositor_suffix,
    )


def factor_digest(deposit_id: str, factor: DepositFactor, value: str, secrecy: BlindIndex) -> str:
    """Return the keyed digest of a factor, of use for this one deposit only."""
    return secrecy.blind_index(f"{deposit_id}:{value}".encode(), purpose=f"deposit_{factor.value}")


def entered_code(text: str) -> str:
    """Return the digits of what was entered: people copy the whole depositor text."""
    return "".join(character for character in text if character in string.digits)


def is_confirmed(
    deposit: Deposit,
    *,
    amount_krw: int | None,
    code: str | None,
    factors: frozenset[DepositFactor],
    digest: Callable[[DepositFactor, str], str],
) -> bool:
    """Tell whether every required factor is right. All are always compared, each in constant time."""
    amount = digest(DepositFactor.AMOUNT, "" if amount_krw is None else str(amount_krw))
    number = digest(DepositFactor.CODE, entered_code(code or ""))
    amount_right = hmac.compare_digest(amount, deposit.amount_digest)
    code_right = hmac.compare_digest(number, deposit.code_digest)
    wrong = (DepositFactor.AMOUNT in factors and not amount_right) | (DepositFactor.CODE in factors and not code_right)
    return not wrong
