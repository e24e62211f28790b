"""Draw the app's icons: the print of a seal with the ㄷ of 도장 in it. `python tools/draw_icons.py`.

Written to `frontend/public/icons/`; the same drawing at every size, four times too large and then reduced.
"""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

ICONS: Final = Path(__file__).resolve().parents[1] / "frontend" / "public" / "icons"
BRAND: Final = (27, 79, 214)  # --brand of frontend/src/styles/tokens.css
PAPER: Final = (255, 255, 255)
OVERSAMPLING: Final = 4
TONES: Final = 64  # two colours and the edges between them; every first visit fetches an icon


def draw(size: int, *, maskable: bool) -> Image.Image:
    """Return the icon. A maskable one fills its square, with the seal inside the safe zone (80 % of the width)."""
    side = size * OVERSAMPLING
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    if maskable:
        pen.rectangle((0, 0, side, side), fill=BRAND)
    else:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * 0.22, fill=BRAND)
    _seal(pen, side, 0.58 if maskable else 0.7)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return small.quantize(TONES, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _seal(pen: ImageDraw.ImageDraw, side: int, share: float) -> None:
    """A ring, and the letter ㄷ of 도장 inside it."""
    middle, radius = side / 2, side * share / 2
    line = radius * 0.17
    pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), outline=PAPER, width=round(line))
    reach, bar = radius * 0.44, radius * 0.2
    left, right, top, bottom = middle - reach, middle + reach, middle - reach, middle + reach
    corner = bar * 0.3
    for box in ((left, top, right, top + bar), (left, bottom - bar, right, bottom), (left, top, left + bar, bottom)):
        pen.rounded_rectangle(box, radius=corner, fill=PAPER)


def main() -> None:
    """Draw all."""
    ICONS.mkdir(parents=True, exist_ok=True)
    for name, size, maskable in (
        ("icon-32", 32, False),
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("apple-touch-180", 180, True),  # iOS rounds the corners itself
        ("maskable-512", 512, True),
    ):
        draw(size, maskable=maskable).save(ICONS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
