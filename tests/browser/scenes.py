"""What Chromium's fake camera sees: specimens lying before it, as raw video (YUV4MPEG2) that needs no encoder.

Frames are upright as a phone's, 1080 x 1920; a card is drawn where the app's frame will be (see capture/geometry.ts).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from dojang.sandbox.specimen.document import FlatDocument, Kind
from dojang.sandbox.specimen.scene import Surface, draw_surface

Picture = npt.NDArray[np.uint8]  # height x width x 3, RGB

WIDTH, HEIGHT = 1080, 1920
FRAME_SHARE = 0.86
FRAMES = 2


class Flaw(StrEnum):
    """What is wrong with how the document is shown."""

    NONE = "none"
    BLUR = "blur"
    GLARE = "glare"
    DARK = "dark"
    FAR = "far"
    ASIDE = "aside"
    TURNED = "turned"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How the document lies: share of the frame's width, shift in pixels, turn in degrees."""

    scale: float = 0.985
    shift: float = 0.0
    turn: float = 0.3


_POSES = {
    Flaw.FAR: Pose(scale=0.62),
    Flaw.ASIDE: Pose(shift=170),
    Flaw.TURNED: Pose(turn=6.5),
}


@lru_cache(maxsize=1)
def _table() -> Picture:
    surface = draw_surface(Surface.DARK, np.random.default_rng(4), width=WIDTH, height=HEIGHT)
    return surface.astype(np.uint8)


def show(document: FlatDocument, flaw: Flaw = Flaw.NONE) -> Picture:
    """Return what the camera sees."""
    picture = _table().copy()
    if flaw is not Flaw.NOTHING:
        picture = _lay(picture, document, _POSES.get(flaw, Pose()))
    if flaw is Flaw.GLARE:
        picture = _lamp(picture)
    sigma = 4.5 if flaw is Flaw.BLUR else 0.6
    picture = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8)
    if flaw is Flaw.DARK:
        picture = (picture * 0.16).astype(np.uint8)
    noise = np.random.default_rng(9).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _lay(picture: Picture, document: FlatDocument, pose: Pose) -> Picture:
    aspect = 125 / 88 if document.kind is Kind.PASSPORT else 85.6 / 54
    width = WIDTH * FRAME_SHARE * pose.scale
    factor = width / document.pixels.shape[1]
    size = (round(width), round(width / aspect))
    reduced = cv2.resize(document.pixels, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(document.coverage, size, interpolation=cv2.INTER_AREA)
    turning = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), pose.turn, 1.0)
    turning[:, 2] += (WIDTH / 2 + pose.shift - size[0] / 2, HEIGHT / 2 - size[1] / 2)
    laid = cv2.warpAffine(reduced, turning, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    share = cv2.warpAffine(mask, turning, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)[..., None] / 255.0
    assert factor < 1.5
    return (picture * (1 - share) + laid * share).astype(np.uint8)


def _lamp(picture: Picture) -> Picture:
    light = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    cv2.ellipse(light, (WIDTH // 2 - 60, HEIGHT // 2), (210, 150), 20, 0, 360, 1.0, -1)
    light = cv2.GaussianBlur(light, (0, 0), 25)[..., None] * 320
    return np.clip(picture + light, 0, 255).astype(np.uint8)


def write_video(picture: Picture, file: Path) -> None:
    """Write a video that shows the picture. The file is replaced at once, so that a camera about to open it may be."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes()
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as video:
        video.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(FRAMES):
            video.write(b"FRAME\n" + planes)
    fresh.rename(file)
