"""What the bank decides about time-stamps, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampPolicy:
    """Tokens are issued under `arc` (empty: `<authority.arc>.3.1`) and are true to `accuracy_s` seconds.

    The office's clock counts whole seconds, so that one second is the least it can promise.
    """

    arc: str = ""
    accuracy_s: int = 1
