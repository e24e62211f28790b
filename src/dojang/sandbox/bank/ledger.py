"""The simulated bank's books: accounts, transfers and double-entry postings that must sum to zero.

A transaction id is taken at most once a Korean day, and the taking, the outcome and the postings commit together.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date

from dojang.sandbox.bank.codes import STATUS_CODES, AccountStatus
from dojang.sandbox.state import State

OFFICE_BANK = "097"
OFFICE_ACCOUNT = "1000000000001"
_CAPITAL = (OFFICE_BANK, "capital")  # where opening balances come from; not an account anybody can pay
_OPENING_KRW = 10_000_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS bank_account (
  bank_code TEXT NOT NULL, number TEXT NOT NULL, holder_name TEXT NOT NULL, birth_date TEXT NOT NULL,
  status TEXT NOT NULL, deposit_code TEXT NOT NULL, PRIMARY KEY (bank_code, number)) STRICT;
CREATE TABLE IF NOT EXISTS bank_transaction (
  day TEXT NOT NULL, bank_tran_id TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, amount_krw INTEGER NOT NULL,
  text TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (day, bank_tran_id)) STRICT;
CREATE TABLE IF NOT EXISTS bank_posting (
  day TEXT NOT NULL, bank_tran_id TEXT NOT NULL, bank_code TEXT NOT NULL, number TEXT NOT NULL,
  amount_krw INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS bank_posting_account ON bank_posting (bank_code, number);
"""


