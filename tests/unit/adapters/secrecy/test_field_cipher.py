"""Field encryption: published vectors, and that nothing opens that was altered, moved or sealed elsewhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher, decrypt_xaes, encrypt_xaes
from dojang.adapters.secrecy.key_ring import KeyRing, KeyRingUnreadable, drop_key, open_key_ring, rotate
from dojang.kernel.ports import SealBroken

RING = KeyRing(sealing={1: b"\1" * 32}, index=b"\2" * 32)
CIPHER = RingFieldCipher(ring=RING, chance=SystemChance())
CONTEXT = "applicant/rrn/0190-7"


@pytest.mark.parametrize(
    ("key", "associated", "sealed"),
    [
        (b"\1" * 32, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        (b"\3" * 32, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ],
)
def test_the_specifications_vectors(key: bytes, associated: bytes, sealed: str) -> None:
    nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX"
    assert encrypt_xaes(key, nonce, b"XAES-256-GCM", associated).hex() == sealed
    assert decrypt_xaes(key, nonce, bytes.fromhex(sealed), associated) == b"XAES-256-GCM"


@given(st.binary(max_size=300), st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_in_its_place_only(plaintext: bytes, context: str) -> None:
    sealed = CIPHER.seal(plaintext, context=context)
    assert CIPHER.open(sealed, context=context) == plaintext
    assert len(sealed) == len(plaintext) + 45
    with pytest.raises(SealBroken):
        CIPHER.open(sealed, context=context + "x")


@given(st.data())
def test_no_altered_byte_opens(data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.seal(b"9001011234567", context=CONTEXT))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        CIPHER.open(bytes(sealed), context=CONTEXT)


@given(st.binary(max_size=80))
def test_junk_does_not_open(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        CIPHER.open(junk, context=CONTEXT)


def test_the_same_plaintext_never_looks_the_same() -> None:
    assert len({CIPHER.seal(b"x", context=CONTEXT) for _ in range(50)}) == 50


def test_rotation_keeps_everything_readable_and_tells_what_is_old(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "ring.json"
    old = RingFieldCipher(ring=open_key_ring(path), chance=SystemChance())
    sealed = old.seal(b"secret", context=CONTEXT)
    new = RingFieldCipher(ring=rotate(path), chance=SystemChance())
    assert old.is_current(sealed)
    assert not new.is_current(sealed)
    assert new.open(sealed, context=CONTEXT) == b"secret"
    again = new.reseal(sealed, context=CONTEXT)
    assert new.is_current(again)
    with pytest.raises(SealBroken):
        old.open(again, context=CONTEXT)
    assert old.blind_index(b"v", purpose="p") == new.blind_index(b"v", purpose="p")
    last = RingFieldCipher(ring=drop_key(path, 1), chance=SystemChance())
    assert last.open(again, context=CONTEXT) == b"secret"
    with pytest.raises(SealBroken):
        last.open(sealed, context=CONTEXT)
    with pytest.raises(ValueError, match="cannot be dropped"):
        drop_key(path, 2)


def test_the_ring_file_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    first = open_key_ring(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_key_ring(path) == first
    rotate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ring.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "sealing": {}, "index": ""}',
        '{"format": 1, "sealing": {}, "index": "AAAA"}',
        '{"format": 1, "sealing": {"1": "AAAA"}, "index": "AAAA"}',
        '{"format": 1, "sealing": {"1": "?"}, "index": "AAAA"}',
    ],
)
def test_another_file_is_no_key_ring(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content)
    with pytest.raises(KeyRingUnreadable) as refused:
        open_key_ring(path)
    assert "AAAA" not in str(refused.value)


def test_keys_show_in_no_repr() -> None:
    assert "\\x01" not in repr(CIPHER)
    assert "\\x02" not in repr(CIPHER)


def test_the_blind_index_depends_on_key_purpose_and_value_and_nothing_else() -> None:
    digest = CIPHER.blind_index(b"value", purpose="rrn")
    assert len(digest) == 64
    assert digest == CIPHER.blind_index(b"value", purpose="rrn")
    other_ring = RingFieldCipher(ring=KeyRing(sealing=RING.sealing, index=b"\3" * 32), chance=SystemChance())
    others = {
        CIPHER.blind_index(b"value", purpose="phone"),
        CIPHER.blind_index(b"valuf", purpose="rrn"),
        CIPHER.blind_index(b"nvalue", purpose="rr"),
        other_ring.blind_index(b"value", purpose="rrn"),
    }
    assert len(others | {digest}) == 5
