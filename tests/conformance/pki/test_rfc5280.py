"""Requirements of RFC 5280, and of the RFCs beside it, on what Dojang issues.

asn1crypto and pyca read the bytes; OpenSSL and pkilint judge them in the modules beside this one.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import CRLEntryExtensionOID

from builders.hierarchy import CRL_URI, NOW, Hierarchy, hierarchy, sign, subscriber_certificate, subscriber_tbs
from builders.hierarchy import OPERATOR as OPERATOR_VALUES
from dojang.pki.certificate import Serial
from dojang.pki.crl import CrlScope, ReasonCode, RevokedEntry, assemble_crl, build_tbs_crl
from dojang.pki.profile_file import load_profile, profile_names

LEAVES = tuple(name for name in profile_names() if name not in ("root", "issuing-ca"))
SUBSCRIBERS = tuple(name for name in LEAVES if name.startswith("personal-"))
EVERY_PROFILE = ("root", "issuing-ca", *LEAVES)


@lru_cache(maxsize=32)
def issued(profile: str) -> bytes:
    house = hierarchy()
    fixed = {"root": house.root_der, "issuing-ca": house.issuing_der}
    return fixed.get(profile) or subscriber_certificate(profile)


def tbs(profile: str) -> Any:
    return asn1_x509.Certificate.load(issued(profile), strict=True)["tbs_certificate"]


def extensions(profile: str) -> dict[str, tuple[bool, Any]]:
    found = tbs(profile)["extensions"]
    return {one["extn_id"].native: (one["critical"].native, one["extn_value"].parsed) for one in found}


def make_list(house: Hierarchy, entries: list[RevokedEntry], number: int = 9, scope: CrlScope = CrlScope.ALL) -> bytes:
    tbs_der = build_tbs_crl(
        issuer=house.issuer,
        number=number,
        this_update=NOW,
        next_update=NOW + timedelta(hours=24),
        entries=entries,
        scope=scope,
    )
    return assemble_crl(tbs_der, house.signer.algorithm, house.signer.sign_crl(tbs_der))


# --- certificates ---------------------------------------------------------------------------------------------------


@pytest.mark.section("RFC 5280 4.1.1.2")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_both_signature_algorithm_fields_are_the_same(profile: str) -> None:
    certificate = asn1_x509.Certificate.load(issued(profile))
    assert certificate["signature_algorithm"].dump() == certificate["tbs_certificate"]["signature"].dump()


@pytest.mark.section("RFC 5280 4.1.2.1")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_certificates_with_extensions_are_version_3(profile: str) -> None:
    assert tbs(profile)["version"].native == "v3"


@pytest.mark.section("RFC 5280 4.1.2.2")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_serial_numbers_are_positive_and_at_most_20_octets(profile: str) -> None:
    number = tbs(profile)["serial_number"]
    assert number.native > 0
    assert len(number.contents) <= 20


@pytest.mark.section("RFC 5280 4.1.2.4")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_the_issuer_name_is_the_issuers_subject_octet_by_octet(profile: str) -> None:
    above = "root" if profile in ("root", "issuing-ca") else "issuing-ca"
    assert tbs(profile)["issuer"].dump() == tbs(above)["subject"].dump()


@pytest.mark.section("RFC 5280 4.1.2.4")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_the_country_is_a_printable_string_and_all_else_utf8(profile: str) -> None:
    names = tbs(profile)["subject"].chosen
    kinds = {pair["type"].native: type(pair["value"].chosen).__name__ for relative in names for pair in relative}
    assert kinds.pop("country_name") == "PrintableString"
    assert set(kinds.values()) == {"UTF8String"}


@pytest.mark.section("RFC 5280 4.1.2.5")
@pytest.mark.parametrize(("year", "form"), [(2047, "utc_time"), (2050, "general_time")])
def test_times_are_utc_time_through_2049_and_generalized_from_2050(year: int, form: str) -> None:
    profile = load_profile("personal-signing", OPERATOR_VALUES)
    built = subscriber_tbs(profile, years=3, now=datetime(year, 3, 5, 1, 2, 3, tzinfo=UTC))
    validity = asn1_x509.TbsCertificate.load(built)["validity"]
    assert validity["not_before"].name == form
    assert validity["not_after"].name == "general_time"


@pytest.mark.section("RFC 5280 4.1.2.5")
@pytest.mark.parametrize("profile", LEAVES)
def test_nobody_outlives_their_issuer(profile: str) -> None:
    inner, outer = (x509.load_der_x509_certificate(issued(one)) for one in (profile, "issuing-ca"))
    assert inner.not_valid_before_utc >= outer.not_valid_before_utc
    assert inner.not_valid_after_utc <= outer.not_valid_after_utc


@pytest.mark.section("RFC 5280 4.2")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_no_extension_stands_twice(profile: str) -> None:
    names = [one["extn_id"].native for one in tbs(profile)["extensions"]]
    assert len(names) == len(set(names))


@pytest.mark.section("RFC 5280 4.2.1.1")
@pytest.mark.parametrize("profile", [one for one in EVERY_PROFILE if one != "root"])
def test_the_authority_key_identifier_names_the_issuers_key_and_is_not_critical(profile: str) -> None:
    critical, value = extensions(profile)["authority_key_identifier"]
    above = "root" if profile == "issuing-ca" else "issuing-ca"
    assert not critical
    assert value["key_identifier"].native == extensions(above)["key_identifier"][1].native
    assert value["authority_cert_serial_number"].native == tbs(above)["serial_number"].native
    assert value["authority_cert_issuer"][0].chosen.native == tbs(above)["issuer"].native


@pytest.mark.section("RFC 5280 4.2.1.2")
@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_the_subject_key_identifier_is_sha_1_over_the_key_bits(profile: str) -> None:
    critical, value = extensions(profile)["key_identifier"]
    key_bits = tbs(profile)["subject_public_key_info"]["public_key"].contents[1:]
    assert not critical
    assert value.native == hashlib.sha1(key_bits, usedforsecurity=False).digest()


@pytest.mark.section("RFC 5280 4.2.1.3")
@pytest.mark.parametrize("profile", ["root", "issuing-ca"])
def test_authorities_may_sign_certificates_and_lists_and_say_so_critically(profile: str) -> None:
    assert extensions(profile)["key_usage"][0]
    assert extensions(profile)["key_usage"][1].native == {"key_cert_sign", "crl_sign"}


@pytest.mark.section("RFC 5280 4.2.1.3")
@pytest.mark.parametrize("profile", LEAVES)
def test_nobody_else_may_sign_certificates_or_lists(profile: str) -> None:
    critical, value = extensions(profile)["key_usage"]
    assert critical
    assert not value.native & {"key_cert_sign", "crl_sign"}


@pytest.mark.section("RFC 5280 4.2.1.4")
@pytest.mark.parametrize("profile", LEAVES)
def test_a_leaf_states_one_policy_of_the_operators_own_arc(profile: str) -> None:
    critical, value = extensions(profile)["certificate_policies"]
    assert critical
    assert len(value) == 1
    assert value[0]["policy_identifier"].dotted.startswith(OPERATOR_VALUES.arc + ".")


@pytest.mark.section("RFC 6818 3")
@pytest.mark.parametrize("profile", SUBSCRIBERS)
def test_the_notice_is_at_most_200_characters_and_not_ia5(profile: str) -> None:
    qualifiers = extensions(profile)["certificate_policies"][1][0]["policy_qualifiers"]
    notice = qualifiers[0]["qualifier"]["explicit_text"].chosen
    assert type(notice).__name__ == "BMPString"
    assert 0 < len(notice.native) <= 200


@pytest.mark.section("RFC 5280 4.2.1.9")
def test_authorities_are_marked_and_the_issuing_one_has_no_authority_below_it() -> None:
    for profile, depth in (("root", None), ("issuing-ca", 0)):
        critical, value = extensions(profile)["basic_constraints"]
        assert critical
        assert value["ca"].native is True
        assert value["path_len_constraint"].native == depth


@pytest.mark.section("RFC 5280 4.2.1.9")
@pytest.mark.parametrize("profile", LEAVES)
def test_leaves_are_no_authorities(profile: str) -> None:
    assert "basic_constraints" not in extensions(profile)


@pytest.mark.section("RFC 5280 4.2.1.11")
def test_policy_constraints_are_critical_and_not_empty() -> None:
    critical, value = extensions("issuing-ca")["policy_constraints"]
    assert critical
    assert value["require_explicit_policy"].native == 0


@pytest.mark.section("RFC 5280 4.2.1.13")
@pytest.mark.parametrize("profile", LEAVES)
def test_the_distribution_point_is_the_address_of_the_issuers_list(profile: str) -> None:
    critical, value = extensions(profile)["crl_distribution_points"]
    assert not critical
    assert [point["distribution_point"].chosen[0].native for point in value] == [CRL_URI]


@pytest.mark.section("RFC 6960 4.2.2.2.1")
def test_an_ocsp_delegate_is_not_itself_looked_up() -> None:
    found = extensions("ocsp-delegate")
    assert "ocsp_no_check" in found
    assert found["extended_key_usage"][1].native == ["ocsp_signing"]


@pytest.mark.section("RFC 3161 2.3")
def test_a_time_stamp_delegate_has_that_one_purpose_critically() -> None:
    critical, value = extensions("tsa-delegate")["extended_key_usage"]
    assert critical
    assert value.native == ["time_stamping"]


# --- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.section("RFC 5280 5.1.2.1")
def test_lists_with_extensions_are_version_2() -> None:
    listed = asn1_crl.CertificateList.load(make_list(hierarchy(), []))
    assert listed["tbs_cert_list"]["version"].native == "v2"


@pytest.mark.section("RFC 5280 5.1.2.5")
def test_every_list_says_when_the_next_one_is_out() -> None:
    listed = x509.load_der_x509_crl(make_list(hierarchy(), []))
    assert listed.next_update_utc == NOW + timedelta(hours=24)


@pytest.mark.section("RFC 5280 5.1.2.6")
def test_an_empty_list_leaves_the_entries_out() -> None:
    listed = asn1_crl.CertificateList.load(make_list(hierarchy(), []))
    assert listed["tbs_cert_list"]["revoked_certificates"].native is None


@pytest.mark.section("RFC 5280 5.2.1")
@pytest.mark.section("RFC 5280 5.2.3")
def test_lists_carry_the_issuers_key_identifier_and_a_number_not_critically() -> None:
    listed = x509.load_der_x509_crl(make_list(hierarchy(), [], number=77))
    number = listed.extensions.get_extension_for_class(x509.CRLNumber)
    identifier = listed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert (number.critical, number.value.crl_number) == (False, 77)
    assert not identifier.critical
    assert identifier.value.key_identifier == extensions("issuing-ca")["key_identifier"][1].native


@pytest.mark.section("RFC 5280 5.2.5")
def test_a_partial_list_says_so_critically() -> None:
    listed = x509.load_der_x509_crl(make_list(hierarchy(), [], scope=CrlScope.USERS))
    point = listed.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert point.critical
    assert point.value.only_contains_user_certs


@pytest.mark.section("RFC 5280 5.3.1")
def test_an_unspecified_reason_is_left_out_and_others_are_not_critical() -> None:
    entries = [
        RevokedEntry(serial=Serial(1), revoked_at=NOW, reason=ReasonCode.UNSPECIFIED),
        RevokedEntry(serial=Serial(2), revoked_at=NOW, reason=ReasonCode.KEY_COMPROMISE),
    ]
    unspecified, compromised = x509.load_der_x509_crl(make_list(hierarchy(), entries))
    assert len(unspecified.extensions) == 0
    reason = compromised.extensions.get_extension_for_oid(CRLEntryExtensionOID.CRL_REASON)
    assert not reason.critical
    assert isinstance(reason.value, x509.CRLReason)
    assert reason.value.reason is x509.ReasonFlags.key_compromise


@pytest.mark.section("RFC 5280 5")
def test_a_list_is_signed_by_the_authority_it_names() -> None:
    listed = x509.load_der_x509_crl(make_list(hierarchy(), []))
    issuer = x509.load_der_x509_certificate(issued("issuing-ca"))
    assert listed.issuer == issuer.subject
    assert listed.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


def test_these_requirements_are_held_against_signed_bytes() -> None:
    house = hierarchy()
    profile = load_profile("personal-signing", OPERATOR_VALUES)
    certificate = x509.load_der_x509_certificate(sign(house.signer, profile, tbs_der=subscriber_tbs(profile)))
    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(house.issuing_der))
