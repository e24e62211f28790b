"""What is particular to keys in files: encryption at rest, judged by OpenSSL, and damage."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from dojang.adapters.keys.file_keystore import FileKeyStore, read_passphrase
from dojang.pki.keystore import KeyStoreDamaged, KeyStoreLocked, KeyUse, KeyUseRefused, Mechanism
from dojang.pki.public_key import KeyAlgorithm

PASSPHRASE = b"correct horse battery"


class SystemChance:
    def new_id(self) -> str:
        return os.urandom(16).hex()

    def token_bytes(self, length: int) -> bytes:
        return os.urandom(length)

    def below(self, bound: int) -> int:
        return int.from_bytes(os.urandom(16), "big") % bound


def _open(directory: Path, passphrase: bytes = PASSPHRASE) -> FileKeyStore:
    return FileKeyStore(directory=directory, passphrase=passphrase, chance=SystemChance())


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    _open(tmp_path).generate("root", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    return tmp_path / "root.key.pem"


def test_openssl_opens_the_file_with_the_passphrase_and_finds_the_same_key(key_file: Path) -> None:
    def public(password: str) -> subprocess.CompletedProcess[bytes]:
        command = ["openssl", "pkey", "-in", str(key_file), "-passin", f"pass:{password}", "-pubout", "-outform", "DER"]
        return subprocess.run(command, capture_output=True, check=False)

    assert public(PASSPHRASE.decode()).stdout == _open(key_file.parent).public_key("root")
    assert public("wrong horse battery").returncode != 0


def test_openssl_names_the_encryption(key_file: Path) -> None:
    parsed = subprocess.run(
        ["openssl", "asn1parse", "-in", str(key_file)], capture_output=True, check=True, text=True
    ).stdout
    assert "PBES2" in parsed
    assert "scrypt" in parsed
    assert "aes-256-cbc" in parsed


def test_only_the_owner_can_read(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_store_opened_later_signs_with_the_same_key(key_file: Path) -> None:
    first, second = _open(key_file.parent), _open(key_file.parent)
    assert first.public_key("root") == second.public_key("root")
    assert second.sign("root", b"data", Mechanism.ECDSA_SHA256)


def test_a_key_is_opened_once_and_kept(key_file: Path) -> None:
    store = _open(key_file.parent)
    store.public_key("root")
    key_file.unlink()
    assert store.sign("root", b"data", Mechanism.ECDSA_SHA256)


def test_a_wrong_passphrase_locks(key_file: Path) -> None:
    with pytest.raises(KeyStoreLocked):
        _open(key_file.parent, b"another passphrase").public_key("root")


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreLocked):
        _open(tmp_path, b"short")


@pytest.mark.parametrize(
    ("altered", "by", "error"),
    [
        (b"use: sign", b"use: decrypt", KeyStoreLocked),
        (b"algorithm: ec-p256", b"algorithm: rsa-2048", KeyStoreLocked),
        (b"label: root", b"label: other", KeyStoreDamaged),
        (b"use: sign", b"use: everything", KeyStoreDamaged),
        (b"mac: ", b"mac: zz", KeyStoreDamaged),
        (b"-----BEGIN PUBLIC KEY-----", b"", KeyStoreDamaged),
    ],
)
def test_an_altered_file_is_not_used(
    key_file: Path, altered: bytes, by: bytes, error: type[KeyStoreLocked | KeyStoreDamaged]
) -> None:
    content = key_file.read_bytes()
    assert altered in content
    key_file.write_bytes(content.replace(altered, by))
    with pytest.raises(error):
        _open(key_file.parent).sign("root", b"data", Mechanism.ECDSA_SHA256)


def test_an_exchanged_public_key_is_noticed(key_file: Path) -> None:
    store = _open(key_file.parent)
    store.generate("other", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    marker = b"-----BEGIN PUBLIC KEY-----"
    other = (key_file.parent / "other.key.pem").read_bytes()
    key_file.write_bytes(key_file.read_bytes().split(marker)[0] + marker + other.split(marker)[1])
    with pytest.raises(KeyStoreLocked):
        _open(key_file.parent).public_key("root")


def test_every_truncation_is_refused(key_file: Path) -> None:
    content = key_file.read_bytes()
    for length in range(0, content.rindex(b"-----END"), 40):
        key_file.write_bytes(content[:length])
        with pytest.raises((KeyStoreDamaged, KeyStoreLocked)):
            _open(key_file.parent).public_key("root")


def test_nothing_but_key_files_is_left_behind(key_file: Path) -> None:
    assert [path.name for path in key_file.parent.iterdir()] == ["root.key.pem"]


def test_representations_and_files_hold_no_secret(key_file: Path) -> None:
    assert PASSPHRASE.decode() not in repr(_open(key_file.parent))
    assert b"BEGIN PRIVATE KEY" not in key_file.read_bytes()


def test_use_is_refused_before_the_key_is_touched(key_file: Path) -> None:
    with pytest.raises(KeyUseRefused):
        _open(key_file.parent).decrypt("root", b"", Mechanism.RSA_PKCS_OAEP)


def test_a_passphrase_file_may_end_with_a_line_break(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"correct horse battery\r\n")
    assert read_passphrase(tmp_path / "p") == PASSPHRASE
    with pytest.raises(KeyStoreLocked):
        read_passphrase(tmp_path / "missing")
