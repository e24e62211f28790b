"""The signing role from the side of whoever serves subscribers: requests go there, certificates or refusals come back.

Knows no key. A refusal travels as its code and fields and is raised here as the very error it was there. The signer
has a clock of its own: whoever breaks into a web process cannot have certificates dated back.
"""

import base64
import binascii
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from dojang.adapters.neighbour_http import Answer, Lost, NeighbourHttp, Timeouts
from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.issuance.model import CertificateKind, CertificateSet, IssuanceRequest, IssuedCertificate

ISSUANCES = "/v1/issuances"
REFUSED = 422  # every anticipated refusal; other statuses are not the use case's answer


class SignerUnavailable(DojangError):
    """The signing role does not answer; whether it issued is not known, and asking again is safe."""

    code: ClassVar[str] = "authority.signer_unavailable"
    fault: ClassVar[Fault] = Fault.NEIGHBOUR


class SignerRefusedUs(DojangError):
    """The signing role does not take our secret."""

    code: ClassVar[str] = "authority.signer_refused_us"
    fault: ClassVar[Fault] = Fault.OPERATOR


class HttpIssuing:
    """`Issuing` through the signing role at `base_url`. Safe to share between threads."""

    def __init__(self, base_url: str, *, secret: str, timeout_s: float, ca_file: Path | None = None) -> None:
        tls = ssl.create_default_context(cafile=ca_file) if ca_file is not None else None
        self._http = NeighbourHttp("signer", base_url, timeouts=Timeouts(answer_s=timeout_s), tls=tls)
        self._headers = {"Authorization": f"Bearer {secret}"}

    def __repr__(self) -> str:
        return "HttpIssuing()"

    def issue(self, request: IssuanceRequest, now: datetime) -> CertificateSet:
        """See the port; raises `SignerUnavailable` and `SignerRefusedUs` besides. `now` is the signer's own."""
        del now
        answer = self._http.exchange("POST", ISSUANCES, headers=self._headers, json_body=_describe_request(request))
        return _set_of(answer)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _set_of(answer: Answer | Lost) -> CertificateSet:
    if isinstance(answer, Lost):
        raise SignerUnavailable(reason=answer.value)
    if answer.status in (401, 403):
        raise SignerRefusedUs()
    found = answer.find_object()
    if found is None or answer.status not in (201, REFUSED):
        raise SignerUnavailable(reason=f"http_{answer.status}")
    if answer.status == REFUSED:
        raise _revived(found)
    try:
        return parse_set(found)
    except (KeyError, TypeError, ValueError):
        raise SignerUnavailable(reason="nonsense") from None


def describe_set(issued: CertificateSet) -> dict[str, Any]:
    """Return a certificate set as JSON: serial numbers as text, DER in base64, times in ISO 8601."""
    return {
        "issuance_id": issued.issuance_id,
        "application_id": issued.application_id,
        "subscriber_id": issued.subscriber_id,
        "person_key": issued.person_key,
        "predecessor_serial": None if issued.predecessor_serial is None else str(issued.predecessor_serial),
        "issued_at": issued.issued_at.isoformat(),
        "signing": _describe_certificate(issued.signing),
        "key_management": _describe_certificate(issued.key_management),
        "chain": [_base64(one) for one in issued.chain_der],
    }


def parse_set(found: Mapping[str, Any]) -> CertificateSet:
    """Return the certificate set of its JSON. Raises `KeyError`, `TypeError` or `ValueError`."""
    predecessor = found["predecessor_serial"]
    return CertificateSet(
        issuance_id=str(found["issuance_id"]),
        application_id=str(found["application_id"]),
        subscriber_id=str(found["subscriber_id"]),
        person_key=str(found["person_key"]),
        predecessor_serial=None if predecessor is None else int(predecessor),
        issued_at=datetime.fromisoformat(found["issued_at"]),
        signing=_parse_certificate(found["signing"]),
        key_management=_parse_certificate(found["key_management"]),
        chain_der=tuple(_octets(one) for one in found["chain"]),
    )


def _describe_request(request: IssuanceRequest) -> dict[str, str]:
    return {
        "application_id": request.application_id,
        "subscriber_id": request.subscriber_id,
        "idempotency_key": request.idempotency_key,
        "signing_request": _base64(request.signing_request_der),
        "key_management_request": _base64(request.key_management_request_der),
        "sealed_r": _base64(request.sealed_r),
    }


def _describe_certificate(one: IssuedCertificate) -> dict[str, str]:
    return {
        "serial": str(one.serial),
        "kind": one.kind.value,
        "profile": one.profile,
        "spki_sha256": one.spki_sha256,
        "not_before": one.not_before.isoformat(),
        "not_after": one.not_after.isoformat(),
        "certificate": _base64(one.certificate_der),
    }


def _parse_certificate(found: Mapping[str, Any]) -> IssuedCertificate:
    return IssuedCertificate(
        serial=int(found["serial"]),
        kind=CertificateKind(found["kind"]),
        profile=str(found["profile"]),
        spki_sha256=str(found["spki_sha256"]),
        not_before=datetime.fromisoformat(found["not_before"]),
        not_after=datetime.fromisoformat(found["not_after"]),
        certificate_der=_octets(found["certificate"]),
    )


def _revived(problem: Mapping[str, Any]) -> DojangError:
    """Return the error a problem document stands for."""
    kind = _kinds().get(str(problem.get("code")))
    fields = problem.get("fields")
    if kind is None or not isinstance(fields, dict):
        return SignerUnavailable(reason="nonsense")
    revived = kind.__new__(kind)  # its own constructor may take what the fields were made from
    DojangError.__init__(revived, **fields)
    return revived


@cache
def _kinds() -> Mapping[str, type[DojangError]]:
    def below(base: type[DojangError]) -> Iterator[type[DojangError]]:
        for one in base.__subclasses__():
            yield one
            yield from below(one)

    return {one.code: one for one in below(DojangError) if "code" in vars(one)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
