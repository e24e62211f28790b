"""The open-banking hub (KFTC) as `AccountGateway`: real-name inquiry, micro-deposit, and settling what became of it.

The hub knows each of our references for one Korean day; a reference is our nine characters behind the client use code.
Account numbers and names travel in bodies only. Source: KFTC Open Banking API (integrations notes, section 2.1).
"""

import hashlib
import hmac
import re
import ssl
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from typing import Any

from dojang.adapters.bank.codes import (
    DUPLICATE,
    NO_SUCH_TRANSFER,
    OK_API,
    OK_BANK,
    OUR_FAULT,
    TOKEN_REFUSED,
    deposit_answer,
    find_ownership,
)
from dojang.adapters.bearer import Bearer, Grant
from dojang.adapters.neighbour_http import Answer, Lost, NeighbourHttp, Timeouts
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.kernel.ports import Clock
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DepositAnswer, OwnershipAnswer

KST = timezone(timedelta(hours=9), "KST")
_REFERENCE = re.compile(r"[0-9A-Z]{9}")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HOLDER_NAME_BYTES = 20
_INQUIRY_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAccount:
    """The account that micro-deposits come from, and how the office is named on its own statement."""

    bank_code: str
    number: str = field(repr=False)
    pass_phrase: str = field(repr=False)
    holder_name: str
    statement_text: str = "계좌확인"


