"""Time-stamp requests and tokens, as bytes: a strict, bounded reader and a direct encoder.

Must not know the clock, who signs, or how an answer travels. Sources: RFC 3161, RFC 5816 (ESSCertIDv2), RFC 5652.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import ClassVar, Final

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der, oid
from dojang.pki.public_key import SignatureAlgorithm

MAX_REQUEST_BYTES: Final = 4096
MAX_NONCE_BYTES: Final = 64
DIGEST_BYTES: Mapping[str, int] = {oid.SHA256: 32, oid.SHA384: 48, oid.SHA512: 64}

_SHA256 = der.sequence(der.oid(oid.SHA256))  # no parameters (RFC 5754 section 2)
_VERSION = der.integer(1)
_REJECTION = 2
_GRANTED = 0


class TimestampRequestMalformed(DojangError):
    """The bytes are not a time-stamp request that can be read; `reason` says which rule broke."""

    code: ClassVar[str] = "timestamp.request_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TimestampAlgorithmRefused(DojangError):
    """The imprint is of a hash algorithm that nobody should rely on, or that is not known here."""

    code: ClassVar[str] = "timestamp.algorithm_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TimestampExtensionRefused(DojangError):
    """The request asks for an extension that is not understood here."""

    code: ClassVar[str] = "timestamp.extension_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TimestampFailure(IntEnum):
    """PKIFailureInfo bits of a refused time-stamp (RFC 3161 section 2.4.2)."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADD_INFO_NOT_AVAILABLE = 17
    SYSTEM_FAILURE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """What is to be stamped. `imprint_der` is MessageImprint as sent: a token repeats it."""

    imprint_der: bytes = field(repr=False)
    hash_algorithm: str
    digest: bytes = field(repr=False)
    policy: str | None = None
    nonce: int | None = None
    wants_certificate: bool = False


def parse_request(request_der: bytes) -> TimestampRequest:
    """Return a request read strictly as DER. SHA-256, SHA-384 and SHA-512 imprints are taken.

    Raises `TimestampRequestMalformed`, `TimestampAlgorithmRefused`, `TimestampExtensionRefused`.
    """
    if len(request_der) > MAX_REQUEST_BYTES:
        raise TimestampRequestMalformed(reason="too_large")
    try:
        der.check_canonical(request_der)
        return _request(der.elements(der.whole(request_der, der.SEQUENCE)))
    except der.DerMalformed as broken:
        raise TimestampRequestMalformed(reason=broken.fields.get("reason", "der")) from None


def _request(parts: list[tuple[int, bytes, bytes]]) -> TimestampRequest:
    if len(parts) < 2 or parts[0][2] != _VERSION or parts[1][0] != der.SEQUENCE:
        raise TimestampRequestMalformed(reason="unexpected_elements")
    _, imprint, imprint_der = parts[1]
    rest = parts[2:]
    found: dict[int, bytes] = {}
    for tag in (der.OBJECT_IDENTIFIER, der.INTEGER, der.BOOLEAN, 0xA0):
        if rest and rest[0][0] == tag:
            found[tag] = rest.pop(0)[1]
    if rest:
        raise TimestampRequestMalformed(reason="unexpected_elements")
    if 0xA0 in found:
        raise TimestampExtensionRefused()
    if found.get(der.BOOLEAN) == b"\x00":
        raise TimestampRequestMalformed(reason="default_encoded")
    if len(found.get(der.INTEGER, b"")) > MAX_NONCE_BYTES:
        raise TimestampRequestMalformed(reason="nonce_length")
    algorithm, digest = _imprint(imprint)
    return TimestampRequest(
        imprint_der=imprint_der,
        hash_algorithm=algorithm,
        digest=digest,
        policy=der.parse_oid(found[der.OBJECT_IDENTIFIER]) if der.OBJECT_IDENTIFIER in found else None,
        nonce=der.parse_integer(found[der.INTEGER]) if der.INTEGER in found else None,
        wants_certificate=der.BOOLEAN in found,
    )


