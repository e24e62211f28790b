"""OCSP requests and answers, as bytes: a strict, bounded reader and a direct encoder.

Must not know where a status comes from, who signs, or how an answer travels. What can only be answered by refusing
raises; the words `malformedRequest` and their kin are chosen elsewhere. Sources: RFC 6960, RFC 5019 (lightweight
profile), RFC 9654 (nonce).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der, extensions, oid
from dojang.pki.certificate import Issuer
from dojang.pki.crl import ReasonCode
from dojang.pki.public_key import SignatureAlgorithm

MAX_REQUEST_BYTES: Final = 8192
MAX_CERTIFICATES: Final = 16  # asked about in one request
MAX_NONCE_BYTES: Final = 128  # RFC 9654 section 2.1: 1 to 128, anything else is to be refused

_MAX_EXTENSIONS = 8
_HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {
    oid.SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False),  # names an issuer, proves nothing
    oid.SHA256: hashlib.sha256,
    oid.SHA384: hashlib.sha384,
    oid.SHA512: hashlib.sha512,
}
_HARMLESS = frozenset({oid.OCSP_ACCEPTABLE_RESPONSES, oid.OCSP_PREFERRED_ALGORITHMS, oid.SERVICE_LOCATOR})
_GOOD = der.implicit(0, b"")
_UNKNOWN = der.implicit(2, b"")


class OcspRequestMalformed(DojangError):
    """The bytes are not an OCSP request that can be read; `reason` says which rule broke."""

    code: ClassVar[str] = "ocsp.request_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class OcspNotAuthoritative(DojangError):
    """The request asks about certificates of another issuer, for which nobody here may speak."""

    code: ClassVar[str] = "ocsp.not_authoritative"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class OcspFailure(IntEnum):
    """OCSPResponseStatus of an answer without content (RFC 6960 section 4.2.1)."""

    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2
    TRY_LATER = 3
    SIG_REQUIRED = 5
    UNAUTHORIZED = 6


class StatusKind(StrEnum):
    """CertStatus (RFC 6960 section 2.2)."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertId:
    """One certificate asked about. `der` are the bytes as sent: an answer repeats them. `serial` may be any integer."""

    der: bytes = field(repr=False)
    hash_algorithm: str
    issuer_name_hash: bytes = field(repr=False)
    issuer_key_hash: bytes = field(repr=False)
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspRequest:
    """What is asked: 1 to `MAX_CERTIFICATES` certificates, and the nonce if there is one. A signature is not read."""

    certificates: tuple[CertId, ...]
    nonce: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleAnswer:
    """What is said about one certificate, true from `this_update`, to be asked again by `next_update`.

    `revoked_at` and `reason` are given exactly for `REVOKED`. Times are UTC in whole seconds.
    """

    certificate: CertId
    kind: StatusKind
    this_update: datetime
    next_update: datetime
    revoked_at: datetime | None = None
    reason: ReasonCode | None = None


class IssuerHashes:
    """An issuer as requests name it, under every hash algorithm that is answered."""

    def __init__(self, issuer: Issuer) -> None:
        key_bits = der.contents(der.whole(issuer.spki_der, der.SEQUENCE), der.SEQUENCE, der.BIT_STRING)[1][1:]
        self._known = {
            algorithm: (compute(issuer.name_der).digest(), compute(key_bits).digest())
            for algorithm, compute in _HASHES.items()
        }

    def of(self, hash_algorithm: str) -> tuple[bytes, bytes]:
        """Return issuerNameHash and issuerKeyHash under an algorithm that is answered, by its object identifier."""
        return self._known[hash_algorithm]

    def names(self, certificate: CertId) -> bool:
        """Whether `certificate` is said to be of this issuer."""
        wanted = (certificate.issuer_name_hash, certificate.issuer_key_hash)
        return self._known.get(certificate.hash_algorithm) == wanted


def certificate_id(issuer: IssuerHashes, serial: int) -> CertId:
    """Return how a certificate is named in an answer nobody asked for over the wire: under SHA-1, as most ask."""
    name_hash, key_hash = issuer.of(oid.SHA1)
    return CertId(
        der=der.sequence(
            der.sequence(der.oid(oid.SHA1), der.NULL_DER),
            der.octet_string(name_hash),
            der.octet_string(key_hash),
            der.integer(serial),
        ),
        hash_algorithm=oid.SHA1,
        issuer_name_hash=name_hash,
        issuer_key_hash=key_hash,
        serial=serial,
    )


def parse_request(request_der: bytes) -> OcspRequest:
    """Return a request read strictly as DER. Raises `OcspRequestMalformed` for anything else.

    Refused too: more than `MAX_REQUEST_BYTES` or `MAX_CERTIFICATES`, a nonce of no or more than 128 octets (RFC 9654
    section 2.1), and critical extensions that are not understood.
    """
    if len(request_der) > MAX_REQUEST_BYTES:
        raise OcspRequestMalformed(reason="too_large")
    try:
        der.check_canonical(request_der)
        return _request(request_der)
    except der.DerMalformed as broken:
        raise OcspRequestMalformed(reason=broken.fields.get("reason", "der")) from None


