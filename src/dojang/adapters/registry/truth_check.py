"""The registries as `RegistryGateway`, through a commercial wrapper's API (CODEF shape).

`resAuthenticity` 1 passes and nothing else does: 2 says the record matches but the card's serial does not, 0 no match.
The back of a resident number travels RSA-encrypted to the wrapper's key (PKCS#1 v1.5: the wrapper's rule).
The passport call's path and fields are ours: no public description was found. Source: integrations notes, section 3.
"""

import base64
import binascii
import json
import re
import ssl
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dojang.adapters.bearer import Bearer, Grant
from dojang.adapters.neighbour_http import Answer, Lost, NeighbourHttp, Timeouts
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable
from dojang.lifecycle.identity_proofing.neighbours import ClaimIncomplete, DocumentClaim, TruthAnswer

_OK = "CF-00000"
_TWO_WAY = "CF-03002"
_LICENCE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{6})([0-9]{2})")
_DEAD = ("분실", "도난", "취소", "말소", "정지", "실효")


class CodefRegistryGateway:
    """`RegistryGateway` over a CODEF-shaped API. Safe to share between threads.

    `public_key` is the wrapper's SubjectPublicKeyInfo, base64 of DER; None takes the one a sandbox publishes, and
    fails with `NeighbourRefusedUs` on anything but a sandbox. `token_url` is where tokens are had, when that is
    another host.
    """

    def __init__(
        self,
        *,
        base_url: str,
        client_id: str,
        client_secret: str,
        public_key: str | None = None,
        token_url: str | None = None,
        timeouts: Timeouts | None = None,
        production: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._http = NeighbourHttp("registry", base_url, timeouts=timeouts, production=production, tls=tls)
        self._token_url = token_url or f"{base_url.rstrip('/')}/oauth/token"
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._public_key = public_key
        self._bearer = Bearer(self._fetch_grant)

    def is_sandbox(self) -> bool:
        """Ask the neighbour what it is. Raises `NeighbourUnavailable` when nobody answers."""
        return self._http.find_environment() is not None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def check_document(self, *, inquiry_id: str, claim: DocumentClaim) -> TruthAnswer:
        """Carry out the port's check.

        A licence number that is not 12 digits is a `MISMATCH` unasked: no record has one. Raises `ClaimIncomplete`,
        `NeighbourUnavailable`, `NeighbourRefusedUs`; `ValueError` for a kind that has no registry here.
        """
        match claim.kind:
            case "resident_card":
                path, body = "mw/identity-card/check-status", self._resident_card(claim)
            case "driver_licence":
                licence = _LICENCE.fullmatch(re.sub(r"[\s-]", "", _get(claim, "licence_number")))
                if licence is None:
                    return TruthAnswer.MISMATCH
                path, body = "ef/driver-license/status", _driver_licence(claim, licence)
            case "passport":
                path, body = "mofa/passport/check-status", _passport(claim)
            case _:
                raise ValueError("no registry for this kind of document")
        return self._truth(self._call(f"/v1/kr/public/{path}", inquiry_id, body))

    def _resident_card(self, claim: DocumentClaim) -> dict[str, str]:
        rrn, issued_on = _get(claim, "rrn"), claim.issued_on
        if issued_on is None:
            raise ClaimIncomplete(missing=["issued_on"])
        sealed = self._get_public_key().encrypt(rrn[6:].encode("ascii"), padding.PKCS1v15())
        return {
            "organization": "0002",
            "userName": claim.name,
            "birthDate": rrn[:6],
            "identity": base64.b64encode(sealed).decode(),
            "issueDate": issued_on.strftime("%Y%m%d"),
        }

    def _call(self, path: str, inquiry_id: str, body: dict[str, str]) -> dict[str, Any]:
        content = quote_plus(json.dumps(body, ensure_ascii=False))
        got: Answer | Lost = Lost.NOT_SENT
        for _ in range(2):
            grant = self._bearer.get_grant()
            headers = {**grant.header, "Content-Type": "application/json", "Idempotency-Key": inquiry_id}
            got = self._http.exchange("POST", path, headers=headers, content=content)
            if not (isinstance(got, Answer) and got.status == 401):
                break
            self._bearer.drop(grant)
        answer = self._http.get_answer(got)
        try:
            said = json.loads(unquote_plus(answer.body.decode("utf-8")))
        except ValueError:  # also UnicodeDecodeError
            raise self._http.nonsense() from None
        if not isinstance(said, dict):
            raise self._http.nonsense()
        return said

    def _truth(self, said: dict[str, Any]) -> TruthAnswer:
        result, data = said.get("result"), said.get("data")
        code = result.get("code") if isinstance(result, dict) else None
        if code == _TWO_WAY:
            raise NeighbourUnavailable(neighbour="registry", reason="two_way_step")
        if code != _OK or not isinstance(data, dict):
            raise NeighbourUnavailable(neighbour="registry", reason="undecided")
        match data.get("resAuthenticity"):
            case "1":
                return TruthAnswer.MATCH
            case "2":
                return TruthAnswer.SERIAL_MISMATCH
            case "0":
                text = str(data.get("resAuthenticityDesc", ""))
                dead = any(word in text for word in _DEAD)
                return TruthAnswer.LOST_OR_CANCELLED if dead else TruthAnswer.MISMATCH
            case _:
                raise self._http.nonsense()

    def _fetch_grant(self) -> Grant:
        headers = {"Authorization": f"Basic {self._basic}"}
        form = {"grant_type": "client_credentials", "scope": "read"}
        said = self._http.get_object(self._http.exchange("POST", self._token_url, headers=headers, form=form))
        token = said.get("access_token")
        if not isinstance(token, str):
            raise self._http.nonsense()
        return Grant(token=token)

    def _get_public_key(self) -> rsa.RSAPublicKey:
        """Return the wrapper's key. A sandbox's is asked for each time: it is new after each of its starts."""
        text = self._public_key
        if text is None:
            facts = self._http.find_environment() or {}
            text = facts.get("public_key")
        try:
            key = load_der_public_key(base64.b64decode(text or "", validate=True))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            raise NeighbourRefusedUs(neighbour="registry", reason="public_key") from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise NeighbourRefusedUs(neighbour="registry", reason="public_key")
        return key


def _get(claim: DocumentClaim, field: str) -> str:
    value: str | None = getattr(claim, field)
    if not value:
        raise ClaimIncomplete(missing=[field])
    return value


def _driver_licence(claim: DocumentClaim, licence: re.Match[str]) -> dict[str, str]:
    parts = {f"licenseNo0{place}": part for place, part in enumerate(licence.groups(), start=1)}
    return {
        "organization": "0001",
        "userName": claim.name,
        "birthDate": claim.birth_date.strftime("%Y%m%d"),
        **parts,
        "serialNo": _get(claim, "serial"),  # without it the answer would be no truth check
    }


def _passport(claim: DocumentClaim) -> dict[str, str]:
    if claim.issued_on is None or claim.expires_on is None:
        missing = [name for name in ("issued_on", "expires_on") if getattr(claim, name) is None]
        raise ClaimIncomplete(missing=missing)
    return {
        "organization": "0003",
        "userName": claim.name,
        "birthDate": claim.birth_date.strftime("%Y%m%d"),
        "passportNo": _get(claim, "passport_number"),
        "issueDate": claim.issued_on.strftime("%Y%m%d"),
        "expirationDate": claim.expires_on.strftime("%Y%m%d"),
    }
