"""The numbers the document check is judged by, in one place, as data.

Each flaw has two limits: past `hard` the photograph is refused whatever was read; between `soft` and `hard` only when
reading suffered (a needed field missing or doubtful). Set on drawn specimens of several generators, so provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`soft` and `hard` bounds of one measure. Whether low or high is bad is the measure's own."""

    soft: float
    hard: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be read off one side: `critical` fields cost a retake when missing, `important` ones a review."""

    critical: tuple[FieldName, ...] = ()
    important: tuple[FieldName, ...] = ()


_FRONT = Side.FRONT
_NEEDS: Mapping[tuple[DocumentKind, Side], Needs] = {
    (DocumentKind.RESIDENT_CARD, _FRONT): Needs(
        critical=(FieldName.NAME, FieldName.RRN, FieldName.ISSUED_ON), important=(FieldName.ADDRESS,)
    ),
    (DocumentKind.DRIVER_LICENCE, _FRONT): Needs(
        critical=(FieldName.NAME, FieldName.RRN, FieldName.LICENCE_NUMBER, FieldName.EXPIRES_ON),
        important=(FieldName.ADDRESS, FieldName.ISSUED_ON, FieldName.SERIAL),
    ),
    (DocumentKind.PASSPORT, _FRONT): Needs(
        critical=(
            FieldName.PASSPORT_NUMBER,
            FieldName.BIRTH_DATE,
            FieldName.EXPIRES_ON,
            FieldName.SURNAME,
            FieldName.GIVEN_NAMES,
        ),
        important=(FieldName.NAME, FieldName.ISSUED_ON),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """All limits of the check. Confidences are in [0, 1]; see `measures.Measure` for the measures' units."""

    sharpness: Limit = Limit(soft=0.62, hard=0.50)  # low is bad
    brightness: Limit = Limit(soft=70.0, hard=50.0)  # low is bad
    glare: Limit = Limit(soft=0.06, hard=0.23)  # high is bad; a pale card in bright light burns out a little
    glare_on_text: Limit = Limit(soft=0.06, hard=0.20)  # high is bad
    detail_least: Limit = Limit(soft=1.9, hard=1.65)  # low is bad
    crisp_least: float = 2.4  # least detail from which a card is crisp, however soft its strongest edges are
    whole_least: float = 1.72  # below it not even the table is sharp
    nowhere_most: float = 1.7  # below it nothing is sharp, whichever way one looks; sound photographs keep 2 and more
    smeared_detail_most: float = 1.5  # a smeared photograph keeps this much detail in one direction
    smeared_share: float = 0.782  # and has at most this share of it in the other; a lens out of focus leaves more
    smeared_share_of_whole: float = 0.86  # the same of the whole photograph, whose details have every direction
    second_document: float = 0.45
    colour: float = 0.085  # below it a front looks like a black-and-white copy
    stripes: float = 1.5  # above it a front looks like a screen; print was seen to reach 1.43
    lattice: float = 3.75  # likewise; print was seen to reach 3.62
    width_px: Limit = Limit(soft=760.0, hard=560.0)  # low is bad
    text_span_px: Limit = Limit(soft=620.0, hard=560.0)  # low is bad; print reaches over most of any document
    text_px: Limit = Limit(soft=30.0, hard=27.0)  # low is bad: the print itself, wherever the outline was seen
    passport_text_px: Limit = Limit(soft=21.0, hard=17.0)  # the same where half of the print is small labels
    outside: Limit = Limit(soft=0.004, hard=0.03)  # high is bad
    least_confidence: Mapping[FieldName, float] = field(
        default_factory=lambda: {
            FieldName.NAME: 0.70,
            FieldName.RRN: 0.80,
            FieldName.LICENCE_NUMBER: 0.80,
            FieldName.ISSUED_ON: 0.75,
            FieldName.EXPIRES_ON: 0.75,
            FieldName.PASSPORT_NUMBER: 0.75,
            FieldName.ADDRESS: 0.55,
            FieldName.SERIAL: 0.70,
        }
    )
    needs: Mapping[tuple[DocumentKind, Side], Needs] = field(default_factory=lambda: _NEEDS)
    back_required_for: frozenset[DocumentKind] = frozenset()  # policy: kinds whose back must be shown too

    def for_kind(self, kind: DocumentKind | None) -> "Thresholds":
        """Return the limits of photographs of `kind`, or of what was not recognised."""
        return replace(self, text_px=self.passport_text_px) if kind is DocumentKind.PASSPORT else self


DEFAULT_THRESHOLDS = Thresholds()
