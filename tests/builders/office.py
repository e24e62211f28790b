"""A small certificate office for tests: root, issuing CA, transport and statement keys, all made once per process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from dojang.adapters.chance import SystemChance
from dojang.adapters.keys.statement_signer import KeyStoreStatementSigner
from dojang.lifecycle.issuance.authority import CertificateAuthority, TransportKey
from dojang.lifecycle.issuance.model import CertificateKind
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
from dojang.pki.name import Name
from dojang.pki.profile import OperatorValues
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm, parse_public_key
from dojang.pki.signer import KeyStoreSigner
from dojang.pki.validity import full_validity
from fakes.memory_keystore import MemoryKeyStore

FOUNDED = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BANK = Name(country="kr", organization="dojang", units=("personal4IB", "HANBIT"))
CRL_URI = "http://ca.dojang.example/crl/issuing.crl"
OCSP_URI = "http://ocsp.dojang.example/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything a test of issuing needs of a CA."""

    authority: CertificateAuthority
    keystore: KeyStore
    root_der: bytes = field(repr=False)
    issuing_der: bytes = field(repr=False)
    transport_spki_der: bytes = field(repr=False)
    statement_der: bytes = field(repr=False)
    statement_signer: KeyStoreStatementSigner


@lru_cache(maxsize=1)
def office() -> Office:
    """The office, its keys made at the first call."""
    return found_office(MemoryKeyStore())


def found_office(keystore: KeyStore) -> Office:
    """Found an office on a key store."""
    operator = OperatorValues()
    root_name = Name(country="kr", organization="dojang", common_name="Root")
    root_der = _certify(keystore, "root", "root", root_name)
    root = issuer_from_certificate(root_der, crl_uri=CRL_URI, ocsp_uri=OCSP_URI)
    issuing_name = Name(country="kr", organization="dojang", units=("CA",), common_name="Issuing CA")
    issuing_der = _certify(keystore, "issuing", "issuing-ca", issuing_name, by="root", issuer=root)
    issuer = issuer_from_certificate(issuing_der, crl_uri=CRL_URI, ocsp_uri=OCSP_URI)
    statement_name = Name(country="kr", organization="dojang", common_name="Statements")
    statement_der = _certify(keystore, "statement", "statement", statement_name, by="issuing", issuer=issuer)
    transport_spki = keystore.generate("transport", KeyAlgorithm.RSA_2048, KeyUse.DECRYPT)
    signing = ("personal-signing", "personal-signing-rsa-3072", "personal-signing-ec-p256")
    key_management = ("personal-key-management", "personal-key-management-rsa-3072")
    authority = CertificateAuthority(
        issuer=issuer,
        signer=KeyStoreSigner(keystore=keystore, label="issuing", issuer=issuer, certificate_der=issuing_der),
        chain_der=(issuing_der, root_der),
        organization_name=BANK,
        bank_code="0097",
        profiles={
            CertificateKind.SIGNING: tuple(load_profile(name, operator) for name in signing),
            CertificateKind.KEY_MANAGEMENT: tuple(load_profile(name, operator) for name in key_management),
        },
        transport_key=TransportKey(keystore=keystore, label="transport"),
    )
    return Office(
        authority=authority,
        keystore=keystore,
        root_der=root_der,
        issuing_der=issuing_der,
        transport_spki_der=transport_spki,
        statement_der=statement_der,
        statement_signer=KeyStoreStatementSigner(
            keystore=keystore, label="statement", certificate_der=statement_der, chain_der=(issuing_der,)
        ),
    )


def _certify(
    keystore: KeyStore, label: str, profile_name: str, name: Name, *, by: str = "", issuer: Issuer | None = None
) -> bytes:
    """Make a key and its certificate, signed by the key `by` of `issuer`, or by itself."""
    profile = load_profile(profile_name, OperatorValues())
    spki_der = keystore.generate(label, KeyAlgorithm.RSA_2048, KeyUse.SIGN)
    serial = Serial.draw(SystemChance())
    validity = full_validity(FOUNDED, years=max(profile.validity_years))
    if issuer is None:
        key = parse_public_key(spki_der, profile.key_algorithms)
        issuer = self_issuer(name_der=name.der, key=key, serial=serial, validity=validity)
        signer = KeyStoreSigner(keystore=keystore, label=label, issuer=issuer)
    else:
        signer = KeyStoreSigner(keystore=keystore, label=by, issuer=issuer)
        validity = full_validity(FOUNDED, years=min(profile.validity_years))
    tbs_der = build_tbs_certificate(
        profile=profile,
        issuer=issuer,
        serial=serial,
        subject_der=name.der,
        spki_der=spki_der,
        validity=validity,
        identity_der=identity_name("한빛은행") if profile.carries_identity else None,
    )
    linted = lint_certificate(tbs_der, profile=profile, issuer=issuer, record_id=label)
    return assemble_certificate(tbs_der, signer.algorithm, signer.sign_certificate(linted))
