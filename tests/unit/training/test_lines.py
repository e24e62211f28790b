"""Drawn lines: the network's height, the text they claim, the same from the same seed."""

import numpy as np
import pytest

from dojang.sandbox.specimen.fonts import SANS, SERIF
from training.lines.line import HEIGHT_PX, LineDrawer
from training.lines.typefaces import Typecase, open_typeface


@pytest.fixture(scope="module")
def typecase() -> Typecase:
    faces = [open_typeface(face.path, for_training=False) for face in (SANS, SERIF)]
    return Typecase(faces, [1.0, 1.0])


def test_lines_have_the_networks_height_and_stay_within_the_widest(typecase: Typecase) -> None:
    drawer = LineDrawer(typecase, seed=1, widest_px=400)
    for _ in range(60):
        line = drawer.next()
        assert line.pixels.shape[0] == HEIGHT_PX
        assert 12 <= line.pixels.shape[1] <= 400
        assert line.pixels.shape[2] == 3
        assert line.pixels.dtype == np.uint8
        assert len(line.text) <= 22


def test_the_same_seed_draws_the_same(typecase: Typecase) -> None:
    first, second = (LineDrawer(typecase, seed=5, widest_px=800) for _ in range(2))
    for _ in range(10):
        left, right = first.next(), second.next()
        assert left.text == right.text
        assert np.array_equal(left.pixels, right.pixels)


def test_another_seed_draws_something_else(typecase: Typecase) -> None:
    first, second = (LineDrawer(typecase, seed=seed, widest_px=800) for seed in (5, 6))
    assert [first.next().text for _ in range(5)] != [second.next().text for _ in range(5)]


def test_the_print_stands_out_from_its_ground(typecase: Typecase) -> None:
    drawer = LineDrawer(typecase, seed=9, widest_px=800)
    spreads = [float(drawer.next(hardest=0.1).pixels.std()) for _ in range(40)]
    assert min(spreads) > 3
    assert sorted(spreads)[20] > 20
