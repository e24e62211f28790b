"""Public keys: which algorithms Dojang knows, and whether a key offered to it is a good one.

Works on SubjectPublicKeyInfo bytes only and must not know whose key it is. Sources: RFC 8017 and RFC 5480 for the
encodings, NIST SP 800-89 section 5.3.3 for partial validation, CVE-2017-15361 for the Infineon (ROCA) structure.
"""

import hashlib
import math
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der, oid

PUBLIC_EXPONENT: Final = 65537
_FERMAT_ROUNDS = 100
_MAX_SPKI_BYTES = 1200


class KeyAlgorithm(StrEnum):
    """Key kinds that a profile may allow, written as the profiles write them."""

    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"
    EC_P256 = "ec-p256"

    @property
    def is_rsa(self) -> bool:
        """Whether the key is an RSA key."""
        return self is not KeyAlgorithm.EC_P256


class SignatureAlgorithm(StrEnum):
    """Signature algorithms Dojang signs with, and their AlgorithmIdentifier."""

    RSA_SHA256 = "sha256WithRSAEncryption"
    ECDSA_SHA256 = "ecdsa-with-SHA256"

    @property
    def identifier_der(self) -> bytes:
        """AlgorithmIdentifier: NULL parameters for RSA (RFC 4055), none for ECDSA (RFC 5758)."""
        if self is SignatureAlgorithm.RSA_SHA256:
            return der.sequence(der.oid(oid.SHA256_WITH_RSA), der.NULL_DER)
        return der.sequence(der.oid(oid.ECDSA_WITH_SHA256))


def signature_algorithm_for(algorithm: KeyAlgorithm) -> SignatureAlgorithm:
    """Return the signature algorithm a key of this kind signs with."""
    return SignatureAlgorithm.RSA_SHA256 if algorithm.is_rsa else SignatureAlgorithm.ECDSA_SHA256


class PublicKeyMalformed(DojangError):
    """The bytes are not a SubjectPublicKeyInfo that can be read."""

    code: ClassVar[str] = "pki.public_key_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PublicKeyUnsupported(DojangError):
    """The key is of a kind or size that the profile does not allow; `allowed` names those it does."""

    code: ClassVar[str] = "pki.public_key_unsupported"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PublicKeyWeak(DojangError):
    """The key has a known weakness; `weakness` names it."""

    code: ClassVar[str] = "pki.public_key_weak"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that passed `parse_public_key`: its exact encoding, kind, and key identifier (RFC 5280 method 1)."""

    spki_der: bytes
    algorithm: KeyAlgorithm
    key_identifier: bytes
    handle: rsa.RSAPublicKey | ec.EllipticCurvePublicKey = field(repr=False, compare=False)


def key_identifier(spki_der: bytes) -> bytes:
    """Return SHA-1 of the content of the subjectPublicKey bit string (RFC 5280 section 4.2.1.2, method 1).

    Raises `DerMalformed` when the bytes are not a SubjectPublicKeyInfo in DER.
    """
    parts = der.elements(der.whole(spki_der, der.SEQUENCE))
    if len(parts) != 2 or parts[1][0] != der.BIT_STRING or parts[1][1][:1] != b"\x00":
        raise der.DerMalformed(reason="public_key_form", offset=0)
    # SHA-1 names a key here and protects nothing (RFC 5280, RFC 7093).
    return hashlib.sha1(parts[1][1][1:], usedforsecurity=False).digest()


@lru_cache(maxsize=512)
def parse_public_key(spki_der: bytes, allowed: frozenset[KeyAlgorithm]) -> PublicKey:
    """Return the key when it is encoded as the standards say, allowed, and free of known weaknesses.

    Remembers the last keys it accepted: one issuance asks about the same key at the request and again at the lint.
    Raises `PublicKeyMalformed`, `PublicKeyUnsupported` or `PublicKeyWeak`.
    """
    if len(spki_der) > _MAX_SPKI_BYTES:
        raise PublicKeyMalformed()
    try:
        handle = load_der_public_key(spki_der)
        identifier = key_identifier(spki_der)
    except (ValueError, UnsupportedAlgorithm, der.DerMalformed):
        # A point off the curve ends here too: the library refuses it.
        raise PublicKeyMalformed() from None
    if isinstance(handle, rsa.RSAPublicKey):
        algorithm = _rsa_algorithm(handle, allowed)
        canonical_der = _rsa_spki(handle.public_numbers())
        check_rsa_key(handle.public_numbers())
    elif isinstance(handle, ec.EllipticCurvePublicKey) and isinstance(handle.curve, ec.SECP256R1):
        algorithm = KeyAlgorithm.EC_P256
        canonical_der = _p256_spki(handle.public_numbers())
    else:
        raise PublicKeyUnsupported(allowed=sorted(allowed))
    if algorithm not in allowed:
        raise PublicKeyUnsupported(allowed=sorted(allowed))
    if canonical_der != spki_der:
        raise PublicKeyMalformed()
    return PublicKey(spki_der=spki_der, algorithm=algorithm, key_identifier=identifier, handle=handle)


def is_signature(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Return whether `signature` over `data` verifies under the key with SHA-256."""
    try:
        if isinstance(key.handle, rsa.RSAPublicKey):
            key.handle.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key.handle, ec.EllipticCurvePublicKey):
            key.handle.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def is_signature_of_digest(key: PublicKey, digest: bytes, signature: bytes) -> bool:
    """Return whether `signature` over data whose SHA-256 is `digest` verifies under the key."""
    hashed = Prehashed(hashes.SHA256())
    try:
        if isinstance(key.handle, rsa.RSAPublicKey):
            key.handle.verify(signature, digest, padding.PKCS1v15(), hashed)
        elif isinstance(key.handle, ec.EllipticCurvePublicKey):
            key.handle.verify(signature, digest, ec.ECDSA(hashed))
    except InvalidSignature:
        return False
    return True


