"""Writing PKCS#12 files that keep R, in two forms: what every NPKI client opens, and a strong one.

Sources: RFC 7292, RFC 8018; the compatible form is laid out as deployed files are (npki notes section 3.4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from asn1crypto import core

from dojang.pki.npki import asn1, oid, pbes1
from dojang.pki.npki.key_pair import KeyPair, pair_up, subject_key_id
from dojang.pki.npki.pfx import MAC_HASHES, PFX_VERSION, PfxContent, mac_digest
from dojang.pki.npki.private_key import STRONG_ITERATIONS, draw_pbes2, encrypted_private_key_info_der

COMPATIBLE_ITERATIONS: Final = 1024
STRONG_MAC_ITERATIONS: Final = 600_000  # one hash per round where PBKDF2 spends two: no cheaper way in


class PfxForm(StrEnum):
    """How a PKCS#12 file is protected."""

    COMPATIBLE = "compatible"  # 3DES and SHA-1, certificates in clear: every NPKI client
    STRONG = "strong"  # AES-256 under PBKDF2-SHA256, certificates encrypted, MAC SHA-256: current software


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closing:
    """Everything needed to close bags under one password."""

    form: PfxForm
    password: bytes
    iterations: int
    mac_iterations: int
    token_bytes: Callable[[int], bytes]


def pfx_der(
    content: PfxContent,
    password: bytes,
    token_bytes: Callable[[int], bytes],
    form: PfxForm = PfxForm.COMPATIBLE,
    iterations: int | None = None,
) -> bytes:
    """Return the DER of a PKCS#12 file whose keys keep R. `password` is UTF-8, `token_bytes` a cryptographic source.

    `iterations` replaces the form's usual counts, for the keys and the MAC alike. Raises `KeyCertificateMismatch`,
    `Malformed`, `IterationCountRefused`, `PasswordEncodingUnusable`.
    """
    closing = _closing(form, password, token_bytes, iterations)
    pairs = [pair for pair in (content.signing, content.key_management) if pair is not None]
    certificate_bags, key_bags = [], []
    for pair in pairs:
        pair_up(pair.certificate_der, pair.pkcs8_der)
        key_id = subject_key_id(pair.certificate_der)
        certificate_bags.append(_certificate_bag(pair.certificate_der, key_id))
        key_bags.append(_key_bag(pair, key_id, closing))
    certificate_bags += [_certificate_bag(certificate, None) for certificate in content.ca_certificates_der]
    safe_der = _authenticated_safe_der(certificate_bags, key_bags, closing)
    return _closed_der(safe_der, closing)


def _closing(form: PfxForm, password: bytes, token_bytes: Callable[[int], bytes], iterations: int | None) -> _Closing:
    usual, usual_mac = (
        (COMPATIBLE_ITERATIONS, COMPATIBLE_ITERATIONS)
        if form is PfxForm.COMPATIBLE
        else (STRONG_ITERATIONS, STRONG_MAC_ITERATIONS)
    )
    return _Closing(
        form=form,
        password=password,
        iterations=usual if iterations is None else iterations,
        mac_iterations=usual_mac if iterations is None else iterations,
        token_bytes=token_bytes,
    )


def _certificate_bag(certificate_der: bytes, key_id: bytes | None) -> asn1.SafeBag:
    value = asn1.CertBag({"cert_id": oid.X509_CERTIFICATE, "cert_value": certificate_der})
    return _bag(oid.CERT_BAG, value, key_id)


def _key_bag(pair: KeyPair, key_id: bytes, closing: _Closing) -> asn1.SafeBag:
    algorithm, ciphertext = _encrypt(pair.pkcs8_der, closing)
    info = asn1.EncryptedPrivateKeyInfo.load(encrypted_private_key_info_der(algorithm, ciphertext))
    return _bag(oid.SHROUDED_KEY_BAG, info, key_id)


def _bag(bag_id: str, value: Any, key_id: bytes | None) -> asn1.SafeBag:
    fields: dict[str, object] = {"bag_id": bag_id, "bag_value": asn1.explicit(value)}
    if key_id is not None:
        fields["bag_attributes"] = [{"type": oid.LOCAL_KEY_ID, "values": [asn1.any_of(core.OctetString(key_id))]}]
    return asn1.SafeBag(fields)


def _encrypt(plaintext: bytes, closing: _Closing) -> tuple[asn1.AlgorithmIdentifier, bytes]:
    if closing.form is PfxForm.STRONG:
        scheme = draw_pbes2(closing.token_bytes, closing.iterations)
        return scheme.algorithm_identifier(), scheme.encrypt(plaintext, closing.password)
    salt = closing.token_bytes(pbes1.SALT_BYTES)
    ciphertext = pbes1.encrypt_triple_des(plaintext, closing.password, salt=salt, iterations=closing.iterations)
    return pbes1.algorithm_identifier(oid.PBE_SHA1_3DES, salt, closing.iterations), ciphertext


def _authenticated_safe_der(
    certificate_bags: list[asn1.SafeBag], key_bags: list[asn1.SafeBag], closing: _Closing
) -> bytes:
    if closing.form is PfxForm.COMPATIBLE:
        # deployed files: one element of type data, each certificate before its key
        paired = [bag for pair in zip(certificate_bags, key_bags, strict=False) for bag in pair]
        elements = [_data(asn1.SafeContents([*paired, *certificate_bags[len(key_bags) :]]).dump())]
    else:
        elements = [
            _encrypted_data(asn1.SafeContents(certificate_bags).dump(), closing),
            _data(asn1.SafeContents(key_bags).dump()),
        ]
    der: bytes = asn1.AuthenticatedSafe(elements).dump()
    return der


def _data(content: bytes) -> asn1.ContentInfo:
    return asn1.ContentInfo({"content_type": oid.DATA, "content": asn1.explicit(core.OctetString(content))})


def _encrypted_data(content: bytes, closing: _Closing) -> asn1.ContentInfo:
    algorithm, ciphertext = _encrypt(content, closing)
    encrypted = asn1.EncryptedContentInfo(
        {"content_type": oid.DATA, "encryption_algorithm": algorithm, "encrypted_content": ciphertext}
    )
    value = asn1.EncryptedData({"version": 0, "encrypted_content_info": encrypted})
    return asn1.ContentInfo({"content_type": oid.ENCRYPTED_DATA, "content": asn1.explicit(value)})


def _closed_der(safe_der: bytes, closing: _Closing) -> bytes:
    hash_oid, salt_bytes = (oid.SHA1, 8) if closing.form is PfxForm.COMPATIBLE else (oid.SHA256, 16)
    salt = closing.token_bytes(salt_bytes)
    digest = mac_digest(MAC_HASHES[hash_oid], safe_der, closing.password, salt, closing.mac_iterations)
    algorithm = {"algorithm": hash_oid, "parameters": asn1.any_of(core.Null())}
    mac_data = asn1.MacData(
        {
            "mac": {"digest_algorithm": algorithm, "digest": digest},
            "mac_salt": salt,
            "iterations": closing.mac_iterations,
        }
    )
    pfx = asn1.Pfx({"version": PFX_VERSION, "auth_safe": _data(safe_der), "mac_data": mac_data})
    der: bytes = pfx.dump()
    return der