class Duplicate(Exception):
    """The transaction id was already used today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account at one of the simulated banks."""

    bank_code: str
    number: str
    holder_name: str
    birth_date: date
    status: AccountStatus = AccountStatus.OPEN
    deposit_code: str = "000"  # what deposits answer although the account is in order

    @property
    def bank_rsp_code(self) -> str:
        """Return the code that inquiries answer."""
        return STATUS_CODES[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of a statement; `amount_krw` is positive for a credit. `at` is Korean time, YYYYMMDDHHMMSS."""

    at: str
    amount_krw: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """The books in three numbers: `sum_krw` is zero while they balance."""

    sum_krw: int
    unbalanced_transactions: int
    deposits: int


class Ledger:
    """The books, in the sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as db:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                db.execute(statement)
            if _find(db, OFFICE_BANK, OFFICE_ACCOUNT) is None:
                _insert(
                    db,
                    Account(bank_code=OFFICE_BANK, number=OFFICE_ACCOUNT, holder_name="도장은행", birth_date=date.min),
                )
                opening = ("00000000", "opening")
                db.execute(
                    "INSERT INTO bank_transaction VALUES (?, ?, 'opening', '00000000000000', ?, '개설', '000')",
                    (*opening, _OPENING_KRW),
                )
                _post(db, opening, _CAPITAL, (OFFICE_BANK, OFFICE_ACCOUNT), _OPENING_KRW)

    def put_account(self, account: Account) -> None:
        """Open an account, or replace its holder and state."""
        with self._state.transaction() as db:
            _insert(db, account)

    def find_account(self, bank_code: str, number: str) -> Account | None:
        """Return the account, or None."""
        with self._state.transaction() as db:
            return _find(db, bank_code, number)

    def take_id(self, day: str, bank_tran_id: str, at: str) -> None:
        """Use up a transaction id for an inquiry. Raises `Duplicate`."""
        with self._state.transaction() as db:
            _take(db, (day, bank_tran_id), "inquiry", at, 0, "", "000")

    def deposit(
        self, *, day: str, bank_tran_id: str, at: str, bank_code: str, number: str, amount_krw: int, text: str,
        holder_name: str | None,
    ) -> str:  # fmt: skip
        """Move money from the office's account; return the bank's result code ("000" when moved).

        `holder_name` is compared with the account's when given. Raises `Duplicate`.
        """
        with self._state.transaction() as db:
            account = _find(db, bank_code, number)
            result = "412" if account is None else account.bank_rsp_code
            if account is not None and result == "000":
                named_otherwise = holder_name is not None and holder_name != account.holder_name
                result = "815" if named_otherwise else account.deposit_code
            _take(db, (day, bank_tran_id), "deposit", at, amount_krw, text, result)
            if result == "000":
                source, target = (OFFICE_BANK, OFFICE_ACCOUNT), (bank_code, number)
                _post(db, (day, bank_tran_id), source, target, amount_krw)
            return result

    def find_result(self, *, day: str, bank_tran_id: str, amount_krw: int) -> str | None:
        """Return the result code of a deposit, or None when no such deposit was seen."""
        with self._state.transaction() as db:
            row = db.execute(
                "SELECT result FROM bank_transaction"
                " WHERE day=? AND bank_tran_id=? AND amount_krw=? AND kind='deposit'",
                (day, bank_tran_id, amount_krw),
            ).fetchone()
            return None if row is None else str(row["result"])

    def statement(self, bank_code: str, number: str) -> list[StatementLine]:
        """Return the account's lines, newest first."""
        with self._state.transaction() as db:
            rows = db.execute(
                "SELECT t.at, p.amount_krw, t.text FROM bank_posting p"
                " JOIN bank_transaction t USING (day, bank_tran_id)"
                " WHERE p.bank_code=? AND p.number=? ORDER BY p.rowid DESC",
                (bank_code, number),
            ).fetchall()
        return [StatementLine(at=row["at"], amount_krw=row["amount_krw"], text=row["text"]) for row in rows]

    def balances(self) -> Balances:
        """Add up all books."""
        with self._state.transaction() as db:
            total = db.execute("SELECT COALESCE(SUM(amount_krw), 0) FROM bank_posting").fetchone()[0]
            crooked = db.execute(
                "SELECT COUNT(*) FROM (SELECT 1 FROM bank_posting GROUP BY day, bank_tran_id"
                " HAVING SUM(amount_krw) <> 0 OR COUNT(*) <> 2)"
            ).fetchone()[0]
            deposits = db.execute(
                "SELECT COUNT(*) FROM bank_transaction WHERE kind='deposit' AND result='000'"
            ).fetchone()[0]
        return Balances(sum_krw=total, unbalanced_transactions=crooked, deposits=deposits)


def _insert(db: sqlite3.Connection, account: Account) -> None:
    db.execute(
        "INSERT OR REPLACE INTO bank_account VALUES (?, ?, ?, ?, ?, ?)",
        (
            account.bank_code,
            account.number,
            account.holder_name,
            account.birth_date.isoformat(),
            account.status.value,
            account.deposit_code,
        ),
    )


def _find(db: sqlite3.Connection, bank_code: str, number: str) -> Account | None:
    row = db.execute("SELECT * FROM bank_account WHERE bank_code=? AND number=?", (bank_code, number)).fetchone()
    if row is None:
        return None
    return Account(
        bank_code=row["bank_code"],
        number=row["number"],
        holder_name=row["holder_name"],
        birth_date=date.fromisoformat(row["birth_date"]),
        status=AccountStatus(row["status"]),
        deposit_code=row["deposit_code"],
    )


def _take(
    db: sqlite3.Connection, key: tuple[str, str], kind: str, at: str, amount_krw: int, text: str, result: str
) -> None:
    taken = db.execute("SELECT 1 FROM bank_transaction WHERE day=? AND bank_tran_id=?", key).fetchone()
    if taken is not None:
        raise Duplicate
    db.execute("INSERT INTO bank_transaction VALUES (?, ?, ?, ?, ?, ?, ?)", (*key, kind, at, amount_krw, text, result))


def _post(
    db: sqlite3.Connection, key: tuple[str, str], source: tuple[str, str], target: tuple[str, str], amount_krw: int
) -> None:
    db.execute("INSERT INTO bank_posting VALUES (?, ?, ?, ?, ?)", (*key, *source, -amount_krw))
    db.execute("INSERT INTO bank_posting VALUES (?, ?, ?, ?, ?)", (*key, *target, amount_krw))