def _rsa_algorithm(handle: rsa.RSAPublicKey, allowed: frozenset[KeyAlgorithm]) -> KeyAlgorithm:
    try:
        return KeyAlgorithm(f"rsa-{handle.key_size}")
    except ValueError:
        raise PublicKeyUnsupported(allowed=sorted(allowed)) from None


def _rsa_spki(numbers: rsa.RSAPublicNumbers) -> bytes:
    key = der.sequence(der.integer(numbers.n), der.integer(numbers.e))
    return der.sequence(der.sequence(der.oid(oid.RSA_ENCRYPTION), der.NULL_DER), der.bit_string(key))


def _p256_spki(numbers: ec.EllipticCurvePublicNumbers) -> bytes:
    # Uncompressed only: RFC 5480 section 2.2 lets a CA refuse the compressed form, and clients trip over it.
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return der.sequence(der.sequence(der.oid(oid.EC_PUBLIC_KEY), der.oid(oid.P256)), der.bit_string(point))


def check_rsa_key(numbers: rsa.RSAPublicNumbers) -> None:
    """Raise `PublicKeyWeak` for an exponent other than 65537, or a modulus that is even, has a small prime factor,
    carries the Infineon (ROCA) structure, or has two primes too close together.
    """
    modulus = numbers.n
    if numbers.e != PUBLIC_EXPONENT:
        raise PublicKeyWeak(weakness="exponent")
    if not modulus & 1:
        raise PublicKeyWeak(weakness="even_modulus")
    if math.gcd(modulus % _small_prime_product(), _small_prime_product()) != 1:
        raise PublicKeyWeak(weakness="small_factor")
    if _has_roca_structure(modulus):
        raise PublicKeyWeak(weakness="roca")
    if _has_close_primes(modulus):
        raise PublicKeyWeak(weakness="close_primes")


def _primes_below(bound: int) -> list[int]:
    return [n for n in range(2, bound) if all(n % divisor for divisor in range(2, math.isqrt(n) + 1))]


@lru_cache(maxsize=1)
def _small_prime_product() -> int:
    return math.prod(_primes_below(752))


@lru_cache(maxsize=1)
def _roca_residues() -> tuple[tuple[int, frozenset[int]], ...]:
    """Per odd prime below 168: the powers of 65537 modulo it, where those are not all residues.

    Primes of the flawed library have the form k·M + (65537^a mod M), so the modulus too is a power of 65537 modulo
    each prime factor of M.
    """
    table = []
    for prime in _primes_below(168)[1:]:
        residues = frozenset(pow(PUBLIC_EXPONENT, power, prime) for power in range(prime - 1))
        if len(residues) < prime - 1:
            table.append((prime, residues))
    return tuple(table)


def _has_roca_structure(modulus: int) -> bool:
    return all(modulus % prime in residues for prime, residues in _roca_residues())


_SIEVE_MODULI = (16, 9, 5, 7, 11, 13, 17, 19, 23, 29, 31)


@lru_cache(maxsize=1)
def _square_rounds() -> tuple[tuple[int, tuple[tuple[int, ...], ...]], ...]:
    """Per modulus m, root mod m and N mod m: the rounds k (as bits) in which (root + k)² - N is a square mod m."""
    table = []
    for m in _SIEVE_MODULI:
        squares = {n * n % m for n in range(m)}
        rows = tuple(
            tuple(
                sum(1 << k for k in range(_FERMAT_ROUNDS) if ((root + k) ** 2 - modulus) % m in squares)
                for modulus in range(m)
            )
            for root in range(m)
        )
        table.append((m, rows))
    return tuple(table)


def _has_close_primes(modulus: int) -> bool:
    """Fermat's factorisation, a fixed number of rounds: is (root + k)² - N a square for a small k?

    Remainders modulo small numbers rule out nearly all rounds at once; what is left is worked out in full.
    """
    root = math.isqrt(modulus - 1) + 1
    rounds = -1
    for m, rows in _square_rounds():
        rounds &= rows[root % m][modulus % m]
    while rounds:
        lowest = rounds & -rounds
        difference = (root + lowest.bit_length() - 1) ** 2 - modulus
        if math.isqrt(difference) ** 2 == difference:
            return True
        rounds ^= lowest
    return False
