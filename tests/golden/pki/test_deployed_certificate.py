"""A deployed yessign test certificate, rebuilt by our builder from its parsed values, byte for byte.

The bytes come with pypinksign (MIT); asn1crypto is the reader that knows nothing of our encoder.
"""

import base64
from datetime import UTC

import pytest
from asn1crypto import core, parser
from asn1crypto import x509 as asn1_x509
from pypinksign.test_pinkSign import TEST_CERT

from dojang.pki.certificate import Issuer, Serial, build_tbs_certificate
from dojang.pki.extensions import identity_name
from dojang.pki.lint import lint_certificate
from dojang.pki.name import Name, SubscriberName
from dojang.pki.profile import ExtensionName, OperatorValues
from dojang.pki.profile_file import parse_profile
from dojang.pki.public_key import SignatureAlgorithm
from dojang.pki.validity import Validity

YESSIGN_TEST_PROFILE = """
name = "yessign-test"
role = "subscriber"
[key]
algorithms = ["rsa-2048"]
[validity]
years = [1]
[extensions]
order = ["authorityKeyIdentifier", "subjectKeyIdentifier", "keyUsage", "certificatePolicies", "subjectAltName",
         "cRLDistributionPoints", "authorityInfoAccess"]
critical = ["keyUsage", "certificatePolicies"]
[usage]
key = ["digitalSignature", "nonRepudiation"]
[policy]
identifiers = ["{arc}.1.1.4"]
notice = "{notice}"
cps = "{cps}"
"""

DER = base64.b64decode(TEST_CERT["signCert"])


def _uri(extension: core.Asn1Value) -> str:
    return str(extension[0]["distribution_point"].chosen[0].native)


@pytest.fixture
def deployed() -> asn1_x509.TbsCertificate:
    return asn1_x509.Certificate.load(DER)["tbs_certificate"]


@pytest.fixture
def values(deployed: asn1_x509.TbsCertificate) -> dict[str, core.Asn1Value]:
    return {extension["extn_id"].dotted: extension["extn_value"].parsed for extension in deployed["extensions"]}


@pytest.fixture
def issuer(deployed: asn1_x509.TbsCertificate, values: dict[str, core.Asn1Value]) -> Issuer:
    authority = values["2.5.29.35"]
    not_before = deployed["validity"]["not_before"].native.astimezone(UTC)
    not_after = deployed["validity"]["not_after"].native.astimezone(UTC)
    return Issuer(
        name_der=deployed["issuer"].dump(),
        key_identifier=authority["key_identifier"].native,
        issuer_name_der=authority["authority_cert_issuer"][0].chosen.untag().dump(),
        serial=authority["authority_cert_serial_number"].native,
        signature_algorithm=SignatureAlgorithm.RSA_SHA256,
        validity=Validity(not_before=not_before, not_after=not_after),
        crl_uri=_uri(values["2.5.29.31"]),
        ocsp_uri=values["1.3.6.1.5.5.7.1.1"][0]["access_location"].native,
        spki_der=b"",
    )


def test_the_builder_reproduces_the_deployed_certificate(
    deployed: asn1_x509.TbsCertificate, values: dict[str, core.Asn1Value], issuer: Issuer
) -> None:
    qualifiers = values["2.5.29.32"][0]["policy_qualifiers"]
    operator = OperatorValues(
        arc="1.2.410.200005",
        notice=qualifiers[0]["qualifier"]["explicit_text"].native,
        cps_uri=qualifiers[1]["qualifier"].native,
    )
    tbs_der = build_tbs_certificate(
        profile=parse_profile(YESSIGN_TEST_PROFILE.encode(), operator),
        issuer=issuer,
        serial=Serial(deployed["serial_number"].native),
        subject_der=deployed["subject"].dump(),
        spki_der=deployed["subject_public_key_info"].dump(),
        validity=issuer.validity,
        identity_der=_identity(deployed),
    )
    assert tbs_der == deployed.dump()


def test_the_linter_finds_nothing_wrong_with_the_deployed_certificate(
    deployed: asn1_x509.TbsCertificate, values: dict[str, core.Asn1Value], issuer: Issuer
) -> None:
    qualifiers = values["2.5.29.32"][0]["policy_qualifiers"]
    operator = OperatorValues(
        arc="1.2.410.200005",
        notice=qualifiers[0]["qualifier"]["explicit_text"].native,
        cps_uri=qualifiers[1]["qualifier"].native,
    )
    profile = parse_profile(YESSIGN_TEST_PROFILE.encode(), operator)
    linted = lint_certificate(deployed.dump(), profile=profile, issuer=issuer, record_id="golden")
    assert linted.tbs_der == deployed.dump()


def test_the_subject_and_issuer_names_come_out_byte_for_byte(deployed: asn1_x509.TbsCertificate) -> None:
    office = Name(country="kr", organization="yessign", units=("personal4IB", "INITECH"))
    subscriber = SubscriberName(
        real_name="HKD",
        romanized_name="KILDONG.HONG",
        bank_code="0091",
        branch="041",
        first_registered=deployed["validity"]["not_before"].native.date().replace(day=25),
        sequence=191000030,
    )
    assert subscriber.under(office).der == deployed["subject"].dump()
    authority = Name(
        country="kr", organization="yessign", units=("AccreditedCA",), common_name="yessignCA-Test Class 4"
    )
    assert authority.der == deployed["issuer"].dump()
    assert subscriber.under(office).display == (
        "cn=HKD(KILDONG.HONG)009104120200225191000030,ou=INITECH,ou=personal4IB,o=yessign,c=kr"
    )


def _identity(deployed: asn1_x509.TbsCertificate) -> bytes:
    for extension in deployed["extensions"]:
        if extension["extn_id"].dotted == "2.5.29.17":
            _, _, _, _, only_name_der, _ = parser.parse(extension["extn_value"].contents)
            return bytes(only_name_der)
    raise AssertionError(f"no {ExtensionName.SUBJECT_ALT_NAME}")


def test_the_identity_comes_out_byte_for_byte(deployed: asn1_x509.TbsCertificate) -> None:
    value_der = _identity(deployed)
    assert identity_name("HKD", value_der[-32:]) == value_der
