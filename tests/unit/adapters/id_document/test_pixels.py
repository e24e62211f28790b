"""Which points lie in a quadrilateral: held against OpenCV's own answer, corner by corner."""

import cv2
import numpy as np

from dojang.adapters.id_document.locate import clockwise
from dojang.adapters.id_document.pixels import are_inside, bounds


def test_points_inside_a_quad_are_those_that_opencv_finds_in_it() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        quad = clockwise(rng.uniform(0, 100, size=(4, 2)).astype(np.float32))
        if not cv2.isContourConvex(quad):
            continue
        points = rng.uniform(-20, 120, size=(10, 4, 2)).astype(np.float32)
        expected = [
            [cv2.pointPolygonTest(quad, (float(x), float(y)), False) >= 0 for x, y in group] for group in points
        ]
        assert are_inside(quad, points).tolist() == expected


def test_a_quads_own_corners_and_sides_count_as_inside() -> None:
    quad = np.array([[0, 0], [10, 0], [10, 6], [0, 6]], dtype=np.float32)
    on_it = np.array([[0, 0], [10, 6], [5, 0], [10, 3]], dtype=np.float32)
    assert are_inside(quad, on_it).all()
    assert not are_inside(quad, on_it + np.array([11, 0], dtype=np.float32)).any()


def test_bounds_are_the_extremes_on_both_axes() -> None:
    rect = bounds(np.array([[3, 9], [1, 4], [7, 5], [2, 2]], dtype=np.float32))
    assert (rect.left, rect.top, rect.right, rect.bottom) == (1, 2, 7, 9)
