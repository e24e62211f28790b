"""The DER encoder and reader, asn1crypto and junk judging."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from dojang.pki import der
from dojang.pki.name import parse_name

OIDS = st.tuples(st.sampled_from(["1", "2"]), st.integers(0, 39), st.lists(st.integers(0, 2**70), max_size=6)).map(
    lambda parts: ".".join([parts[0], str(parts[1]), *(str(arc) for arc in parts[2])])
)
MOMENTS = st.integers(0, 6_000_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LEAVES = st.one_of(
    st.integers(-(2**200), 2**200).map(der.integer),
    st.binary(max_size=300).map(der.octet_string),
    st.binary(max_size=300).map(der.bit_string),
    OIDS.map(der.oid),
    st.text(max_size=100).filter(lambda text: text.isprintable()).map(der.utf8_string),
    MOMENTS.map(der.time),
    st.just(der.NULL_DER),
)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5).map(lambda parts: der.sequence(*parts)))


@given(st.integers(-(2**2000), 2**2000))
def test_integers_are_as_asn1crypto_writes_them(value: int) -> None:
    encoded = der.integer(value)
    assert encoded == core.Integer(value).dump()
    assert der.parse_integer(der.whole(encoded, der.INTEGER)) == value


@given(OIDS)
def test_identifiers_are_as_asn1crypto_writes_them(dotted: str) -> None:
    encoded = der.oid(dotted)
    assert encoded == core.ObjectIdentifier(dotted).dump()
    assert der.parse_oid(der.whole(encoded, der.OBJECT_IDENTIFIER)) == dotted


@given(st.binary(max_size=70_000))
def test_lengths_are_as_asn1crypto_writes_them(content: bytes) -> None:
    assert der.octet_string(content) == core.OctetString(content).dump()


@given(MOMENTS)
def test_times_go_there_and_back(at: datetime) -> None:
    tag, start, _ = der.header(encoded := der.time(at), 0, len(der.time(at)))
    assert tag == (der.UTC_TIME if at.year < 2050 else der.GENERALIZED_TIME)
    assert der.parse_time(tag, encoded[start:]) == at


@given(st.frozensets(st.integers(0, 20)))
def test_named_bits_go_there_and_back(bits: frozenset[int]) -> None:
    assert der.parse_named_bits(der.whole(der.named_bits(bits), der.BIT_STRING)) == bits


@given(st.lists(st.binary(min_size=1, max_size=20).map(der.octet_string), max_size=8))
def test_sets_are_sorted(members: list[bytes]) -> None:
    der.check_canonical(der.set_of(*members))


@given(TREES)
def test_what_is_written_is_canonical(tree: bytes) -> None:
    der.check_canonical(tree)


@given(st.binary(max_size=200))
def test_junk_raises_only_ours(junk: bytes) -> None:
    for read in (der.check_canonical, der.elements, parse_name, der.parse_oid, der.parse_named_bits, der.parse_integer):
        try:
            read(junk)
        except der.DerMalformed:
            continue


@given(TREES, st.data())
def test_what_the_reader_calls_canonical_asn1crypto_writes_back(tree: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(tree) - 1))
    changed = tree[:position] + bytes([tree[position] ^ data.draw(st.integers(1, 255))]) + tree[position + 1 :]
    try:
        der.check_canonical(changed)
    except der.DerMalformed:
        return
    if changed[0] & 0xC0 == 0:  # asn1crypto needs a schema for anything but universal tags
        assert core.Any.load(changed, strict=True).dump() == changed


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        (b"\x30\x80\x00\x00", "length_form"),
        (b"\x04\x81\x01x", "length_not_minimal"),
        (b"\x04\x82\x00\x80" + bytes(128), "length_not_minimal"),
        (b"\x04\x05abc", "truncated"),
        (b"\x04", "truncated"),
        (b"\x1f\x81\x01\x00", "multi_octet_tag"),
        (b"\x05\x00\x00", "trailing_bytes"),
        (b"\x02\x02\x00\x01", "integer_padded"),
        (b"\x02\x02\xff\x80", "integer_padded"),
        (b"\x02\x00", "integer_empty"),
        (b"\x01\x01\x01", "boolean_form"),
        (b"\x05\x01\x00", "null_form"),
        (b"\x06\x02\x80\x01", "oid_padded"),
        (b"\x06\x02\x2a\x86", "oid_truncated"),
        (b"\x03\x02\x01\x01", "bit_string_form"),
        (b"\x03\x01\x01", "bit_string_form"),
        (b"\x03\x00", "bit_string_form"),
        (b"\x17\x0b2603041500Z", "time_form"),
        (b"\x17\x0d261304150000Z", "time_form"),
        (b"\x18\x1120260304150000.5Z", "time_form"),
        (b"\x0c\x01\xff", "string_alphabet"),
        (b"\x13\x01*", "string_alphabet"),
        (b"\x16\x01\x80", "string_alphabet"),
        (b"\x1e\x04\xd8\x3d\xde\x00", "string_alphabet"),
        (b"\x31\x06\x02\x01\x02\x02\x01\x01", "set_order"),
        (b"\x24\x03\x04\x01x", "unexpected_tag"),
        (b"\x10\x00", "unexpected_tag"),
        (b"\x00\x00", "unexpected_tag"),
    ],
)
def test_every_rule_has_its_name(encoded: bytes, reason: str) -> None:
    with pytest.raises(der.DerMalformed) as caught:
        der.check_canonical(encoded)
    assert caught.value.fields["reason"] == reason


def test_depth_is_limited() -> None:
    nested = der.NULL_DER
    for _ in range(200):
        nested = der.sequence(nested)
    with pytest.raises(der.DerMalformed) as caught:
        der.check_canonical(nested)
    assert caught.value.fields["reason"] == "too_deep"
