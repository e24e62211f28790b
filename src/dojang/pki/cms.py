"""Signed messages: CMS SignedData with one signer, made and verified.

For a customer's signed file, and for statements the office signs. Signed attributes always include content type,
message digest, signing time and the signer's certificate hash (CAdES), so a signature cannot be moved to another
certificate. The private key stays behind a function. Sources: RFC 5652, RFC 5035, RFC 5816; the time comes in as an
argument.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import UnsupportedAlgorithm

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der
from dojang.pki.certificate import spki_of
from dojang.pki.public_key import (
    KeyAlgorithm,
    PublicKeyMalformed,
    PublicKeyUnsupported,
    PublicKeyWeak,
    SignatureAlgorithm,
    is_signature,
    parse_public_key,
    signature_algorithm_for,
)

MAX_SIGNED_DATA_BYTES: Final = 64 * 1024 * 1024

SignData = Callable[[bytes], bytes]


class SignedDataMalformed(DojangError):
    """The bytes are not a SignedData message with one signer that can be read."""

    code: ClassVar[str] = "pki.signed_data_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedContentMissing(DojangError):
    """A detached signature was given without the content it signs, or content beside a message that carries its own."""

    code: ClassVar[str] = "pki.signed_content_missing"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedContentAltered(DojangError):
    """The content is not the content that was signed."""

    code: ClassVar[str] = "pki.signed_content_altered"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedDataForged(DojangError):
    """The signature does not verify under the certificate in the message."""

    code: ClassVar[str] = "pki.signed_data_forged"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedDataAlgorithmRefused(DojangError):
    """The message is signed with an algorithm or key that is not trusted."""

    code: ClassVar[str] = "pki.signed_data_algorithm_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedContent:
    """A message whose signature holds. Whether its certificate is to be trusted is for `pki.path` to say.

    `signed_at` is the signer's own claim, UTC; None when the message carries none. `other_certificates_der` came
    with it.
    """

    content: bytes = field(repr=False)
    certificate_der: bytes = field(repr=False)
    other_certificates_der: tuple[bytes, ...] = field(repr=False)
    signed_at: datetime | None


def sign_content(
    content: bytes,
    *,
    certificate_der: bytes,
    sign: SignData,
    now: datetime,
    chain_der: Sequence[bytes] = (),
    detached: bool = False,
) -> bytes:
    """Return ContentInfo with SignedData in DER over `content`, which it carries unless `detached`.

    `sign` returns the signature (SHA-256; ECDSA as DER) over the bytes it is handed, under the key of
    `certificate_der`.
    """
    certificate = asn1_x509.Certificate.load(certificate_der)
    key = parse_public_key(spki_of(certificate_der), frozenset(KeyAlgorithm))
    attributes = _signed_attributes(content, certificate_der, now)
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
                ),
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": _cms_algorithm(signature_algorithm_for(key.algorithm)),
            "signature": sign(_to_be_signed(attributes)),
        }
    )
    encapsulated = {"content_type": "data"} | ({} if detached else {"content": content})
    signed_data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": encapsulated,
            "certificates": [certificate, *(asn1_x509.Certificate.load(one) for one in chain_der)],
            "signer_infos": [signer],
        }
    )
    message: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed_data}).dump()
    return message


def _signed_attributes(content: bytes, certificate_der: bytes, now: datetime) -> cms.CMSAttributes:
    certificate_id = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate_der).digest()})
    signing_time = {"utc_time": now} if now.year < 2050 else {"generalized_time": now}
    name, value = next(iter(signing_time.items()))
    return cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "signing_time", "values": [cms.Time(name=name, value=value)]},
            {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [certificate_id]})]},
        ]
    )


def _to_be_signed(attributes: cms.CMSAttributes) -> bytes:
    """The DER of the attributes as an explicit SET OF (RFC 5652 section 5.4)."""
    encoded: bytes = attributes.untag().dump()
    return encoded


def _cms_algorithm(algorithm: SignatureAlgorithm) -> algos.SignedDigestAlgorithm:
    name = "sha256_rsa" if algorithm is SignatureAlgorithm.RSA_SHA256 else "sha256_ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": name})


def verify_signed_content(message_der: bytes, *, content: bytes | None = None) -> SignedContent:
    """Return the content once the message's signature holds under the certificate it carries.

    `content` is the detached content, and must be given exactly when the message carries none. Messages without signed
    attributes, as older clients make, are accepted. Raises the errors of this module.
    """
    if len(message_der) > MAX_SIGNED_DATA_BYTES:
        raise SignedDataMalformed()
    try:
        parts = _read(message_der)
    except (ValueError, TypeError, KeyError, IndexError, UnsupportedAlgorithm, der.DerMalformed):
        raise SignedDataMalformed() from None  # the reader's many ways to say so
    if (parts.content is None) == (content is None):
        raise SignedContentMissing()
    signed = content if parts.content is None else parts.content
    if signed is None:
        raise SignedContentMissing()
    digest = hashlib.sha256(signed).digest()
    if parts.message_digest is not None and not hmac.compare_digest(parts.message_digest, digest):
        raise SignedContentAltered()
    _check_signature(parts, parts.attributes_der or signed)
    return SignedContent(
        content=signed,
        certificate_der=parts.certificate_der,
        other_certificates_der=parts.others_der,
        signed_at=parts.signed_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    content: bytes | None
    certificate_der: bytes
    others_der: tuple[bytes, ...]
    attributes_der: bytes | None
    message_digest: bytes | None
    certificate_hash: bytes | None
    signed_at: datetime | None
    algorithms: tuple[str, str]
    signature: bytes


def _read(message_der: bytes) -> _Parts:
    info = cms.ContentInfo.load(message_der, strict=True)
    if info["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    signed_data = info["content"]
    (signer,) = signed_data["signer_infos"]
    certificate_der, others_der = _find_certificate(signed_data, signer)
    encapsulated = signed_data["encap_content_info"]["content"]
    attributes = signer["signed_attrs"]
    values = {} if isinstance(attributes, core.Void) else _single_values(attributes)
    if values and ("message_digest" not in values or "content_type" not in values):
        raise ValueError("mandatory attributes")  # RFC 5652 section 5.3
    if values and values["content_type"].native != signed_data["encap_content_info"]["content_type"].native:
        raise ValueError("content type")
    signing_time = values.get("signing_time")
    certificate_id = values.get("signing_certificate_v2")
    return _Parts(
        content=None if isinstance(encapsulated, core.Void) else bytes(encapsulated.native),
        certificate_der=certificate_der,
        others_der=others_der,
        attributes_der=_to_be_signed(attributes) if values else None,
        message_digest=values["message_digest"].native if values else None,
        certificate_hash=_certificate_hash(certificate_id) if certificate_id is not None else None,
        signed_at=signing_time.native.astimezone(UTC) if signing_time is not None else None,
        algorithms=(signer["digest_algorithm"]["algorithm"].native, signer["signature_algorithm"]["algorithm"].native),
        signature=signer["signature"].native,
    )


def _single_values(attributes: cms.CMSAttributes) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in values:
            raise ValueError("repeated attribute")
        (values[name],) = attribute["values"]
    return values


def _certificate_hash(value: tsp.SigningCertificateV2) -> bytes | None:
    first = value["certs"][0]
    return first["cert_hash"].native if first["hash_algorithm"]["algorithm"].native == "sha256" else None


def _find_certificate(signed_data: cms.SignedData, signer: cms.SignerInfo) -> tuple[bytes, tuple[bytes, ...]]:
    certificates = [choice.chosen for choice in signed_data["certificates"] if choice.name == "certificate"]
    (found,) = [one for one in certificates if _is_signer(one, signer["sid"])]
    return found.dump(), tuple(one.dump() for one in certificates if one is not found)


def _is_signer(certificate: asn1_x509.Certificate, sid: cms.SignerIdentifier) -> bool:
    if sid.name == "subject_key_identifier":
        return bool(certificate.key_identifier == sid.chosen.native)
    same_serial = sid.chosen["serial_number"].native == certificate.serial_number
    return bool(same_serial and sid.chosen["issuer"].dump() == certificate.issuer.dump())


def _check_signature(parts: _Parts, data: bytes) -> None:
    try:
        key = parse_public_key(spki_of(parts.certificate_der), frozenset(KeyAlgorithm))
    except (PublicKeyMalformed, PublicKeyUnsupported, PublicKeyWeak, der.DerMalformed):
        raise SignedDataAlgorithmRefused() from None
    wanted = ("rsassa_pkcs1v15", "sha256_rsa") if key.algorithm.is_rsa else ("sha256_ecdsa",)
    if parts.algorithms[0] != "sha256" or parts.algorithms[1] not in wanted:
        raise SignedDataAlgorithmRefused()
    bound = parts.certificate_hash
    if bound is not None and not hmac.compare_digest(bound, hashlib.sha256(parts.certificate_der).digest()):
        raise SignedDataForged()
    if not is_signature(key, data, parts.signature):
        raise SignedDataForged()
