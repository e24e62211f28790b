"""Field encryption: published vectors, and that nothing opens that was altered, moved or sealed elsewhere."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher, decrypt_xaes, encrypt_xaes
from dojang.adapters.secrecy.key_ring import KeyRing, KeyRingFile, KeyRingUnreadable, WatchedRing, open_key_ring
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


def test_rotation_keeps_everything_readable_and_running_processes_follow(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "ring.json"
    cipher = RingFieldCipher(ring=WatchedRing(path), chance=SystemChance())
    keeper = KeyRingFile(path)
    sealed, digest = cipher.seal(b"secret", context=CONTEXT), cipher.blind_index(b"v", purpose="p")
    keeper.add(2)
    assert (keeper.numbers(), keeper.seals()) == ((1, 2), 1)
    assert cipher.seal(b"secret", context=CONTEXT)[4] == 1  # it opens and does not seal yet
    keeper.choose(2)
    again = cipher.seal(b"secret", context=CONTEXT)
    assert again[4] == 2
    assert cipher.open(sealed, context=CONTEXT) == cipher.open(again, context=CONTEXT) == b"secret"
    keeper.drop(1)
    assert cipher.open(again, context=CONTEXT) == b"secret"
    assert cipher.blind_index(b"v", purpose="p") == digest
    with pytest.raises(SealBroken):
        cipher.open(sealed, context=CONTEXT)
    with pytest.raises(ValueError, match="cannot be dropped"):
        keeper.drop(2)


def test_a_choice_that_is_not_the_newest_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    open_key_ring(path)
    assert json.loads(path.read_text())["format"] == 1
    keeper = KeyRingFile(path)
    keeper.add(2)
    assert [json.loads(path.read_text())[name] for name in ("format", "seals")] == [2, 1]
    first = open_key_ring(path).sealing
    keeper.add(2)  # again: the key stays
    assert open_key_ring(path).sealing == first
    keeper.choose(2)
    assert json.loads(path.read_text())["format"] == 1
    keeper.choose(1)
    keeper.drop(2)
    assert open_key_ring(path).seals == 1


def test_another_offices_ring_is_not_taken_over(tmp_path: Path) -> None:
    path, other = tmp_path / "ring.json", tmp_path / "other.json"
    watched = WatchedRing(path)
    open_key_ring(other)
    other.replace(path)
    with pytest.raises(KeyRingUnreadable):
        watched.load()


def test_a_ring_that_is_gone_for_a_moment_goes_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    watched = WatchedRing(path)
    ring = watched.load()
    path.unlink()
    assert watched.load() == ring


def test_the_ring_file_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    first = open_key_ring(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_key_ring(path) == first
    KeyRingFile(path).add(2)
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
        '{"format": 3, "sealing": {"1": "AAAA"}, "index": "AAAA"}',
        '{"format": 2, "seals": "x", "sealing": {"1": "AAAA"}, "index": "AAAA"}',
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
