"""What a customer of the simulated bank sees: a statement, as a page and as JSON; and the admin endpoints."""

import html
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from dojang.sandbox.answer import SandboxJSON, page
from dojang.sandbox.bank.codes import BANK_NAMES, AccountStatus
from dojang.sandbox.bank.ledger import Account, Ledger, StatementLine
from dojang.sandbox.tokens import Tokens


class AccountIn(BaseModel):
    """An account of an invented person."""

    bank_code: str = Field(pattern=r"^[0-9]{3}$")
    number: str = Field(pattern=r"^[0-9]{7,16}$")
    holder_name: str = Field(min_length=1, max_length=20)
    birth_date: date
    status: AccountStatus = AccountStatus.OPEN
    deposit_code: str = Field(default="000", pattern=r"^[0-9]{3}$")


def statement_router(ledger: Ledger) -> APIRouter:
    """Return the statement's routes: `/statement/{bank_code}/{number}` and the same with `.json`."""
    router = APIRouter()

    @router.get("/statement/{bank_code}/{number}.json")
    def statement_json(bank_code: str, number: str) -> Response:
        account = ledger.find_account(bank_code, number)
        if account is None:
            return SandboxJSON({"error": "no such account"}, status_code=404)
        lines = [
            {"at": line.at, "amount_krw": line.amount_krw, "text": line.text}
            for line in ledger.statement(bank_code, number)
        ]
        head = {"bank_code": bank_code, "number": number, "holder_name": account.holder_name}
        return SandboxJSON({**head, "lines": lines, "balance_krw": sum(line["amount_krw"] for line in lines)})

    @router.get("/statement/{bank_code}/{number}")
    def statement_page(bank_code: str, number: str) -> Response:
        account = ledger.find_account(bank_code, number)
        if account is None:
            return SandboxJSON({"error": "no such account"}, status_code=404)
        return page("모의 은행 거래내역", _statement(account, ledger.statement(bank_code, number)))

    return router


def admin_router(ledger: Ledger, tokens: Tokens) -> APIRouter:
    """Return the endpoints below `/sandbox/bank`."""
    router = APIRouter()

    @router.post("/accounts")
    def put_account(account: AccountIn) -> Response:
        ledger.put_account(Account(**account.model_dump()))
        return SandboxJSON({"statement": f"/bank/statement/{account.bank_code}/{account.number}"}, status_code=201)

    @router.get("/ledger")
    def balances() -> Response:
        books = ledger.balances()
        balanced = books.sum_krw == 0 and books.unbalanced_transactions == 0
        return SandboxJSON({"sum_krw": books.sum_krw, "balanced": balanced, "deposits": books.deposits})

    @router.post("/tokens/revoke")
    def revoke() -> Response:
        tokens.revoke_all()
        return SandboxJSON({})

    return router


def _statement(account: Account, lines: list[StatementLine]) -> str:
    bank = html.escape(BANK_NAMES.get(account.bank_code, account.bank_code))
    rows = "".join(
        f"<tr><td>{line.at[:4]}.{line.at[4:6]}.{line.at[6:8]} {line.at[8:10]}:{line.at[10:12]}</td>"
        f"<td>{html.escape(line.text)}</td><td class=sum>{line.amount_krw:+,}원</td></tr>"
        for line in lines
    )
    empty = "<tr><td colspan=3>거래내역이 없어요.</td></tr>"
    return (
        f"<p>{bank} {html.escape(account.number)} · {html.escape(account.holder_name)} 님</p>"
        "<table><thead><tr><th>일시</th><th>보낸 분·내용</th><th>금액</th></tr></thead>"
        f"<tbody>{rows or empty}</tbody></table>"
        f"<p>잔액 {sum(line.amount_krw for line in lines):,}원</p>"
    )