def _imprint(content: bytes) -> tuple[str, bytes]:
    identifier, digest = der.contents(content, der.SEQUENCE, der.OCTET_STRING)
    parts = der.elements(identifier)
    if [tag for tag, _, _ in parts] not in ([der.OBJECT_IDENTIFIER], [der.OBJECT_IDENTIFIER, der.NULL]):
        raise TimestampRequestMalformed(reason="hash_algorithm")
    algorithm = der.parse_oid(parts[0][1])
    if algorithm not in DIGEST_BYTES:
        raise TimestampAlgorithmRefused()
    if len(digest) != DIGEST_BYTES[algorithm]:
        raise TimestampRequestMalformed(reason="digest_length")
    return algorithm, digest


def build_tst_info(
    request: TimestampRequest, *, policy: str, serial: int, gen_time: datetime, accuracy_s: int
) -> bytes:
    """Return TSTInfo in DER: the request's imprint and nonce, whole seconds, an accuracy, no ordering promised."""
    return der.sequence(
        _VERSION,
        der.oid(policy),
        request.imprint_der,
        der.integer(serial),
        der.generalized_time(gen_time),
        der.sequence(der.integer(accuracy_s)),
        b"" if request.nonce is None else der.integer(request.nonce),
    )


def build_signed_attributes(tst_info_der: bytes, *, certificate_der: bytes) -> bytes:
    """Return the signed attributes as SET OF in DER, the bytes to be signed (RFC 5652 section 5.4)."""
    certificate_id = der.sequence(der.octet_string(hashlib.sha256(certificate_der).digest()))  # SHA-256 by default
    return der.set_of(
        _attribute(oid.ATTRIBUTE_CONTENT_TYPE, der.oid(oid.TST_INFO)),
        _attribute(oid.ATTRIBUTE_MESSAGE_DIGEST, der.octet_string(hashlib.sha256(tst_info_der).digest())),
        _attribute(oid.ATTRIBUTE_SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(certificate_id))),
    )


def _attribute(identifier: str, value_der: bytes) -> bytes:
    return der.sequence(der.oid(identifier), der.set_of(value_der))


def assemble_token(
    tst_info_der: bytes,
    attributes_der: bytes,
    algorithm: SignatureAlgorithm,
    signature: bytes,
    *,
    certificate_der: bytes,
    carried_der: tuple[bytes, ...],
) -> bytes:
    """Return TimeStampToken (ContentInfo with SignedData) in DER.

    `carried_der` are the certificates sent along: the authority's own and its issuers', or none (`certReq`).
    """
    issuer_der, serial_der = _issuer_and_serial(certificate_der)
    signer_info = der.sequence(
        _VERSION,
        der.sequence(issuer_der, serial_der),
        _SHA256,
        der.explicit(0, der.whole(attributes_der, der.SET)),
        _signature_identifier(algorithm),
        der.octet_string(signature),
    )
    signed_data = der.sequence(
        der.integer(3),  # because the content is not `data` (RFC 5652 section 5.1)
        der.set_of(_SHA256),
        der.sequence(der.oid(oid.TST_INFO), der.explicit(0, der.octet_string(tst_info_der))),
        der.explicit(0, b"".join(sorted(carried_der))) if carried_der else b"",
        der.set_of(signer_info),
    )
    return der.sequence(der.oid(oid.SIGNED_DATA), der.explicit(0, signed_data))


def _signature_identifier(algorithm: SignatureAlgorithm) -> bytes:
    if algorithm is SignatureAlgorithm.RSA_SHA256:  # CMS names the key's algorithm here (RFC 3370 section 3.2)
        return der.sequence(der.oid(oid.RSA_ENCRYPTION), der.NULL_DER)
    return algorithm.identifier_der


def _issuer_and_serial(certificate_der: bytes) -> tuple[bytes, bytes]:
    """Return issuer and serialNumber of a version 3 certificate, as its bytes."""
    tbs = der.elements(der.elements(der.whole(certificate_der, der.SEQUENCE))[0][1])
    return tbs[3][2], tbs[1][2]


def granted_response(token_der: bytes) -> bytes:
    """Return TimeStampResp in DER with a token."""
    return der.sequence(der.sequence(der.integer(_GRANTED)), token_der)


def rejected_response(failure: TimestampFailure) -> bytes:
    """Return TimeStampResp in DER that says why there is no token."""
    return der.sequence(der.sequence(der.integer(_REJECTION), der.named_bits(frozenset({failure}))))
