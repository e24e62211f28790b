"""Requirements of the NPKI specifications (KCAC.TS), as deployed certificates and clients show them.

asn1crypto and hashlib recompute here what is claimed; pypinksign and OpenSSL judge whole files in `tests/golden/npki`.
"""

import hashlib
from datetime import date, timedelta, timezone
from functools import lru_cache
from itertools import count
from typing import Any

import pytest
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.hierarchy import customer_key, subscriber_certificate
from dojang.pki.name import SubscriberName
from dojang.pki.npki.folder_name import subject_folder_name
from dojang.pki.npki.key_pair import KeyPair
from dojang.pki.npki.password import find_password_findings
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import (
    decrypt_private_key,
    encrypt_private_key,
    get_random_number,
    with_random_number,
)
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.virtual_id import compute_virtual_id

RRN = "9001011970006"  # region code 97 was never issued
R = RandomNumber(value=bytes(range(1, 21)))
PASSWORD = b"Dojang!9x7q"
KST = timezone(timedelta(hours=9))
ORDER = (
    "authority_key_identifier",
    "key_identifier",
    "key_usage",
    "certificate_policies",
    "subject_alt_name",
    "crl_distribution_points",
    "authority_information_access",
)


def extensions(profile: str) -> Any:
    return asn1_x509.Certificate.load(subscriber_certificate(profile))["tbs_certificate"]["extensions"]


def drawn(length: int) -> bytes:
    return bytes(value % 251 for value, _ in zip(count(7), range(length), strict=False))


@lru_cache(maxsize=1)
def pkcs8_with_r() -> bytes:
    key = customer_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return with_random_number(plain, R)


# --- profile --------------------------------------------------------------------------------------------------------


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_a_signing_certificate_has_its_extensions_in_the_deployed_order() -> None:
    assert tuple(one["extn_id"].native for one in extensions("personal-signing")) == ORDER


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_a_key_management_certificate_has_no_identity_and_only_enciphers_keys() -> None:
    found = {one["extn_id"].native: one["extn_value"].parsed for one in extensions("personal-key-management")}
    assert "subject_alt_name" not in found
    assert found["key_usage"].native == {"key_encipherment"}


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_key_usage_and_policies_are_critical_and_nothing_else_is() -> None:
    critical = {one["extn_id"].native for one in extensions("personal-signing") if one["critical"].native}
    assert critical == {"key_usage", "certificate_policies"}


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_the_notice_comes_before_the_address_of_the_practice_statement() -> None:
    (policies,) = [one for one in extensions("personal-signing") if one["extn_id"].native == "certificate_policies"]
    qualifiers = policies["extn_value"].parsed[0]["policy_qualifiers"]
    assert [one["policy_qualifier_id"].native for one in qualifiers] == [
        "user_notice",
        "certification_practice_statement",
    ]


