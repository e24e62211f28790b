"""The signature request's transition table, and every decision about it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.party_events.model import NewEvent
from dojang.lifecycle.reliance.signature_request.model import (
    OVER,
    Asked,
    AssemblyFailed,
    CustomerDeclined,
    DocumentMalformed,
    DocumentTooLarge,
    EndReason,
    NothingPrepared,
    Preparation,
    RequestKeyReused,
    RequestOpened,
    SignableKind,
    SignatureAssembled,
    SignatureHeld,
    SignatureRefused,
    SignatureRequest,
    SignatureRequestEvent,
    SignatureRequestOver,
    SignatureRequestState,
    SignatureRequestTaken,
    TimePassed,
    WaitTooLong,
)
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy

S = SignatureRequestState

TRANSITIONS: Mapping[tuple[SignatureRequestState, type[SignatureRequestEvent]], SignatureRequestState] = {
    (S.OPEN, RequestOpened): S.BOUND,
    (S.OPEN, TimePassed): S.EXPIRED,
    (S.BOUND, RequestOpened): S.BOUND,
    (S.BOUND, SignatureHeld): S.SIGNED,
    (S.BOUND, SignatureRefused): S.BOUND,
    (S.BOUND, CustomerDeclined): S.DECLINED,
    (S.BOUND, TimePassed): S.EXPIRED,
    (S.SIGNED, SignatureAssembled): S.COMPLETED,
    (S.SIGNED, AssemblyFailed): S.FAILED,
}


def advance(request: SignatureRequest, event: SignatureRequestEvent) -> SignatureRequest:
    """Return the request after `event`. The last try that fails ends it.

    Raises `SignatureRequestOver` for what cannot happen any more, `SignatureRequestTaken` for another person.
    """
    target = TRANSITIONS.get((request.state, type(event)))
    if target is None:
        raise SignatureRequestOver(state=request.state.value)
    moved = replace(request, state=target)
    if isinstance(event, RequestOpened):
        if request.subscriber_id not in (None, event.subscriber_id):
            raise SignatureRequestTaken()
        return replace(moved, subscriber_id=event.subscriber_id)
    if isinstance(event, SignatureHeld):
        return replace(moved, serial=event.serial, signed_at=event.signed_at)
    if isinstance(event, SignatureRefused):
        left = request.tries_left - 1
        if left > 0:
            return replace(moved, tries_left=left)
        return replace(moved, tries_left=left, state=S.FAILED, reason=EndReason.TRIES_SPENT.value, ended_at=event.at)
    if isinstance(event, AssemblyFailed):
        return replace(moved, reason=event.reason, ended_at=event.at)
    return replace(moved, ended_at=event.at)


def require_waiting(request: SignatureRequest, now: datetime) -> SignatureRequest:
    """Return the request while it waits for its customer. Raises `SignatureRequestOver`."""
    if request.state not in (S.OPEN, S.BOUND):
        raise SignatureRequestOver(state=request.state.value)
    if now >= request.expires_at:
        raise SignatureRequestOver(state=S.EXPIRED.value)
    return request


def require_own(request: SignatureRequest, subscriber_id: str) -> SignatureRequest:
    """Return the request when it is bound to this person. Raises `SignatureRequestTaken`."""
    if request.subscriber_id != subscriber_id:
        raise SignatureRequestTaken()
    return request


def event_of(request: SignatureRequest, now: datetime) -> NewEvent:
    """Return what a request's party is told of its end: `signature.completed` and its like."""
    data = {"id": request.id, "state": request.state.value}
    if request.reason is not None:
        data["reason"] = request.reason
    return NewEvent(
        type=f"signature.{request.state.value}",
        reference=f"signature:{request.id}",
        key=request.state.value,
        data=data,
        occurred_at=now,
    )


def shown_state(request: SignatureRequest, now: datetime) -> SignatureRequestState:
    """Return the state as others see it: what has run out is expired, whether or not somebody wrote it down yet."""
    waits = request.state in (S.OPEN, S.BOUND)
    return S.EXPIRED if waits and now >= request.expires_at else request.state


def is_over(request: SignatureRequest, now: datetime) -> bool:
    """Return whether nothing will change any more."""
    return shown_state(request, now) in OVER


def expires_at(asked: Asked, policy: SignatureRequestPolicy, now: datetime) -> datetime:
    """Return when the request runs out, exclusive. Raises `WaitTooLong`."""
    minutes = asked.expires_in_minutes or policy.default_minutes
    if minutes > policy.longest_hours * 60:
        raise WaitTooLong(limit_minutes=policy.longest_hours * 60)
    return now + timedelta(minutes=minutes)


def check_content(asked: Asked, policy: SignatureRequestPolicy) -> bytes:
    """Return the content, empty for a digest. Raises `DocumentTooLarge`, `DocumentMalformed` (text not in UTF-8)."""
    content = asked.content or b""
    limit = policy.max_pdf_bytes if asked.kind is SignableKind.PDF else policy.max_text_bytes
    if len(content) > limit:
        raise DocumentTooLarge(limit_bytes=limit)
    if asked.kind is SignableKind.TEXT:
        check_text(content)
    return content


def check_text(content: bytes) -> str:
    """Return the text. Raises `DocumentMalformed` for what is no UTF-8, empty, or holds what nobody can see.

    Control characters, and those that turn the direction of writing, could show another text than the one signed.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise DocumentMalformed(reason="not_utf8") from None
    if not text.strip():
        raise DocumentMalformed(reason="empty")
    if any(_hides(one) for one in text):
        raise DocumentMalformed(reason="hidden_characters")
    return text


def _hides(character: str) -> bool:
    point = ord(character)
    control = (point < 0x20 and character not in "\n\r\t") or 0x7F <= point < 0xA0
    turning = 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069 or point in (0x200E, 0x200F, 0x061C)
    return control or turning or 0x200B <= point <= 0x200D or point in (0x2060, 0xFEFF)


def fingerprint(asked: Asked) -> str:
    """Return SHA-256 (hex) over everything the party asked for but its key."""
    said = [
        asked.client_id,
        asked.kind.value,
        asked.sha256,
        asked.terms.purpose,
        asked.terms.amount_krw,
        asked.terms.file_name,
        asked.expires_in_minutes,
        asked.redirect_uri,
        asked.state,
        asked.subject,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def same_request(found: SignatureRequest, asked: Asked) -> SignatureRequest:
    """Return the request an idempotency key stands for. Raises `RequestKeyReused` when something else was asked."""
    if found.fingerprint != fingerprint(asked):
        raise RequestKeyReused()
    return found


def require_prepared(preparation: Preparation | None, policy: SignatureRequestPolicy, now: datetime) -> Preparation:
    """Return what was prepared while it is fresh. Raises `NothingPrepared`."""
    if preparation is None or now >= preparation.prepared_at + timedelta(minutes=policy.preparation_minutes):
        raise NothingPrepared()
    return preparation
