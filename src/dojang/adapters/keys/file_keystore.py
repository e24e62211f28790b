"""A directory of encrypted key files behind the `KeyStore` port.

Each key is opened once, on first use, and kept in memory; signing runs in as many threads as call it. The passphrase
comes from a file or the environment through configuration; this module is handed the bytes.
"""

import os
import re
import secrets
import threading
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from dojang.adapters.keys.key_file import KeyFile, PrivateKey, open_key, parse_key_file, seal_key, spki_der_of
from dojang.kernel.ports import Chance
from dojang.pki.keystore import (
    DecryptionFailed,
    KeyExists,
    KeyLabelInvalid,
    KeyNotFound,
    KeyStoreDamaged,
    KeyStoreLocked,
    KeyUse,
    KeyUseRefused,
    Mechanism,
)
from dojang.pki.public_key import PUBLIC_EXPONENT, KeyAlgorithm

_LABEL = re.compile(r"^[a-z0-9][a-z0-9.-]{0,63}$")
_SUFFIX: Final = ".key.pem"
_MIN_PASSPHRASE_OCTETS: Final = 12


def read_passphrase(path: Path) -> bytes:
    """Return a passphrase file's content without its final line break. Raises `KeyStoreLocked` when it cannot be
    read.
    """
    try:
        return path.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError:
        raise KeyStoreLocked() from None


def open_passphrase(path: Path) -> bytes:
    """Return a passphrase file's content; make the file (mode 0600, 256 random bits) when there is none.

    Raises `KeyStoreLocked` when it cannot be read.
    """
    if not path.exists():
        _write_passphrase(path)
    return read_passphrase(path)


def _write_passphrase(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # unlike a rename, never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class FileKeyStore:
    """Keys as files below one directory, which is made (for its owner alone) when it is not there.

    Raises `KeyStoreLocked` for a passphrase shorter than 12 octets.
    """

    def __init__(self, *, directory: Path, passphrase: bytes, chance: Chance) -> None:
        """Open the directory; keys are opened when first used."""
        if len(passphrase) < _MIN_PASSPHRASE_OCTETS:
            raise KeyStoreLocked(reason="passphrase_too_short")
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._passphrase = passphrase
        self._chance = chance
        self._opened: dict[str, tuple[KeyFile, PrivateKey]] = {}
        self._opening = threading.Lock()

    def __repr__(self) -> str:
        return "FileKeyStore()"

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        """Make a key pair and return its SubjectPublicKeyInfo. Raises `KeyExists`, `KeyUseRefused`."""
        path = self._path(label)
        if use is KeyUse.DECRYPT and not algorithm.is_rsa:
            raise KeyUseRefused(label=label)
        if path.exists():
            raise KeyExists(label=label)
        key = _new_key(algorithm)
        content = seal_key(
            key, label=label, algorithm=algorithm, use=use, passphrase=self._passphrase, chance=self._chance
        )
        self._write_new(path, content, label)
        return spki_der_of(key)

    def public_key(self, label: str) -> bytes:
        """Return SubjectPublicKeyInfo of a key that the passphrase opens. Raises `KeyNotFound`."""
        return self._open(label)[0].spki_der

    def labels(self) -> frozenset[str]:
        """Return the labels of all key files."""
        return frozenset(path.name.removesuffix(_SUFFIX) for path in self._directory.glob(f"*{_SUFFIX}"))

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """Return the signature over `data`. Raises `KeyNotFound`, `KeyUseRefused`."""
        file, key = self._opened.get(label) or self._open(label)
        if file.use is KeyUse.SIGN:
            if isinstance(key, rsa.RSAPrivateKey) and mechanism is Mechanism.SHA256_RSA_PKCS:
                return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            if isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is Mechanism.ECDSA_SHA256:
                return key.sign(data, ec.ECDSA(hashes.SHA256()))
        raise KeyUseRefused(label=label)

    def sign_digest(self, label: str, digest: bytes, mechanism: Mechanism) -> bytes:
        """Return the signature over data of that SHA-256. Raises `KeyNotFound`, `KeyUseRefused`."""
        file, key = self._opened.get(label) or self._open(label)
        hashed = Prehashed(hashes.SHA256())
        if file.use is KeyUse.SIGN:
            if isinstance(key, rsa.RSAPrivateKey) and mechanism is Mechanism.SHA256_RSA_PKCS:
                return key.sign(digest, padding.PKCS1v15(), hashed)
            if isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is Mechanism.ECDSA_SHA256:
                return key.sign(digest, ec.ECDSA(hashed))
        raise KeyUseRefused(label=label)

    def decrypt(self, label: str, ciphertext: bytes, mechanism: Mechanism, *, bound_to: bytes = b"") -> bytes:
        """Return the plaintext sent under the OAEP label `bound_to`.

        Raises `KeyNotFound`, `KeyUseRefused`, `DecryptionFailed`.
        """
        file, key = self._opened.get(label) or self._open(label)
        if file.use is not KeyUse.DECRYPT or not isinstance(key, rsa.RSAPrivateKey):
            raise KeyUseRefused(label=label)
        if mechanism is not Mechanism.RSA_PKCS_OAEP:
            raise KeyUseRefused(label=label)
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=bound_to or None)
        try:
            return key.decrypt(ciphertext, oaep)
        except ValueError:
            raise DecryptionFailed() from None

    def delete(self, label: str) -> None:
        """Remove the key file and forget the key. Raises `KeyNotFound`."""
        path = self._path(label)
        with self._opening:
            self._opened.pop(label, None)
            try:
                path.unlink()
            except FileNotFoundError:
                raise KeyNotFound(label=label) from None
        _sync_directory(self._directory)

    def _path(self, label: str) -> Path:
        if not _LABEL.match(label):
            raise KeyLabelInvalid()
        return self._directory / f"{label}{_SUFFIX}"

    def _open(self, label: str) -> tuple[KeyFile, PrivateKey]:
        path = self._path(label)
        with self._opening:
            opened = self._opened.get(label)
            if opened is None:
                try:
                    content = path.read_bytes()
                except FileNotFoundError:
                    raise KeyNotFound(label=label) from None
                file = parse_key_file(content)
                if file.label != label:
                    raise KeyStoreDamaged(label=label)
                opened = self._opened[label] = file, open_key(file, self._passphrase)
            return opened

    def _write_new(self, path: Path, content: bytes, label: str) -> None:
        """Write beside, then link into place: a crash leaves no half key, and an existing one is never replaced."""
        draft = path.with_name(f".{path.name}.{self._chance.token_bytes(8).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            path.hardlink_to(draft)
        except FileExistsError:
            raise KeyExists(label=label) from None
        finally:
            draft.unlink()
        _sync_directory(self._directory)


def _new_key(algorithm: KeyAlgorithm) -> PrivateKey:
    if algorithm is KeyAlgorithm.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(PUBLIC_EXPONENT, int(algorithm.removeprefix("rsa-")))


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
