"""Stores a picture as JPEG, with the metadata a telephone would add when asked to: orientation, place, maker.

The metadata is there so that its removal can be tested. Source: EXIF 2.32 tag numbers.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dojang.sandbox.specimen.document import Pixels

# What must be done to the upright picture so that a viewer honouring the tag undoes it.
_STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_ORIENTATION, _MAKE, _MODEL, _DATE_TIME, _GPS = 0x0112, 0x010F, 0x0110, 0x0132, 0x8825


@dataclass(frozen=True, slots=True, kw_only=True)
class ExifTags:
    """Metadata to write. The place is a point in the sea, the maker invented."""

    orientation: int = 1  # 1 to 8
    with_gps: bool = False
    with_maker: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.orientation <= 8:
            raise ValueError("EXIF orientation runs from 1 to 8")


def encode_jpeg(pixels: Pixels, *, quality: int, exif: ExifTags | None = None) -> bytes:
    """Return JPEG bytes of RGB pixels with 4:2:0 colour, as telephones store them."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if exif is not None and exif.orientation in _STORED_AS:
        image = image.transpose(_STORED_AS[exif.orientation])
    stream = io.BytesIO()
    if exif is None:
        image.save(stream, "JPEG", quality=quality, subsampling="4:2:0")
    else:
        image.save(stream, "JPEG", quality=quality, subsampling="4:2:0", exif=_tags(exif))
    return stream.getvalue()


def _tags(exif: ExifTags) -> Image.Exif:
    tags = Image.Exif()
    tags[_ORIENTATION] = exif.orientation
    if exif.with_maker:
        tags[_MAKE] = "Specimen"
        tags[_MODEL] = "Specimen Camera 1"
        tags[_DATE_TIME] = "2026:01:02 03:04:05"
    if exif.with_gps:
        # 35 deg 30' N, 123 deg 15' E: open water in the Yellow Sea.
        tags.get_ifd(_GPS).update({1: "N", 2: (35.0, 30.0, 0.0), 3: "E", 4: (123.0, 15.0, 0.0)})
    return tags
