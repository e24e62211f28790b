"""A file's bytes to pixels, and pixels to a file without metadata.

Refuses what is no still photograph with a coded error, before decoding where the header tells. Never lets Pillow's own
exceptions or the file's metadata (EXIF, GPS, thumbnails, comments, profiles) through.
"""

import io
import struct
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dojang.adapters.id_document.pixels import Picture, resized
from dojang.lifecycle.identity_proofing.id_document.errors import FileTooLarge, ImageTooSmall, UnsupportedFile

_FORMATS = ("JPEG", "PNG", "WEBP")  # MPO, a JPEG with a second frame as some telephones write, comes with JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """What is accepted, and to what size pictures are reduced before work."""

    max_bytes: int = 15 * 1024 * 1024
    max_pixels: int = 20_000_000
    min_side_px: int = 160
    working_long_side_px: int = 2600


def load_picture(file: bytes, *, limits: PictureLimits) -> Picture:
    """Decode a JPEG, PNG or WebP still, upright by its EXIF orientation, alpha laid on white, at most the working size.

    Raises `FileTooLarge`, `UnsupportedFile`, `ImageTooSmall`.
    """
    if len(file) > limits.max_bytes:
        raise FileTooLarge(limit_bytes=limits.max_bytes)
    if not file:
        raise UnsupportedFile(reason="empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(file), formats=_FORMATS) as image:
                return _decode(image, limits)
    except Image.DecompressionBombError:
        raise FileTooLarge(limit_pixels=limits.max_pixels) from None
    except UnidentifiedImageError:
        raise UnsupportedFile(reason="format") from None
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, TypeError, KeyError):
        # Pillow's decoders raise all of these on damaged files; none may carry its text further.
        raise UnsupportedFile(reason="damaged") from None


def _decode(image: Image.Image, limits: PictureLimits) -> Picture:
    width, height = image.size
    if width * height > limits.max_pixels:
        raise FileTooLarge(limit_pixels=limits.max_pixels)
    if min(width, height) < limits.min_side_px:
        raise ImageTooSmall(minimum_px=limits.min_side_px)
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise UnsupportedFile(reason="animated")
    image.draft("RGB", (limits.working_long_side_px, limits.working_long_side_px))
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    rgb = _to_rgb(image)
    picture = np.frombuffer(rgb.tobytes("raw", "BGR"), dtype=np.uint8).reshape(rgb.height, rgb.width, 3)
    longest = max(picture.shape[:2])
    if longest > limits.working_long_side_px:
        factor = limits.working_long_side_px / longest
        picture = resized(picture, (round(picture.shape[1] * factor), round(picture.shape[0] * factor)))
    return picture


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 or 32 bits of grey
        values = np.asarray(image).astype(np.float64)
        top = 65535.0 if values.max() > 255 else 255.0
        return Image.fromarray(np.clip(values / top * 255, 0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def encode_jpeg(picture: Picture, *, quality: int = 90) -> bytes:
    """Return a baseline JPEG of the pixels and nothing else: no EXIF, no thumbnail, no colour profile."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
