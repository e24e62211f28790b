"""The customer's device: makes keys and R, asks for certificates, keeps them as NPKI folder and PKCS#12 file.

Private keys, R and the password never leave: what goes out are PKCS#10 requests, R sealed to the CA's transport key,
and signatures. Source: npki notes sections 0, 3 and 4.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
    pkcs7,
)

from dojang.pki.npki.folder import FolderContent
from dojang.pki.npki.folder_write import write_folder
from dojang.pki.npki.key_pair import KeyPair
from dojang.pki.npki.password import encode_new_password
from dojang.pki.npki.pfx import PfxContent
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import encrypt_private_key, with_random_number
from dojang.pki.npki.random_number import RandomNumber

KEY_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOrder:
    """What leaves the device to obtain certificates: two PKCS#10 requests (DER) and R sealed to the CA."""

    signing_request_der: bytes
    key_management_request_der: bytes
    sealed_r: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredSet:
    """What comes back: certificates in DER, the chain from the issuing CA to the root."""

    signing_der: bytes
    key_management_der: bytes
    chain_der: tuple[bytes, ...]


class Device:
    """Keys of one certificate set, from their making until they are kept."""

    def __init__(self) -> None:
        self._signing = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._key_management = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._r = RandomNumber.draw(secrets.token_bytes)

    def order(self, application_id: str, transport_spki_der: bytes) -> CertificateOrder:
        """Return the requests and sealed R for one application; the OAEP label ties R to it."""
        transport = load_der_public_key(transport_spki_der)
        if not isinstance(transport, rsa.RSAPublicKey):
            raise TypeError("the transport key is RSA")
        sealed_r = transport.encrypt(
            self._r.value,
            padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=application_id.encode()),
        )
        return CertificateOrder(
            signing_request_der=_request(self._signing),
            key_management_request_der=_request(self._key_management),
            sealed_r=sealed_r,
        )

    def sign(self, message: bytes) -> bytes:
        """Return the PKCS#1 v1.5 SHA-256 signature of `message` with the signing key."""
        return self._signing.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def sign_document(self, content: bytes, delivered: DeliveredSet) -> bytes:
        """Return CMS SignedData (DER, content attached) over `content`, with the certificate and its chain inside."""
        builder = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(x509.load_der_x509_certificate(delivered.signing_der), self._signing, hashes.SHA256())
        )
        for one in delivered.chain_der[:-1]:
            builder = builder.add_certificate(x509.load_der_x509_certificate(one))
        return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])

    def keep(self, base: Path, ca_name: str, delivered: DeliveredSet, password: str) -> Path:
        """Write `base/NPKI/<ca_name>/USER/<DN>/…` and return that folder. Raises what the password rules refuse."""
        secret = encode_new_password(password)
        pkcs8_der, key_management_pkcs8_der = self._pkcs8()
        content = FolderContent(
            sign_certificate_der=delivered.signing_der,
            sign_key_encrypted=encrypt_private_key(pkcs8_der, secret, secrets.token_bytes),
            km_certificate_der=delivered.key_management_der,
            km_key_encrypted=encrypt_private_key(key_management_pkcs8_der, secret, secrets.token_bytes),
            ca_certificates_der=tuple(reversed(delivered.chain_der)),
        )
        return write_folder(base, ca_name, content)

    def export(self, path: Path, delivered: DeliveredSet, password: str) -> Path:
        """Write a PKCS#12 file that keeps R, readable by its owner only, and return its path."""
        pkcs8_der, key_management_pkcs8_der = self._pkcs8()
        content = PfxContent(
            signing=KeyPair(certificate_der=delivered.signing_der, pkcs8_der=pkcs8_der),
            key_management=KeyPair(certificate_der=delivered.key_management_der, pkcs8_der=key_management_pkcs8_der),
            ca_certificates_der=delivered.chain_der,
        )
        path.touch(mode=0o600)
        path.write_bytes(pfx_der(content, encode_new_password(password), secrets.token_bytes, PfxForm.STRONG))
        return path

    def _pkcs8(self) -> tuple[bytes, bytes]:
        def plain(key: rsa.RSAPrivateKey) -> bytes:
            return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

        return with_random_number(plain(self._signing), self._r), plain(self._key_management)


def _request(key: rsa.RSAPrivateKey) -> bytes:
    """Return a PKCS#10 request with an empty subject: the CA names the subscriber, the request proves possession."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)
