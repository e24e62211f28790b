"""What a notice's words are filled in with: dates as readers of either language write them, ends of numbers. Pure."""

from collections.abc import Mapping
from datetime import datetime

from dojang.pki.validity import KST

SHOWN_DIGITS = 4
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_in(language: str, moment: datetime) -> str:
    """Return month, day, hour and minute, Korean time."""
    local = moment.astimezone(KST)
    if language == "ko":
        return f"{local.month}월 {local.day}일 {local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M} KST"


def date_in(language: str, moment: datetime) -> str:
    """Return the Korean day of a moment."""
    local = moment.astimezone(KST)
    if language == "ko":
        return f"{local.year}년 {local.month}월 {local.day}일"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def days_left(not_after: datetime, now: datetime) -> int:
    """Return how many Korean days lie between today and the last day; negative once it is over."""
    return (not_after.astimezone(KST).date() - now.astimezone(KST).date()).days


def params_of(reference: str, language: str, *, not_after: datetime | None, now: datetime) -> Mapping[str, str]:
    """Return what any notice may say: when, the end of a serial number and, for a certificate, until when it lasts.

    `not_after` is None when the reference is no serial number that is known here; then nothing of it is shown.
    """
    params = {"at": moment_in(language, now)}
    if not_after is not None:
        params |= {
            "number": reference[-SHOWN_DIGITS:],
            "until": date_in(language, not_after),
            "days": str(max(days_left(not_after, now), 0)),
        }
    return params
