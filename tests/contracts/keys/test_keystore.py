"""What every key store must do. A PKCS#11 adapter joins by adding itself to `keystore` below."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dojang.adapters.keys.file_keystore import FileKeyStore
from dojang.pki.keystore import (
    DecryptionFailed,
    KeyExists,
    KeyLabelInvalid,
    KeyNotFound,
    KeyStore,
    KeyUse,
    KeyUseRefused,
    Mechanism,
)
from dojang.pki.public_key import KeyAlgorithm, is_signature, parse_public_key
from fakes.memory_keystore import MemoryKeyStore


class SystemChance:
    def new_id(self) -> str:
        return os.urandom(16).hex()

    def token_bytes(self, length: int) -> bytes:
        return os.urandom(length)

    def below(self, bound: int) -> int:
        return int.from_bytes(os.urandom(16), "big") % bound


def _file(directory: Path) -> KeyStore:
    return FileKeyStore(directory=directory, passphrase=b"correct horse battery", chance=SystemChance())


def _memory(directory: Path) -> KeyStore:
    return MemoryKeyStore()


@pytest.fixture(params=[_file, _memory], ids=["file", "memory"])
def keystore(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    make: Callable[[Path], KeyStore] = request.param
    return make(tmp_path / "keys")


def test_an_rsa_key_signs_and_others_can_verify(keystore: KeyStore) -> None:
    spki_der = keystore.generate("issuing", KeyAlgorithm.RSA_2048, KeyUse.SIGN)
    signature = keystore.sign("issuing", b"data", Mechanism.SHA256_RSA_PKCS)
    public = load_der_public_key(spki_der)
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 2048
    assert public.public_numbers().e == 65537
    public.verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"other", padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("algorithm", "mechanism"),
    [(KeyAlgorithm.RSA_2048, Mechanism.SHA256_RSA_PKCS), (KeyAlgorithm.EC_P256, Mechanism.ECDSA_SHA256)],
)
def test_a_digest_is_signed_as_the_data_would_be(
    keystore: KeyStore, algorithm: KeyAlgorithm, mechanism: Mechanism
) -> None:
    key = parse_public_key(keystore.generate("lists", algorithm, KeyUse.SIGN), frozenset(KeyAlgorithm))
    signature = keystore.sign_digest("lists", sha256(b"a long list").digest(), mechanism)
    assert is_signature(key, b"a long list", signature)
    assert not is_signature(key, b"another list", signature)
    wrong = {Mechanism.SHA256_RSA_PKCS: Mechanism.ECDSA_SHA256}.get(mechanism, Mechanism.SHA256_RSA_PKCS)
    with pytest.raises(KeyUseRefused):
        keystore.sign_digest("lists", sha256(b"").digest(), wrong)


def test_an_ec_key_signs_in_the_form_certificates_carry(keystore: KeyStore) -> None:
    public = load_der_public_key(keystore.generate("root", KeyAlgorithm.EC_P256, KeyUse.SIGN))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(keystore.sign("root", b"data", Mechanism.ECDSA_SHA256), b"data", ec.ECDSA(hashes.SHA256()))


def test_the_public_key_is_the_generated_one_each_time(keystore: KeyStore) -> None:
    spki_der = keystore.generate("a", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    assert keystore.public_key("a") == spki_der == keystore.public_key("a")
    assert keystore.generate("b", KeyAlgorithm.EC_P256, KeyUse.SIGN) != spki_der


def test_a_transport_key_opens_what_was_encrypted_to_it(keystore: KeyStore) -> None:
    public = load_der_public_key(keystore.generate("transport", KeyAlgorithm.RSA_2048, KeyUse.DECRYPT))
    assert isinstance(public, rsa.RSAPublicKey)
    for bound_to in (b"", b"application-1"):
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=bound_to or None)
        sealed = public.encrypt(b"R" * 20, oaep)
        opened = keystore.decrypt("transport", sealed, Mechanism.RSA_PKCS_OAEP, bound_to=bound_to)
        assert opened == b"R" * 20
        with pytest.raises(DecryptionFailed):
            keystore.decrypt("transport", sealed, Mechanism.RSA_PKCS_OAEP, bound_to=b"application-2")
        with pytest.raises(DecryptionFailed):
            keystore.decrypt("transport", sealed[:-1] + bytes([sealed[-1] ^ 1]), Mechanism.RSA_PKCS_OAEP)
    with pytest.raises(DecryptionFailed):
        keystore.decrypt("transport", b"short", Mechanism.RSA_PKCS_OAEP)


def test_a_key_does_only_what_it_was_made_for(keystore: KeyStore) -> None:
    keystore.generate("signing", KeyAlgorithm.RSA_2048, KeyUse.SIGN)
    keystore.generate("opening", KeyAlgorithm.RSA_2048, KeyUse.DECRYPT)
    with pytest.raises(KeyUseRefused):
        keystore.decrypt("signing", b"0" * 256, Mechanism.RSA_PKCS_OAEP)
    with pytest.raises(KeyUseRefused):
        keystore.sign("opening", b"data", Mechanism.SHA256_RSA_PKCS)
    with pytest.raises(KeyUseRefused):
        keystore.sign("signing", b"data", Mechanism.ECDSA_SHA256)
    with pytest.raises(KeyUseRefused):
        keystore.decrypt("opening", b"0" * 256, Mechanism.SHA256_RSA_PKCS)
    with pytest.raises(KeyUseRefused):
        keystore.generate("ec-opening", KeyAlgorithm.EC_P256, KeyUse.DECRYPT)
    assert keystore.labels() == {"signing", "opening"}


def test_a_label_is_taken_once(keystore: KeyStore) -> None:
    spki_der = keystore.generate("root", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    with pytest.raises(KeyExists):
        keystore.generate("root", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    assert keystore.public_key("root") == spki_der


@pytest.mark.parametrize("label", ["", "../root", "Root", "a/b", "a b", "-a", "a" * 65, ".hidden", "루트"])
def test_labels_cannot_wander(keystore: KeyStore, label: str) -> None:
    with pytest.raises(KeyLabelInvalid):
        keystore.generate(label, KeyAlgorithm.EC_P256, KeyUse.SIGN)
    with pytest.raises(KeyLabelInvalid):
        keystore.public_key(label)


def test_an_unknown_key_is_not_found(keystore: KeyStore) -> None:
    with pytest.raises(KeyNotFound):
        keystore.public_key("nobody")
    with pytest.raises(KeyNotFound):
        keystore.sign("nobody", b"", Mechanism.SHA256_RSA_PKCS)
    with pytest.raises(KeyNotFound):
        keystore.sign_digest("nobody", b"d" * 32, Mechanism.SHA256_RSA_PKCS)
    with pytest.raises(KeyNotFound):
        keystore.decrypt("nobody", b"", Mechanism.RSA_PKCS_OAEP)
    with pytest.raises(KeyNotFound):
        keystore.delete("nobody")


def test_a_deleted_key_is_gone_even_after_use(keystore: KeyStore) -> None:
    keystore.generate("old", KeyAlgorithm.EC_P256, KeyUse.SIGN)
    keystore.sign("old", b"data", Mechanism.ECDSA_SHA256)
    keystore.delete("old")
    assert keystore.labels() == frozenset()
    with pytest.raises(KeyNotFound):
        keystore.sign("old", b"data", Mechanism.ECDSA_SHA256)
    keystore.generate("old", KeyAlgorithm.EC_P256, KeyUse.SIGN)


def test_many_threads_sign_at_once(keystore: KeyStore) -> None:
    public = load_der_public_key(keystore.generate("busy", KeyAlgorithm.EC_P256, KeyUse.SIGN))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    messages = [str(number).encode() for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        signatures = pool.map(lambda data: keystore.sign("busy", data, Mechanism.ECDSA_SHA256), messages)
    for data, signature in zip(messages, signatures, strict=True):
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))


def test_only_one_of_many_threads_makes_a_key(keystore: KeyStore) -> None:
    def attempt(_: int) -> bytes | None:
        try:
            return keystore.generate("contested", KeyAlgorithm.EC_P256, KeyUse.SIGN)
        except KeyExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [spki_der for spki_der in pool.map(attempt, range(8)) if spki_der is not None]
    assert made == [keystore.public_key("contested")]
