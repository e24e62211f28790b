"""What request handlers are given: the desk of their audience, the session, the moment, the language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dojang.bootstrap import Office
from dojang.controls.access import usecases as access
from dojang.controls.access.model import Role, Session, SessionRequired
from dojang.controls.access.rules import require_role

_bearer = HTTPBearer(auto_error=False, description="The token of POST /v1/sessions")


def office_of(request: Request) -> Office:
    """Return the office this process serves."""
    return cast("Office", request.app.state.office)


OfficeDep = Annotated[Office, Depends(office_of)]


def moment(office: OfficeDep) -> datetime:
    """Return the time of the request: one per request, whatever its handler does."""
    return office.clock.now()


Now = Annotated[datetime, Depends(moment)]


def language_of(request: Request) -> str:
    """Return "en" when the caller prefers English to Korean, else "ko"."""
    wanted = request.headers.get("accept-language", "").lower()
    ko, en = wanted.find("ko"), wanted.find("en")
    return "en" if en >= 0 and (ko < 0 or en < ko) else "ko"


Language = Annotated[str, Depends(language_of)]


def token_of(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """Return the bearer token. Raises `SessionRequired`."""
    if credentials is None:
        raise SessionRequired()
    return credentials.credentials


Token = Annotated[str, Depends(token_of)]


def session_of(request: Request, token: Token, office: OfficeDep, now: Now) -> Session:
    """Return the caller's live session. Raises `SessionRequired`."""
    session = access.authenticate(token, store=office.store, policy=office.settings.policy.access, now=now)
    request.state.actor = f"{'subscriber' if session.role is Role.SUBSCRIBER else 'operator'}:{session.account_id}"
    return session


AnySession = Annotated[Session, Depends(session_of)]


def subscriber_of(session: AnySession) -> str:
    """Return the subscriber id of the session. Raises `RoleRequired`."""
    require_role(session, Role.SUBSCRIBER)
    return session.account_id


SubscriberId = Annotated[str, Depends(subscriber_of)]


@dataclass(frozen=True, slots=True)
class operator_with:  # noqa: N801 - reads as a phrase where it is used
    """Dependency: the operator's account id, if the session has one of `roles`."""

    roles: tuple[Role, ...]

    def __call__(self, session: AnySession) -> str:
        """Return the operator's account id. Raises `RoleRequired`."""
        require_role(session, *self.roles)
        return session.account_id


def device_of(device: Annotated[str, Header(alias="Dojang-Device", max_length=64, pattern=r"^[\w-]*$")] = "") -> str:
    """Return the caller's device id: chosen by the client, kept by it, used for limits only."""
    return device or "unnamed"


DeviceId = Annotated[str, Depends(device_of)]
