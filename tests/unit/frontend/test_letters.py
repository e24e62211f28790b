"""Letters that OpenSSL and pyca encrypt to a key-management certificate, opened by the browser's code."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, pem
from cryptography import x509
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from unit.pki.npki import subscriber

Order = Callable[..., dict[str, Any]]

LETTER = "주문하신 도장이 오늘 출발했어요.\r\n".encode() * 40
OAEP = ("-keyopt", "rsa_padding_mode:oaep")
LEGACY = ("-provider", "legacy", "-provider", "default")


def openssl(*arguments: str | Path, stdin: bytes) -> bytes:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipient") / "km.pem"
    path.write_bytes(pem.armor("CERTIFICATE", subscriber.subscriber().km_certificate_der))
    return path


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stranger") / "km.pem"
    other = subscriber.certificate(
        subscriber.rsa_key("stranger"), subscriber.usage(encipher=True), subscriber.subject_name(), 2002
    )
    path.write_bytes(pem.armor("CERTIFICATE", other))
    return path


def encrypt(certificate: Path, *options: str, letter: bytes = LETTER) -> bytes:
    """What `openssl cms -encrypt` makes."""
    recipient = ("-recip", certificate)
    return openssl(
        "cms", "-encrypt", "-binary", "-outform", "DER", *options[:1], *recipient, *options[1:], stdin=letter
    )


def open_letter(device: Order, message: bytes) -> dict[str, Any]:
    holder = subscriber.subscriber()
    return device("openLetter", certificate=holder.km_certificate_der, key=holder.km_pkcs8_der, message=message)


@pytest.mark.parametrize("cipher", ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-256-gcm"])
@pytest.mark.parametrize(
    "transport", [(), OAEP, (*OAEP, "-keyopt", "rsa_oaep_md:sha256")], ids=["v15", "oaep", "oaep256"]
)
def test_every_way_openssl_encrypts_opens(
    device: Order, certificate: Path, cipher: str, transport: tuple[str, ...]
) -> None:
    message = encrypt(certificate, f"-{cipher}", *transport)
    answer = open_letter(device, message)
    assert answer["said"] == [cipher.upper(), cipher.endswith("gcm")]
    assert answer["content"] == LETTER


def test_the_default_of_openssl_is_what_is_not_in_webcrypto(device: Order, certificate: Path) -> None:
    message = encrypt(certificate, "-aes-256-cbc")
    (recipient,) = cms.ContentInfo.load(message)["content"]["recipient_infos"]
    assert recipient.chosen["key_encryption_algorithm"]["algorithm"].native == "rsaes_pkcs1v15"
    assert open_letter(device, message)["content"] == LETTER


@pytest.mark.parametrize("letter", [b"", os.urandom(15), os.urandom(16), os.urandom(300_000)], ids=len)
@pytest.mark.parametrize("cipher", ["-aes-256-cbc", "-aes-256-gcm"])
def test_letters_of_any_length_open_streamed_too(device: Order, certificate: Path, cipher: str, letter: bytes) -> None:
    streaming = [(), ("-stream",)] if cipher.endswith("cbc") else [()]  # OpenSSL 3.0 cannot stream GCM
    for streamed in streaming:
        assert open_letter(device, encrypt(certificate, cipher, *streamed, letter=letter))["content"] == letter


def test_seed_as_npki_programs_use_it(device: Order, certificate: Path) -> None:
    assert open_letter(device, encrypt(certificate, "-seed-cbc", *LEGACY))["said"] == ["SEED-CBC", False]


def test_several_recipients_named_by_key_or_by_serial(device: Order, certificate: Path, stranger: Path) -> None:
    for named in ((), ("-keyid",)):
        message = encrypt(certificate, "-aes-256-gcm", "-recip", str(stranger), *named)
        assert open_letter(device, message)["content"] == LETTER
        assert open_letter(device, encrypt(stranger, "-aes-256-gcm", *named))["said"] == ["envelope.not_for_you"]


def test_pyca_writes_letters_too(device: Order) -> None:
    holder = x509.load_der_x509_certificate(subscriber.subscriber().km_certificate_der)
    message = (
        PKCS7EnvelopeBuilder()
        .set_data(LETTER)
        .set_content_encryption_algorithm(algorithms.AES256)
        .add_recipient(holder)
        .encrypt(Encoding.DER, [PKCS7Options.Binary])
    )
    assert open_letter(device, message)["content"] == LETTER


def test_alterations_and_old_ciphers_are_named(device: Order, certificate: Path) -> None:
    sealed = encrypt(certificate, "-aes-256-gcm")
    assert open_letter(device, sealed[:-1] + bytes([sealed[-1] ^ 1]))["said"] == ["envelope.altered"]
    middle = len(sealed) // 2
    assert open_letter(device, sealed[:middle] + b"?" + sealed[middle + 1 :])["said"] == ["envelope.altered"]
    assert open_letter(device, encrypt(certificate, "-des3"))["said"] == ["envelope.algorithm_unsupported"]
    assert open_letter(device, b"Dear customer")["said"] == ["envelope.unreadable"]


def test_in_cbc_an_alteration_goes_unnoticed(device: Order, certificate: Path) -> None:
    """Why the page says so: a bit of one block turned over turns over the same bit of the next."""
    message = encrypt(certificate, "-aes-256-cbc", letter=b"pay 1000 won to the other account today please..")
    ciphertext = cms.ContentInfo.load(message)["content"]["encrypted_content_info"]["encrypted_content"].native
    place = message.index(ciphertext) + 16 + 4  # the last digit of the block before last
    opened = open_letter(device, message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :])
    assert opened["said"] == ["AES-256-CBC", False]
    assert opened["content"] != b"pay 1000 won to the other account today please.."
