"""The signer: nothing unlinted, nothing of another issuer, nothing faulty."""

import pytest

from builders.hierarchy import OPERATOR, hierarchy, subscriber_tbs
from dojang.pki.keystore import KeyUse, Mechanism
from dojang.pki.lint import LintedCertificate, lint_certificate
from dojang.pki.lint.linted import LintProofForged
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm, is_signature, parse_public_key
from dojang.pki.signer import KeyStoreSigner, SignatureFaulty, SignerKeyMismatch
from fakes.memory_keystore import MemoryKeyStore

PROFILE = load_profile("personal-signing", OPERATOR)


def _linted(issuing_key: KeyAlgorithm = KeyAlgorithm.RSA_2048) -> LintedCertificate:
    house = hierarchy(KeyAlgorithm.EC_P256, issuing_key)
    return lint_certificate(subscriber_tbs(PROFILE, house=house), profile=PROFILE, issuer=house.issuer, record_id="r")


def test_a_linted_certificate_is_signed() -> None:
    house, linted = hierarchy(), _linted()
    key = parse_public_key(house.issuer.spki_der, frozenset(KeyAlgorithm))
    assert is_signature(key, linted.tbs_der, house.signer.sign_certificate(linted))
    assert house.signer.certificate_der == house.issuing_der
    assert house.signer.issuer is house.issuer


@pytest.mark.parametrize("thing", [b"bytes", None, object()])
def test_nothing_unlinted_is_signed(thing: object) -> None:
    with pytest.raises(LintProofForged):
        hierarchy().signer.sign_certificate(thing)  # type: ignore[arg-type]  # the point of the test


def test_a_look_alike_is_not_a_proof() -> None:
    class LookAlike:
        tbs_der = b"x"
        issuer_key_identifier = hierarchy().issuer.key_identifier

    with pytest.raises(LintProofForged):
        hierarchy().signer.sign_certificate(LookAlike())  # type: ignore[arg-type]  # the point of the test


def test_a_proof_for_another_issuer_is_refused() -> None:
    with pytest.raises(LintProofForged):
        hierarchy().signer.sign_certificate(_linted(KeyAlgorithm.EC_P256))


def test_the_key_must_be_the_issuers() -> None:
    house, keystore = hierarchy(), MemoryKeyStore()
    keystore.generate("issuing", KeyAlgorithm.RSA_2048, KeyUse.SIGN)
    with pytest.raises(SignerKeyMismatch):
        KeyStoreSigner(keystore=keystore, label="issuing", issuer=house.issuer)
    with pytest.raises(SignerKeyMismatch):
        KeyStoreSigner(keystore=house.keystore, label="issuing", issuer=house.issuer, certificate_der=house.root_der)


class FaultyKeyStore(MemoryKeyStore):
    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        signature = super().sign(label, data, mechanism)
        return signature[:-1] + bytes([signature[-1] ^ 1])


def test_a_faulty_signature_does_not_leave() -> None:
    house, keystore = hierarchy(), FaultyKeyStore()
    keystore._keys["issuing"] = house.keystore._keys["issuing"]  # type: ignore[attr-defined]  # the fake's own
    signer = KeyStoreSigner(keystore=keystore, label="issuing", issuer=house.issuer)
    with pytest.raises(SignatureFaulty):
        signer.sign_certificate(_linted())
    with pytest.raises(SignatureFaulty):
        signer.sign_crl(b"list")
