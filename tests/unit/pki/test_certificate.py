"""Serials, and what a certificate is refused to be built from."""

from dataclasses import replace

import pytest

from builders.hierarchy import OPERATOR, hierarchy, subscriber_tbs
from dojang.pki.certificate import (
    MAX_SERIAL,
    CertificateInputMismatch,
    CertificateMalformed,
    Serial,
    SerialOutOfRange,
    build_tbs_certificate,
    certificate_pem,
    issuer_from_certificate,
    parse_certificates_pem,
)
from dojang.pki.profile_file import load_profile

PROFILE = load_profile("personal-signing", OPERATOR)


class OneNumber:
    """Chance that always draws the same number, and remembers the bound."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.bound = 0

    def new_id(self) -> str:
        raise AssertionError

    def token_bytes(self, length: int) -> bytes:
        raise AssertionError

    def below(self, bound: int) -> int:
        self.bound = bound
        return self._number


def test_serials_are_positive_and_fit_a_javascript_number() -> None:
    assert MAX_SERIAL == 2**53 - 1 == 9007199254740991
    assert (Serial(1), Serial(MAX_SERIAL)) == (1, MAX_SERIAL)
    for value in (0, -1, MAX_SERIAL + 1):
        with pytest.raises(SerialOutOfRange):
            Serial(value)
    assert Serial(255).hex == "ff"


def test_serials_are_drawn_from_the_whole_range() -> None:
    assert Serial.draw(OneNumber(0)) == 1
    assert Serial.draw(OneNumber(MAX_SERIAL - 1)) == MAX_SERIAL
    chance = OneNumber(5)
    Serial.draw(chance)
    assert chance.bound == MAX_SERIAL


def test_a_profile_with_identity_needs_one_and_others_take_none() -> None:
    management = load_profile("personal-key-management", OPERATOR)
    for profile, identity in ((PROFILE, None), (management, b"\xa0\x00")):
        with pytest.raises(CertificateInputMismatch):
            build_tbs_certificate(
                profile=profile,
                issuer=hierarchy().issuer,
                serial=Serial(1),
                subject_der=b"\x30\x00",
                spki_der=hierarchy().issuer.spki_der,
                validity=hierarchy().issuer.validity,
                identity_der=identity,
            )


@pytest.mark.parametrize(
    "changes", [{"crl_uri": None}, {"ocsp_uri": None}, {"crl_uri": "http://한글"}, {"crl_uri": "http://x/{partition}"}]
)
def test_an_issuer_without_the_addresses_a_profile_needs_is_refused(changes: dict[str, str | None]) -> None:
    house = hierarchy()
    issuer = replace(house.issuer, **changes)  # type: ignore[arg-type]  # addresses only
    with pytest.raises(CertificateInputMismatch):
        subscriber_tbs(PROFILE, house=replace(house, issuer=issuer))


def test_a_partition_is_written_into_the_distribution_point() -> None:
    issuer = replace(hierarchy().issuer, crl_uri="http://ca.example/crl/{partition}.crl")
    assert issuer.crl_uri_of(17) == "http://ca.example/crl/17.crl"


def test_pem_goes_there_and_back() -> None:
    house = hierarchy()
    both = certificate_pem(house.issuing_der) + certificate_pem(house.root_der)
    assert parse_certificates_pem(both) == (house.issuing_der, house.root_der)
    assert b"\r" not in both
    for junk in (b"", b"hello", b"-----BEGIN CERTIFICATE-----\nx"):
        with pytest.raises(CertificateMalformed):
            parse_certificates_pem(junk)


def test_an_issuer_is_read_from_its_certificate() -> None:
    house = hierarchy()
    assert (house.issuer.serial, house.issuer.issuer_name_der) == (2, house.root.name_der)
    with pytest.raises(CertificateMalformed):
        issuer_from_certificate(b"junk", crl_uri="http://x", ocsp_uri=None)
