"""Revocation lists: what RFC 5280 forbids is refused, large ones are quick, and only the issuer's own are read."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from builders.hierarchy import NOW, hierarchy
from dojang.pki.certificate import Serial
from dojang.pki.crl import (
    MAX_CRL_NUMBER,
    CrlInvalid,
    CrlMalformed,
    CrlNotAuthentic,
    ReasonCode,
    RevokedEntry,
    assemble_crl,
    build_tbs_crl,
    parse_crl,
)
from dojang.pki.public_key import KeyAlgorithm

DAY = timedelta(days=1)


def _list(entries: list[RevokedEntry], *, number: int = 1, this_update: datetime = NOW) -> bytes:
    house = hierarchy()
    tbs_der = build_tbs_crl(
        issuer=house.issuer, number=number, this_update=this_update, next_update=this_update + DAY, entries=entries
    )
    return assemble_crl(tbs_der, house.signer.algorithm, house.signer.sign_crl(tbs_der))


def test_a_large_list_is_made_quickly_and_holds_every_serial() -> None:
    reasons = [ReasonCode.UNSPECIFIED, ReasonCode.KEY_COMPROMISE, ReasonCode.CERTIFICATE_HOLD]
    entries = [
        RevokedEntry(serial=Serial(2**40 + 7 * number), revoked_at=NOW, reason=reasons[number % 3])
        for number in range(50_000)
    ]
    began = time.process_time()
    crl = parse_crl(_list(entries), issuer=hierarchy().issuer)
    assert time.process_time() - began < 5
    assert len(crl) == 50_000
    found = crl.get_revoked_certificate_by_serial_number(2**40 + 7 * 49_999)
    assert found is not None
    assert found.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    assert crl.get_revoked_certificate_by_serial_number(2**40 + 1) is None


def test_the_largest_number_is_read_back() -> None:
    crl = parse_crl(_list([], number=MAX_CRL_NUMBER), issuer=hierarchy().issuer)
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == MAX_CRL_NUMBER
    assert len(crl) == 0


def test_times_from_2050_are_generalized() -> None:
    at = datetime(2050, 1, 1, tzinfo=UTC)
    crl_der = _list([RevokedEntry(serial=Serial(1), revoked_at=at)], this_update=at - DAY / 2)
    assert b"\x17\x0d491231120000Z\x18\x0f20500101120000Z" in crl_der
    assert b"\x18\x0f20500101000000Z" in crl_der


@pytest.mark.parametrize("number", [-1, MAX_CRL_NUMBER + 1])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(CrlInvalid):
        _list([], number=number)


def test_a_list_is_out_before_its_successor() -> None:
    with pytest.raises(CrlInvalid):
        build_tbs_crl(issuer=hierarchy().issuer, number=1, this_update=NOW, next_update=NOW, entries=())


def test_remove_from_crl_is_for_delta_lists() -> None:
    with pytest.raises(CrlInvalid):
        _list([RevokedEntry(serial=Serial(1), revoked_at=NOW, reason=ReasonCode.REMOVE_FROM_CRL)])


def test_reason_numbers_are_those_of_the_standard() -> None:
    assert [reason.number for reason in ReasonCode] == [0, 1, 2, 3, 4, 5, 6, 8, 9, 10]
    assert ReasonCode("keyCompromise") is ReasonCode.KEY_COMPROMISE


def test_only_the_issuers_own_list_is_read() -> None:
    crl_der = _list([])
    with pytest.raises(CrlNotAuthentic):
        parse_crl(crl_der, issuer=hierarchy(KeyAlgorithm.EC_P256, KeyAlgorithm.EC_P256).issuer)
    with pytest.raises(CrlNotAuthentic):
        parse_crl(crl_der, issuer=hierarchy().root)
    with pytest.raises(CrlNotAuthentic):
        parse_crl(crl_der[:-1] + bytes([crl_der[-1] ^ 1]), issuer=hierarchy().issuer)
    for junk in (b"", b"\x30\x00", crl_der[:-1]):
        with pytest.raises(CrlMalformed):
            parse_crl(junk, issuer=hierarchy().issuer)
