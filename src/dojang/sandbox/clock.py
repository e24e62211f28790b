"""The simulators' own clock: they are separate machines, so they read their own time."""

from datetime import UTC, datetime, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")


def now() -> datetime:
    """Return the present, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def korean_day() -> str:
    """Return today's date in Korea as YYYYMMDD."""
    return now().astimezone(KST).strftime("%Y%m%d")


def korean_time() -> str:
    """Return the present in Korea as YYYYMMDDHHMMSS."""
    return now().astimezone(KST).strftime("%Y%m%d%H%M%S")