class OpenBankingGateway:
    """`AccountGateway` over KFTC Open Banking. Safe to share between threads."""

    def __init__(
        self,
        *,
        base_url: str,
        client_id: str,
        client_secret: str,
        office: OfficeAccount,
        clock: Clock,
        timeouts: Timeouts | None = None,
        production: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._http = NeighbourHttp("bank", base_url, timeouts=timeouts, production=production, tls=tls)
        self._client_id = client_id
        self._client_secret = client_secret
        self._office = office
        self._clock = clock
        self._bearer = Bearer(self._fetch_grant)

    def is_sandbox(self) -> bool:
        """Ask the neighbour what it is. Raises `NeighbourUnavailable` when nobody answers."""
        return self._http.find_environment() is not None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def inquire_ownership(
        self, *, reference: str, account: BankAccount, name: str, birth_date: date
    ) -> OwnershipAnswer:
        """Carry out the port's real-name inquiry.

        An inquiry has no effect, but the hub answers each reference once a day: after a duplicate it is asked again
        under a reference derived from ours. Raises `NeighbourUnavailable`, `NeighbourRefusedUs`.
        """
        for again in range(_INQUIRY_TRIES):
            said = self._real_name(_derived(reference, again), account, birth_date)
            if said.get("rsp_code") != DUPLICATE:
                return self._ownership(said, name)
        raise NeighbourUnavailable(neighbour="bank", reason="duplicate")

    def deposit(self, *, reference: str, account: BankAccount, amount_krw: int, depositor_text: str) -> DepositAnswer:
        """Carry out the port's micro-deposit.

        Raises `NeighbourUnavailable` only when the hub cannot have seen the request, or nothing moved
        (`NeighbourRefusedUs`); a lost or senseless answer is `UNKNOWN`. Raises `ValueError` when `depositor_text`
        is longer than 20 bytes in EUC-KR or `amount_krw` is not positive.
        """
        if not 0 < len(depositor_text.encode("cp949")) <= 20 or amount_krw <= 0:
            raise ValueError("depositor text of 1 to 20 bytes and a positive amount are needed")
        item = {
            "tran_no": "1",
            "bank_code_std": account.bank_code,
            "account_num": account.number,
            "print_content": depositor_text,
            "tran_amt": str(amount_krw),
        }
        got = self._call("/v2.0/transfer/deposit/acnt_num", lambda grant: self._deposit_body(grant, reference, item))
        if got is Lost.NOT_SENT:
            raise NeighbourUnavailable(neighbour="bank", reason=got.value)
        said = None if isinstance(got, Lost) else got.find_object()
        if said is None:
            return DepositAnswer.UNKNOWN
        rsp_code, bank_rsp_code = _codes(said)
        if rsp_code in OUR_FAULT or rsp_code in TOKEN_REFUSED:
            raise NeighbourRefusedUs(neighbour="bank", rsp_code=rsp_code)
        return deposit_answer(rsp_code, bank_rsp_code)

    def settle(self, *, reference: str, sent_on: date, amount_krw: int) -> DepositAnswer:
        """Carry out the port's settling. Raises `NeighbourUnavailable`, `NeighbourRefusedUs`."""
        item = {"tran_no": "1", "org_bank_tran_date": sent_on.strftime("%Y%m%d"), "org_tran_amt": str(amount_krw)}

        def body(grant: Grant) -> dict[str, Any]:
            asked = {**item, "org_bank_tran_id": _bank_tran_id(grant, reference)}
            return {"check_type": "2", "tran_dtime": self._tran_dtime(), "req_cnt": "1", "req_list": [asked]}

        said = self._http.get_object(self._call("/v2.0/transfer/result", body))
        rsp_code, bank_rsp_code = _codes(said)
        if rsp_code in TOKEN_REFUSED:
            raise NeighbourRefusedUs(neighbour="bank", rsp_code=rsp_code)
        return DepositAnswer.NOT_FOUND if rsp_code == NO_SUCH_TRANSFER else deposit_answer(rsp_code, bank_rsp_code)

    def _real_name(self, reference: str, account: BankAccount, birth_date: date) -> dict[str, Any]:
        def body(grant: Grant) -> dict[str, Any]:
            return {
                "bank_tran_id": _bank_tran_id(grant, reference),
                "bank_code_std": account.bank_code,
                "account_num": account.number,
                "account_holder_info_type": " ",  # birth date, six digits
                "account_holder_info": birth_date.strftime("%y%m%d"),
                "tran_dtime": self._tran_dtime(),
            }

        return self._http.get_object(self._call("/v2.0/inquiry/real_name", body))

    def _ownership(self, said: dict[str, Any], name: str) -> OwnershipAnswer:
        rsp_code, bank_rsp_code = _codes(said)
        if rsp_code == OK_API and bank_rsp_code == OK_BANK:
            holder = said.get("account_holder_name")
            if not isinstance(holder, str):
                raise self._http.nonsense()
            return OwnershipAnswer.MATCH if _same_name(holder, name) else OwnershipAnswer.MISMATCH
        if rsp_code in OUR_FAULT or rsp_code in TOKEN_REFUSED:
            raise NeighbourRefusedUs(neighbour="bank", rsp_code=rsp_code)
        answer = find_ownership(rsp_code, bank_rsp_code)
        if answer is None:
            raise NeighbourUnavailable(neighbour="bank", reason="undecided")
        return answer

    def _deposit_body(self, grant: Grant, reference: str, item: dict[str, str]) -> dict[str, Any]:
        office = self._office
        asked = {
            **item,
            "bank_tran_id": _bank_tran_id(grant, reference),
            "req_client_name": office.holder_name,
            "req_client_bank_code": office.bank_code,
            "req_client_account_num": office.number,
            "req_client_num": "DOJANG",
            "transfer_purpose": "TR",
        }
        return {
            "cntr_account_type": "N",
            "cntr_account_num": office.number,
            "wd_pass_phrase": office.pass_phrase,
            "wd_print_content": office.statement_text,
            "name_check_option": "off",  # the owner was established by the real-name inquiry
            "tran_dtime": self._tran_dtime(),
            "req_cnt": "1",
            "req_list": [asked],
        }

    def _call(self, path: str, body: Callable[[Grant], dict[str, Any]]) -> Answer | Lost:
        """Post under the current token; once more under a new one when the hub refuses the token."""
        grant = self._bearer.get_grant()
        got = self._http.exchange("POST", path, headers=grant.header, json_body=body(grant))
        if not _token_refused(got):
            return got
        self._bearer.drop(grant)
        grant = self._bearer.get_grant()
        return self._http.exchange("POST", path, headers=grant.header, json_body=body(grant))

    def _fetch_grant(self) -> Grant:
        form = {
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "scope": "oob",
            "grant_type": "client_credentials",
        }
        said = self._http.get_object(self._http.exchange("POST", "/oauth/2.0/token", form=form))
        token, use_code = said.get("access_token"), said.get("client_use_code")
        if isinstance(token, str) and isinstance(use_code, str):
            return Grant(token=token, client_use_code=use_code)
        if "rsp_code" in said:
            raise NeighbourRefusedUs(neighbour="bank")
        raise self._http.nonsense()

    def _tran_dtime(self) -> str:
        return self._clock.now().astimezone(KST).strftime("%Y%m%d%H%M%S")


def _bank_tran_id(grant: Grant, reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("a reference is nine of 0-9 and A-Z")
    return f"{grant.client_use_code}U{reference}"


def _derived(reference: str, again: int) -> str:
    if again == 0:
        return reference
    number = int.from_bytes(hashlib.sha256(f"{reference}/{again}".encode()).digest()[:8])
    digits = []
    for _ in range(9):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)


def _token_refused(got: Answer | Lost) -> bool:
    if isinstance(got, Lost):
        return False
    return got.status == 401 or (got.find_object() or {}).get("rsp_code") in TOKEN_REFUSED


def _codes(said: dict[str, Any]) -> tuple[str, str]:
    """Return `rsp_code` and `bank_rsp_code`, the latter from the only list item where there is a list."""
    items = said.get("res_list")
    item = items[0] if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict) else said
    return str(said.get("rsp_code", "")), str(item.get("bank_rsp_code", ""))


def _same_name(holder: str, name: str) -> bool:
    """Compare names without spaces; a holder's name as long as the field may have been cut there."""
    theirs, ours = (unicodedata.normalize("NFC", "".join(one.split())) for one in (holder, name))
    if hmac.compare_digest(theirs.encode(), ours.encode()):
        return True
    cut = len(holder.encode("cp949", errors="replace")) >= _HOLDER_NAME_BYTES - 1
    return cut and len(theirs) > 1 and ours.startswith(theirs)