@pytest.mark.section("KCAC.TS.CERTPROF")
def test_validity_is_whole_days_in_korea() -> None:
    certificate = x509.load_der_x509_certificate(subscriber_certificate())
    first, last = (
        moment.astimezone(KST) for moment in (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    )
    assert f"{first:%H:%M:%S} {last:%H:%M:%S}" == "00:00:00 23:59:59"


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.section("KCAC.TS.DN")
def test_a_common_name_is_the_real_name_brackets_and_24_digits() -> None:
    name = SubscriberName(real_name="도하람", bank_code="0097", first_registered=date(2026, 3, 5), sequence=7)
    assert name.common_name == "도하람()009704120260305000000007"


@pytest.mark.section("KCAC.TS.DN")
def test_a_subject_is_encoded_country_first_and_common_name_last() -> None:
    subject = asn1_x509.Certificate.load(subscriber_certificate())["tbs_certificate"]["subject"].chosen
    kinds = [pair["type"].native for relative in subject for pair in relative]
    assert kinds == [
        "country_name",
        "organization_name",
        "organizational_unit_name",
        "organizational_unit_name",
        "common_name",
    ]


@pytest.mark.section("KCAC.TS.UI")
def test_a_folder_is_named_by_the_subject_in_reverse() -> None:
    folder = subject_folder_name(subscriber_certificate())
    assert folder == "cn=도하람()009704120260305000000007,ou=HANBIT,ou=personal4IB,o=Dojang,c=kr"


# --- identity -------------------------------------------------------------------------------------------------------


@pytest.mark.section("KCAC.TS.SIVID")
def test_a_virtual_id_is_the_double_hash_over_number_and_r() -> None:
    parts = core.PrintableString(RRN).dump() + core.OctetBitString(R.value).dump()
    content = b"\x30" + bytes([len(parts)]) + parts
    once = hashlib.sha256(content).digest()
    assert compute_virtual_id(RRN, R).digest == hashlib.sha256(once).digest()


@pytest.mark.section("KCAC.TS.SIVID")
def test_the_published_virtual_id_vector_is_reproduced() -> None:
    r = RandomNumber(value=bytes.fromhex("79EA7568A2D3776604E18BCD3A1B1B85B7DA0872"))
    expected = "17692C8DD00EAD33791DE0A64A937C60799634C64AC56FA57570C0E05252AB35"
    assert compute_virtual_id("1234561234567", r).digest.hex().upper() == expected


@pytest.mark.section("KCAC.TS.SIVID")
def test_identity_data_is_an_other_name_and_not_critical() -> None:
    (names,) = [one for one in extensions("personal-signing") if one["extn_id"].native == "subject_alt_name"]
    assert not names["critical"].native
    assert names["extn_value"].parsed[0].name == "other_name"
    assert names["extn_value"].parsed[0].chosen["type_id"].dotted == "1.2.410.200004.10.1.1"


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.section("KCAC.TS.ENC")
def test_a_key_file_is_seed_under_sha_1_with_8_octets_of_salt_and_2048_rounds() -> None:
    encrypted = encrypt_private_key(pkcs8_with_r(), PASSWORD, drawn)
    algorithm = core.Sequence.load(core.Sequence.load(encrypted)[0].dump())
    salt, rounds = core.Sequence.load(algorithm[1].dump())[0], core.Sequence.load(algorithm[1].dump())[1]
    assert algorithm[0].dotted == "1.2.410.200004.1.15"
    assert (len(salt.native), rounds.native) == (8, 2048)


@pytest.mark.section("KCAC.TS.SIVID")
def test_a_key_file_keeps_r_among_the_attributes_of_the_key() -> None:
    opened = decrypt_private_key(encrypt_private_key(pkcs8_with_r(), PASSWORD, drawn), PASSWORD)
    assert opened == pkcs8_with_r()
    assert get_random_number(opened) == R


@pytest.mark.section("RFC 7292 4")
@pytest.mark.parametrize("form", list(PfxForm))
def test_an_exported_file_keeps_r(form: PfxForm) -> None:
    pair = KeyPair(certificate_der=subscriber_certificate(), pkcs8_der=pkcs8_with_r())
    opened = parse_pfx(pfx_der(PfxContent(signing=pair), PASSWORD, drawn, form), PASSWORD)
    assert get_random_number(opened.signing.pkcs8_der) == R


@pytest.mark.section("KCAC.TS.UI")
@pytest.mark.parametrize(
    ("password", "allowed"),
    [
        ("Dojang!9x7q", True),
        ("Dojang!9x7", True),
        ("Dojang!9x", False),  # nine characters
        ("Dojangaa9x7q", False),  # no mark
        ("Dojang!axkq", False),  # no digit
        ("97!82!64!53!", False),  # no letter
        ("Dojang'9x7q", False),
        ('Dojang"9x7q', False),
        ("Dojang\\9x7q", False),
        ("Dojang|9x7q", False),
        ("Dojang!!!9x7", False),  # three alike
        ("Dojang!9x789", False),  # three ascending
    ],
)
def test_a_new_certificate_password_has_ten_characters_of_three_kinds(password: str, allowed: bool) -> None:
    assert (find_password_findings(password) == ()) is allowed
