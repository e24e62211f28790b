"""A value found on a card, with where it stands. The step between lines of text and `ReadField`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dojang.adapters.id_document.pixels import Quad, bounds
from dojang.lifecycle.identity_proofing.id_document.model import Box, FieldSource, ReadField


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """A value in its normal form (dates ISO, numbers hyphenated) and the quad it was read from, in card pixels."""

    value: str = field(repr=False)
    confidence: float
    quad: Quad | None = None
    source: FieldSource = FieldSource.VISUAL

    def as_field(self, width: int, height: int) -> ReadField:
        """Return the value as the model knows it; the box in shares of the card."""
        box = None
        if self.quad is not None:
            rect = bounds(self.quad)
            box = Box(
                left=max(0.0, rect.left / width),
                top=max(0.0, rect.top / height),
                right=min(1.0, rect.right / width),
                bottom=min(1.0, rect.bottom / height),
            )
        return ReadField(value=self.value, confidence=round(self.confidence, 3), source=self.source, box=box)


def sureness(confidences: Sequence[float]) -> float:
    """Blend mean and worst: one doubtful character makes a doubtful value."""
    if not confidences:
        return 0.0
    return 0.5 * sum(confidences) / len(confidences) + 0.5 * min(confidences)
