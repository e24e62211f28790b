"""Photographs: deterministic, of the promised size, with ground truth that is where it says, and defects that show."""

import io
from datetime import date
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from dojang.sandbox.specimen.document import FlatDocument, Kind, Pixels
from dojang.sandbox.specimen.draw import draw_specimen
from dojang.sandbox.specimen.jpeg import ExifTags
from dojang.sandbox.specimen.people import invent_person
from dojang.sandbox.specimen.photograph import FRAME, Defect, Difficulty, Photograph, photograph
from dojang.sandbox.specimen.scene import Surface, draw_surface
from dojang.sandbox.specimen.suite import plan_defects, plan_suite, take

TODAY = date(2026, 11, 1)


@cache
def flat_document(kind: Kind = Kind.RESIDENT_CARD) -> FlatDocument:
    someone = invent_person(np.random.default_rng(11), today=TODAY)
    return draw_specimen(someone, kind, issued_on=date(2024, 3, 2))


@cache
def shot(seed: int = 1, **options: object) -> Photograph:
    return photograph(flat_document(), np.random.default_rng(seed), **options)  # type: ignore[arg-type]  # test options


def opened(picture: Photograph) -> Pixels:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.jpeg)))
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def rectified(picture: Photograph, flat: FlatDocument) -> Pixels:
    height, width = flat.pixels.shape[:2]
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(picture.corners, dtype=np.float32), square)
    return np.asarray(cv2.warpPerspective(opened(picture), matrix, (width, height)), dtype=np.uint8)


def likeness(one: Pixels, other: Pixels) -> float:
    """Correlation of two pictures' print, whatever the light on them."""
    details = []
    for pixels in (one, other):
        grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (428, 270), interpolation=cv2.INTER_AREA)
        wide = np.asarray(cv2.GaussianBlur(grey, (0, 0), 12), dtype=np.float32)
        details.append((np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.5), dtype=np.float32) - wide).ravel())
    return float(np.corrcoef(details[0], details[1])[0, 1])


@pytest.mark.parametrize("difficulty", list(Difficulty))
@pytest.mark.parametrize("kind", list(Kind))
def test_the_corners_say_where_the_document_is(kind: Kind, difficulty: Difficulty) -> None:
    flat = flat_document(kind)
    picture = photograph(flat, np.random.default_rng(5), difficulty=difficulty)
    assert picture.corners is not None
    assert all(0 <= x <= FRAME[0] and 0 <= y <= FRAME[1] for x, y in picture.corners)
    assert likeness(rectified(picture, flat), flat.pixels) > 0.9
    assert picture.values == flat.values


def test_wrong_corners_would_be_noticed() -> None:
    flat = flat_document()
    picture = shot(5)
    assert picture.corners is not None
    turned = (picture.corners[2], picture.corners[3], picture.corners[0], picture.corners[1])
    height, width = flat.pixels.shape[:2]
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(turned, dtype=np.float32), square)
    upside_down = np.asarray(cv2.warpPerspective(opened(picture), matrix, (width, height)), dtype=np.uint8)
    assert likeness(upside_down, flat.pixels) < 0.5


def test_field_quads_lie_within_the_document() -> None:
    picture = shot(2, difficulty=Difficulty.MODERATE)
    outline = np.array(picture.corners, dtype=np.float32)
    assert set(picture.field_quads) >= {"name", "rrn", "address", "issued_on", "authority"}
    for name, quad in picture.field_quads.items():
        for x, y in quad:
            assert cv2.pointPolygonTest(outline, (x, y), False) > 0, name


def test_a_field_quad_holds_the_field() -> None:
    flat = flat_document()
    picture = shot(3)
    left, top, right, bottom = (round(value) for value in flat.boxes["rrn"])
    size = (right - left, bottom - top)
    square = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(picture.field_quads["rrn"], dtype=np.float32), square)
    seen = np.asarray(cv2.warpPerspective(opened(picture), matrix, size), dtype=np.uint8)
    assert likeness(seen, flat.pixels[top:bottom, left:right]) > 0.8


def test_the_same_seed_takes_the_same_photograph() -> None:
    again = photograph(flat_document(), np.random.default_rng(9))
    assert again.jpeg == shot(9).jpeg
    assert again.jpeg != shot(10).jpeg


