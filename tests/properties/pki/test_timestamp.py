"""Junk and near-requests to the time-stamp reader: it reads, or it refuses in our own words; never anything else."""

from hypothesis import example, given
from hypothesis import strategies as st

from dojang.pki import der, oid
from dojang.pki.timestamp import (
    MAX_NONCE_BYTES,
    TimestampAlgorithmRefused,
    TimestampExtensionRefused,
    TimestampRequest,
    TimestampRequestMalformed,
    parse_request,
)


def encoded(digest: bytes, nonce: int | None, policy: str | None, wants_certificate: bool) -> bytes:
    """A request as our own encoder would write it."""
    return der.sequence(
        der.integer(1),
        der.sequence(der.sequence(der.oid(oid.SHA256), der.NULL_DER), der.octet_string(digest)),
        b"" if policy is None else der.oid(policy),
        b"" if nonce is None else der.integer(nonce),
        der.TRUE_DER if wants_certificate else b"",
    )


def read(data: bytes) -> TimestampRequest | None:
    try:
        return parse_request(data)
    except (TimestampRequestMalformed, TimestampAlgorithmRefused, TimestampExtensionRefused):
        return None


@given(st.binary(max_size=300))
@example(b"\x30\x05\x02\x01\x01\x30\x00")
def test_junk_is_refused_in_our_own_words(data: bytes) -> None:
    read(data)


@given(
    st.binary(min_size=31, max_size=33),
    st.none() | st.integers(min_value=-(2**600), max_value=2**600),
    st.none() | st.just("1.2.3.4"),
    st.booleans(),
)
def test_what_was_asked_is_read_back(digest: bytes, nonce: int | None, policy: str | None, wants: bool) -> None:
    found = read(encoded(digest, nonce, policy, wants))
    short = nonce is None or len(der.whole(der.integer(nonce), der.INTEGER)) <= MAX_NONCE_BYTES
    assert (found is not None) == (len(digest) == 32 and short)
    if found is not None:
        assert (found.digest, found.nonce, found.policy, found.wants_certificate) == (digest, nonce, policy, wants)


@given(st.data())
def test_one_changed_octet_never_surprises(data: st.DataObject) -> None:
    good = encoded(b"d" * 32, 2**64, "1.2.3.4", True)
    position = data.draw(st.integers(0, len(good) - 1))
    octet = data.draw(st.integers(0, 255))
    read(good[:position] + bytes([octet]) + good[position + 1 :])
    assert read(good[:position]) is None
    assert read(good + bytes([octet])) is None
