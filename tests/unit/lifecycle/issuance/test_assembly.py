"""Keys checked, R opened, drafts linted, proofs tied to their records."""

from dataclasses import replace

import pytest

from builders.applicants import (
    ClientKeys,
    ProvenIdentities,
    ScriptedChance,
    application_of,
    certification_request,
    client_keys,
    issuance_request,
    seal_r,
)
from builders.office import NOW, office
from dojang.lifecycle.identity_proofing.model import VerifiedIdentity
from dojang.lifecycle.issuance import assembly
from dojang.lifecycle.issuance.model import (
    CertificateKind,
    IssuanceRequest,
    KeysNotDistinct,
    KeyTypeNotOffered,
    RandomNumberUnreadable,
)
from dojang.lifecycle.issuance.rules import Admission
from dojang.pki.certificate import parse_certificate
from dojang.pki.csr import PossessionNotProven, RequestMalformed
from dojang.pki.lint import LintFailed
from dojang.pki.lint.linted import LintProofForged
from dojang.pki.public_key import KeyAlgorithm, PublicKeyUnsupported

APPLICATION = application_of()


def request() -> IssuanceRequest:
    return issuance_request(APPLICATION, client_keys(0, rsa_signing=True))


def proven() -> tuple[ProvenIdentities, VerifiedIdentity]:
    identities = ProvenIdentities()
    identities.prove(APPLICATION)
    return identities, identities.get_verified_identity(APPLICATION.id, NOW)


def draft() -> assembly.Draft:
    identities, identity = proven()
    authority = office().authority
    asked = request()
    return assembly.draft(
        asked,
        Admission(application=APPLICATION, identity=identity, subject=None),
        assembly.check_keys(asked, authority),
        assembly.identify(asked, identity, authority, identities),
        authority=authority,
        issuance_id="issuance-1",
        chance=ScriptedChance(),
        now=NOW,
    )


def test_both_requests_must_prove_possession() -> None:
    good = request()
    flipped = bytearray(good.key_management_request_der)
    flipped[-1] ^= 1
    with pytest.raises(PossessionNotProven):
        assembly.check_keys(replace(good, key_management_request_der=bytes(flipped)), office().authority)
    with pytest.raises(RequestMalformed):
        assembly.check_keys(replace(good, signing_request_der=b"junk"), office().authority)


def test_both_keys_must_differ() -> None:
    good = request()
    with pytest.raises(KeysNotDistinct):
        assembly.check_keys(replace(good, key_management_request_der=good.signing_request_der), office().authority)


def test_key_management_takes_no_elliptic_curve() -> None:
    good = request()
    elliptic = certification_request(client_keys(1).signing)
    with pytest.raises(PublicKeyUnsupported):
        assembly.check_keys(replace(good, key_management_request_der=elliptic), office().authority)
    with pytest.raises(KeyTypeNotOffered):
        office().authority.profile_for(CertificateKind.KEY_MANAGEMENT, KeyAlgorithm.EC_P256)


@pytest.mark.parametrize("r", [b"\x01" * 19, b"\x01" * 21, b"\x00" + b"\x01" * 19, b""])
def test_r_is_twenty_bytes_and_does_not_begin_with_zero(r: bytes) -> None:
    sealed = seal_r(r, APPLICATION.id, office().transport_spki_der)
    identities, identity = proven()
    with pytest.raises(RandomNumberUnreadable):
        assembly.identify(replace(request(), sealed_r=sealed), identity, office().authority, identities)


def test_r_sealed_for_another_application_does_not_open() -> None:
    sealed = seal_r(b"\x01" * 20, "application-2", office().transport_spki_der)
    identities, identity = proven()
    with pytest.raises(RandomNumberUnreadable):
        assembly.identify(replace(request(), sealed_r=sealed), identity, office().authority, identities)


def test_a_draft_certifies_both_keys_under_one_name() -> None:
    made = draft()
    authority = office().authority
    signing, key_management = (
        parse_certificate(assembly.sign(one, proof, authority).certificate_der)
        for one, proof in zip(made.prepared.certificates, made.proofs, strict=True)
    )
    keys: ClientKeys = client_keys(0, rsa_signing=True)
    assert signing.public_key() == keys.signing.public_key()
    assert key_management.public_key() == keys.key_management.public_key()
    assert signing.subject == key_management.subject
    assert signing.serial_number != key_management.serial_number
    assert signing.subject.rfc4514_string().startswith("CN=홍가람()009704120261123")


def test_a_proof_serves_only_the_bytes_and_the_record_it_was_made_for() -> None:
    made = draft()
    signing, key_management = made.prepared.certificates
    with pytest.raises(LintProofForged):
        assembly.sign(signing, made.proofs[1], office().authority)
    with pytest.raises(LintProofForged):
        assembly.sign(replace(signing, issuance_id="issuance-2"), made.proofs[0], office().authority)
    with pytest.raises(LintProofForged):
        assembly.sign(replace(key_management, tbs_der=signing.tbs_der), made.proofs[1], office().authority)


def test_recorded_bytes_are_linted_again_and_altered_ones_refused() -> None:
    made = draft()
    authority = office().authority
    proofs = assembly.relint(made.prepared, authority)
    assert [one.lint_digest for one in proofs] == [one.lint_digest for one in made.proofs]
    altered = bytearray(made.prepared.signing.tbs_der)
    altered[altered.index(b"personal4IB")] ^= 0x80
    broken = replace(made.prepared, signing=replace(made.prepared.signing, tbs_der=bytes(altered)))
    with pytest.raises(LintFailed):
        assembly.relint(broken, authority)
