"""Sign up, sign in, stay, leave. Operators sign in here too; their accounts are opened from the command line."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from dojang.controls.access import usecases as access
from dojang.controls.access.model import AttemptKind
from dojang.web import cookie
from dojang.web.browser_name import browser_name
from dojang.web.desk import AnySession, KnownDevice, Line, Now, OfficeDep, OverTls, Token, counted_as

router = APIRouter(prefix="/v1", tags=["accounts"])
sessions = APIRouter(prefix="/v1/sessions", tags=["sessions"])


class Credentials(BaseModel):
    """A login name and its password. The account password never opens a certificate's key."""

    model_config = ConfigDict(extra="forbid")
    login_name: Annotated[Line, Field(max_length=64, examples=["gildong"])]
    password: Annotated[SecretStr, Field(max_length=256)]


class SignUp(Credentials):
    """A new account."""

    language: Literal["ko", "en"] = "ko"


class AccountView(BaseModel):
    """An account, as its owner sees it."""

    id: str
    login_name: str
    language: str


class SessionView(BaseModel):
    """A session. `expires_at` moves on with use, never past `ends_at_latest`."""

    expires_at: datetime
    ends_at_latest: datetime


class SignedInView(SessionView):
    """A session just opened; the token is shown this once."""

    token: str


@router.post("/accounts", status_code=201, dependencies=[Depends(counted_as(AttemptKind.SIGN_UP))])
def sign_up(body: SignUp, office: OfficeDep, now: Now) -> AccountView:
    """Open an account."""
    account = access.sign_up(
        body.login_name,
        body.password.get_secret_value(),
        language=body.language,
        store=office.store,
        hasher=office.hasher,
        chance=office.chance,
        now=now,
    )
    return AccountView(id=account.id, login_name=account.login_name, language=account.language)


@sessions.post("", status_code=201, dependencies=[Depends(counted_as(AttemptKind.SIGN_IN))])
def sign_in(
    body: Credentials,
    request: Request,
    response: Response,
    device: KnownDevice,
    office: OfficeDep,
    over_tls: OverTls,
    now: Now,
) -> SignedInView:
    """Sign in; wrong passwords are counted and lock the account for a while. A browser is given a cookie too."""
    signed_in = access.sign_in(
        body.login_name,
        body.password.get_secret_value(),
        browser=browser_name(request.headers.get("user-agent", "")),
        device=device,
        store=office.store,
        hasher=office.hasher,
        policy=office.settings.policy.access,
        chance=office.chance,
        now=now,
    )
    session = signed_in.session
    cookie.give(response, signed_in.token, over_tls=over_tls)
    return SignedInView(token=signed_in.token, expires_at=session.expires_at, ends_at_latest=session.ends_at_latest)


@sessions.get("/current")
def show_session(session: AnySession) -> SessionView:
    """Show the session; asking prolongs it, as every request does."""
    return SessionView(expires_at=session.expires_at, ends_at_latest=session.ends_at_latest)


@sessions.delete("/current", status_code=204)
def sign_out(token: Token, response: Response, office: OfficeDep, over_tls: OverTls, now: Now) -> None:
    """End the session, wherever its token is kept."""
    access.sign_out(token, store=office.store, now=now)
    cookie.take_back(response, over_tls=over_tls)
