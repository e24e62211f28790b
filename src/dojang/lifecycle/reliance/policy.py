"""What a bank decides about relying parties' verifications, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliancePolicy:
    """Bounds of one verification (bytes of signature and content, seconds of reading); how many are read at once."""

    max_bytes: int = 16 * 1024 * 1024
    reading_timeout_s: float = 10.0
    readers: int = 2
