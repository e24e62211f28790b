"""Advanced signatures, put together around a signature that somebody else made: CAdES, and the CMS inside PAdES.

The signer's device signs the attributes built here; the message around them takes a timestamp and what proves the
chain's status later. Must not know keys, clocks or documents. Sources: RFC 5652, RFC 5035, RFC 5940, ETSI EN 319 122-1
(CAdES baseline), ETSI EN 319 142-1 (PAdES: no signing time among the attributes).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from dojang.pki import der, oid
from dojang.pki.certificate import spki_of
from dojang.pki.public_key import (
    KeyAlgorithm,
    SignatureAlgorithm,
    parse_public_key,
    signature_algorithm_for,
)
from dojang.pki.timestamp import TimestampRequest

_SHA256 = der.sequence(der.oid(oid.SHA256))  # no parameters (RFC 5754 section 2)
_DATA = der.oid(oid.DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedParts:
    """What a signature consists of: `attributes_der` as SET OF, the signature over them (ECDSA as DER)."""

    certificate_der: bytes = field(repr=False)
    attributes_der: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusValues:
    """What proves chain and status when nobody can be asked any more, DER each."""

    certificates_der: tuple[bytes, ...] = field(default=(), repr=False)
    ocsp_responses_der: tuple[bytes, ...] = field(default=(), repr=False)
    crls_der: tuple[bytes, ...] = field(default=(), repr=False)


def build_signed_attributes(
    digest: bytes, *, certificate_der: bytes, signed_at: datetime | None = None, description: str | None = None
) -> bytes:
    """Return the attributes to be signed as SET OF in DER (RFC 5652 section 5.4).

    `digest` is SHA-256 of the content. `signed_at` (UTC) is left out for PAdES, whose dictionary says it; `description`
    is what the signer was told the content is for (content hints, RFC 2634 section 2.9).
    """
    certificate_id = der.sequence(der.octet_string(hashlib.sha256(certificate_der).digest()))  # SHA-256 by default
    attributes = [
        _attribute(oid.ATTRIBUTE_CONTENT_TYPE, _DATA),
        _attribute(oid.ATTRIBUTE_MESSAGE_DIGEST, der.octet_string(digest)),
        _attribute(oid.ATTRIBUTE_SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(certificate_id))),
    ]
    if signed_at is not None:
        attributes.append(_attribute(oid.ATTRIBUTE_SIGNING_TIME, der.time(signed_at)))
    if description is not None:
        attributes.append(_attribute(oid.ATTRIBUTE_CONTENT_HINTS, der.sequence(der.utf8_string(description), _DATA)))
    return der.set_of(*attributes)


def request_timestamp(signature: bytes) -> TimestampRequest:
    """Return the request for a signature timestamp (RFC 5126 section 6.1.1): its imprint is that of the signature."""
    digest = hashlib.sha256(signature).digest()
    imprint_der = der.sequence(_SHA256, der.octet_string(digest))
    return TimestampRequest(imprint_der=imprint_der, hash_algorithm=oid.SHA256, digest=digest, wants_certificate=True)


def assemble_signed_data(
    parts: SignedParts,
    *,
    timestamp_der: bytes,
    content: bytes | None = None,
    chain_der: tuple[bytes, ...] = (),
    values: StatusValues | None = None,
) -> bytes:
    """Return ContentInfo with SignedData in DER, with a signature timestamp (level B-T).

    It carries `content`, unless that is None. `values` inside the message make it B-LT; a PDF keeps them in its own
    security store instead. `chain_der` are the certificates above the signer's.
    """
    values = values or StatusValues()
    certificates = {parts.certificate_der, *chain_der, *values.certificates_der}
    statuses = [*values.crls_der, *(_ocsp_as_revocation_info(one) for one in values.ocsp_responses_der)]
    version = 5 if values.ocsp_responses_der else 1  # RFC 5652 section 5.1
    signed_data = der.sequence(
        der.integer(version),
        der.set_of(_SHA256),
        der.sequence(_DATA, b"" if content is None else der.explicit(0, der.octet_string(content))),
        der.explicit(0, b"".join(sorted(certificates))),
        der.explicit(1, b"".join(sorted(statuses))) if statuses else b"",
        der.set_of(_signer_info(parts, timestamp_der)),
    )
    return der.sequence(der.oid(oid.SIGNED_DATA), der.explicit(0, signed_data))


def _signer_info(parts: SignedParts, timestamp_der: bytes) -> bytes:
    tbs = der.elements(der.elements(der.whole(parts.certificate_der, der.SEQUENCE))[0][1])
    return der.sequence(
        der.integer(1),
        der.sequence(tbs[3][2], tbs[1][2]),  # issuer and serial number, as they stand in the certificate
        _SHA256,
        der.explicit(0, der.whole(parts.attributes_der, der.SET)),
        _algorithm_of(parts.certificate_der),
        der.octet_string(parts.signature),
        der.explicit(1, _attribute(oid.ATTRIBUTE_SIGNATURE_TIMESTAMP, timestamp_der)),
    )


def _algorithm_of(certificate_der: bytes) -> bytes:
    key = parse_public_key(spki_of(certificate_der), frozenset(KeyAlgorithm))
    algorithm = signature_algorithm_for(key.algorithm)
    if algorithm is SignatureAlgorithm.RSA_SHA256:  # CMS names the key's algorithm here (RFC 3370 section 3.2)
        return der.sequence(der.oid(oid.RSA_ENCRYPTION), der.NULL_DER)
    return algorithm.identifier_der


def _ocsp_as_revocation_info(response_der: bytes) -> bytes:
    """OtherRevocationInfoFormat, id-ri-ocsp-response (RFC 5940 section 2)."""
    return der.explicit(1, der.oid(oid.REVOCATION_INFO_OCSP) + response_der)


def _attribute(identifier: str, value_der: bytes) -> bytes:
    return der.sequence(der.oid(identifier), der.set_of(value_der))
