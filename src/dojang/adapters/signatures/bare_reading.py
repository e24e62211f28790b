"""A bare signature over content, with the signer's certificate beside it: RSASSA-PKCS1-v1_5 or ECDSA, SHA-256.

NPKI clients hand it over when no envelope is wanted, and our app signs challenges with it. Source: RFC 8017.
"""

from dojang.lifecycle.reliance.model import (
    SignatureReading,
    SignatureUnreadable,
    SignedContentNeeded,
    VerificationRequest,
)
from dojang.pki.certificate import CertificateMalformed, parse_certificate, spki_of
from dojang.pki.der import DerMalformed
from dojang.pki.public_key import (
    KeyAlgorithm,
    PublicKeyMalformed,
    PublicKeyUnsupported,
    PublicKeyWeak,
    is_signature,
    parse_public_key,
)


def read_bare(request: VerificationRequest) -> tuple[SignatureReading, ...]:
    """Return the one signature. Raises `SignedContentNeeded`, `SignatureUnreadable` for a certificate that is none."""
    if request.content is None:
        raise SignedContentNeeded(missing="content")
    if request.certificate_der is None:
        raise SignedContentNeeded(missing="certificate")
    try:
        parse_certificate(request.certificate_der)
        spki_der = spki_of(request.certificate_der)
    except (CertificateMalformed, DerMalformed):
        raise SignatureUnreadable() from None
    try:
        key = parse_public_key(spki_der, frozenset(KeyAlgorithm))
    except (PublicKeyMalformed, PublicKeyUnsupported, PublicKeyWeak):
        return (SignatureReading(certificate_der=request.certificate_der, digest_matches=True, holds=True),)
    return (
        SignatureReading(
            certificate_der=request.certificate_der,
            digest_matches=True,
            holds=is_signature(key, request.content, request.signature),
            is_algorithm_trusted=True,
        ),
    )
