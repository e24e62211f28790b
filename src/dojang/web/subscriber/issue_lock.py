"""The issue lock (발급 안심차단): on at once, off with a further proof and after a time to think again."""

import base64
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dojang.bootstrap import Office
from dojang.lifecycle.issue_lock import usecases as issue_lock
from dojang.lifecycle.issue_lock.model import LockState
from dojang.web.desk import Now, OfficeDep, SubscriberId
from dojang.web.subscriber.holding import ProofBody, proof_of

router = APIRouter(prefix="/v1/issue-lock", tags=["issue lock"])


class IssueLockView(BaseModel):
    """The lock. `opens_at` is exclusive while it cools; `statement` (base64) is what a certificate's key signs.

    `may_lock` is false while the account was never identified; `id` is the target of a confirmation call.
    """

    id: str | None
    state: LockState
    since: datetime | None
    opens_at: datetime | None
    may_lock: bool
    statement: str | None


class UnlockBody(ProofBody):
    """One further proof; with a signature, the serial number of the certificate whose key made it."""

    serial: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,15}$")] | None = None


@router.get("")
def show_lock(subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> IssueLockView:
    """Show whether issuing is locked in the caller's name."""
    return _view(office, subscriber_id, now)


@router.post("")
def lock(subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> IssueLockView:
    """Lock issuing in the caller's name, at once, under whatever account somebody applies."""
    issue_lock.lock_issuing(subscriber_id, store=office.store, chance=office.chance, now=now)
    return _view(office, subscriber_id, now)


@router.post("/unlocking")
def request_unlock(body: UnlockBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> IssueLockView:
    """Ask to unlock, with a further proof; the lock opens by itself after the cooling period."""
    proof = proof_of(body, int(body.serial or 0))
    policy = office.settings.policy.issue_lock
    issue_lock.request_unlock(subscriber_id, proof, store=office.store, policy=policy, now=now)
    return _view(office, subscriber_id, now)


@router.delete("/unlocking")
def cancel_unlock(subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> IssueLockView:
    """Keep the lock after all."""
    issue_lock.cancel_unlock(subscriber_id, store=office.store, now=now)
    return _view(office, subscriber_id, now)


def _view(office: Office, subscriber_id: str, now: datetime) -> IssueLockView:
    seen = issue_lock.get_lock(subscriber_id, store=office.store, now=now)
    statement = None if seen.statement is None else base64.b64encode(seen.statement).decode("ascii")
    return IssueLockView(
        id=None if seen.lock is None else seen.lock.id,
        state=LockState.OPEN if seen.lock is None else seen.lock.state,
        since=None if seen.lock is None else seen.lock.since,
        opens_at=None if seen.lock is None else seen.lock.opens_at,
        may_lock=seen.may_lock,
        statement=statement,
    )
