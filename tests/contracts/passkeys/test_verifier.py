"""The verifier: takes what is right, and refuses each thing that can be wrong with an answer, for its own reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.authenticator import BACKED_UP, PRESENT, SoftAuthenticator
from dojang.adapters.passkey_verifier import Fido2PasskeyVerifier, bound_to
from dojang.controls.access.passkeys.model import Assertion, Attestation, PasskeysUnavailable, PasskeyUnverified
from dojang.controls.access.passkeys.ports import PasskeyVerifier

CHALLENGE = bytes(range(32))
VERIFIER: PasskeyVerifier = Fido2PasskeyVerifier("http://127.0.0.1:8710")


@pytest.mark.parametrize("edwards", [False, True])
def test_what_was_made_answers(edwards: bool) -> None:
    authenticator = SoftAuthenticator(edwards=edwards)
    made = VERIFIER.verify_new(authenticator.make(CHALLENGE), CHALLENGE)
    assert (made.credential_id, made.sign_count, made.synced) == (authenticator.credential_id, 0, False)
    authenticator.flags |= BACKED_UP
    answer = authenticator.answer(CHALLENGE)
    assert VERIFIER.challenge_of(answer.client_data) == CHALLENGE
    verified = VERIFIER.verify_answer(answer, CHALLENGE, made.public_key)
    assert (verified.sign_count, verified.synced) == (1, True)


def _wrong_origin(one: SoftAuthenticator) -> None:
    one.origin = "http://localhost:8711"


def _phishing(one: SoftAuthenticator) -> None:
    one.origin = "https://localhost.example:8710"


def _framed(one: SoftAuthenticator) -> None:
    one.cross_origin = True


def _other_party(one: SoftAuthenticator) -> None:
    one.relying_party_id = "example"


def _unverified(one: SoftAuthenticator) -> None:
    one.flags = PRESENT


def _absent(one: SoftAuthenticator) -> None:
    one.flags = 0x04


@pytest.mark.parametrize("spoil", [_wrong_origin, _phishing, _framed, _other_party, _unverified, _absent])
def test_what_is_wrong_is_refused(spoil: Callable[[SoftAuthenticator], None]) -> None:
    authenticator = SoftAuthenticator()
    made = VERIFIER.verify_new(authenticator.make(CHALLENGE), CHALLENGE)
    spoil(authenticator)
    with pytest.raises(PasskeyUnverified):
        VERIFIER.verify_answer(authenticator.answer(CHALLENGE), CHALLENGE, made.public_key)
    with pytest.raises(PasskeyUnverified):
        VERIFIER.verify_new(authenticator.make(CHALLENGE), CHALLENGE)


def test_another_challenge_another_key_or_one_changed_bit_does_not_hold() -> None:
    authenticator = SoftAuthenticator()
    made = VERIFIER.verify_new(authenticator.make(CHALLENGE), CHALLENGE)
    answer = authenticator.answer(CHALLENGE)
    stranger = VERIFIER.verify_new(SoftAuthenticator().make(CHALLENGE), CHALLENGE)
    flipped = bytes([answer.signature[0], *answer.signature[1:-1], answer.signature[-1] ^ 1])
    for wrong, challenge, key in (
        (answer, bytes(32), made.public_key),
        (answer, CHALLENGE, stranger.public_key),
        (replace(answer, signature=flipped), CHALLENGE, made.public_key),
        (replace(answer, signature=b""), CHALLENGE, made.public_key),
        (replace(answer, authenticator_data=answer.authenticator_data[:-1] + b"\xff"), CHALLENGE, made.public_key),
    ):
        with pytest.raises(PasskeyUnverified):
            VERIFIER.verify_answer(wrong, challenge, key)


def test_what_was_made_is_no_answer_and_an_answer_makes_nothing() -> None:
    authenticator = SoftAuthenticator()
    attestation = authenticator.make(CHALLENGE)
    made = VERIFIER.verify_new(attestation, CHALLENGE)
    answer = authenticator.answer(CHALLENGE)
    with pytest.raises(PasskeyUnverified):
        VERIFIER.verify_answer(replace(answer, client_data=attestation.client_data), CHALLENGE, made.public_key)
    with pytest.raises(PasskeyUnverified):
        VERIFIER.verify_new(replace(attestation, client_data=answer.client_data), CHALLENGE)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_junk_raises_only_ours(client_data: bytes, rest: bytes) -> None:
    good = SoftAuthenticator()
    made = VERIFIER.verify_new(good.make(CHALLENGE), CHALLENGE)
    right = good.answer(CHALLENGE)
    for said in (client_data, right.client_data):
        with pytest.raises(PasskeyUnverified):
            VERIFIER.verify_new(Attestation(client_data=said, attestation_object=rest), CHALLENGE)
        junk = Assertion(credential_id=rest, client_data=said, authenticator_data=rest, signature=rest)
        with pytest.raises(PasskeyUnverified):
            VERIFIER.verify_answer(junk, CHALLENGE, made.public_key)


@pytest.mark.parametrize(
    ("public_url", "relying_party_id", "origin"),
    [
        ("http://127.0.0.1:8710", "localhost", "http://localhost:8710"),
        ("http://[::1]:8710", "localhost", "http://localhost:8710"),
        ("http://localhost:8710", "localhost", "http://localhost:8710"),
        ("https://cert.bank.example", "cert.bank.example", "https://cert.bank.example"),
        ("https://Cert.Bank.example:8443", "cert.bank.example", "https://cert.bank.example:8443"),
        ("http://192.0.2.7:8710", "", ""),
    ],
)
def test_what_passkeys_are_bound_to(public_url: str, relying_party_id: str, origin: str) -> None:
    assert bound_to(public_url) == (relying_party_id, origin)


def test_an_office_at_a_bare_address_has_none() -> None:
    with pytest.raises(PasskeysUnavailable):
        _ = Fido2PasskeyVerifier("http://192.0.2.7:8710").relying_party_id
