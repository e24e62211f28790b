"""What request handlers are given: the desk of their audience, the session, the moment, the language, room to act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import StringConstraints

from dojang.bootstrap import Office
from dojang.controls.access import usecases as access
from dojang.controls.access.attempts import count_attempt
from dojang.controls.access.devices.model import DeviceHello
from dojang.controls.access.model import AttemptKind, Role, Session, SessionRequired
from dojang.controls.access.rules import require_role
from dojang.web import cookie
from dojang.web.browser_name import browser_name, device_type
from dojang.web.client_address import client_address

UNNAMED_DEVICE = "unnamed"

_bearer = HTTPBearer(auto_error=False, description="The token of POST /v1/sessions")

# No control characters: they mean nothing in any field, and PostgreSQL cannot store the first of them.
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
RecordId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
# Text, as everywhere in this interface: JSON numbers lose digits past 2^53 in some readers.
SerialNumber = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,15}$", description="A serial number, decimal")]


def office_of(request: Request) -> Office:
    """Return the office this process serves."""
    return cast("Office", request.app.state.office)


OfficeDep = Annotated[Office, Depends(office_of)]


def moment(office: OfficeDep) -> datetime:
    """Return the time of the request: one per request, whatever its handler does."""
    return office.clock.now()


Now = Annotated[datetime, Depends(moment)]


def language_of(request: Request) -> str:
    """Return "en" when the caller prefers English to Korean (RFC 9110 12.5.4), else "ko"."""
    wished = [_wish(part) for part in request.headers.get("accept-language", "").lower().split(",")]
    ko, en = (max((weight for tag, weight in wished if tag == one), default=0.0) for one in ("ko", "en"))
    if ko == en:
        named = [tag for tag, weight in wished if weight and tag in ("ko", "en")]
        return named[0] if named else "ko"
    return "en" if en > ko else "ko"


def _wish(part: str) -> tuple[str, float]:
    """Return (primary language, weight) of one element of Accept-Language; weight 0 for what cannot be read."""
    tag, _, parameter = part.partition(";")
    name, _, weight = parameter.strip().partition("=")
    try:
        return tag.strip().partition("-")[0], float(weight) if name == "q" else 1.0
    except ValueError:
        return "", 0.0


Language = Annotated[str, Depends(language_of)]


def over_tls_of(office: OfficeDep) -> bool:
    """Return whether subscribers reach the office by https."""
    return office.settings.public_url.startswith("https://")


OverTls = Annotated[bool, Depends(over_tls_of)]


def token_of(
    request: Request, over_tls: OverTls, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """Return the bearer token, else that of the browser's cookie. Raises `SessionRequired`."""
    if credentials is not None:
        return credentials.credentials
    token = cookie.find_token(request, over_tls=over_tls)
    if token is None:
        raise SessionRequired()
    return token


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


def subscriber_session_of(session: AnySession) -> Session:
    """Return the session of a subscriber. Raises `RoleRequired`."""
    require_role(session, Role.SUBSCRIBER)
    return session


SubscriberSession = Annotated[Session, Depends(subscriber_session_of)]


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
    return device or UNNAMED_DEVICE


DeviceId = Annotated[str, Depends(device_of)]


def device_digest_of(device: DeviceId, office: OfficeDep) -> str:
    """Return a keyed digest of the caller's device id: what the office keeps of it."""
    return office.cipher.blind_index(device.encode(), purpose="device")


DeviceDigest = Annotated[str, Depends(device_digest_of)]


def known_device_of(request: Request, device: DeviceId, digest: DeviceDigest) -> DeviceHello | None:
    """Return the device that signs in, named after its User-Agent until the owner names it; None for a nameless one."""
    if device == UNNAMED_DEVICE:
        return None
    user_agent = request.headers.get("user-agent", "")
    return DeviceHello(digest=digest, kind=device_type(user_agent), name=browser_name(user_agent))


KnownDevice = Annotated[DeviceHello | None, Depends(known_device_of)]


def address_key(request: Request, office: Office) -> str:
    """Return a keyed digest of where the request comes from: what limits are counted by."""
    address = client_address(
        request.client.host if request.client else None,
        request.headers.getlist("x-forwarded-for"),
        office.settings.web.trusted_proxies,
    )
    return office.cipher.blind_index(address.encode(), purpose="client-address")


@dataclass(frozen=True, slots=True)
class counted_as:  # noqa: N801 - reads as a phrase where it is used
    """Dependency: counts one attempt of a caller without a session. Raises `TooManyRequests`."""

    kind: AttemptKind

    def __call__(self, request: Request, office: OfficeDep, now: Now) -> None:
        """Count."""
        count_attempt(
            self.kind,
            address_key(request, office),
            store=office.store,
            policy=office.settings.policy.access.attempts,
            now=now,
        )
