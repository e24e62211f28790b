"""PKCS#7 padding, every byte of it checked."""

import pytest

from dojang.pki.npki.block_padding import pad, unpad
from dojang.pki.npki.errors import WrongPassword


@pytest.mark.parametrize(
    ("data", "padded"), [(b"", b"\x04" * 4), (b"abc", b"abc\x01"), (b"abcd", b"abcd" + b"\x04" * 4)]
)
def test_pad_and_unpad(data: bytes, padded: bytes) -> None:
    assert pad(data, 4) == padded
    assert unpad(padded, 4) == data


@pytest.mark.parametrize("padded", [b"", b"abc\x00", b"abc\x05", b"a\x01\x03\x03", b"ab\x03\x02", b"\x03\x04\x04\x04"])
def test_bad_padding(padded: bytes) -> None:
    with pytest.raises(WrongPassword):
        unpad(padded, 4)
