"""Where a certificate set stands, as owners and officers are shown it."""

from datetime import datetime

from pydantic import BaseModel

from dojang.lifecycle.revocation.model import Standing


class StandingView(BaseModel):
    """Where a certificate set stands. Of a hold: who set it ("owner", "office") and when it becomes final."""

    state: str
    reason: str | None
    since: datetime | None
    held_by: str | None
    hold_ends_at: datetime | None


def standing_view(standing: Standing) -> StandingView:
    """Return the standing for the interface."""
    return StandingView(
        state=standing.state.value,
        reason=standing.reason.value if standing.reason else None,
        since=standing.since,
        held_by=standing.held_by.value if standing.held_by else None,
        hold_ends_at=standing.hold_ends_at,
    )
