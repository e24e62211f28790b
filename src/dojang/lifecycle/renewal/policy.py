"""What the bank decides about renewal, as data."""

from dataclasses import dataclass

from dojang.lifecycle.application.model import Consent

LONGEST_WINDOW_DAYS = 30  # what the certificate profiles let a successor carry over from its predecessor


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalPolicy:
    """`window_days` before the end a renewal may begin; `window_hours` it may take.

    With a longer window than the profiles carry over, only what the linter lets pass is issued: the remaining days and
    the chosen years together may not be longer than the longest validity and `LONGEST_WINDOW_DAYS`.
    """

    window_days: int = LONGEST_WINDOW_DAYS
    window_hours: int = 24
    offered_years: tuple[int, ...] = (1, 3)
    required_consents: tuple[Consent, ...] = (Consent(text_id="terms_of_certification", version="2026-01"),)

    def __post_init__(self) -> None:
        if self.window_days < 1 or self.window_hours < 1 or not self.offered_years:
            raise ValueError("a renewal needs a window and years to offer")
