"""Drawn portraits of people who do not exist: plainly a drawing, framed and lit like an ID photograph.

The same seed gives the same face on every document. Knows nothing of documents.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from dojang.sandbox.specimen.document import Sex

_WIDTH, _HEIGHT = 700, 900  # 3.5 x 4.5 cm
_Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Face:
    skin: _Rgb
    hair: _Rgb
    clothes: _Rgb
    half_width: int
    chin: int
    long_hair: bool
    fringe: float
    glasses: bool
    tie: bool
    smile: int
    brow: int


def draw_portrait(seed: int, *, sex: Sex, age: int, backdrop: _Rgb = (226, 232, 240)) -> Image.Image:
    """Return an RGB portrait of 350 x 450 pixels."""
    rng = np.random.default_rng(seed)
    face = _choose(rng, sex, age)
    image = Image.new("RGB", (_WIDTH, _HEIGHT), backdrop)
    pen = ImageDraw.Draw(image)
    _draw_back_hair(pen, face)
    _draw_bust(pen, face)
    _draw_head(pen, face)
    _draw_features(pen, face)
    soft = image.filter(ImageFilter.GaussianBlur(3))
    return _light(soft).resize((350, 450), Image.Resampling.LANCZOS)


def _choose(rng: np.random.Generator, sex: Sex, age: int) -> _Face:
    tone = float(rng.uniform(-14, 10))
    grey = float(np.clip((age - 48) / 25, 0, 1)) * float(rng.uniform(0.5, 1))
    dark = np.array([38, 30, 28]) + rng.uniform(-8, 18)
    hair = dark * (1 - grey) + np.array([188, 186, 184]) * grey
    suits = ((40, 44, 60), (70, 70, 76), (30, 60, 90), (120, 50, 60), (235, 235, 238), (86, 104, 90))
    return _Face(
        skin=(int(232 + tone), int(196 + tone), int(170 + tone)),
        hair=(int(hair[0]), int(hair[1]), int(hair[2])),
        clothes=suits[int(rng.integers(len(suits)))],
        half_width=int(rng.integers(150, 180)),
        chin=int(rng.integers(555, 590)),
        long_hair=sex is Sex.FEMALE and bool(rng.random() < 0.7),
        fringe=float(rng.uniform(0.1, 0.9)),
        glasses=bool(rng.random() < 0.3),
        tie=sex is Sex.MALE and bool(rng.random() < 0.6),
        smile=int(rng.integers(4, 16)),
        brow=int(rng.integers(8, 15)),
    )


def _draw_back_hair(pen: ImageDraw.ImageDraw, face: _Face) -> None:
    cx, side = _WIDTH // 2, face.half_width + 42
    pen.ellipse((cx - side, 120, cx + side, 120 + 2 * side), fill=face.hair)
    if face.long_hair:
        pen.rounded_rectangle((cx - side, 120 + side, cx + side, 720), radius=70, fill=face.hair)


def _draw_bust(pen: ImageDraw.ImageDraw, face: _Face) -> None:
    cx = _WIDTH // 2
    shade = (face.skin[0] - 26, face.skin[1] - 30, face.skin[2] - 30)
    pen.rounded_rectangle((30, 690, _WIDTH - 30, _HEIGHT + 200), radius=150, fill=face.clothes)
    pen.polygon([(cx - 130, 690), (cx + 130, 690), (cx, 890)], fill=(244, 244, 246))
    pen.polygon([(cx - 74, 530), (cx + 74, 530), (cx + 86, 700), (cx, 770), (cx - 86, 700)], fill=shade)
    if face.tie:
        pen.polygon([(cx - 26, 765), (cx + 26, 765), (cx + 36, 900), (cx - 36, 900)], fill=(120, 40, 50))


def _draw_head(pen: ImageDraw.ImageDraw, face: _Face) -> None:
    cx, half = _WIDTH // 2, face.half_width
    for side in (-1, 1):
        pen.ellipse((cx + side * half - 28, 370, cx + side * half + 28, 470), fill=face.skin)
    pen.ellipse((cx - half, 170, cx + half, face.chin + 30), fill=face.skin)
    pen.pieslice((cx - half - 20, 130, cx + half + 20, 490), 180, 360, fill=face.hair)
    part = cx + int((face.fringe - 0.5) * half)
    pen.polygon([(cx - half + 8, 316), (part, 216), (cx + half - 8, 316), (part, 372)], fill=face.skin)


def _draw_features(pen: ImageDraw.ImageDraw, face: _Face) -> None:
    cx, dark = _WIDTH // 2, (44, 34, 32)
    shade = (face.skin[0] - 40, face.skin[1] - 48, face.skin[2] - 48)
    for side in (-1, 1):
        ex = cx + side * 74
        pen.line((ex - 42, 352, ex + 40, 346), fill=face.hair, width=face.brow)
        pen.ellipse((ex - 36, 376, ex + 36, 412), fill=(246, 246, 246))
        pen.ellipse((ex - 17, 376, ex + 17, 412), fill=dark)
        pen.arc((ex - 40, 370, ex + 40, 420), 190, 350, fill=dark, width=7)
        if face.glasses:
            pen.rounded_rectangle((ex - 60, 356, ex + 60, 436), radius=26, outline=(30, 30, 34), width=8)
    if face.glasses:
        pen.line((cx - 16, 384, cx + 16, 384), fill=(30, 30, 34), width=8)
    pen.line((cx + 4, 400, cx - 12, 466), fill=shade, width=6)
    pen.arc((cx - 26, 440, cx + 26, 478), 20, 160, fill=shade, width=7)
    pen.chord((cx - 58, 500 - face.smile, cx + 58, 524 + face.smile), 10, 170, fill=(184, 92, 88))


def _light(image: Image.Image) -> Image.Image:
    x = np.linspace(-1, 1, _WIDTH, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, _HEIGHT, dtype=np.float32)[:, None, None]
    lit = np.asarray(image, dtype=np.float32) * (1.03 - 0.09 * x - 0.05 * y - 0.06 * (x * x + y * y))
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
