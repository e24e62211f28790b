"""Where one is signed in: the list of one's sessions, and ending them."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel

from dojang.controls.access import usecases as access
from dojang.controls.access.model import SignInMethod
from dojang.web import cookie
from dojang.web.desk import AnySession, Now, OfficeDep, OverTls, RecordId, SubscriberId

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


class OwnSessionView(BaseModel):
    """A session of the caller's account. `browser` is what it called itself when it signed in; it may be empty."""

    id: str
    method: SignInMethod
    browser: str
    opened_at: datetime
    expires_at: datetime
    is_current: bool


@router.get("")
def list_sessions(
    subscriber_id: SubscriberId, session: AnySession, office: OfficeDep, now: Now
) -> list[OwnSessionView]:
    """List the sessions of the caller's account that have not ended, newest first."""
    return [
        OwnSessionView(
            id=one.id,
            method=one.method,
            browser=one.browser,
            opened_at=one.opened_at,
            expires_at=one.expires_at,
            is_current=one.token_digest == session.token_digest,
        )
        for one in access.list_sessions(subscriber_id, store=office.store, now=now)
    ]


@router.delete("", status_code=204)
def sign_out_everywhere(
    _subscriber_id: SubscriberId,
    session: AnySession,
    response: Response,
    office: OfficeDep,
    over_tls: OverTls,
    now: Now,
) -> None:
    """End every session of the account, this one too."""
    access.sign_out_everywhere(session, store=office.store, now=now)
    cookie.take_back(response, over_tls=over_tls)


@router.delete("/{session_id}", status_code=204)
def end_session(
    session_id: RecordId, _subscriber_id: SubscriberId, session: AnySession, office: OfficeDep, now: Now
) -> None:
    """End one session of the account."""
    access.end_session(session, session_id, store=office.store, now=now)
