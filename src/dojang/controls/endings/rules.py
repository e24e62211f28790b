"""When somebody has to be told. Pure."""

from datetime import datetime, timedelta

from dojang.controls.endings.model import Ending


def stage_of(ending: Ending, now: datetime) -> int | None:
    """Return which warning is due: the least of its days that is reached (0 after the end); None before the first."""
    if now > ending.ends_at:
        return 0
    return min((days for days in ending.warned_days if now >= ending.ends_at - timedelta(days=days)), default=None)