def _request(request_der: bytes) -> OcspRequest:
    outer = der.elements(der.whole(request_der, der.SEQUENCE))
    if [tag for tag, _, _ in outer] not in ([der.SEQUENCE], [der.SEQUENCE, 0xA0]):  # the signature is optional
        raise OcspRequestMalformed(reason="unexpected_elements")
    parts = der.elements(outer[0][1])
    if parts and parts[0][0] == 0xA0:
        raise OcspRequestMalformed(reason="version")  # v1 is the default, which DER leaves out
    if parts and parts[0][0] == 0xA1:  # requestorName: nobody is known here by name
        parts = parts[1:]
    if [tag for tag, _, _ in parts] not in ([der.SEQUENCE], [der.SEQUENCE, 0xA2]):
        raise OcspRequestMalformed(reason="unexpected_elements")
    asked = der.elements(parts[0][1])
    if not 1 <= len(asked) <= MAX_CERTIFICATES:
        raise OcspRequestMalformed(reason="certificate_count")
    return OcspRequest(
        certificates=tuple(_certificate(tag, content) for tag, content, _ in asked),
        nonce=_nonce(_extensions(parts[1][1])) if len(parts) == 2 else None,
    )


def _certificate(tag: int, content: bytes) -> CertId:
    parts = der.elements(content)
    tags = [found for found, _, _ in parts]
    if tag != der.SEQUENCE or tags not in ([der.SEQUENCE], [der.SEQUENCE, 0xA0]):
        raise OcspRequestMalformed(reason="unexpected_elements")
    if len(parts) == 2:
        _extensions(parts[1][1])
    _, named, whole_der = parts[0]
    algorithm, name_hash, key_hash, serial = der.contents(
        named, der.SEQUENCE, der.OCTET_STRING, der.OCTET_STRING, der.INTEGER
    )
    hashed = der.elements(algorithm)
    if [found for found, _, _ in hashed] not in ([der.OBJECT_IDENTIFIER], [der.OBJECT_IDENTIFIER, der.NULL]):
        raise OcspRequestMalformed(reason="hash_algorithm")
    return CertId(
        der=whole_der,
        hash_algorithm=der.parse_oid(hashed[0][1]),
        issuer_name_hash=name_hash,
        issuer_key_hash=key_hash,
        serial=der.parse_integer(serial),
    )


def _extensions(content: bytes) -> Mapping[str, bytes]:
    """Return values by identifier. Repeated ones and critical ones that are not understood are refused."""
    members = der.elements(der.whole(content, der.SEQUENCE))
    if not 1 <= len(members) <= _MAX_EXTENSIONS:
        raise OcspRequestMalformed(reason="extension_count")
    found: dict[str, bytes] = {}
    for tag, member, _ in members:
        parts = der.elements(member)
        tags = [one for one, _, _ in parts]
        critical = tags == [der.OBJECT_IDENTIFIER, der.BOOLEAN, der.OCTET_STRING]
        if tag != der.SEQUENCE or not (critical or tags == [der.OBJECT_IDENTIFIER, der.OCTET_STRING]):
            raise OcspRequestMalformed(reason="extension_form")
        identifier = der.parse_oid(parts[0][1])
        if identifier in found:
            raise OcspRequestMalformed(reason="extension_repeated")
        if critical and parts[1][1] == b"\xff" and identifier not in _HARMLESS | {oid.OCSP_NONCE}:
            raise OcspRequestMalformed(reason="extension_critical")
        found[identifier] = parts[-1][1]
    return found


def _nonce(found: Mapping[str, bytes]) -> bytes | None:
    value = found.get(oid.OCSP_NONCE)
    if value is None:
        return None
    nonce = der.whole(value, der.OCTET_STRING)
    if not 1 <= len(nonce) <= MAX_NONCE_BYTES:
        raise OcspRequestMalformed(reason="nonce_length")
    return nonce


def build_response_data(
    answers: Iterable[SingleAnswer],
    *,
    responder_key_identifier: bytes,
    produced_at: datetime,
    nonce: bytes | None = None,
) -> bytes:
    """Return ResponseData in DER, the bytes to be signed.

    `responder_key_identifier` is SHA-1 over the responder's public key bits (byKey). `nonce` is the request's.
    """
    carried = b""
    if nonce is not None:
        extension = extensions.extension(oid.OCSP_NONCE, der.octet_string(nonce), critical=False)
        carried = der.explicit(1, der.sequence(extension))
    return der.sequence(
        der.explicit(2, der.octet_string(responder_key_identifier)),
        der.generalized_time(produced_at),
        der.sequence(*(_single_response(one) for one in answers)),
        carried,
    )


def _single_response(answer: SingleAnswer) -> bytes:
    return der.sequence(
        answer.certificate.der,
        _status(answer),
        der.generalized_time(answer.this_update),
        der.explicit(0, der.generalized_time(answer.next_update)),
    )


def _status(answer: SingleAnswer) -> bytes:
    if answer.revoked_at is None:
        return _GOOD if answer.kind is StatusKind.GOOD else _UNKNOWN
    reason = b""
    if answer.reason not in (None, ReasonCode.UNSPECIFIED):  # said by saying nothing, as in CRLs
        reason = der.explicit(0, der.integer(answer.reason.number, der.ENUMERATED))
    return der.explicit(1, der.generalized_time(answer.revoked_at) + reason)


def assemble_response(
    response_data_der: bytes, algorithm: SignatureAlgorithm, signature: bytes, *, certificate_der: bytes
) -> bytes:
    """Return a successful OCSPResponse in DER that carries the responder's certificate."""
    basic = der.sequence(
        response_data_der,
        algorithm.identifier_der,
        der.bit_string(signature),
        der.explicit(0, der.sequence(certificate_der)),
    )
    content = der.sequence(der.oid(oid.OCSP_BASIC), der.octet_string(basic))
    return der.sequence(der.integer(0, der.ENUMERATED), der.explicit(0, content))


def failure_response(failure: OcspFailure) -> bytes:
    """Return an OCSPResponse in DER that says only why there is no answer; it is never signed."""
    return der.sequence(der.integer(failure, der.ENUMERATED))
