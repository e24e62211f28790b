"""Whether an acceptance was signed with the new signing key.

Must know nothing of stores or states. Source: RFC 8017 section 8.2 (RSASSA-PKCS1-v1_5), FIPS 186-5 (ECDSA).
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from dojang.pki.certificate import parse_certificate


def verify_acceptance(certificate_der: bytes, statement: bytes, signature: bytes) -> bool:
    """Return whether `signature` over `statement` (SHA-256) was made with the certificate's key."""
    key = parse_certificate(certificate_der).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, statement, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, statement, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
