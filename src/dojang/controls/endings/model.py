"""What runs out, and the effect that has the operators told."""

from dataclasses import dataclass
from datetime import datetime

from dojang.kernel.effects import Effect

LONG_DAYS = (90, 30, 7, 1)  # what takes a ceremony and witnesses to replace
SHORT_DAYS = (7, 1)  # what is replaced long before by itself, or is short-lived from the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something of ours that ends. `warned_days` are the days before its end at which that is said."""

    name: str
    ends_at: datetime
    warned_days: tuple[int, ...] = LONG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class WarnOfEnd(Effect):
    """Tell the office's operators what ends. `ends_at` is in seconds since the epoch."""

    name: str
    ends_at: int
