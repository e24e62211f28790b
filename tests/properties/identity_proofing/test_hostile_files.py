"""Files nobody's camera wrote: cut, bent, glued together, lying about themselves. Pixels, or a refusal with a code."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dojang.adapters.id_document.picture import PictureLimits, encode_jpeg, load_picture
from dojang.lifecycle.identity_proofing.id_document.errors import FileTooLarge, ImageTooSmall, UnsupportedFile

LIMITS = PictureLimits(max_bytes=400_000, max_pixels=400_000, min_side_px=100, working_long_side_px=300)
REFUSALS = (FileTooLarge, ImageTooSmall, UnsupportedFile)
SECRET = b"GPS 37.5665N 126.9780E"


def sketch(mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    sketch(mode).save(out, kind, **options)
    return out.getvalue()


def sixteen_bits() -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.linspace(0, 65535, 120 * 160).astype(np.uint16).reshape(120, 160)).save(out, "PNG")
    return out.getvalue()


WHOLE = [
    saved("JPEG"),
    saved("JPEG", progressive=True, comment=SECRET),
    saved("JPEG", "CMYK"),
    saved("JPEG", "L"),
    saved("PNG"),
    saved("PNG", "RGBA"),
    saved("PNG", "P"),
    sixteen_bits(),
    saved("WEBP"),
    saved("WEBP", lossless=True),
]


def look(file: bytes) -> None:
    """Load the file: either a picture within the limits comes out, or one of our refusals with nothing to leak."""
    refusal: Exception | None = None
    picture = None
    try:
        picture = load_picture(file, limits=LIMITS)
    except REFUSALS as refused:
        refusal = refused
    if picture is None:
        assert isinstance(refusal, REFUSALS)
        assert refusal.__cause__ is None
        assert refusal.__suppress_context__ or refusal.__context__ is None
        assert not any(isinstance(value, bytes) for value in refusal.fields.values())
        return
    assert picture.dtype == np.uint8
    assert picture.ndim == 3
    assert picture.shape[2] == 3
    assert max(picture.shape[:2]) <= LIMITS.working_long_side_px


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_bytes_changed_dropped_or_doubled(data: st.DataObject) -> None:
    file = bytearray(data.draw(st.sampled_from(WHOLE), label="file"))
    for _ in range(data.draw(st.integers(1, 12), label="changes")):
        at = data.draw(st.integers(0, len(file) - 1))
        change = data.draw(st.sampled_from(("set", "drop", "double", "flip")))
        if change == "set":
            file[at] = data.draw(st.integers(0, 255))
        elif change == "flip":
            file[at] ^= 1 << data.draw(st.integers(0, 7))
        elif change == "drop":
            del file[at : at + data.draw(st.integers(1, 64))]
        else:
            file[at:at] = file[at : at + data.draw(st.integers(1, 64))]
        if not file:
            break
    look(bytes(file))


@settings(max_examples=60, deadline=None)
@given(head=st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x10\x00\x00WEBPVP8 ", b""]),
       rest=st.binary(max_size=600))  # fmt: skip
def test_a_good_beginning_and_junk(head: bytes, rest: bytes) -> None:
    look(head + rest)


@pytest.mark.parametrize("file", WHOLE)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_cut_short(file: bytes, share: float) -> None:
    look(file[: int(len(file) * share)])


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("index.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize("tail", [archive(), b"<?php system($_GET[0]); ?>", b"%PDF-1.7 trailer", SECRET])
@pytest.mark.parametrize("whole", WHOLE[:2])
def test_what_is_glued_behind_a_picture_does_not_reach_what_is_stored(whole: bytes, tail: bytes) -> None:
    stored = encode_jpeg(load_picture(whole + tail, limits=LIMITS))
    for part in (b"PK\x03\x04", b"<script", b"<?php", b"%PDF", SECRET):
        assert part not in stored
    assert stored.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    "file",
    [
        archive() + saved("JPEG"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n" + saved("JPEG"),
        b"\x00\x00\x00\x1cftypheic" + bytes(200),
        saved("TIFF"),
        saved("ICO"),
    ],
    ids=["zip first", "svg", "pdf first", "heic", "tiff", "ico"],
)
def test_other_formats_are_refused_whatever_they_carry(file: bytes) -> None:
    with pytest.raises(UnsupportedFile):
        load_picture(file, limits=LIMITS)
