"""Names for the arrays this package passes around. All pictures are BGR (OpenCV's order), 8 bits."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]  # (height, width, 3) BGR
Grey = npt.NDArray[np.uint8]  # (height, width)
Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]  # (n, 2), x before y
Quad = npt.NDArray[np.float32]  # (4, 2): top left, top right, bottom right, bottom left as the content stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """An upright rectangle in pixels; `right` and `bottom` exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Extent along x."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent along y."""
        return self.bottom - self.top

    @property
    def centre_x(self) -> float:
        """Middle along x."""
        return (self.left + self.right) / 2

    @property
    def centre_y(self) -> float:
        """Middle along y."""
        return (self.top + self.bottom) / 2

    def union(self, other: "Rect") -> "Rect":
        """Return the smallest rectangle holding both."""
        return Rect(
            left=min(self.left, other.left),
            top=min(self.top, other.top),
            right=max(self.right, other.right),
            bottom=max(self.bottom, other.bottom),
        )


def bounds(points: Points) -> Rect:
    """Return the upright rectangle around `points`."""
    across, down = zip(*points.tolist(), strict=True)  # numpy takes longer over four points
    return Rect(left=min(across), top=min(down), right=max(across), bottom=max(down))


def are_inside(quad: Quad, points: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Tell for each of `points` (..., 2) whether it lies in a convex, clockwise `quad`, its sides included."""
    corners = quad.astype(np.float64)
    along = np.roll(corners, -1, axis=0) - corners
    apart = points[..., None, :] - corners
    return np.asarray((along[:, 0] * apart[..., 1] - along[:, 1] * apart[..., 0] >= 0).all(axis=-1))


def resized(picture: Picture, size: tuple[int, int], *, quick: bool = False) -> Picture:
    """Return `picture` at `size` (width, height), averaged when it shrinks.

    Halved while that is enough, which is many times faster than averaging to any size at once. A `quick` one takes
    what remains, less than another half, from the nearest pixels: good enough to find things by.
    """
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    interpolation = cv2.INTER_AREA if picture.shape[1] > size[0] and not quick else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=interpolation), dtype=np.uint8)
