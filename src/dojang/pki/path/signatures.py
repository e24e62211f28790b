"""Whether one certificate was signed by another's key, with an algorithm that is still trusted.

Must not know names, dates or extensions. Sources: RFC 4055, RFC 5480, RFC 8410; NIST SP 800-131A for what is weak.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from dojang.pki import der
from dojang.pki.path.errors import CertificateForged, SignatureAlgorithmRefused

_MIN_RSA_BITS: Final = 2048
_MAX_RSA_BITS: Final = 8192  # verifying under a larger key takes longer than any honest issuer asks for
_DIGESTS: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_EXPLICIT_VERSION: Final = 0xA0
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


def check_signature(certificate: x509.Certificate, issuer: x509.Certificate, depth: int) -> None:
    """Return when `issuer`'s key signed `certificate`. Raises `CertificateForged`, `SignatureAlgorithmRefused`."""
    try:
        key = issuer.public_key()
        digest = certificate.signature_hash_algorithm
        parameters = certificate.signature_algorithm_parameters
        agrees = _algorithms_agree(certificate)
    except (UnsupportedAlgorithm, ValueError, TypeError, der.DerMalformed):
        raise SignatureAlgorithmRefused(depth=depth) from None
    if not agrees:
        raise CertificateForged(depth=depth)
    signature, data = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) and digest is None:
            key.verify(signature, data)
        elif not isinstance(digest, _DIGESTS):
            raise SignatureAlgorithmRefused(depth=depth)
        elif isinstance(key, rsa.RSAPublicKey) and isinstance(parameters, padding.PKCS1v15 | padding.PSS):
            if not _MIN_RSA_BITS <= key.key_size <= _MAX_RSA_BITS:
                raise SignatureAlgorithmRefused(depth=depth)
            key.verify(signature, data, parameters, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(parameters, ec.ECDSA):
            if not isinstance(key.curve, _CURVES):
                raise SignatureAlgorithmRefused(depth=depth)
            key.verify(signature, data, parameters)
        else:
            raise SignatureAlgorithmRefused(depth=depth)
    except InvalidSignature:
        raise CertificateForged(depth=depth) from None
    except (UnsupportedAlgorithm, ValueError):
        raise SignatureAlgorithmRefused(depth=depth) from None


def _algorithms_agree(certificate: x509.Certificate) -> bool:
    """The algorithm inside the signed part is the one beside the signature (RFC 5280 section 4.1.1.2)."""
    whole = der.elements(der.whole(certificate.public_bytes(Encoding.DER), der.SEQUENCE))
    signed = der.elements(der.whole(certificate.tbs_certificate_bytes, der.SEQUENCE))
    position = 2 if signed[0][0] == _EXPLICIT_VERSION else 1
    return signed[position][2] == whole[1][2]
