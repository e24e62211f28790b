"""Files to pixels: what is refused and with which code, orientation, odd modes, and no metadata on the way out."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from dojang.adapters.id_document.picture import PictureLimits, encode_jpeg, load_picture
from dojang.lifecycle.identity_proofing.id_document.errors import FileTooLarge, ImageTooSmall, UnsupportedFile

LIMITS = PictureLimits()


def sketch(width: int = 400, height: int = 300) -> Image.Image:
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[: height // 2, : width // 2] = (250, 10, 10)  # red top left
    pixels[height // 2 :, width // 2 :] = (10, 10, 250)
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_stills_of_the_accepted_formats_load_as_bgr(kind: str) -> None:
    picture = load_picture(saved(sketch(), kind), limits=LIMITS)
    assert picture.shape == (300, 400, 3)
    blue, _, red = (int(value) for value in picture[40, 40])
    assert red > 200
    assert blue < 60


def test_exif_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show
    picture = load_picture(saved(sketch(), "JPEG", exif=exif), limits=LIMITS)
    assert picture.shape == (400, 300, 3)
    assert int(picture[40, 260, 2]) > 200  # red moved to the top right


@pytest.mark.parametrize(
    "image",
    [
        sketch().convert("CMYK"),
        sketch().convert("L"),
        sketch().convert("1"),
    ],
    ids=["cmyk", "grey", "bilevel"],
)
def test_other_jpeg_and_png_modes_load(image: Image.Image) -> None:
    kind = "PNG" if image.mode == "1" else "JPEG"
    assert load_picture(saved(image, kind), limits=LIMITS).shape == (300, 400, 3)


def test_sixteen_bit_grey_keeps_its_greys() -> None:
    ramp = np.linspace(0, 65535, 400, dtype=np.uint16)[None].repeat(300, axis=0)
    picture = load_picture(saved(Image.fromarray(ramp), "PNG"), limits=LIMITS)
    assert abs(int(picture[10, 200, 0]) - 128) < 3


def test_transparency_lies_on_white() -> None:
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    assert int(load_picture(saved(clear, "PNG"), limits=LIMITS).min()) == 255


def test_large_pictures_are_reduced_to_the_working_size() -> None:
    picture = load_picture(saved(sketch(4000, 3000), "JPEG"), limits=LIMITS)
    assert max(picture.shape[:2]) == LIMITS.working_long_side_px


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "empty"),
        (b"not a picture", "format"),
        (saved(sketch(), "GIF"), "format"),
        (saved(sketch(), "BMP"), "format"),
        (saved(sketch(), "JPEG")[:700], "damaged"),
        (saved(sketch(), "PNG")[:120], "damaged"),
        (
            saved(sketch(), "PNG", save_all=True, append_images=[sketch().rotate(90)]),
            "animated",
        ),
        (saved(sketch(), "WEBP", save_all=True, append_images=[sketch().rotate(180)]), "animated"),
    ],
)
def test_what_is_no_still_photograph_is_refused_with_its_reason(file: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedFile) as refused:
        load_picture(file, limits=LIMITS)
    assert refused.value.fields == {"reason": reason}


def test_too_many_bytes() -> None:
    with pytest.raises(FileTooLarge) as refused:
        load_picture(saved(sketch(), "JPEG") + bytes(LIMITS.max_bytes), limits=LIMITS)
    assert refused.value.fields == {"limit_bytes": LIMITS.max_bytes}


@pytest.mark.parametrize("side", [5000, 40_000])
def test_a_header_that_promises_too_many_pixels_is_refused_before_decoding(side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    with pytest.raises(FileTooLarge) as refused:
        load_picture(file, limits=LIMITS)
    assert refused.value.fields == {"limit_pixels": LIMITS.max_pixels}


def test_too_few_pixels() -> None:
    with pytest.raises(ImageTooSmall):
        load_picture(saved(sketch(150, 150), "PNG"), limits=LIMITS)


def test_encoding_leaves_nothing_but_pixels() -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    exif.get_ifd(0x8825)[1] = "N"
    picture = load_picture(saved(sketch(), "JPEG", exif=exif, comment=b"a comment"), limits=LIMITS)
    file = encode_jpeg(picture)
    with Image.open(io.BytesIO(file)) as again:
        assert len(again.getexif()) == 0
        assert not {"exif", "icc_profile", "comment"} & set(again.info)
    assert b"camera maker" not in file
    assert b"a comment" not in file
