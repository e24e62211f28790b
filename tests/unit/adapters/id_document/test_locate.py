"""Finding the card: on grounds light and dark, turned, filling the frame, cut off, and nowhere."""

import cv2
import numpy as np
import pytest

from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.locate import aspect_fit, clockwise, locate
from dojang.adapters.id_document.pixels import Picture, Quad
from dojang.adapters.id_document.rectify import rectify, turn_over

CARD = np.array([[300, 250], [1180, 290], [1150, 850], [280, 800]], dtype=np.float32)


def scene(ground: int, card: int, quad: Quad = CARD) -> Picture:
    picture = np.full((1100, 1500, 3), ground, dtype=np.uint8)
    picture += np.random.default_rng(1).integers(0, 6, picture.shape, dtype=np.uint8)
    cv2.fillConvexPoly(picture, quad.astype(np.int32), (card, card, card - 10))
    return picture


def texts_on(quad: Quad) -> list[TextBox]:
    """Six lines spread over the quad."""
    boxes = []
    for row in np.linspace(0.1, 0.8, 6):
        shares = np.array([[0.08, row], [0.6, row], [0.6, row + 0.08], [0.08, row + 0.08]])
        top = quad[0] + (quad[1] - quad[0]) * shares[:, :1]
        bottom = quad[3] + (quad[2] - quad[3]) * shares[:, :1]
        boxes.append(TextBox(quad=(top + (bottom - top) * shares[:, 1:]).astype(np.float32), score=0.9))
    return boxes


@pytest.mark.parametrize(("ground", "card"), [(30, 220), (200, 120), (120, 190)])
def test_corners_are_found_within_one_percent_of_the_width(ground: int, card: int) -> None:
    best = locate(scene(ground, card), texts_on(CARD))[0]
    assert best.is_outline
    assert np.abs(best.quad - CARD).max() < 9
    assert best.outside < 0.001


def test_a_card_running_out_of_the_frame_is_told() -> None:
    quad = CARD + np.array([620, 0], dtype=np.float32)
    visible = [box for box in texts_on(quad) if box.quad[:, 0].max() < 1500]
    best = locate(scene(30, 220, quad), visible)[0]
    assert best.outside > 0.03


def test_a_scan_of_nothing_but_the_card_is_the_card() -> None:
    whole = np.array([[0, 0], [1012, 0], [1012, 638], [0, 638]], dtype=np.float32)
    picture = np.full((638, 1012, 3), 225, dtype=np.uint8)
    texts = texts_on(whole)
    wide = TextBox(quad=np.array([[500, 560], [960, 560], [960, 600], [500, 600]], dtype=np.float32), score=0.9)
    best = locate(picture, [*texts, wide])[0]
    assert np.abs(best.quad - whole).max() < 40
    assert best.outside < 0.001


def test_an_empty_picture_still_gives_a_place_but_an_unlikely_one() -> None:
    best = locate(np.full((600, 800, 3), 90, dtype=np.uint8), [])[0]
    assert best.score < 0.5


def test_proportions() -> None:
    card = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], dtype=np.float32)
    assert aspect_fit(card) == 1.0
    assert aspect_fit(card[:, ::-1].copy()) == 1.0
    assert aspect_fit(card * np.array([3.0, 1.0], dtype=np.float32)) == 0.0


def test_corners_in_any_order_come_out_clockwise_from_the_top_left() -> None:
    shuffled = CARD[[2, 0, 3, 1]]
    assert np.array_equal(clockwise(shuffled), CARD)


def test_points_of_the_card_map_back_to_the_photograph() -> None:
    card = rectify(scene(30, 220), CARD)
    corners = np.array([[0, 0], [card.width, card.height]], dtype=np.float32)
    assert np.abs(card.map_back(corners) - CARD[[0, 2]]).max() < 1.0
    turned = turn_over(card)
    assert np.abs(turned.map_back(corners) - CARD[[2, 0]]).max() < 1.0


def test_quarter_turns_bring_the_side_to_the_top() -> None:
    card = rectify(scene(30, 220), CARD, quarter_turns=1)
    assert card.height > card.width
