"""What the holder signs to renew: JSON inside CMS SignedData, attached, made with the key that is to be succeeded.

The statement holds both PKCS#10 requests, R sealed to the transport key, and the terms, so that nothing of the request
can be exchanged or used for another renewal. Whether its signer is the right one is for `rules` to say.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from dojang.lifecycle.renewal.model import RequestUnreadable
from dojang.pki.cms import verify_signed_content

TYPE: Final = "dojang.renewal.v1"
MAX_REQUEST_BYTES: Final = 64 * 1024
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalStatement:
    """The request as its holder signed it. `not_after` is inclusive."""

    renewal_id: str
    predecessor_serial: str
    years: int
    not_after: datetime
    signing_request_der: bytes = field(repr=False)
    key_management_request_der: bytes = field(repr=False)
    sealed_r: bytes = field(repr=False)

    def to_json(self) -> bytes:
        """Return the JSON to be signed (keys sorted, no blanks, UTF-8); the time RFC 3339 UTC, octets in base64."""
        document = {
            "type": TYPE,
            "renewal": self.renewal_id,
            "predecessor_serial": self.predecessor_serial,
            "years": self.years,
            "not_after": self.not_after.strftime(_TIME),
            "signing_request": base64.b64encode(self.signing_request_der).decode(),
            "key_management_request": base64.b64encode(self.key_management_request_der).decode(),
            "sealed_r": base64.b64encode(self.sealed_r).decode(),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A statement whose signature holds under `certificate_der`, whoever's that is."""

    statement: RenewalStatement
    certificate_der: bytes = field(repr=False)


def parse_signed_request(signed_request_der: bytes) -> SignedRequest:
    """Return the request in a CMS SignedData message whose signature holds.

    Raises `RequestUnreadable` and the errors of `pki.cms`.
    """
    if len(signed_request_der) > MAX_REQUEST_BYTES:
        raise RequestUnreadable()
    signed = verify_signed_content(signed_request_der)
    return SignedRequest(statement=parse_statement(signed.content), certificate_der=signed.certificate_der)


def parse_statement(content: bytes) -> RenewalStatement:
    """Return the statement in its JSON, which has every member once and no other. Raises `RequestUnreadable`."""
    try:
        document = json.loads(content.decode(), object_pairs_hook=_members_once)
        if not isinstance(document, dict) or document.pop("type") != TYPE:
            raise RequestUnreadable()
        years = document.pop("years")
        texts = {name: _text(document.pop(name)) for name in _TEXTS}
        if document or not isinstance(years, int) or isinstance(years, bool):
            raise RequestUnreadable()
        return RenewalStatement(
            renewal_id=texts["renewal"],
            predecessor_serial=texts["predecessor_serial"],
            years=years,
            not_after=datetime.strptime(texts["not_after"], _TIME).replace(tzinfo=UTC),
            signing_request_der=base64.b64decode(texts["signing_request"], validate=True),
            key_management_request_der=base64.b64decode(texts["key_management_request"], validate=True),
            sealed_r=base64.b64decode(texts["sealed_r"], validate=True),
        )
    except (ValueError, KeyError, RecursionError, binascii.Error):
        raise RequestUnreadable() from None


_TEXTS = ("renewal", "predecessor_serial", "not_after", "signing_request", "key_management_request", "sealed_r")


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a member twice")
    return document


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value
