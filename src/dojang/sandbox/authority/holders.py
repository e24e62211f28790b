"""The customers' certificates, each wrong in the one way its branch says, and what belongs to a person beside it."""

import os
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1

from dojang.pki import der, extensions
from dojang.pki.certificate import Issuer, assemble_certificate, build_tbs_certificate
from dojang.pki.extensions import identity_name
from dojang.pki.name import Name, SubscriberName
from dojang.pki.npki.private_key import with_random_number
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.virtual_id import compute_virtual_id
from dojang.pki.profile import SANDBOX_ARC
from dojang.pki.public_key import KeyAlgorithm, SignatureAlgorithm
from dojang.pki.validity import Validity
from dojang.sandbox.authority.branches import BY_FLAW, CUSTOMERS, WRONG_ARC, Customer, Flaw
from dojang.sandbox.authority.house import (
    OPERATOR,
    ORGANISATION,
    Authority,
    House,
    Rank,
    new_key,
    pkcs8_of,
    profile_of,
    serial_of,
    signed,
    spki_of_key,
)
from dojang.sandbox.authority.records import Holding, PrivateKey

REVOKED_DAYS: Final = 30
_WEAK_BITS: Final = 1024
_SHA1_WITH_RSA: Final = der.sequence(der.oid("1.2.840.113549.1.1.5"), der.NULL_DER)
_UNKNOWN_EXTENSION: Final = f"{SANDBOX_ARC}.66.1"
_PERSONS: Final = Name(country="kr", organization=ORGANISATION, units=("personal4IB", "TEST"))
_ISSUERS: Final = {
    Flaw.STALE_STATUS: Rank.STALE,
    Flaw.STATUS_UNREACHABLE: Rank.SILENT,
    Flaw.REVOKED_ISSUER: Rank.REVOKED,
    Flaw.EXPIRED_ISSUER: Rank.EXPIRED,
    Flaw.UNKNOWN_ISSUER: Rank.STRANGER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A customer with certificate and key. `above_der` leads to the root; `number` is an invented resident number."""

    customer: Customer
    holding: Holding = field(repr=False)
    above_der: tuple[bytes, ...] = field(repr=False)
    number: str = field(repr=False)


class Holders:
    """The customers of a house, made when first asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def holder(self, flaw: Flaw) -> Holder:
        """Return a customer."""
        customer = BY_FLAW[flaw]
        authority = self._house.authority(_ISSUERS.get(flaw, Rank.ISSUING))
        label = f"customer/{flaw}"
        holding = self._house.memory.remember(label, self._house.address, lambda: self._certified(customer, authority))
        return Holder(
            customer=customer, holding=holding, above_der=authority.chain_der, number=resident_number(customer)
        )

    def stamper(self) -> Holder:
        """Return who stamps the time for the customers: entitled to it, and in good standing."""
        authority = self._house.authority(Rank.ISSUING)
        made = self._house.memory.remember("stamper", self._house.address, lambda: self._stamper(authority))
        return Holder(customer=BY_FLAW[Flaw.NONE], holding=made, above_der=authority.chain_der, number="")

    def _certified(self, customer: Customer, authority: Authority) -> Holding:
        flaw = customer.flaw
        key = rsa.generate_private_key(65537, _WEAK_BITS) if flaw is Flaw.WEAK_KEY else new_key(KeyAlgorithm.RSA_2048)
        random_number = RandomNumber.draw(os.urandom)
        tbs_der = self._tbs(customer, authority.issuer, key, random_number)
        if flaw is Flaw.FORGED:
            made = signed(tbs_der, authority.issuer, new_key(KeyAlgorithm.RSA_2048), key)
        elif flaw is Flaw.WEAK_CERTIFICATE:
            made = _signed_with_sha1(tbs_der, authority, key)
        else:
            made = signed(tbs_der, authority.issuer, authority.holding.key, key)
        return Holding(made.certificate_der, with_random_number(made.pkcs8_der, random_number))

    def _tbs(self, customer: Customer, issuer: Issuer, key: PrivateKey, random_number: RandomNumber) -> bytes:
        flaw = customer.flaw
        kind = "personal-key-management" if flaw is Flaw.WRONG_KEY_USAGE else "personal-signing"
        profile = profile_of(kind, WRONG_ARC if flaw is Flaw.WRONG_POLICY else OPERATOR.arc)
        validity = self._validity(flaw)
        identity = identity_name(
            customer.real_name, compute_virtual_id(resident_number(customer), random_number).digest
        )
        tbs_der = build_tbs_certificate(
            profile=profile,
            issuer=issuer,
            serial=serial_of(f"{flaw}/{self._house.address}"),
            subject_der=_subject(customer),
            spki_der=spki_of_key(key),
            validity=validity,
            identity_der=identity if profile.carries_identity else None,
        )
        if flaw is Flaw.BACKWARDS:
            return _backwards(tbs_der, validity)
        return _with_unknown_extension(tbs_der) if flaw is Flaw.UNKNOWN_EXTENSION else tbs_der

    def _validity(self, flaw: Flaw) -> Validity:
        if flaw is Flaw.EXPIRED:
            return self._house.validity(400, 35)
        if flaw is Flaw.NOT_YET_VALID:
            return self._house.validity(-3650, -4015)
        return self._house.validity(90, -3650)

    def _stamper(self, authority: Authority) -> Holding:
        key = new_key(KeyAlgorithm.RSA_2048)
        name = Name(country="kr", organization=ORGANISATION, units=("TestCA",), common_name="Dojang Misbehaving TSA")
        tbs_der = build_tbs_certificate(
            profile=profile_of("tsa-delegate"),
            issuer=authority.issuer,
            serial=serial_of(f"stamper/{self._house.address}"),
            subject_der=name.der,
            spki_der=spki_of_key(key),
            validity=self._house.validity(2 * 365, -3650),
        )
        return signed(tbs_der, authority.issuer, authority.holding.key, key)


def resident_number(customer: Customer) -> str:
    """Return an invented resident registration number: its region code (97) was never given out."""
    return f"900101197{CUSTOMERS.index(customer):04d}"


def _subject(customer: Customer) -> bytes:
    name = SubscriberName(
        real_name=customer.real_name,
        bank_code="0999",
        first_registered=date(2026, 1, 1),
        sequence=CUSTOMERS.index(customer) + 1,
    )
    return name.under(_PERSONS).der


def _signed_with_sha1(tbs_der: bytes, authority: Authority, key: PrivateKey) -> Holding:
    """RSA with SHA-1, named so inside and outside; both algorithm identifiers have the same length."""
    strong_der = SignatureAlgorithm.RSA_SHA256.identifier_der
    weak_tbs_der = tbs_der.replace(strong_der, _SHA1_WITH_RSA, 1)
    signature = authority.holding.sign(weak_tbs_der, SHA1())  # noqa: S303 - weak on purpose
    strong = assemble_certificate(weak_tbs_der, SignatureAlgorithm.RSA_SHA256, signature)
    return Holding(strong.replace(strong_der, _SHA1_WITH_RSA, 1), pkcs8_of(key))


def _backwards(tbs_der: bytes, validity: Validity) -> bytes:
    first_der, last_der = der.time(validity.not_before), der.time(validity.not_after)
    return tbs_der.replace(der.sequence(first_der, last_der), der.sequence(last_der, first_der), 1)


def _with_unknown_extension(tbs_der: bytes) -> bytes:
    *before, (_, tagged, _) = der.elements(der.whole(tbs_der, der.SEQUENCE))
    known = der.whole(tagged, der.SEQUENCE)
    unknown_der = extensions.extension(_UNKNOWN_EXTENSION, der.NULL_DER, critical=True)
    return der.sequence(*(whole for _, _, whole in before), der.explicit(3, der.sequence(known, unknown_der)))
