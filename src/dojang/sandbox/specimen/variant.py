"""How one printing of a card differs from the next: typefaces, weight, the printer's offset, foil and seal.

Variety that real cards of one edition show. Knows no layout.
"""

from dataclasses import dataclass, replace

import numpy as np

from dojang.sandbox.specimen.fonts import SANS, SERIF, Typeface, packaged_typefaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The choices left open by an edition. The defaults draw the plainest card."""

    body: Typeface = SANS
    display: Typeface = SERIF
    weight_mm: float = 0.04  # extra thickness of each stroke's edge
    scale: float = 1.0  # of the personal data's type size
    offset_mm: tuple[float, float] = (0.0, 0.0)  # personal data against the pre-printed ground
    foil_phase: float = 0.2  # angle at which the hologram catches the light
    foil_strength: float = 0.22
    seal_tilt_degrees: float = 0.0
    seal_faintness: float = 0.1
    show_hanja: bool = True
    long_date: bool = False  # 2019.07.15. rather than 2019.7.15.
    english_back: bool = False  # licences since September 2019


def vary(rng: np.random.Generator, *, typefaces: tuple[Typeface, ...] = packaged_typefaces()) -> Variant:
    """Return random choices within what real cards show."""

    def pick() -> Typeface:
        return typefaces[int(rng.integers(len(typefaces)))]

    return Variant(
        body=pick(),
        display=pick(),
        weight_mm=float(rng.uniform(0.015, 0.08)),
        scale=float(rng.uniform(0.95, 1.06)),
        offset_mm=(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-0.45, 0.45))),
        foil_phase=float(rng.random()),
        foil_strength=float(rng.uniform(0.1, 0.3)),
        seal_tilt_degrees=float(rng.normal(0, 2)),
        seal_faintness=float(rng.uniform(0, 0.6)),
        show_hanja=bool(rng.random() < 0.85),
        long_date=bool(rng.random() < 0.35),
        english_back=bool(rng.random() < 0.5),
    )


def shift(variant: Variant, rng: np.random.Generator) -> Variant:
    """Return the variant with its data further from the usual place and of another size: a layout not seen before.

    As far as the data still keeps clear of what is pre-printed.
    """
    across, down = rng.uniform(0.8, 1.6) * (-1 if rng.random() < 0.5 else 1), rng.uniform(-0.75, 0.75)
    return replace(variant, offset_mm=(float(across), float(down)), scale=float(rng.choice([0.9, 0.93, 1.06, 1.08])))
