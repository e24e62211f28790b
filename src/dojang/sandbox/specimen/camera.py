"""The geometry of a hand-held photograph: where the four corners of a card come to lie.

A pinhole camera looks at a plane that is turned, tilted and shifted. Knows nothing of light or ink.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from dojang.sandbox.specimen.document import Quad, Reals


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How the card lies before the camera; angles in degrees, shares of the frame's width or height."""

    turn_degrees: float  # in the picture's plane
    tilt_degrees: float  # about the card's long axis
    swing_degrees: float  # about its short axis
    width_share: float  # the card's long edge of the frame's width, before perspective
    shift: tuple[float, float] = (0.0, 0.0)


def place(pose: Pose, *, aspect: float, frame: tuple[int, int]) -> Quad:
    """Return the corners (top left, top right, bottom right, bottom left) in pixels of a `frame` (width, height).

    `aspect` is the document's width over its height. The corners may lie outside the frame.
    """
    width, height = frame
    half_w = pose.width_share * width / 2
    half_h = half_w / aspect
    card = np.array([[-half_w, -half_h, 0], [half_w, -half_h, 0], [half_w, half_h, 0], [-half_w, half_h, 0]])
    turned = card @ _rotation(pose).T
    focal = 1.25 * width
    depth = focal / (focal + turned[:, 2])
    x = width / 2 + turned[:, 0] * depth + pose.shift[0] * width
    y = height / 2 + turned[:, 1] * depth + pose.shift[1] * height
    corners = [(float(px), float(py)) for px, py in zip(x, y, strict=True)]
    return corners[0], corners[1], corners[2], corners[3]


def fit_inside(quad: Quad, *, frame: tuple[int, int], margin: float) -> Quad:
    """Return the quad shrunk and moved, no more than needed, so that it keeps `margin` pixels from every edge."""
    corners = np.array(quad)
    room = np.array(frame, dtype=np.float64) - 2 * margin
    extent = corners.max(axis=0) - corners.min(axis=0)
    shrink = min(1.0, float((room / extent).min()))
    centre = (corners.max(axis=0) + corners.min(axis=0)) / 2
    corners = centre + (corners - centre) * shrink
    corners += np.maximum(margin - corners.min(axis=0), 0)
    corners -= np.maximum(corners.max(axis=0) - (np.array(frame) - margin), 0)
    moved = [(float(x), float(y)) for x, y in corners]
    return moved[0], moved[1], moved[2], moved[3]


def homography(source: tuple[float, float], quad: Quad) -> Reals:
    """Return the 3 x 3 map from artwork of `source` (width, height) pixels to the quad."""
    width, height = source
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(flat, np.array(quad, dtype=np.float32)), dtype=np.float64)


def project(matrix: Reals, points: Reals) -> Reals:
    """Map points (n x 2) through a homography."""
    extended = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T
    return np.asarray(extended[:, :2] / extended[:, 2:], dtype=np.float64)


def _rotation(pose: Pose) -> Reals:
    turn, tilt, swing = (math.radians(value) for value in (pose.turn_degrees, pose.tilt_degrees, pose.swing_degrees))
    about_z = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(swing), 0, math.sin(swing)], [0, 1, 0], [-math.sin(swing), 0, math.cos(swing)]])
    return np.asarray(about_y @ about_x @ about_z, dtype=np.float64)
