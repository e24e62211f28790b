"""Virtual ID: what matches, what does not, what is refused."""

import os

import pytest
from asn1crypto import core, x509

from dojang.pki.npki import asn1, oid
from dojang.pki.npki.errors import (
    AlgorithmUnsupported,
    HashNotWritable,
    IdentificationNumberMalformed,
    Malformed,
    RandomNumberUnusable,
    VirtualIdMismatch,
    VirtualIdMissing,
)
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import (
    find_certificate_identify_data,
    find_identify_data,
    get_certificate_virtual_id,
    subject_alt_name_der,
)
from dojang.pki.npki.virtual_id import (
    IdentifyData,
    VirtualId,
    VirtualIdHash,
    compute_virtual_id,
    identify_data_der,
    parse_identify_data,
    parse_virtual_id,
    verify_virtual_id,
    virtual_id_der,
)
from unit.pki.npki.subscriber import OTHER_RRN, RRN, subscriber

R = RandomNumber(value=bytes(range(1, 21)))


def test_only_the_right_number_and_r_verify() -> None:
    virtual_id = compute_virtual_id(RRN, R)
    assert verify_virtual_id(virtual_id, RRN, R) is virtual_id
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, OTHER_RRN, R)
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, RRN, RandomNumber(value=bytes(range(2, 22))))


def test_verify_uses_the_hash_of_the_certificate() -> None:
    old = compute_virtual_id(RRN, R, VirtualIdHash.SHA1)
    assert len(old.digest) == 20
    assert verify_virtual_id(old, RRN, R) is old


def test_separators_do_not_count() -> None:
    assert compute_virtual_id("900101-1970006", R) == compute_virtual_id(" 9001011970006 ", R)


@pytest.mark.parametrize(
    "idn", ["", "900101197000", "90010119700061", "90010l1970006", "９００１０１１９７０００６", "123"]
)
def test_a_malformed_number_is_refused_without_being_repeated(idn: str) -> None:
    with pytest.raises(IdentificationNumberMalformed) as refusal:
        compute_virtual_id(idn, R)
    assert not refusal.value.fields


def test_business_numbers_have_ten_digits() -> None:
    assert compute_virtual_id("123-45-67890", R) == compute_virtual_id("1234567890", R)


def test_sha1_is_never_written() -> None:
    old = compute_virtual_id(RRN, R, VirtualIdHash.SHA1)
    with pytest.raises(HashNotWritable):
        virtual_id_der(old)
    with pytest.raises(HashNotWritable):
        subject_alt_name_der(IdentifyData(real_name="도장이", virtual_id=old))


def test_the_digest_fits_the_hash() -> None:
    with pytest.raises(ValueError, match="digest length"):
        VirtualId(digest=bytes(20))


def test_an_unknown_hash_is_named() -> None:
    digest = bytes(16)
    structure = asn1.VirtualIdStructure({"hash_algorithm": {"algorithm": "1.2.840.113549.2.5"}, "virtual_id": digest})
    with pytest.raises(AlgorithmUnsupported) as refusal:
        parse_virtual_id(structure.dump())
    assert refusal.value.fields == {"algorithm": "1.2.840.113549.2.5"}


def test_hash_parameters_other_than_null_are_malformed() -> None:
    structure = asn1.VirtualIdStructure(
        {
            "hash_algorithm": {"algorithm": oid.SHA256, "parameters": asn1.any_of(core.Integer(1))},
            "virtual_id": bytes(32),
        }
    )
    with pytest.raises(Malformed):
        parse_virtual_id(structure.dump())


def test_a_digest_of_the_wrong_length_is_malformed() -> None:
    structure = asn1.VirtualIdStructure({"hash_algorithm": {"algorithm": oid.SHA256}, "virtual_id": bytes(31)})
    with pytest.raises(Malformed):
        parse_virtual_id(structure.dump())


def test_ca_certificates_name_a_real_name_only() -> None:
    der = identify_data_der(IdentifyData(real_name="금융결제원"))
    assert parse_identify_data(der) == IdentifyData(real_name="금융결제원", virtual_id=None)
    assert der == b"\x30\x11\x0c\x0f" + "금융결제원".encode()


def test_other_names_before_identify_data_are_passed_over() -> None:
    """KICA writes an rfc822Name first; another otherName is not ours."""
    ours = x509.GeneralNames.load(subject_alt_name_der(IdentifyData(real_name="도장이")))[0]
    upn = x509.AnotherName({"type_id": "1.3.6.1.4.1.311.20.2.3", "value": core.UTF8String("x", explicit=0)})
    names = [x509.GeneralName("rfc822_name", "a@example.invalid"), x509.GeneralName("other_name", upn), ours]
    assert find_identify_data(x509.GeneralNames(names).dump()) == IdentifyData(real_name="도장이")
    assert find_identify_data(x509.GeneralNames(names[:2]).dump()) is None


def test_foreign_attributes_of_identify_data_are_passed_over() -> None:
    virtual_id = compute_virtual_id(RRN, R)
    foreign = {"type": "1.2.3.4", "value": asn1.any_of(core.UTF8String("x"))}
    ours = {"type": oid.VIRTUAL_ID, "value": core.Any.load(virtual_id_der(virtual_id))}
    der = asn1.IdentifyDataStructure({"real_name": "도장이", "user_info": [foreign, ours]}).dump()
    assert parse_identify_data(der).virtual_id == virtual_id


def test_certificates_with_and_without_virtual_id() -> None:
    holder = subscriber()
    virtual_id = get_certificate_virtual_id(holder.sign_certificate_der)
    assert verify_virtual_id(virtual_id, RRN, holder.random_number)
    assert find_certificate_identify_data(holder.km_certificate_der) is None
    with pytest.raises(VirtualIdMissing):
        get_certificate_virtual_id(holder.km_certificate_der)


def test_secrets_and_names_stay_out_of_reprs() -> None:
    r = RandomNumber(value=b"SECRETSECRETSECRETSE")
    assert "SECRET" not in repr(r)
    assert "도장이" not in repr(IdentifyData(real_name="도장이"))


@pytest.mark.parametrize("value", [b"", b"\x01" * 19, b"\x01" * 21, b"\x00" + b"\x01" * 19])
def test_what_is_no_r(value: bytes) -> None:
    with pytest.raises(RandomNumberUnusable):
        RandomNumber(value=value)


def test_a_foreign_r_may_begin_with_zero() -> None:
    assert RandomNumber(value=bytes(20), foreign=True).value == bytes(20)
    with pytest.raises(RandomNumberUnusable):
        RandomNumber(value=bytes(19), foreign=True)


def test_drawing_avoids_a_leading_zero() -> None:
    answers = [bytes(20), b"\x00" + b"\x02" * 19, b"\x03" * 20]
    assert RandomNumber.draw(lambda length: answers.pop(0)[:length]).value == b"\x03" * 20
    assert not answers
    assert len({RandomNumber.draw(os.urandom).value for _ in range(50)}) == 50


def test_a_broken_source_of_chance_is_noticed() -> None:
    with pytest.raises(RandomNumberUnusable):
        RandomNumber.draw(bytes)
