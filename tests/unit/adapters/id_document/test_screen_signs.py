"""The signs of a screen, on patterns made for the purpose: stripes of three colours, one-ink print, a fine lattice."""

import cv2
import numpy as np
import pytest

from dojang.adapters.id_document.pixels import Floats, Picture
from dojang.adapters.id_document.rectify import Card, rectify
from dojang.adapters.id_document.screen_signs import screen_signs

_WIDTH, _HEIGHT = 1600, 1200
_CORNERS = np.array([[200, 250], [1390, 180], [1420, 960], [180, 930]], dtype=np.float32)
_X, _Y = np.meshgrid(np.arange(_WIDTH, dtype=np.float32), np.arange(_HEIGHT, dtype=np.float32))


def _picture(*planes: Floats) -> Picture:
    noise = np.random.default_rng(7).normal(0, 3, (_HEIGHT, _WIDTH, 3))
    return np.clip(np.stack(planes, axis=-1) + noise, 0, 255).astype(np.uint8)


def _on_the_card(picture: Picture) -> tuple[Picture, Card]:
    return picture, rectify(picture, _CORNERS)


def _waves(*, cycles_px: float, lag: float, strength: float) -> Picture:
    """Upright waves, each colour a share `lag` of a cycle behind the one before."""
    return _picture(
        *(128 + strength * np.sin(2 * np.pi * (_X * cycles_px + 0.1 * _Y - lag * index)) for index in range(3))
    )


@pytest.mark.parametrize("cycles_px", [0.11, 0.27, 0.68])
def test_colours_a_third_apart_are_stripes_also_where_the_camera_sees_them_coarser(cycles_px: float) -> None:
    signs = screen_signs(*_on_the_card(_waves(cycles_px=cycles_px, lag=1 / 3, strength=6)))
    assert signs.stripes > 4


@pytest.mark.parametrize("colours", [(40, 40, 40), (60, 10, 0), (0, 30, 60)])
def test_lines_of_one_ink_are_no_stripes_however_strong(colours: tuple[int, int, int]) -> None:
    wave = np.sin(2 * np.pi * (_X * 0.21 + _Y * 0.07)).astype(np.float32)
    signs = screen_signs(*_on_the_card(_picture(*(128 + strength * wave for strength in colours))))
    assert signs.stripes < 1.5


def _lattice_seen(pixels_across: int, *, strength: float) -> Picture:
    """The gaps of a screen with `pixels_across` along the card, sampled by the camera without averaging."""
    flat = np.array([[0, 0], [1, 0], [1, 54 / 85.6], [0, 54 / 85.6]], dtype=np.float32)
    to_card = cv2.getPerspectiveTransform(_CORNERS, flat)
    places = np.stack([_X, _Y], axis=-1).reshape(-1, 1, 2)
    across, down = cv2.perspectiveTransform(places, to_card).reshape(_HEIGHT, _WIDTH, 2).transpose(2, 0, 1)
    gaps = sum(np.cos(2 * np.pi * pixels_across * place) for place in (across, down))
    grey = (128 + strength * gaps).astype(np.float32)
    return _picture(grey, grey, grey)


@pytest.mark.parametrize("pixels_across", [700, 850, 1000])
def test_a_lattice_finer_than_the_camera_is_seen_through_perspective(pixels_across: int) -> None:
    signs = screen_signs(*_on_the_card(_lattice_seen(pixels_across, strength=2)))
    assert signs.lattice > 5


def test_noise_alone_shows_neither() -> None:
    plain = np.full((_HEIGHT, _WIDTH), 128, dtype=np.float32)
    signs = screen_signs(*_on_the_card(_picture(plain, plain, plain)))
    assert signs.stripes < 1.5
    assert signs.lattice < 3.75


def test_the_blocks_of_a_scan_are_no_lattice() -> None:
    rng = np.random.default_rng(11)
    blocks = np.kron(rng.integers(100, 160, (150, 200)), np.ones((8, 8))).astype(np.uint8)
    scan = np.repeat(blocks[..., None], 3, axis=2)
    corners = np.array([[0, 0], [1600, 0], [1600, 1200], [0, 1200]], dtype=np.float32)
    assert screen_signs(scan, rectify(scan, corners)).lattice == 0


def test_a_document_too_small_to_tell_shows_no_lattice() -> None:
    picture = _lattice_seen(850, strength=20)
    small = np.array([[700, 500], [900, 500], [900, 620], [700, 620]], dtype=np.float32)
    assert screen_signs(picture, rectify(picture, small)).lattice == 0


def test_a_picture_smaller_than_a_patch_is_not_measured() -> None:
    tiny = np.zeros((200, 300, 3), dtype=np.uint8)
    quad = np.array([[10, 10], [290, 10], [290, 190], [10, 190]], dtype=np.float32)
    assert screen_signs(tiny, rectify(tiny, quad)).stripes == 0