def test_harder_photographs_are_turned_more() -> None:
    def steepest(difficulty: Difficulty) -> float:
        turns = []
        for seed in range(1, 5):
            corners = shot(seed, difficulty=difficulty).corners
            assert corners is not None
            (x0, y0), (x1, y1) = corners[0], corners[1]
            turns.append(abs(float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))))
        return max(turns)

    clean, hard = steepest(Difficulty.CLEAN), steepest(Difficulty.HARD)
    assert clean < 8
    assert 14 < hard < 45


def test_a_quarter_turn_lays_the_card_on_its_side() -> None:
    corners = shot(4, quarter_turns=1).corners
    assert corners is not None
    (x0, y0), (x1, y1) = corners[0], corners[1]
    assert y1 - y0 > 5 * abs(x1 - x0)


def sharpness(pixels: Pixels) -> float:
    return float(np.asarray(cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.CV_64F)).var())


def test_blur_and_motion_take_the_edges_away() -> None:
    flat = flat_document()
    sound = sharpness(rectified(shot(6, surface=Surface.PAPER), flat))
    for defect in (Defect.BLUR, Defect.MOTION):
        assert sharpness(rectified(shot(6, surface=Surface.PAPER, defect=defect), flat)) < sound / 3


def test_the_dark_photograph_is_dark_and_the_glaring_one_saturated() -> None:
    flat = flat_document()
    assert np.median(rectified(shot(6, defect=Defect.DARK), flat)) < 60
    glaring = rectified(shot(6, defect=Defect.GLARE), flat)
    assert (glaring.min(axis=2) >= 250).mean() > 0.08
    assert (rectified(shot(6), flat).min(axis=2) >= 250).mean() < 0.05


@pytest.mark.parametrize("seed", range(6))
def test_a_cut_off_document_leaves_the_frame(seed: int) -> None:
    corners = shot(seed, defect=Defect.CUT_OFF).corners
    assert corners is not None
    assert any(not (0 <= x <= FRAME[0] and 0 <= y <= FRAME[1]) for x, y in corners)


def test_a_distant_document_is_small() -> None:
    corners = shot(1, defect=Defect.TOO_SMALL).corners
    assert corners is not None
    assert np.hypot(corners[0][0] - corners[1][0], corners[0][1] - corners[1][1]) < 0.28 * FRAME[0]


def test_a_photograph_of_no_document_promises_none() -> None:
    picture = shot(1, defect=Defect.NO_DOCUMENT)
    assert picture.corners is None
    assert picture.kind is None
    assert not picture.values
    assert not picture.field_quads


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_exif_orientation_shows_the_same_picture(orientation: int) -> None:
    plain = shot(8)
    tagged = shot(8, exif=ExifTags(orientation=orientation, with_gps=True))
    image = Image.open(io.BytesIO(tagged.jpeg))
    assert image.getexif()[0x0112] == orientation
    assert image.size == (FRAME if orientation < 5 else (FRAME[1], FRAME[0]))
    assert tagged.corners == plain.corners
    assert np.abs(opened(tagged).astype(int) - opened(plain).astype(int)).mean() < 2


def test_metadata_is_written_only_when_asked_for() -> None:
    assert not Image.open(io.BytesIO(shot(8).jpeg)).getexif()
    located = Image.open(io.BytesIO(shot(8, exif=ExifTags(with_gps=True)).jpeg)).getexif()
    assert located.get_ifd(0x8825)[1] == "N"


def test_an_orientation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        ExifTags(orientation=9)


@pytest.mark.parametrize("surface", list(Surface))
def test_surfaces_differ_from_seed_to_seed(surface: Surface) -> None:
    one, two = (draw_surface(surface, np.random.default_rng(seed), width=640, height=480) for seed in (1, 2))
    assert one.shape == (480, 640, 3)
    assert np.abs(one.astype(int) - two.astype(int)).mean() > 1


def test_the_suite_is_balanced_and_lazy() -> None:
    items = plan_suite(240)
    assert len(items) == 240
    for difficulty in Difficulty:
        assert sum(item.difficulty is difficulty for item in items) == 80
    assert {(item.kind, item.side) for item in items} == {(item.kind, item.side) for item in plan_suite(24)}
    assert plan_suite(24) == items[:24]


def test_the_suite_is_frozen() -> None:
    item = plan_suite(24)[3]
    assert take(item).jpeg == take(item).jpeg
    assert take(item).kind is item.kind


def test_defects_are_planned_evenly() -> None:
    items = plan_defects(120)
    assert {defect: sum(item.defect is defect for item in items) for defect in Defect} == dict.fromkeys(Defect, 12)
    assert take(items[0]).defect is items[0].defect
