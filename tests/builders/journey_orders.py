"""Certificate orders that must be refused, each wrong in one way, from one good order of a real device."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from builders.journey import Customer
from dojang.cli.customer.device import CertificateOrder, Device

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def wrong_orders(customer: Customer, good: CertificateOrder) -> Iterator[tuple[str, CertificateOrder, str]]:
    """Yield what is wrong, the order, and the code it must meet."""
    signing_der = good.signing_request_der
    yield "no request at all", replace(good, signing_request_der=b"\x30\x03\x02\x01\x00"), "pki.request_malformed"
    forged_der = signing_der[:-1] + bytes([signing_der[-1] ^ 1])
    yield "possession not proven", replace(good, signing_request_der=forged_der), "pki.possession_not_proven"
    yield "short key", replace(good, signing_request_der=request_der(rsa_key(1024))), "pki.public_key_unsupported"
    small_exponent_der = request_der(rsa.generate_private_key(3, 2048))
    yield "weak key", replace(good, signing_request_der=small_exponent_der), "pki.public_key_weak"
    unusual_der = request_der(ed25519.Ed25519PrivateKey.generate())
    yield "key of an unknown kind", replace(good, signing_request_der=unusual_der), "pki.public_key_unsupported"
    same = replace(good, key_management_request_der=signing_der)
    yield "one key for both", same, "issuance.keys_not_distinct"
    curve_der = request_der(ec.generate_private_key(ec.SECP256R1()))
    not_offered = replace(good, key_management_request_der=curve_der)
    yield "a kind no profile offers", not_offered, "pki.public_key_unsupported"
    elsewhere = customer.order(Device(), label="another-application").sealed_r
    yield "R sealed for another application", replace(good, sealed_r=elsewhere), "issuance.r_unreadable"
    yield "R that is noise", replace(good, sealed_r=bytes(256)), "issuance.r_unreadable"


def request_der(key: Key) -> bytes:
    """Return a PKCS#10 request for any key."""
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, digest).public_bytes(Encoding.DER)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Make an RSA key."""
    return rsa.generate_private_key(65537, bits)
