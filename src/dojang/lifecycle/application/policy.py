"""What the bank decides about applications, as data."""

from dataclasses import dataclass

from dojang.lifecycle.application.model import Consent, Ration, Validity

CURRENT_CONSENTS = (
    Consent(text_id="terms_of_certification", version="2026-01"),
    Consent(text_id="personal_data", version="2026-01"),
    Consent(text_id="unique_identifier", version="2026-01"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPolicy:
    """Limits and choices of the application step. Counts are inclusive maxima."""

    offered_years: tuple[int, ...] = (1, 3)
    window_hours: int = 24
    required_consents: tuple[Consent, ...] = CURRENT_CONSENTS
    issues_per_period: int = 5
    period_days: int = 90
    live_per_person: int = 1
    reissue_validity: Validity = Validity.REMAINING
    remaining_at_least_days: int = 30

    @property
    def ration(self) -> Ration:
        """What one person may hold and have issued."""
        return Ration(
            live_per_person=self.live_per_person,
            issues_per_period=self.issues_per_period,
            period_days=self.period_days,
        )
