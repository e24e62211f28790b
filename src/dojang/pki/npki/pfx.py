"""PKCS#12 files that keep R: what is in one, and how to read it.

Another library's PKCS#12 writer drops the attributes of a private key, R among them; so these bytes are put together
and taken apart by hand. Knows nothing of folders. Sources: RFC 7292, KCAC.TS.CM.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import core

from dojang.pki.npki import asn1, key_derivation, oid, password_encryption
from dojang.pki.npki.errors import AlgorithmUnsupported, KeyCertificateMismatch, Malformed, WrongPassword
from dojang.pki.npki.key_pair import KeyPair, certificate_spki_der, is_key_management, private_key_spki_der
from dojang.pki.npki.private_key import require_private_key

MAX_BAGS: Final = 32
PFX_VERSION: Final = 3

MAC_HASHES: Final = {oid.SHA1: "sha1", oid.SHA256: "sha256", oid.SHA384: "sha384", oid.SHA512: "sha512"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PfxContent:
    """What one PKCS#12 file carries: the signing pair, perhaps the key-management pair, perhaps CA certificates."""

    signing: KeyPair
    key_management: KeyPair | None = None
    ca_certificates_der: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bags:
    certificates_der: list[bytes]
    keys_der: list[bytes]


def parse_pfx(pfx_der: bytes, password: bytes) -> PfxContent:
    """Open a PKCS#12 file; `password` is UTF-8. Keys are given to certificates by their public keys.

    Reads password-protected files with 3DES, SEED or AES inside and an HMAC outside. Raises `Malformed`,
    `AlgorithmUnsupported`, `IterationCountRefused`, `PasswordEncodingUnusable`, `WrongPassword`,
    `KeyCertificateMismatch` (a key without certificate, or no signing pair).
    """
    encoded = asn1.first_element(pfx_der, "PFX")
    with asn1.decoding("PFX"):
        pfx = asn1.load(asn1.Pfx, encoded)
        if pfx["version"].native != PFX_VERSION or pfx["auth_safe"]["content_type"].dotted != oid.DATA:
            raise ValueError("not a password-protected PFX")
        if isinstance(pfx["mac_data"], core.Void):
            raise ValueError("no MAC")
        safe_der = _octets(pfx["auth_safe"]["content"])
        _require_mac(pfx["mac_data"], safe_der, password)
        bags = _Bags(certificates_der=[], keys_der=[])
        for content_info in asn1.load(asn1.AuthenticatedSafe, safe_der):
            _collect(_safe_contents(content_info, password), password, bags)
    return _sort_out(bags)


def mac_digest(hash_name: str, safe_der: bytes, password: bytes, salt: bytes, iterations: int) -> bytes:
    """Return the integrity MAC over an AuthenticatedSafe (RFC 7292 section 4). Raises `IterationCountRefused`."""
    key = key_derivation.pkcs12_derive(
        password,
        salt,
        iterations,
        purpose=key_derivation.PKCS12_MAC_KEY,
        hash_name=hash_name,
        key_bytes=hashlib.new(hash_name, usedforsecurity=False).digest_size,
    )
    return hmac.digest(key, safe_der, hash_name)


def _octets(explicit_any: Any) -> bytes:
    octets: bytes = asn1.load(core.OctetString, asn1.explicit_content(explicit_any)).native
    return octets


def _require_mac(mac_data: Any, safe_der: bytes, password: bytes) -> None:
    hash_oid = mac_data["mac"]["digest_algorithm"]["algorithm"].dotted
    if hash_oid not in MAC_HASHES:
        raise AlgorithmUnsupported(algorithm=hash_oid)
    expected = mac_data["mac"]["digest"].native
    salt, iterations = mac_data["mac_salt"].native, mac_data["iterations"].native
    computed = mac_digest(MAC_HASHES[hash_oid], safe_der, password, salt, iterations)
    if not hmac.compare_digest(computed, expected):
        raise WrongPassword


def _safe_contents(content_info: Any, password: bytes) -> bytes:
    content_type = content_info["content_type"].dotted
    if content_type == oid.DATA:
        return _octets(content_info["content"])
    if content_type != oid.ENCRYPTED_DATA:
        raise AlgorithmUnsupported(algorithm=content_type)
    encrypted_data = asn1.load(asn1.EncryptedData, asn1.explicit_content(content_info["content"]))
    encrypted = encrypted_data["encrypted_content_info"]
    ciphertext = encrypted["encrypted_content"].native
    return password_encryption.decrypt(encrypted["encryption_algorithm"], ciphertext, password)


def _collect(safe_contents_der: bytes, password: bytes, bags: _Bags) -> None:
    for bag in asn1.load(asn1.SafeContents, safe_contents_der):
        if len(bags.certificates_der) + len(bags.keys_der) >= MAX_BAGS:
            raise Malformed(structure="SafeContents")
        bag_id, value_der = bag["bag_id"].dotted, asn1.explicit_content(bag["bag_value"])
        if bag_id == oid.CERT_BAG:
            cert_bag = asn1.load(asn1.CertBag, value_der)
            if cert_bag["cert_id"].dotted == oid.X509_CERTIFICATE:
                bags.certificates_der.append(cert_bag["cert_value"].native)
        elif bag_id == oid.SHROUDED_KEY_BAG:
            info = asn1.load(asn1.EncryptedPrivateKeyInfo, value_der)
            algorithm, ciphertext = info["encryption_algorithm"], info["encrypted_data"].native
            key_der = password_encryption.decrypt(algorithm, ciphertext, password)
            bags.keys_der.append(require_private_key(key_der))
        elif bag_id == oid.KEY_BAG:
            bags.keys_der.append(value_der)


def _sort_out(bags: _Bags) -> PfxContent:
    by_public_key = {certificate_spki_der(c): c for c in bags.certificates_der}
    signing: KeyPair | None = None
    key_management: KeyPair | None = None
    used = set()
    for key_der in bags.keys_der:
        certificate_der = by_public_key.get(private_key_spki_der(key_der))
        if certificate_der is None:
            raise KeyCertificateMismatch
        pair = KeyPair(certificate_der=certificate_der, pkcs8_der=key_der)
        if is_key_management(certificate_der):
            key_management = key_management or pair
        else:
            signing = signing or pair
        used.add(certificate_der)
    if signing is None:
        raise KeyCertificateMismatch
    rest = tuple(c for c in bags.certificates_der if c not in used)
    return PfxContent(signing=signing, key_management=key_management, ca_certificates_der=rest)
