"""A bank in memory, under the same contract as the sandbox and the open-banking hub."""

import re
import threading
from dataclasses import dataclass, field
from datetime import date

from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DepositAnswer, OwnershipAnswer
from fakes.mishap import Mishap, Mishaps

_REFERENCE = re.compile(r"[0-9A-Z]{9}")


@dataclass(slots=True, kw_only=True)
class FakeAccount:
    """One account: holder, what an inquiry answers when it cannot answer a match, and its credits."""

    holder_name: str
    birth_date: date
    standing: OwnershipAnswer = OwnershipAnswer.MATCH
    credits: list[tuple[int, str]] = field(default_factory=list)


class FakeBank:
    """`AccountGateway` in memory. `today` is the Korean day that references are unique in."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.mishaps = Mishaps("bank")
        self.office_krw = 0
        self._lock = threading.Lock()
        self._accounts: dict[tuple[str, str], FakeAccount] = {}
        self._deposits: dict[tuple[date, str], tuple[int, DepositAnswer]] = {}

    def open_account(
        self,
        account: BankAccount,
        holder_name: str,
        birth_date: date,
        standing: OwnershipAnswer = OwnershipAnswer.MATCH,
    ) -> None:
        """Open an account of an invented person."""
        key = (account.bank_code, account.number)
        self._accounts[key] = FakeAccount(holder_name=holder_name, birth_date=birth_date, standing=standing)

    def credits(self, account: BankAccount) -> list[tuple[int, str]]:
        """Return amount and text of every credit, newest first."""
        return self._accounts[account.bank_code, account.number].credits[::-1]

    def books_balance(self) -> bool:
        """Tell whether all postings add up to zero."""
        return self.office_krw + sum(amount for one in self._accounts.values() for amount, _ in one.credits) == 0

    def inquire_ownership(
        self, *, reference: str, account: BankAccount, name: str, birth_date: date
    ) -> OwnershipAnswer:
        """Answer whose account it is."""
        _check(reference)
        if self.mishaps.take() is not None:
            raise self.mishaps.unavailable()
        found = self._accounts.get((account.bank_code, account.number))
        if found is None:
            return OwnershipAnswer.NO_SUCH_ACCOUNT
        if found.standing is not OwnershipAnswer.MATCH:
            return found.standing
        same = (found.holder_name, found.birth_date) == (name, birth_date)
        return OwnershipAnswer.MATCH if same else OwnershipAnswer.MISMATCH

    def deposit(self, *, reference: str, account: BankAccount, amount_krw: int, depositor_text: str) -> DepositAnswer:
        """Move money once."""
        _check(reference)
        if not 0 < len(depositor_text.encode("cp949")) <= 20 or amount_krw <= 0:
            raise ValueError("depositor text of 1 to 20 bytes and a positive amount are needed")
        mishap = self.mishaps.take()
        if mishap is Mishap.DOWN:
            raise self.mishaps.unavailable()
        if mishap is Mishap.REQUEST_LOST:
            return DepositAnswer.UNKNOWN
        with self._lock:
            if (self.today, reference) in self._deposits:
                return DepositAnswer.UNKNOWN
            found = self._accounts.get((account.bank_code, account.number))
            takes = found is not None and found.standing is OwnershipAnswer.MATCH
            answer = DepositAnswer.SENT if takes else DepositAnswer.REFUSED
            self._deposits[self.today, reference] = (amount_krw, answer)
            if found is not None and takes:
                found.credits.append((amount_krw, depositor_text))
                self.office_krw -= amount_krw
        return DepositAnswer.UNKNOWN if mishap is Mishap.ANSWER_LOST else answer

    def settle(self, *, reference: str, sent_on: date, amount_krw: int) -> DepositAnswer:
        """Tell what became of a deposit."""
        _check(reference)
        if self.mishaps.take() is not None:
            raise self.mishaps.unavailable()
        known = self._deposits.get((sent_on, reference))
        return known[1] if known is not None and known[0] == amount_krw else DepositAnswer.NOT_FOUND


def _check(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("a reference is nine of 0-9 and A-Z")
