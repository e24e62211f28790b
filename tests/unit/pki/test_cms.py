"""Signed messages: what holds is returned, and everything else is refused by its own name."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pypinksign.test_pinkSign import TEST_CERT

from builders.hierarchy import NOW, customer_key, hierarchy, subscriber_certificate
from dojang.kernel.errors import DojangError
from dojang.pki.certificate import certificate_pem
from dojang.pki.cms import (
    SignedContentAltered,
    SignedContentMissing,
    SignedDataForged,
    SignedDataMalformed,
    sign_content,
    verify_signed_content,
)

CONTENT = "원본".encode()


def _sign(data: bytes) -> bytes:
    key = customer_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _message(*, detached: bool = False) -> bytes:
    return sign_content(
        CONTENT,
        certificate_der=subscriber_certificate(),
        sign=_sign,
        now=NOW,
        chain_der=(hierarchy().issuing_der,),
        detached=detached,
    )


def test_what_was_signed_comes_back_with_certificate_and_time() -> None:
    signed = verify_signed_content(_message())
    assert signed.content == CONTENT
    assert signed.certificate_der == subscriber_certificate()
    assert signed.other_certificates_der == (hierarchy().issuing_der,)
    assert signed.signed_at == NOW


def test_a_detached_signature_needs_its_content() -> None:
    message = _message(detached=True)
    assert CONTENT not in message
    assert verify_signed_content(message, content=CONTENT).content == CONTENT
    with pytest.raises(SignedContentAltered):
        verify_signed_content(message, content=CONTENT + b".")
    with pytest.raises(SignedContentMissing):
        verify_signed_content(message)
    with pytest.raises(SignedContentMissing):
        verify_signed_content(_message(), content=CONTENT)


def test_altered_content_is_found() -> None:
    message = _message()
    assert message.count(CONTENT) == 1
    with pytest.raises(SignedContentAltered):
        verify_signed_content(message.replace(CONTENT, CONTENT[:-1] + b"?"))


def test_an_altered_signature_is_found() -> None:
    message = _message()
    with pytest.raises(SignedDataForged):
        verify_signed_content(message[:-1] + bytes([message[-1] ^ 1]))


def test_another_certificate_of_the_same_key_is_found() -> None:
    message, certificate_der = _message(), subscriber_certificate()
    twin = certificate_der[:-1] + bytes([certificate_der[-1] ^ 1])  # same key, names and serial; another certificate
    assert message.count(certificate_der) == 1
    with pytest.raises(SignedDataForged):
        verify_signed_content(message.replace(certificate_der, twin))


def test_a_message_of_another_client_without_signed_attributes_holds() -> None:
    signed = verify_signed_content(TEST_CERT["pkcs7SignMsg"])
    assert signed.content == TEST_CERT["testMsg"]
    assert signed.signed_at is None


def test_a_message_made_by_openssl_holds(tmp_path: Path) -> None:
    key = customer_key()
    (tmp_path / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "cert").write_bytes(certificate_pem(subscriber_certificate()))
    (tmp_path / "content").write_bytes(CONTENT)
    for extra in ([], ["-keyid"], ["-cades"]):
        command = ["openssl", "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-in", "content", "-signer",
                   "cert", "-inkey", "key", "-outform", "DER", "-out", "message", *extra]  # fmt: skip
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        signed = verify_signed_content((tmp_path / "message").read_bytes())
        assert signed.content == CONTENT
        assert signed.signed_at is not None
        assert signed.signed_at > NOW - timedelta(days=3650)


def test_every_truncation_and_every_changed_octet_raises_only_ours() -> None:
    message = _message()
    for position in range(0, len(message), 7):
        changed = message[:position] + bytes([message[position] ^ 0x21]) + message[position + 1 :]
        for junk in (message[:position], changed):
            try:
                signed = verify_signed_content(junk)
            except DojangError:
                continue
            assert signed.content == CONTENT


@pytest.mark.parametrize("junk", [b"", b"\x30\x00", b"\x30\x80", subscriber_certificate()])
def test_other_things_are_not_messages(junk: bytes) -> None:
    with pytest.raises(SignedDataMalformed):
        verify_signed_content(junk)
