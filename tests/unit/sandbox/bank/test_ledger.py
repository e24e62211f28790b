"""The simulated bank's books: money is never made, and a crooked posting is noticed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.sandbox.bank.codes import AccountStatus
from dojang.sandbox.bank.ledger import OFFICE_ACCOUNT, OFFICE_BANK, Account, Duplicate, Ledger
from dojang.sandbox.state import State

ONE = Account(bank_code="088", number="1100000001", holder_name="가온누리", birth_date=date(1990, 1, 2))
TWO = Account(
    bank_code="004", number="1100000002", holder_name="나래", birth_date=date(1991, 1, 2), status=AccountStatus.FROZEN
)


def deposit(ledger: Ledger, reference: str, account: Account, amount_krw: int, name: str | None = None) -> str:
    return ledger.deposit(
        day="20260302",
        bank_tran_id=reference,
        at="20260302100000",
        bank_code=account.bank_code,
        number=account.number,
        amount_krw=amount_krw,
        text="도장",
        holder_name=name,
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([ONE, TWO]), st.integers(1, 99)), max_size=30))
def test_books_balance_after_any_day(day: list[tuple[int, Account, int]]) -> None:
    ledger = Ledger(State())
    ledger.put_account(ONE)
    ledger.put_account(TWO)
    sent, taken = 0, set()
    for reference, account, amount_krw in day:
        if reference in taken:
            with pytest.raises(Duplicate):
                deposit(ledger, str(reference), account, amount_krw)
            continue
        taken.add(reference)
        result = deposit(ledger, str(reference), account, amount_krw)
        assert result == ("000" if account is ONE else "420")
        sent += amount_krw if account is ONE else 0
    books = ledger.balances()
    assert (books.sum_krw, books.unbalanced_transactions) == (0, 0)
    assert sum(line.amount_krw for line in ledger.statement("088", ONE.number)) == sent
    assert ledger.statement("004", TWO.number) == []
    office = sum(line.amount_krw for line in ledger.statement(OFFICE_BANK, OFFICE_ACCOUNT))
    assert office == 10_000_000 - sent


def test_the_same_id_on_another_day_is_another_transaction() -> None:
    ledger = Ledger(State())
    ledger.take_id("20260302", "A", "20260302100000")
    ledger.take_id("20260303", "A", "20260303100000")
    with pytest.raises(Duplicate):
        ledger.take_id("20260303", "A", "20260303100001")


def test_a_name_asked_for_must_be_the_holders() -> None:
    ledger = Ledger(State())
    ledger.put_account(ONE)
    assert deposit(ledger, "1", ONE, 1, name="나래") == "815"
    assert deposit(ledger, "2", ONE, 1, name="가온누리") == "000"
    assert ledger.find_result(day="20260302", bank_tran_id="1", amount_krw=1) == "815"
    assert ledger.find_result(day="20260302", bank_tran_id="2", amount_krw=2) is None


def test_a_crooked_posting_is_noticed() -> None:
    state = State()
    ledger = Ledger(state)
    ledger.put_account(ONE)
    deposit(ledger, "1", ONE, 1)
    with state.transaction() as db:
        db.execute("UPDATE bank_posting SET amount_krw=2 WHERE number=?", (ONE.number,))
    books = ledger.balances()
    assert (books.sum_krw, books.unbalanced_transactions) == (1, 1)
