"""A root, an issuing CA and whatever is issued below it, for tests of the standards: no store, no journey."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.pki.certificate import (
    Issuer,
    Serial,
    assemble_certificate,
    build_tbs_certificate,
    issuer_from_certificate,
    self_issuer,
)
from dojang.pki.extensions import identity_name
from dojang.pki.keystore import KeyStore, KeyUse
from dojang.pki.lint import lint_certificate
from dojang.pki.name import Name, SubscriberName
from dojang.pki.profile import OperatorValues, Profile
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm, parse_public_key
from dojang.pki.signer import KeyStoreSigner
from dojang.pki.validity import full_validity
from fakes.memory_keystore import MemoryKeyStore

NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)
OPERATOR = OperatorValues()
OFFICE = Name(country="kr", organization="Dojang", units=("personal4IB", "HANBIT"))
ROOT_NAME = Name(country="kr", organization="Dojang", units=("RootCA",), common_name="Dojang Sandbox Root 1")
ISSUING_NAME = Name(country="kr", organization="Dojang", units=("AccreditedCA",), common_name="Dojang Sandbox CA 1")
CRL_URI = "http://ca.dojang.example/crl/issuing.crl"
OCSP_URI = "http://ocsp.dojang.example"
VIRTUAL_ID = sha256(b"nobody").digest()

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """Two levels and the signer of the lower one."""

    keystore: KeyStore
    root_der: bytes = field(repr=False)
    root: Issuer
    root_signer: KeyStoreSigner
    issuing_der: bytes = field(repr=False)
    issuer: Issuer
    signer: KeyStoreSigner


def hierarchy(
    root_key: KeyAlgorithm = KeyAlgorithm.EC_P256, issuing_key: KeyAlgorithm = KeyAlgorithm.RSA_2048
) -> Hierarchy:
    """Return the hierarchy with keys of these kinds, made once per process."""
    return _hierarchy(root_key, issuing_key)


@lru_cache(maxsize=8)
def _hierarchy(root_key: KeyAlgorithm, issuing_key: KeyAlgorithm) -> Hierarchy:
    keystore = MemoryKeyStore()
    root_profile = load_profile("root", OPERATOR)
    root_key_pair = parse_public_key(keystore.generate("root", root_key, KeyUse.SIGN), frozenset(KeyAlgorithm))
    serial, validity = Serial(1), full_validity(NOW, years=20)
    self_signed = self_issuer(name_der=ROOT_NAME.der, key=root_key_pair, serial=serial, validity=validity)
    root_der = sign(
        KeyStoreSigner(keystore=keystore, label="root", issuer=self_signed),
        root_profile,
        tbs_der=build_tbs_certificate(
            profile=root_profile,
            issuer=self_signed,
            serial=serial,
            subject_der=ROOT_NAME.der,
            spki_der=root_key_pair.spki_der,
            validity=validity,
        ),
    )
    root = issuer_from_certificate(root_der, crl_uri="http://ca.dojang.example/crl/root.crl", ocsp_uri=None)
    root_signer = KeyStoreSigner(keystore=keystore, label="root", issuer=root, certificate_der=root_der)
    issuing_profile = load_profile("issuing-ca", OPERATOR)
    issuing_der = sign(
        root_signer,
        issuing_profile,
        tbs_der=build_tbs_certificate(
            profile=issuing_profile,
            issuer=root,
            serial=Serial(2),
            subject_der=ISSUING_NAME.der,
            spki_der=keystore.generate("issuing", issuing_key, KeyUse.SIGN),
            validity=full_validity(NOW, years=10),
            identity_der=identity_name("도장은행"),
        ),
    )
    issuer = issuer_from_certificate(issuing_der, crl_uri=CRL_URI, ocsp_uri=OCSP_URI)
    return Hierarchy(
        keystore=keystore,
        root_der=root_der,
        root=root,
        root_signer=root_signer,
        issuing_der=issuing_der,
        issuer=issuer,
        signer=KeyStoreSigner(keystore=keystore, label="issuing", issuer=issuer, certificate_der=issuing_der),
    )


def sign(signer: KeyStoreSigner, profile: Profile, *, tbs_der: bytes) -> bytes:
    """Lint, sign and assemble."""
    linted = lint_certificate(tbs_der, profile=profile, issuer=signer.issuer, record_id="test")
    return assemble_certificate(tbs_der, signer.algorithm, signer.sign_certificate(linted))


def spki(key: PrivateKey) -> bytes:
    """Return the SubjectPublicKeyInfo of a private key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def customer_key(algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048) -> PrivateKey:
    """Return a customer's key of that kind, made once per process."""
    return _customer_key(algorithm)


@lru_cache(maxsize=8)
def _customer_key(algorithm: KeyAlgorithm) -> PrivateKey:
    if algorithm is KeyAlgorithm.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(algorithm.removeprefix("rsa-")))


def subscriber_name(sequence: int = 7) -> Name:
    """Return an invented subscriber."""
    return SubscriberName(
        real_name="도하람", bank_code="0097", first_registered=date(2026, 3, 5), sequence=sequence
    ).under(OFFICE)


def subscriber_tbs(
    profile: Profile,
    *,
    house: Hierarchy | None = None,
    serial: int = 4711,
    key: PrivateKey | None = None,
    years: int = 1,
    subject_der: bytes | None = None,
    identity_der: bytes | None = None,
    now: datetime = NOW,
) -> bytes:
    """Return a subscriber's (or delegate's) to-be-signed certificate with sensible parts."""
    house = house or hierarchy()
    (algorithm, *_) = sorted(profile.key_algorithms)
    return build_tbs_certificate(
        profile=profile,
        issuer=house.issuer,
        serial=Serial(serial),
        subject_der=subject_der or subscriber_name().der,
        spki_der=spki(key or customer_key(algorithm)),
        validity=full_validity(now, years=years),
        identity_der=(identity_der or identity_name("도하람", VIRTUAL_ID)) if profile.carries_identity else None,
    )


def subscriber_certificate(profile_name: str = "personal-signing", *, house: Hierarchy | None = None) -> bytes:
    """Return an issued certificate of a shipped profile."""
    house = house or hierarchy()
    profile = load_profile(profile_name, OPERATOR)
    return sign(house.signer, profile, tbs_der=subscriber_tbs(profile, house=house))
