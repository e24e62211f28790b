"""Whether bytes were signed with a certificate's key. A bare signature, no container.

Source: RFC 8017 section 8.2 (RSASSA-PKCS1-v1_5), FIPS 186-5 (ECDSA); SHA-256 both.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from dojang.pki.certificate import parse_certificate


def is_signed_by(certificate_der: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` over `message` (SHA-256) was made with the certificate's key."""
    key = parse_certificate(certificate_der).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
