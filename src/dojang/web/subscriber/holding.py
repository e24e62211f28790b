"""Put one's own certificate on hold. One request and no further proof: whoever fears for a key must not be held up."""

from fastapi import APIRouter

from dojang.lifecycle.revocation import usecases as revocation
from dojang.web.desk import Now, OfficeDep, SerialNumber, SubscriberId
from dojang.web.standing import StandingView, standing_view

router = APIRouter(prefix="/v1", tags=["certificates"])


@router.post("/certificates/{serial}/suspension")
def suspend(serial: SerialNumber, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> StandingView:
    """Suspend one's own certificate set: it stands on the next revocation list, and can be resumed for some months."""
    standing = revocation.suspend(
        int(serial),
        actor=f"subscriber:{subscriber_id}",
        store=office.store,
        policy=office.settings.policy.revocation,
        now=now,
        subscriber_id=subscriber_id,
    )
    return standing_view(standing)
