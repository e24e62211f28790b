"""What a specimen is: its kind, side and edition, the flat artwork, and the ground truth that goes with it.

Field names are those the printed fields have in English; dates among the values are ISO 8601. Knows no layout.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]  # height x width x 3 in RGB order, or height x width
Reals = npt.NDArray[np.floating[Any]]
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the artwork
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]  # tl, tr, br, bl


class Kind(StrEnum):
    """Which document is drawn."""

    RESIDENT_CARD = "resident_card"  # 주민등록증
    DRIVER_LICENCE = "driver_licence"  # 운전면허증
    PASSPORT = "passport"  # 여권, the data page


class Side(StrEnum):
    """Which side is drawn. A passport has a front only: its data page."""

    FRONT = "front"
    BACK = "back"


class Sex(StrEnum):
    """As in the machine-readable zone."""

    MALE = "M"
    FEMALE = "F"


class Edition(StrEnum):
    """Which printing of the document; `edition_on` gives the one in use on a day."""

    EARLIER = "earlier"  # resident card of 1999, licence before September 2019, green passport
    CURRENT = "current"  # resident card of 2020, licence of 2019, blue passport of December 2021


_CURRENT_SINCE = {
    Kind.RESIDENT_CARD: date(2020, 1, 1),
    Kind.DRIVER_LICENCE: date(2019, 9, 16),
    Kind.PASSPORT: date(2021, 12, 21),
}


def edition_on(kind: Kind, issued_on: date) -> Edition:
    """Return the edition in which documents of this kind were issued on that day."""
    return Edition.CURRENT if issued_on >= _CURRENT_SINCE[kind] else Edition.EARLIER


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatDocument:
    """One side of a document as flat artwork, before any camera.

    `coverage` is 255 on the card and 0 outside its rounded corners. `values` holds what is printed, by field name,
    and `boxes` where. `width_mm` is the true width, for the photograph's scale.
    """

    kind: Kind
    side: Side
    edition: Edition
    width_mm: float
    height_mm: float
    pixels: Pixels = field(repr=False)
    coverage: Pixels = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    boxes: Mapping[str, Box] = field(repr=False)
