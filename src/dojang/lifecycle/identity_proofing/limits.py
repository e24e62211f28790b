"""Counting acts against caps: how long until there is room again. Counted before the act, taken back when it was not
the applicant's fault. Knows keys only as opaque text.
"""

from datetime import datetime, timedelta

from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction, LimitKind

DAY = timedelta(hours=24)


def seconds_until_room(
    tx: IdentityProofingTransaction,
    kind: LimitKind,
    key: str,
    *,
    maximum: int,
    now: datetime,
    window: timedelta = DAY,
) -> int:
    """Return 0 when one more act stays within `maximum` in the `window` before now, else the seconds to wait."""
    times = tx.proofing_limits.list_times(kind, key, now - window)
    if len(times) < maximum:
        return 0
    freed_by = times[len(times) - maximum] if maximum else now
    return max(1, int((freed_by + window - now).total_seconds()) + 1)


def seconds_until_pause_over(
    tx: IdentityProofingTransaction, kind: LimitKind, key: str, *, pauses_s: tuple[int, ...], now: datetime
) -> int:
    """Return the seconds still to wait after the day's latest act; the n-th act is followed by the n-th pause.

    The last pause repeats.
    """
    times = tx.proofing_limits.list_times(kind, key, now - DAY)
    if not times:
        return 0
    pause_s = pauses_s[min(len(times), len(pauses_s)) - 1]
    return max(0, int((times[-1] + timedelta(seconds=pause_s) - now).total_seconds()))
