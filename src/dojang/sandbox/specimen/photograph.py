"""Takes a hand-held photograph of flat artwork, in three difficulties or with one plain defect, from one seed.

Difficulties and defects: idocr.md sections 2 and 3. Yields JPEG bytes with the ground truth of what was taken.
Not drawn: fingers, the gutter of a booklet, lamination wrinkles, real holograms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import cv2
import numpy as np

from dojang.sandbox.specimen import light, recapture
from dojang.sandbox.specimen.camera import Pose, fit_inside, homography, place, project
from dojang.sandbox.specimen.document import FlatDocument, Kind, Pixels, Quad, Reals, Side
from dojang.sandbox.specimen.jpeg import ExifTags, encode_jpeg
from dojang.sandbox.specimen.scene import Surface, draw_surface

FRAME = (2016, 1512)


class Difficulty(StrEnum):
    """How hard the photograph is to read; each is still readable to a person."""

    CLEAN = "clean"  # careful hands, good light
    MODERATE = "moderate"  # most customers
    HARD = "hard"  # a turned card in poor light


class Defect(StrEnum):
    """A photograph that should be refused, or looked at by a person, and why."""

    BLUR = "blur"
    MOTION = "motion"
    DARK = "dark"
    GLARE = "glare"
    CUT_OFF = "cut_off"
    TOO_SMALL = "too_small"
    NO_DOCUMENT = "no_document"
    SEVERAL = "several"  # two documents in one picture
    SCREEN = "screen"  # the document's picture on a screen
    COPY = "copy"  # a black-and-white copy on paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One picture and what is truly in it.

    Coordinates are pixels of the picture as shown, after its EXIF orientation. `corners` run from the document's own
    top left clockwise; `corners`, `values` and `field_quads` are empty or None where no document is in the picture.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    difficulty: Difficulty
    defect: Defect | None
    surface: Surface
    kind: Kind | None
    side: Side | None
    corners: Quad | None
    values: Mapping[str, str] = field(repr=False)
    field_quads: Mapping[str, Quad] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conditions:
    """Bounds of one difficulty, from which each photograph draws."""

    turn: float  # greatest, degrees
    tilt: float
    width_share: tuple[float, float]
    defocus: tuple[float, float]
    shake: tuple[float, float]
    glare: tuple[float, float]  # grey levels
    glare_chance: float
    slope: float
    shadow: tuple[float, float]
    exposure: tuple[float, float]
    noise: tuple[float, float]
    quality: tuple[int, int]


_CONDITIONS: Mapping[Difficulty, _Conditions] = MappingProxyType(
    {
        Difficulty.CLEAN: _Conditions(
            turn=5, tilt=7, width_share=(0.62, 0.8), defocus=(0.4, 0.8), shake=(0, 1), glare=(20, 60), glare_chance=0.3,
            slope=0.15, shadow=(0, 0.1), exposure=(0.95, 1.06), noise=(1, 2.5), quality=(90, 96),
        ),
        Difficulty.MODERATE: _Conditions(
            turn=14, tilt=15, width_share=(0.56, 0.74), defocus=(0.7, 1.2), shake=(0, 3), glare=(40, 130),
            glare_chance=0.5, slope=0.3, shadow=(0, 0.3), exposure=(0.82, 1.1), noise=(2.5, 5), quality=(82, 92),
        ),
        Difficulty.HARD: _Conditions(
            turn=28, tilt=23, width_share=(0.5, 0.66), defocus=(1.0, 1.9), shake=(1, 5), glare=(80, 190),
            glare_chance=0.7, slope=0.5, shadow=(0.1, 0.5), exposure=(0.58, 1.08), noise=(4, 9), quality=(68, 84),
        ),
    }
)  # fmt: skip


def photograph(
    flat: FlatDocument,
    rng: np.random.Generator,
    *,
    difficulty: Difficulty = Difficulty.CLEAN,
    defect: Defect | None = None,
    surface: Surface | None = None,
    quarter_turns: int = 0,
    exif: ExifTags | None = None,
    beside: FlatDocument | None = None,
) -> Photograph:
    """Return a picture of 2016 x 1512 pixels.

    `quarter_turns` lays the document that many quarters clockwise in the picture. `exif` adds metadata; with an
    orientation other than 1 the stored pixels are turned so that a viewer that honours it shows the same picture.
    `beside` is the other document of the defect "several".

    1. Draw the surface. 2. Lay the document on it. 3. Light it. 4. Blur it. 5. Add noise and store it.
    """
    conditions = _CONDITIONS[difficulty]
    ground = surface or list(Surface)[int(rng.integers(len(Surface)))]
    pixels = _ground(ground, defect, rng)
    if defect is Defect.SCREEN:
        flat = recapture.on_screen(flat, rng)
    elif defect is Defect.COPY:
        flat = recapture.copied(flat, rng)
    quad: Quad | None = None
    if defect is not Defect.NO_DOCUMENT:
        quad = _aim(flat, conditions, defect, quarter_turns, rng)
        pixels = _lay(pixels, flat, quad, rng, is_flat=defect in (Defect.SCREEN, Defect.COPY))
        if beside is not None:
            pixels = _lay(pixels, beside, _below(quad, beside, rng), rng)
    pixels = _expose(pixels, quad, conditions, defect, rng)
    pixels = _blur(pixels, conditions, defect, rng)
    noise = float(rng.uniform(*conditions.noise)) + (5.0 if defect is Defect.DARK else 0.0)
    pixels = light.add_noise(pixels, rng, sigma=noise)
    quality = int(rng.integers(conditions.quality[0], conditions.quality[1] + 1))
    return Photograph(
        jpeg=encode_jpeg(pixels, quality=quality, exif=exif),
        width=FRAME[0],
        height=FRAME[1],
        difficulty=difficulty,
        defect=defect,
        surface=ground,
        kind=flat.kind if quad else None,
        side=flat.side if quad else None,
        corners=quad,
        values=flat.values if quad else {},
        field_quads=_field_quads(flat, quad) if quad else {},
    )


def _ground(surface: Surface, defect: Defect | None, rng: np.random.Generator) -> Pixels:
    if defect is Defect.SCREEN:
        return recapture.screen_ground(rng, width=FRAME[0], height=FRAME[1])
    if defect is Defect.COPY:
        return recapture.copy_ground(rng, width=FRAME[0], height=FRAME[1])
    return draw_surface(surface, rng, width=FRAME[0], height=FRAME[1])


def _aim(
    flat: FlatDocument, conditions: _Conditions, defect: Defect | None, quarter_turns: int, rng: np.random.Generator
) -> Quad:
    upright = quarter_turns % 2 == 0
    share = float(rng.uniform(*conditions.width_share)) * (1.0 if upright else 0.72)
    if defect is Defect.TOO_SMALL:
        share = float(rng.uniform(0.15, 0.26))
    if defect is Defect.SEVERAL:
        return _above(flat, rng)
    pose = Pose(
        turn_degrees=float(rng.uniform(-conditions.turn, conditions.turn)) + 90 * quarter_turns,
        tilt_degrees=float(rng.uniform(-conditions.tilt, conditions.tilt)),
        swing_degrees=float(rng.uniform(-conditions.tilt, conditions.tilt)),
        width_share=share,
        shift=(float(rng.uniform(-0.09, 0.09)), float(rng.uniform(-0.09, 0.09))),
    )
    quad = place(pose, aspect=flat.width_mm / flat.height_mm, frame=FRAME)
    if defect is Defect.CUT_OFF:
        return _push_out(quad, rng)
    return fit_inside(quad, frame=FRAME, margin=float(rng.uniform(24, 60)))


def _above(flat: FlatDocument, rng: np.random.Generator) -> Quad:
    """The upper half of the frame, for the first of two documents."""
    aspect = flat.width_mm / flat.height_mm
    share = 0.43 * FRAME[1] * aspect / FRAME[0] * float(rng.uniform(0.88, 0.96))
    pose = Pose(
        turn_degrees=float(rng.uniform(-1.5, 1.5)),
        tilt_degrees=float(rng.uniform(-4, 4)),
        swing_degrees=float(rng.uniform(-4, 4)),
        width_share=share,
        shift=(float(rng.uniform(-0.05, 0.05)), -0.245),
    )
    return place(pose, aspect=aspect, frame=FRAME)


def _below(first: Quad, other: FlatDocument, rng: np.random.Generator) -> Quad:
    """The place under the first document, its size kept but for its own proportions."""
    corners = np.array(first)
    low, high = corners.min(axis=0), corners.max(axis=0)
    width = float(high[0] - low[0])
    pose = Pose(
        turn_degrees=float(rng.uniform(-2, 2)),
        tilt_degrees=0.0,
        swing_degrees=0.0,
        width_share=min(width / FRAME[0], 0.40 * FRAME[1] * other.width_mm / other.height_mm / FRAME[0]),
        shift=(float(rng.uniform(-0.08, 0.08)), 0.245),
    )
    return place(pose, aspect=other.width_mm / other.height_mm, frame=FRAME)


def _push_out(quad: Quad, rng: np.random.Generator) -> Quad:
    """Move the quad over one edge, or a corner, of the frame so that 12 to 32 % of its extent is lost there."""
    corners = np.array(quad)
    low, high = corners.min(axis=0), corners.max(axis=0)
    lost = (high - low) * rng.uniform(0.12, 0.32)
    frame = np.array(FRAME, dtype=np.float64)
    toward = ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1))[int(rng.integers(6))]
    for axis in (0, 1):
        if toward[axis] < 0:
            corners[:, axis] -= low[axis] + lost[axis]
        elif toward[axis] > 0:
            corners[:, axis] += frame[axis] - high[axis] + lost[axis]
    moved = [(float(x), float(y)) for x, y in corners]
    return moved[0], moved[1], moved[2], moved[3]


def _lay(pixels: Pixels, flat: FlatDocument, quad: Quad, rng: np.random.Generator, *, is_flat: bool = False) -> Pixels:
    """Shade the surface under the card's edge and lay the card on it, scaled before it is warped against aliasing.

    What `is_flat` (on a screen, on a sheet) casts no shadow, and a screen's grid is sampled as it is: it does alias.
    """
    if not is_flat:
        turn = float(rng.uniform(0, 6.283))
        reach = float(rng.uniform(3, 16))
        pixels = light.cast_shadow(
            pixels, quad, offset=(reach * np.cos(turn), reach * np.sin(turn)), softness=float(rng.uniform(6, 18)),
            depth=float(rng.uniform(0.25, 0.55)),
        )  # fmt: skip
    corners = np.array(quad)
    longest = max(float(np.linalg.norm(corners[0] - corners[1])), float(np.linalg.norm(corners[3] - corners[2])))
    height, width = flat.pixels.shape[:2]
    factor = 1.0 if is_flat else min(1.0, longest * 1.15 / width)
    size = (round(width * factor), round(height * factor))
    art = cv2.resize(flat.pixels, size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(flat.coverage, size, interpolation=cv2.INTER_AREA)
    matrix = homography((size[0], size[1]), quad)
    card = cv2.warpPerspective(art, matrix, FRAME, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = np.asarray(cv2.warpPerspective(cover, matrix, FRAME, flags=cv2.INTER_LINEAR), dtype=np.uint8)
    inside = alpha == 255
    edge = (alpha > 0) & ~inside
    laid = np.where(inside[..., None], card, pixels).astype(np.uint8)
    part = alpha[edge][:, None].astype(np.float32) / 255
    laid[edge] = (np.asarray(card)[edge] * part + pixels[edge] * (1 - part)).astype(np.uint8)
    return laid


def _expose(
    pixels: Pixels, quad: Quad | None, conditions: _Conditions, defect: Defect | None, rng: np.random.Generator
) -> Pixels:
    exposure = float(rng.uniform(*conditions.exposure))
    if defect is Defect.DARK:
        exposure = float(rng.uniform(0.07, 0.19))
    lit = light.illuminate(
        pixels, rng, slope=float(rng.uniform(0, conditions.slope)), shadow=float(rng.uniform(*conditions.shadow)),
        exposure=exposure, warmth=float(rng.uniform(-0.06, 0.08)),
    )  # fmt: skip
    if quad is None:
        return lit
    corners = np.array(quad)
    long_edge = float(np.linalg.norm(corners[0] - corners[1]))
    blobs: list[tuple[float, float]] = []  # spread as a share of the long edge, gain
    if defect is Defect.GLARE:
        blobs.append((float(rng.uniform(0.17, 0.26)), float(rng.uniform(420, 800))))
    elif rng.random() < conditions.glare_chance and defect is not Defect.DARK:
        blobs.append((float(rng.uniform(0.03, 0.1)), float(rng.uniform(*conditions.glare))))
    for spread, gain in blobs:
        weights = rng.dirichlet((1.5, 1.5, 1.5, 1.5))
        centre = weights @ corners
        size = (long_edge * spread, long_edge * spread * float(rng.uniform(0.5, 1.0)))
        lit = light.add_glare(
            lit, centre=(float(centre[0]), float(centre[1])), size=size, turn=float(rng.uniform(0, 3.14)), gain=gain
        )
    return lit


def _blur(pixels: Pixels, conditions: _Conditions, defect: Defect | None, rng: np.random.Generator) -> Pixels:
    radius = float(rng.uniform(*conditions.defocus))
    length = float(rng.uniform(*conditions.shake))
    if defect is Defect.BLUR:
        radius = float(rng.uniform(5.5, 10.0))
    if defect is Defect.MOTION:
        length = float(rng.uniform(24, 52))
    return light.shake(light.defocus(pixels, radius=radius), length=length, turn=float(rng.uniform(0, 3.1416)))


def _field_quads(flat: FlatDocument, quad: Quad) -> dict[str, Quad]:
    height, width = flat.pixels.shape[:2]
    matrix = homography((width, height), quad)
    quads: dict[str, Quad] = {}
    for name, (left, top, right, bottom) in flat.boxes.items():
        box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)
        points: Reals = project(matrix, box)
        corners = [(float(x), float(y)) for x, y in points]
        quads[name] = (corners[0], corners[1], corners[2], corners[3])
    return quads
