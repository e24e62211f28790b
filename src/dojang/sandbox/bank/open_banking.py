"""The open-banking hub's API, simulated: token, real-name inquiry, deposit transfer, transfer result.

As the real one it answers HTTP 200 to everything and says what happened in `rsp_code` and `bank_rsp_code`.
Source: KFTC Open Banking API (integrations notes, section 2.1).
"""

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from dojang.sandbox.answer import SandboxJSON
from dojang.sandbox.bank.codes import API_CODES, BANK_CODES
from dojang.sandbox.bank.ledger import OFFICE_ACCOUNT, Duplicate, Ledger
from dojang.sandbox.clock import korean_day, korean_time
from dojang.sandbox.tokens import LIFETIME_S, Tokens

CLIENT_ID = "dojang-sandbox"
CLIENT_SECRET = "sandbox-only"  # noqa: S105 - the simulator's published password
CLIENT_USE_CODE = "M202600001"

_TRAN_ID = re.compile(rf"{CLIENT_USE_CODE}U[0-9A-Z]{{9}}")
_ACCOUNT = re.compile(r"[0-9]{1,16}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,11}")
_BIRTH = re.compile(r"[0-9]{6}")


class Malformed(Exception):
    """The request breaks the message format."""


def _answer(code: str, **fields: Any) -> Response:
    times = korean_time()
    head = {"api_tran_dtm": times, "rsp_code": code, "rsp_message": API_CODES.get(code, "")}
    return SandboxJSON({**head, **fields})


def _text(body: Any, key: str, pattern: re.Pattern[str] | None = None) -> str:
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
        raise Malformed(key)
    return value


def _single(body: Any) -> Any:
    items = body.get("req_list") if isinstance(body, dict) else None
    if not isinstance(items, list) or len(items) != 1 or str(body.get("req_cnt")) != "1":
        raise Malformed("req_list")
    return items[0]


def _item(bank_tran_id: str, result: str, **fields: str) -> dict[str, str]:
    code = {"bank_rsp_code": result, "bank_rsp_message": BANK_CODES.get(result, "")}
    return {"tran_no": "1", "bank_tran_id": bank_tran_id, **code, **fields}


class OpenBanking:
    """The handlers, over one ledger."""

    def __init__(self, ledger: Ledger, tokens: Tokens) -> None:
        self._ledger = ledger
        self._tokens = tokens

    def real_name(self, body: Any) -> Response:
        """Answer whose account it is, when the birth date is right."""
        bank_tran_id = _text(body, "bank_tran_id", _TRAN_ID)
        bank_code, number = _text(body, "bank_code_std"), _text(body, "account_num", _ACCOUNT)
        if _text(body, "account_holder_info_type") != " ":
            return _answer("A0003")
        birth = _text(body, "account_holder_info")
        if not _BIRTH.fullmatch(birth):
            return _answer("A0321")
        self._ledger.take_id(korean_day(), bank_tran_id, korean_time())
        account = self._ledger.find_account(bank_code, number)
        result = "412" if account is None else account.bank_rsp_code
        if account is not None and result == "000" and account.birth_date.strftime("%y%m%d") != birth:
            result = "463"
        found = account is not None and result == "000"
        fields = {"account_holder_name": account.holder_name, "account_type": "1"} if account and found else {}
        return _answer("A0000" if found else "A0002", **_item(bank_tran_id, result, **fields))

    def deposit(self, body: Any) -> Response:
        """Move money to an account named by its number."""
        item = _single(body)
        bank_tran_id = _text(item, "bank_tran_id", _TRAN_ID)
        text = _text(item, "print_content")
        if len(text.encode("cp949", errors="replace")) > 20 or _text(body, "cntr_account_num") != OFFICE_ACCOUNT:
            return _answer("A0003")
        if not _text(body, "wd_pass_phrase"):
            return _answer("A0307")
        result = self._ledger.deposit(
            day=korean_day(),
            bank_tran_id=bank_tran_id,
            at=korean_time(),
            bank_code=_text(item, "bank_code_std"),
            number=_text(item, "account_num", _ACCOUNT),
            amount_krw=int(_text(item, "tran_amt", _AMOUNT)),
            text=text,
            holder_name=None if body.get("name_check_option") == "off" else _text(item, "account_holder_name"),
        )
        code = "A0000" if result == "000" else "A0002"
        return _answer(code, res_cnt="1", res_list=[_item(bank_tran_id, result, print_content=text)])

    def result(self, body: Any) -> Response:
        """Tell what became of a deposit."""
        item = _single(body)
        if body.get("check_type") != "2":
            return _answer("A0003")
        bank_tran_id = _text(item, "org_bank_tran_id", _TRAN_ID)
        amount_krw = int(_text(item, "org_tran_amt", _AMOUNT))
        day = _text(item, "org_bank_tran_date")
        result = self._ledger.find_result(day=day, bank_tran_id=bank_tran_id, amount_krw=amount_krw)
        if result is None:
            return _answer("A0310")
        return _answer("A0000", res_cnt="1", res_list=[_item(bank_tran_id, result)])

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter()
        handlers = {
            "/v2.0/inquiry/real_name": self.real_name,
            "/v2.0/transfer/deposit/acnt_num": self.deposit,
            "/v2.0/transfer/result": self.result,
        }

        @router.post("/oauth/2.0/token")
        async def token(request: Request) -> Response:
            form = await request.form()
            bearer = self._tokens.issue(str(form.get("client_id", "")), str(form.get("client_secret", "")))
            if bearer is None or form.get("grant_type") != "client_credentials":
                return _answer("O0001")
            grant = {"access_token": bearer, "token_type": "Bearer", "expires_in": LIFETIME_S, "scope": "oob"}
            return SandboxJSON({**grant, "client_use_code": CLIENT_USE_CODE})

        @router.post("/v2.0/{rest:path}")
        async def call(rest: str, request: Request) -> Response:
            handler = handlers.get(f"/v2.0/{rest}")
            if handler is None:
                return SandboxJSON({"rsp_code": "A0004"}, status_code=404)
            if not self._tokens.accepts(request.headers.get("authorization", "")):
                return _answer("O0002")
            try:
                # The ledger's work is milliseconds; running it on the event loop keeps it one at a time.
                return handler(await request.json())
            except Duplicate:
                return _answer("A0326")
            except (Malformed, ValueError):
                return _answer("A0003")

        return router
