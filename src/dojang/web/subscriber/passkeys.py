"""Passkeys: sign in with one, add, name, list and remove them. Bytes are standard base64, as everywhere here."""

import base64
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, SecretStr

from dojang.adapters.passkey_verifier import ALGORITHMS
from dojang.controls.access.model import AttemptKind, Role
from dojang.controls.access.passkeys import usecases
from dojang.controls.access.passkeys.model import Assertion, Attestation, Passkey, PasskeyRequest
from dojang.controls.access.rules import require_role
from dojang.web import cookie
from dojang.web.browser_name import browser_name
from dojang.web.desk import (
    KnownDevice,
    Line,
    Now,
    OfficeDep,
    OverTls,
    RecordId,
    SubscriberId,
    SubscriberSession,
    counted_as,
)
from dojang.web.subscriber.accounts import SignedInView

router = APIRouter(prefix="/v1", tags=["passkeys"])

_Bytes = Annotated[Base64Bytes, Field(max_length=2_048)]


class PasskeyRequestView(BaseModel):
    """What to ask the browser for (`navigator.credentials`); user verification is always required."""

    challenge: str
    relying_party_id: str
    timeout_s: int


class NewPasskeyRequestView(PasskeyRequestView):
    """What to ask the browser to make. `known` are credential ids to leave out, `algorithms` COSE numbers."""

    user_handle: str
    user_name: str
    known: list[str]
    algorithms: list[int]


class PasskeyRequestBody(BaseModel):
    """The account's password, where the session was not opened within the last minutes."""

    model_config = ConfigDict(extra="forbid")
    password: Annotated[SecretStr, Field(max_length=256)] | None = None


class AssertionBody(BaseModel):
    """A passkey's answer (AuthenticatorAssertionResponse)."""

    model_config = ConfigDict(extra="forbid")
    credential_id: _Bytes
    client_data: _Bytes
    authenticator_data: _Bytes
    signature: _Bytes
    user_handle: _Bytes = b""


class NewPasskeyBody(BaseModel):
    """A passkey just made (AuthenticatorAttestationResponse), and what its owner calls it."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[Line, Field(max_length=100)]
    client_data: _Bytes
    attestation_object: Annotated[Base64Bytes, Field(max_length=16_384)]


class PasskeyNameBody(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[Line, Field(max_length=100)]


class PasskeyView(BaseModel):
    """A passkey. `synced`: its maker keeps copies, so that it may be on several devices."""

    id: str
    name: str
    synced: bool
    added_at: datetime
    last_used_at: datetime | None


@router.post("/passkey-challenges", status_code=201, dependencies=[Depends(counted_as(AttemptKind.PASSKEY_CHALLENGE))])
def ask_for_passkey(office: OfficeDep, now: Now) -> PasskeyRequestView:
    """Ask for a challenge that any passkey of this office may answer, once, to sign in."""
    asked = usecases.begin_signing_in(
        store=office.store,
        verifier=office.passkey_verifier,
        policy=office.settings.policy.access,
        chance=office.chance,
        now=now,
    )
    return PasskeyRequestView(
        challenge=_text(asked.challenge), relying_party_id=asked.relying_party_id, timeout_s=asked.timeout_s
    )


@router.post("/passkey-sessions", status_code=201, dependencies=[Depends(counted_as(AttemptKind.SIGN_IN))])
def sign_in_with_passkey(
    body: AssertionBody,
    request: Request,
    response: Response,
    device: KnownDevice,
    office: OfficeDep,
    over_tls: OverTls,
    now: Now,
) -> SignedInView:
    """Sign in with a passkey: no login name, no password. A browser is given a cookie too."""
    signed_in = usecases.sign_in(
        Assertion(
            credential_id=body.credential_id,
            client_data=body.client_data,
            authenticator_data=body.authenticator_data,
            signature=body.signature,
            user_handle=body.user_handle,
        ),
        browser=browser_name(request.headers.get("user-agent", "")),
        device=device,
        store=office.store,
        verifier=office.passkey_verifier,
        policy=office.settings.policy.access,
        chance=office.chance,
        now=now,
    )
    session = signed_in.session
    cookie.give(response, signed_in.token, over_tls=over_tls)
    return SignedInView(token=signed_in.token, expires_at=session.expires_at, ends_at_latest=session.ends_at_latest)


@router.get("/passkeys")
def list_passkeys(subscriber_id: SubscriberId, office: OfficeDep) -> list[PasskeyView]:
    """List the caller's passkeys, oldest first."""
    return [_view(one) for one in usecases.list_passkeys(subscriber_id, store=office.store)]


@router.post("/passkeys/challenges", status_code=201)
def ask_to_add_passkey(
    body: PasskeyRequestBody, session: SubscriberSession, office: OfficeDep, now: Now
) -> NewPasskeyRequestView:
    """Ask to add a passkey: just after signing in, later with the account's password."""
    require_role(session, Role.SUBSCRIBER)
    asked = usecases.begin_adding(
        session,
        None if body.password is None else body.password.get_secret_value(),
        store=office.store,
        verifier=office.passkey_verifier,
        hasher=office.hasher,
        policy=office.settings.policy.access,
        chance=office.chance,
        now=now,
    )
    return _new_request_view(asked)


@router.post("/passkeys", status_code=201)
def add_passkey(body: NewPasskeyBody, session: SubscriberSession, office: OfficeDep, now: Now) -> PasskeyView:
    """Keep a passkey just made."""
    require_role(session, Role.SUBSCRIBER)
    added = usecases.add(
        session,
        body.name,
        Attestation(client_data=body.client_data, attestation_object=body.attestation_object),
        store=office.store,
        verifier=office.passkey_verifier,
        policy=office.settings.policy.access,
        chance=office.chance,
        now=now,
    )
    return _view(added)


@router.put("/passkeys/{passkey_id}")
def rename_passkey(
    passkey_id: RecordId, body: PasskeyNameBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> PasskeyView:
    """Call a passkey something else."""
    return _view(usecases.rename(subscriber_id, passkey_id, body.name, store=office.store, now=now))


@router.delete("/passkeys/{passkey_id}", status_code=204)
def remove_passkey(passkey_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> None:
    """Remove a passkey: it opens no session any more."""
    usecases.remove(subscriber_id, passkey_id, store=office.store, now=now)


def _new_request_view(asked: PasskeyRequest) -> NewPasskeyRequestView:
    return NewPasskeyRequestView(
        challenge=_text(asked.challenge),
        relying_party_id=asked.relying_party_id,
        timeout_s=asked.timeout_s,
        user_handle=_text(asked.user_handle),
        user_name=asked.user_name,
        known=[_text(one) for one in asked.known],
        algorithms=list(ALGORITHMS),
    )


def _view(passkey: Passkey) -> PasskeyView:
    return PasskeyView(
        id=passkey.id,
        name=passkey.name,
        synced=passkey.synced,
        added_at=passkey.added_at,
        last_used_at=passkey.last_used_at,
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
