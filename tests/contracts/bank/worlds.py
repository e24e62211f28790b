"""The two banks that the account suite runs on: one in memory, one behind HTTP."""

import itertools
import secrets
from datetime import date
from typing import Protocol

from contracts.sandbox_client import PresentClock, Steering
from dojang.adapters.bank.open_banking import KST, OfficeAccount, OpenBankingGateway
from dojang.adapters.neighbour_http import Timeouts
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.identity_proofing.neighbours import AccountGateway, BankAccount, DepositAnswer, OwnershipAnswer
from fakes.bank import FakeBank
from fakes.mishap import Mishap

NAME, BORN = "가온누리", date(1990, 1, 2)
TEXT = "482913도장"
_numbers = itertools.count(110_000_000_000)
_STATUS = {
    OwnershipAnswer.MATCH: "open",
    OwnershipAnswer.ACCOUNT_UNUSABLE: "frozen",
    OwnershipAnswer.SAFE_BLOCKED: "safe_blocked",
}


class BankWorld(Protocol):
    """A bank with invented customers."""

    gateway: AccountGateway

    @property
    def today(self) -> date:
        """Return the bank's Korean day."""

    def open_account(
        self, account: BankAccount, name: str, birth_date: date, standing: OwnershipAnswer = OwnershipAnswer.MATCH
    ) -> None:
        """Open an account."""

    def credits(self, account: BankAccount) -> list[tuple[int, str]]:
        """Return the account's credits, newest first."""

    def books_balance(self) -> bool:
        """Tell whether the ledger sums to zero."""

    def deposit_meets(self, mishap: Mishap, count: int = 1) -> None:
        """Let the next deposit requests meet a mishap."""

    def everything_meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""


class FakeWorld:
    """The fake."""

    def __init__(self) -> None:
        self._bank = FakeBank(date(2026, 3, 2))
        self.gateway: AccountGateway = self._bank
        self.open_account = self._bank.open_account
        self.credits = self._bank.credits
        self.books_balance = self._bank.books_balance
        self.deposit_meets = self._bank.mishaps.expect

    @property
    def today(self) -> date:
        """Return the fake's day."""
        return self._bank.today

    def everything_meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""
        self._bank.mishaps.expect(mishap)


class SandboxWorld:
    """The sandbox over HTTP, through the adapter."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self.gateway: AccountGateway = open_banking(steering.base_url)

    @property
    def today(self) -> date:
        """Return the Korean day of the sandbox."""
        return PresentClock().now().astimezone(KST).date()

    def open_account(
        self, account: BankAccount, name: str, birth_date: date, standing: OwnershipAnswer = OwnershipAnswer.MATCH
    ) -> None:
        """Open an account."""
        self._steering.post(
            "/sandbox/bank/accounts",
            bank_code=account.bank_code,
            number=account.number,
            holder_name=name,
            birth_date=birth_date.isoformat(),
            status=_STATUS[standing],
        )

    def credits(self, account: BankAccount) -> list[tuple[int, str]]:
        """Read the statement."""
        statement = self._steering.get(f"/bank/statement/{account.bank_code}/{account.number}.json")
        return [(line["amount_krw"], line["text"]) for line in statement["lines"]]

    def books_balance(self) -> bool:
        """Ask the ledger."""
        books = self._steering.get("/sandbox/bank/ledger")
        return books["balanced"] is True and books["sum_krw"] == 0

    def deposit_meets(self, mishap: Mishap, count: int = 1) -> None:
        """Set the fault on the deposit's path."""
        self._steering.mishap("bank", mishap, count, "/v2.0/transfer/deposit")

    def everything_meets(self, mishap: Mishap) -> None:
        """Set the fault on every call but the token's."""
        self._steering.mishap("bank", mishap, 1, "/v2.0/")


def open_banking(
    base_url: str,
    *,
    client_secret: str = "sandbox-only",  # noqa: S107 - the simulator publishes it
    answer_s: float = 5.0,
    production: bool = False,
    pass_phrase: str = "sandbox",  # noqa: S107
) -> OpenBankingGateway:
    """Return the adapter as it would stand before a real hub."""
    return OpenBankingGateway(
        base_url=f"{base_url}/bank",
        client_id="dojang-sandbox",
        client_secret=client_secret,
        office=OfficeAccount(bank_code="097", number="1000000000001", pass_phrase=pass_phrase, holder_name="도장은행"),
        clock=PresentClock(),
        timeouts=Timeouts(connect_s=2.0, answer_s=answer_s),
        production=production,
    )


def new_account() -> BankAccount:
    """Return an account number nobody has."""
    return BankAccount(bank_code="088", number=str(next(_numbers)))


def new_reference() -> str:
    """Return a reference nobody used."""
    return secrets.token_hex(5)[:9].upper()


def customer(world: BankWorld, standing: OwnershipAnswer = OwnershipAnswer.MATCH) -> BankAccount:
    """Open an account for the suite's invented person."""
    account = new_account()
    world.open_account(account, NAME, BORN, standing)
    return account


def send_until_known(gateway: AccountGateway, reference: str, account: BankAccount, today: date) -> list[str]:
    """Do as the worker does: one reference, settle what is unknown, send again only what the bank never saw."""
    story: list[str] = []
    for _ in range(6):
        try:
            answer = gateway.deposit(reference=reference, account=account, amount_krw=1, depositor_text=TEXT)
            while answer is DepositAnswer.UNKNOWN and len(story) < 12:
                story.append("unknown")
                answer = gateway.settle(reference=reference, sent_on=today, amount_krw=1)
        except NeighbourUnavailable:
            story.append("unavailable")
            continue
        story.append(answer.value)
        if answer is not DepositAnswer.NOT_FOUND:
            return story
    return story
