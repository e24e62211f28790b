"""The registries' API, simulated in the shape of a commercial wrapper (CODEF): URL-encoded JSON.

`resAuthenticity` 1: record and serial match; 2: record matches, the serial does not; 0: no match. The passport call is
ours: no public description of one was found. Source: integrations notes, section 3; public client code of CODEF.
"""

import base64
import binascii
import json
import re
import uuid
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dojang.sandbox.answer import ENVIRONMENT, SandboxJSON
from dojang.sandbox.registry.records import Record, RecordKind, Records, RecordState, Verdict
from dojang.sandbox.tokens import LIFETIME_S, Tokens

CLIENT_ID = "dojang-sandbox"
CLIENT_SECRET = "sandbox-only"  # noqa: S105 - the simulator's published password

_AUTHENTICITY = {
    Verdict.MATCH: ("1", "일치합니다."),
    Verdict.SERIAL_DIFFERS: ("2", "암호일련번호가 일치하지 않습니다."),
    Verdict.NO_MATCH: ("0", "일치하지 않습니다."),
    Verdict.LOST: ("0", "분실 신고된 신분증입니다."),
    Verdict.CANCELLED: ("0", "취소된 신분증입니다."),
}


class Malformed(Exception):
    """The request breaks the message format."""


class RecordIn(BaseModel):
    """A document of an invented person. Dates are YYYYMMDD."""

    kind: RecordKind
    number: str = Field(pattern=r"^[0-9A-Z]{8,13}$")
    name: str = Field(min_length=1, max_length=40)
    birth_date: str = Field(pattern=r"^[0-9]{8}$")
    issued_on: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    expires_on: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    serial: str | None = Field(default=None, pattern=r"^[0-9A-Z]{4,12}$")
    state: RecordState = RecordState.OK


def _field(body: dict[str, Any], key: str, pattern: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise Malformed(key)
    return value


def _encoded(code: str, data: dict[str, Any], status: int = 200) -> Response:
    result = {"code": code, "extraMessage": "", "message": "", "transactionId": uuid.uuid4().hex}
    text = json.dumps({"result": result, "data": data, "environment": ENVIRONMENT}, ensure_ascii=False)
    return Response(quote_plus(text), status_code=status, media_type="application/json")


class TruthCheck:
    """The handlers, over one set of records. The key that resident numbers are encrypted to lives as long as this."""

    def __init__(self, records: Records, tokens: Tokens) -> None:
        self._records = records
        self._tokens = tokens
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_key(self) -> str:
        """Return the SubjectPublicKeyInfo that resident numbers are encrypted to, base64 of DER."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def resident_card(self, body: dict[str, Any]) -> Record:
        """Read a resident card's claim."""
        birth6 = _field(body, "birthDate", "[0-9]{6}")
        try:
            sealed = base64.b64decode(_field(body, "identity", "[0-9A-Za-z+/=]+"), validate=True)
            back = self._key.decrypt(sealed, padding.PKCS1v15()).decode("ascii")
        except (ValueError, binascii.Error) as broken:
            raise Malformed("identity") from broken
        if not re.fullmatch("[0-9]{7}", back):
            raise Malformed("identity")
        century = {"9": "18", "0": "18", "1": "19", "2": "19", "5": "19", "6": "19"}.get(back[0], "20")
        return Record(
            kind=RecordKind.RESIDENT_CARD,
            number=birth6 + back,
            name=_field(body, "userName", ".{1,40}"),
            birth_date=century + birth6,
            issued_on=_field(body, "issueDate", "[0-9]{8}"),
        )

    def driver_licence(self, body: dict[str, Any]) -> Record:
        """Read a driver's licence's claim."""
        parts = zip(("licenseNo01", "licenseNo02", "licenseNo03", "licenseNo04"), (2, 2, 6, 2), strict=True)
        return Record(
            kind=RecordKind.DRIVER_LICENCE,
            number="".join(_field(body, key, f"[0-9]{{{length}}}") for key, length in parts),
            name=_field(body, "userName", ".{1,40}"),
            birth_date=_field(body, "birthDate", "[0-9]{8}"),
            serial=_field(body, "serialNo", "[0-9A-Z]{4,12}"),
        )

    def passport(self, body: dict[str, Any]) -> Record:
        """Read a passport's claim."""
        return Record(
            kind=RecordKind.PASSPORT,
            number=_field(body, "passportNo", "[0-9A-Z]{8,9}"),
            name=_field(body, "userName", ".{1,40}"),
            birth_date=_field(body, "birthDate", "[0-9]{8}"),
            issued_on=_field(body, "issueDate", "[0-9]{8}"),
            expires_on=_field(body, "expirationDate", "[0-9]{8}"),
        )

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter()
        readers = {
            ("ef/driver-license/status", "0001"): self.driver_licence,
            ("mw/identity-card/check-status", "0002"): self.resident_card,
            ("mofa/passport/check-status", "0003"): self.passport,
        }

        @router.post("/oauth/token")
        async def token(request: Request) -> Response:
            scheme, _, basic = request.headers.get("authorization", "").partition(" ")
            try:
                client_id, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
            except (ValueError, binascii.Error):
                client_id, secret = "", ""
            bearer = self._tokens.issue(client_id, secret) if scheme == "Basic" else None
            if bearer is None:
                return SandboxJSON({"error": "invalid_client"}, status_code=401)
            return SandboxJSON({"access_token": bearer, "token_type": "bearer", "expires_in": LIFETIME_S})

        @router.post("/v1/kr/public/{rest:path}")
        async def check(rest: str, request: Request) -> Response:
            if not self._tokens.accepts(request.headers.get("authorization", "")):
                return _encoded("CF-00401", {}, status=401)
            try:
                body = json.loads(unquote_plus((await request.body()).decode("utf-8")))
                reader = readers[(rest, body["organization"])]
                claim = reader(body)
            except (ValueError, KeyError, TypeError, Malformed):
                return _encoded("CF-00007", {})
            inquiry_id = request.headers.get("idempotency-key") or uuid.uuid4().hex
            value, text = _AUTHENTICITY[self._records.compare(inquiry_id, claim)]
            return _encoded("CF-00000", {"resAuthenticity": value, "resAuthenticityDesc": text})

        return router


def admin_router(records: Records, tokens: Tokens) -> APIRouter:
    """Return the endpoints below `/sandbox/registry`."""
    router = APIRouter()

    @router.post("/records")
    def put_record(record: RecordIn) -> Response:
        records.put(Record(**record.model_dump()))
        return SandboxJSON({}, status_code=201)

    @router.get("/inquiries")
    def inquiries() -> Response:
        return SandboxJSON({"count": records.inquiry_count()})

    @router.post("/tokens/revoke")
    def revoke() -> Response:
        tokens.revoke_all()
        return SandboxJSON({})

    return router
