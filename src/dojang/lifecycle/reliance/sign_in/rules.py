"""The sign-in request's transition table, and the statement that is signed. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from dojang.lifecycle.reliance.sign_in.model import (
    Asked,
    CodeRedeemed,
    CodeShownAgain,
    CustomerDeclined,
    SignatureFailed,
    SignatureHeld,
    SignInEvent,
    SignInRequest,
    SignInRequestOver,
    SignInState,
)

S = SignInState
STATEMENT_TYPE = "dojang.sign-in.v1"

TRANSITIONS: Mapping[tuple[SignInState, type[SignInEvent]], SignInState] = {
    (S.OPEN, SignatureHeld): S.PROVEN,
    (S.OPEN, SignatureFailed): S.OPEN,
    (S.OPEN, CustomerDeclined): S.DECLINED,
    (S.PROVEN, CodeRedeemed): S.REDEEMED,
    (S.PROVEN, CodeShownAgain): S.SPENT,
    (S.REDEEMED, CodeShownAgain): S.SPENT,
}


def advance(request: SignInRequest, event: SignInEvent) -> SignInRequest:
    """Return the request after `event`. The last try that fails spends it. Raises `SignInRequestOver`."""
    target = TRANSITIONS.get((request.state, type(event)))
    if target is None:
        raise SignInRequestOver(state=request.state.value)
    moved = replace(request, state=target)
    if isinstance(event, SignatureHeld):
        return replace(moved, proof=event.proof, code_digest=event.code_digest, code_expires_at=event.code_expires_at)
    if isinstance(event, SignatureFailed):
        left = request.tries_left - 1
        return replace(moved, tries_left=left, state=S.OPEN if left > 0 else S.SPENT)
    if isinstance(event, CodeRedeemed):
        return replace(moved, token_digest=event.token_digest, token_expires_at=event.token_expires_at)
    if isinstance(event, CodeShownAgain):
        return replace(moved, token_digest=None, token_expires_at=None)
    return moved


def require_time(request: SignInRequest, now: datetime) -> SignInRequest:
    """Return the request while it may still be answered. Raises `SignInRequestOver`."""
    if request.state is S.OPEN and now >= request.expires_at:
        raise SignInRequestOver(state="expired")
    return request


def statement_of(
    asked: Asked, *, request_id: str, issuer: str, party_name: str, challenge: str, made_at: datetime
) -> bytes:
    """Return what the customer signs: canonical JSON that names party, address and claims.

    Its type keeps a signature under it from ever passing for an acceptance, a document or another challenge.
    """
    said = {
        "challenge": challenge,
        "claims": sorted(asked.scopes),
        "client_id": asked.client_id,
        "issuer": issuer,
        "made_at": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "party": party_name,
        "redirect_host": urlsplit(asked.redirect_uri).netloc,
        "request": request_id,
        "type": STATEMENT_TYPE,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(secret: str) -> str:
    """Return the digest a code or token is kept as. Both have 256 bits of chance, so one hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
