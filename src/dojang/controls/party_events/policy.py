"""What the bank decides about telling relying parties, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEventPolicy:
    """How long events are kept and how patiently they are sent. Inclusive."""

    keep_days: int = 30
    watches_per_party: int = 100_000
    watch_grace_days: int = 30
    listed_at_once: int = 100
    sent_per_turn: int = 50
    turn_s: int = 30
    lease_s: int = 120
    first_pause_s: int = 5
    longest_pause_s: int = 3600
    pass_over_after_hours: int = 12
    disable_after_days: int = 3
    previous_secret_hours: int = 24
