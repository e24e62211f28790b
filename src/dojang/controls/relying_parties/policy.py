"""What the bank decides about relying parties, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPolicy:
    """How much one party may ask for, in windows that begin with the first request. Inclusive."""

    verifications_per_minute: int = 600
    identity_checks_per_hour: int = 60
    timestamps_per_minute: int = 600
    recipients_per_hour: int = 1000
    changes_per_minute: int = 600
    polls_per_minute: int = 600
    signature_requests_per_minute: int = 60
