"""PKCS#10: what OpenSSL and browsers send is read; what proves nothing, or holds a bad key, is refused by name."""

import math
import random
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from builders.hierarchy import customer_key, spki, subscriber_certificate
from dojang.kernel.errors import DojangError
from dojang.pki import der, oid
from dojang.pki.csr import PossessionNotProven, RequestMalformed, RequestTooLarge, parse_certification_request
from dojang.pki.public_key import (
    KeyAlgorithm,
    PublicKeyMalformed,
    PublicKeyUnsupported,
    PublicKeyWeak,
    check_rsa_key,
    parse_public_key,
)

RSA = frozenset({KeyAlgorithm.RSA_2048})
ALL = frozenset(KeyAlgorithm)


def _request(
    key: CertificateIssuerPrivateKeyTypes,
    digest: hashes.SHA256 | hashes.SHA384 | None = hashes.SHA256(),  # noqa: B008
) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything at all")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, digest)
    return request.public_bytes(Encoding.DER)


@pytest.mark.parametrize("algorithm", [KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072, KeyAlgorithm.EC_P256])
def test_a_proven_key_comes_back_exactly(algorithm: KeyAlgorithm) -> None:
    key = customer_key(algorithm)
    public = parse_certification_request(_request(key), frozenset({algorithm})).public_key
    assert public.spki_der == spki(key)
    assert public.algorithm is algorithm


def test_a_request_made_by_openssl_is_read(tmp_path: Path) -> None:
    command = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-subj", "/CN=x",
               "-outform", "DER", "-out", "request"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    public = parse_certification_request((tmp_path / "request").read_bytes(), RSA).public_key
    printed = subprocess.run(
        ["openssl", "pkey", "-in", "key", "-pubout", "-outform", "DER"], cwd=tmp_path, check=True, capture_output=True
    )
    assert public.spki_der == printed.stdout


def test_possession_must_be_proven() -> None:
    request = _request(customer_key())
    with pytest.raises(PossessionNotProven):
        parse_certification_request(request[:-1] + bytes([request[-1] ^ 1]), RSA)
    other = _request(rsa.generate_private_key(65537, 2048))
    with pytest.raises(PossessionNotProven):
        parse_certification_request(request.replace(spki(customer_key()), other[_spki_at(other) :][:294]), RSA)


def _spki_at(request_der: bytes) -> int:
    return request_der.index(der.sequence(der.oid(oid.RSA_ENCRYPTION), der.NULL_DER)) - 4


def test_a_signature_with_another_digest_proves_nothing() -> None:
    with pytest.raises(PossessionNotProven) as caught:
        parse_certification_request(_request(customer_key(), hashes.SHA384()), RSA)
    assert caught.value.fields["reason"] == "signature_algorithm"


@pytest.mark.parametrize(
    "key",
    [customer_key(KeyAlgorithm.EC_P256), customer_key(KeyAlgorithm.RSA_3072), ec.generate_private_key(ec.SECP384R1())],
)
def test_other_kinds_of_key_are_refused(key: CertificateIssuerPrivateKeyTypes) -> None:
    with pytest.raises(PublicKeyUnsupported) as caught:
        parse_certification_request(_request(key), RSA)
    assert caught.value.fields["allowed"] == ["rsa-2048"]


def test_edwards_keys_are_not_known() -> None:
    with pytest.raises(PublicKeyUnsupported):
        parse_certification_request(_request(ed25519.Ed25519PrivateKey.generate(), None), ALL)


def test_junk_and_large_requests_are_refused() -> None:
    for junk in (b"", b"\x30\x00", subscriber_certificate(), _request(customer_key())[:-1], b"x" * 8192):
        with pytest.raises(RequestMalformed):
            parse_certification_request(junk, RSA)
    with pytest.raises(RequestTooLarge):
        parse_certification_request(b"x" * 8193, RSA)


def test_every_changed_octet_is_refused_by_one_of_ours() -> None:
    request = _request(customer_key(KeyAlgorithm.EC_P256))
    for position in range(len(request)):
        changed = request[:position] + bytes([request[position] ^ 0x10]) + request[position + 1 :]
        with pytest.raises(DojangError):
            parse_certification_request(changed, frozenset({KeyAlgorithm.EC_P256}))


def _weakness(modulus: int, exponent: int = 65537) -> str | None:
    try:
        check_rsa_key(rsa.RSAPublicNumbers(exponent, modulus))
    except PublicKeyWeak as weak:
        return str(weak.fields["weakness"])
    return None


def _modulus() -> tuple[int, int, int]:
    key = customer_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    return numbers.p * numbers.q, numbers.p, numbers.q


def test_weak_moduli_are_named() -> None:
    modulus, p, _q = _modulus()
    assert _weakness(modulus) is None
    assert _weakness(modulus, 3) == "exponent"
    assert _weakness(modulus + 1) == "even_modulus"
    assert _weakness(modulus * 751) == "small_factor"
    near = _next_prime(p + 2)
    assert _weakness(p * near) == "close_primes"


def _next_prime(candidate: int) -> int:
    while not (
        candidate % 2 and math.gcd(candidate, 3 * 5 * 7 * 11 * 13) == 1 and pow(2, candidate - 1, candidate) == 1
    ):
        candidate += 1
    return candidate


def test_moduli_of_the_flawed_library_are_recognised_and_others_are_not() -> None:
    """Primes of the form k·M + (65537^a mod M), as CVE-2017-15361 describes them, M the product of the first primes."""
    draw = random.Random(15361)
    primorial = math.prod(n for n in range(2, 702) if all(n % d for d in range(2, n)))

    def flawed_prime() -> int:
        while True:
            prime = draw.getrandbits(54) * primorial + pow(65537, draw.getrandbits(60), primorial)
            if pow(2, prime - 1, prime) == 1:
                return prime

    assert _weakness(flawed_prime() * flawed_prime()) == "roca"
    assert [_weakness(_modulus()[0])] == [None]


def test_encodings_that_are_not_the_canonical_one_are_refused() -> None:
    modulus, _, _ = _modulus()
    key = der.sequence(der.integer(modulus), der.integer(65537))
    good = der.sequence(der.sequence(der.oid(oid.RSA_ENCRYPTION), der.NULL_DER), der.bit_string(key))
    assert parse_public_key(good, RSA).spki_der == good
    without_null = der.sequence(der.sequence(der.oid(oid.RSA_ENCRYPTION)), der.bit_string(key))
    with pytest.raises(PublicKeyMalformed):
        parse_public_key(without_null, RSA)
    with pytest.raises(PublicKeyMalformed):
        parse_public_key(good + b"\x00", RSA)


def test_points_off_the_curve_and_compressed_points_are_refused() -> None:
    good = spki(customer_key(KeyAlgorithm.EC_P256))
    with pytest.raises(PublicKeyMalformed):
        parse_public_key(good[:-1] + bytes([good[-1] ^ 1]), ALL)
    compressed = bytes([2 + (good[-1] & 1)]) + good[-64:-32]
    head = der.sequence(der.oid(oid.EC_PUBLIC_KEY), der.oid(oid.P256))
    with pytest.raises(PublicKeyMalformed):
        parse_public_key(der.sequence(head, der.bit_string(compressed)), ALL)
    with pytest.raises(PublicKeyMalformed):
        parse_public_key(der.sequence(head, der.bit_string(b"\x00")), ALL)
