"""PKCS#10 certification requests: read, possession proven, key found good.

Nothing in a request but its key is used: subject and attributes come from identity proofing and the profile. Sources:
RFC 2986, RFC 5280 section 4.1.2.7.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from cryptography import x509

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der
from dojang.pki.public_key import (
    KeyAlgorithm,
    PublicKey,
    is_signature,
    parse_public_key,
    signature_algorithm_for,
)

MAX_REQUEST_BYTES: Final = 8192


class RequestTooLarge(DojangError):
    """A certification request is longer than any honest one; `limit` is in bytes."""

    code: ClassVar[str] = "pki.request_too_large"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RequestMalformed(DojangError):
    """The bytes are not a PKCS#10 certification request."""

    code: ClassVar[str] = "pki.request_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PossessionNotProven(DojangError):
    """A certification request was not signed, with SHA-256, by the private key of the public key in it."""

    code: ClassVar[str] = "pki.possession_not_proven"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationRequest:
    """A request whose sender holds the private key of `public_key`."""

    public_key: PublicKey


def parse_certification_request(request_der: bytes, allowed: frozenset[KeyAlgorithm]) -> CertificationRequest:
    """Return the request once possession is proven and the key is allowed and good.

    Raises `RequestTooLarge`, `RequestMalformed`, `PossessionNotProven`, and the errors of `parse_public_key`.
    """
    if len(request_der) > MAX_REQUEST_BYTES:
        raise RequestTooLarge(limit=MAX_REQUEST_BYTES)
    info_der, spki_der, algorithm_der, signature = _parts(request_der)
    key = parse_public_key(spki_der, allowed)
    if algorithm_der != signature_algorithm_for(key.algorithm).identifier_der:
        raise PossessionNotProven(reason="signature_algorithm")
    if not is_signature(key, info_der, signature):
        raise PossessionNotProven(reason="signature")
    return CertificationRequest(public_key=key)


def _parts(request_der: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return (certificationRequestInfo, SubjectPublicKeyInfo, AlgorithmIdentifier, signature)."""
    try:
        x509.load_der_x509_csr(request_der)  # a second reader's opinion, and strict about subject and attributes
        info, algorithm, signature = der.elements(der.whole(request_der, der.SEQUENCE))
        _, _, spki, *_ = der.elements(info[1])
    except (ValueError, x509.InvalidVersion, der.DerMalformed):
        raise RequestMalformed() from None
    if (algorithm[0], signature[0], signature[1][:1]) != (der.SEQUENCE, der.BIT_STRING, b"\x00"):
        raise RequestMalformed()
    return info[2], spki[2], algorithm[2], signature[1][1:]
