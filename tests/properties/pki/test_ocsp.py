"""Junk and near-requests to the OCSP reader: it answers, or it refuses in our own words; never anything else."""

from hypothesis import example, given
from hypothesis import strategies as st

from dojang.pki import der, oid
from dojang.pki.ocsp import (
    MAX_CERTIFICATES,
    MAX_NONCE_BYTES,
    OcspRequest,
    OcspRequestMalformed,
    parse_request,
)


def encoded(serials: list[int], nonce: bytes | None) -> bytes:
    """A request as our own encoder would write it."""
    certificates = [
        der.sequence(
            der.sequence(
                der.sequence(der.oid(oid.SHA1), der.NULL_DER),
                der.octet_string(b"n" * 20),
                der.octet_string(b"k" * 20),
                der.integer(serial),
            )
        )
        for serial in serials
    ]
    extensions = b""
    if nonce is not None:
        value = der.octet_string(der.octet_string(nonce))
        extensions = der.explicit(2, der.sequence(der.sequence(der.oid(oid.OCSP_NONCE), value)))
    return der.sequence(der.sequence(der.sequence(*certificates), extensions))


def read(data: bytes) -> OcspRequest | None:
    try:
        return parse_request(data)
    except OcspRequestMalformed:
        return None


@given(st.binary(max_size=300))
@example(b"\x30\x04\x30\x02\x30\x00")
def test_junk_is_refused_in_our_own_words(data: bytes) -> None:
    read(data)


@given(
    st.lists(st.integers(min_value=-(2**200), max_value=2**200), max_size=20),
    st.none() | st.binary(max_size=140),
)
def test_what_was_asked_is_read_back(serials: list[int], nonce: bytes | None) -> None:
    found = read(encoded(serials, nonce))
    fits = 1 <= len(serials) <= MAX_CERTIFICATES and (nonce is None or 1 <= len(nonce) <= MAX_NONCE_BYTES)
    assert (found is not None) == fits
    if found is not None:
        assert ([one.serial for one in found.certificates], found.nonce) == (serials, nonce)


@given(st.data())
def test_one_changed_octet_never_surprises(data: st.DataObject) -> None:
    good = encoded([4711, 815], b"n" * 16)
    position = data.draw(st.integers(0, len(good) - 1))
    octet = data.draw(st.integers(0, 255))
    read(good[:position] + bytes([octet]) + good[position + 1 :])
    assert read(good[:position]) is None
    assert read(good + bytes([octet])) is None
