"""Suspend, resume and revoke one's own certificate.

Suspending needs one request and no further proof: whoever fears for a key must not be held up. Resuming and revoking
need a signature with the certificate's key or a confirmation call (`POST /v1/confirmations`), so that a stolen session
can do neither.
"""

import base64
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.controls.step_up.model import Act, CallProof, Proof, SignatureProof
from dojang.lifecycle.revocation import usecases as revocation
from dojang.web.desk import Line, Now, OfficeDep, SerialNumber, SubscriberId
from dojang.web.standing import StandingView, standing_view
from dojang.web.subscriber.certificates import octets

router = APIRouter(prefix="/v1", tags=["certificates"])

REASONS = ("keyCompromise", "cessationOfOperation", "superseded", "unspecified")


class CertificateAct(StrEnum):
    """Acts on a certificate that need a further proof."""

    REVOKE = "revoke"
    RESUME = "resume"


class ProofBody(BaseModel):
    """One further proof: `signature` over the act's statement (base64), or the id of a `confirmation`.

    RSASSA-PKCS1-v1_5 or ECDSA (DER), SHA-256.
    """

    model_config = ConfigDict(extra="forbid")
    signature: Annotated[str, Field(max_length=2_048)] | None = None
    confirmation: Annotated[Line, Field(max_length=64)] | None = None


class RevocationBody(ProofBody):
    """Why, by its RFC 5280 name, and a further proof."""

    reason: Annotated[str, Field(pattern="^(" + "|".join(REASONS) + ")$")] = "unspecified"


class ActStatementView(BaseModel):
    """What the certificate's key signs to prove an act: base64 of canonical JSON. Look at it before you sign."""

    statement: str


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


@router.get("/certificates/{serial}/statements/{act}")
def show_act_statement(
    serial: SerialNumber, act: CertificateAct, subscriber_id: SubscriberId, office: OfficeDep
) -> ActStatementView:
    """Show what to sign; for a revocation it is always the same, and may be signed before it is needed."""
    statement = revocation.get_act_statement(int(serial), Act(act.value), subscriber_id, store=office.store)
    return ActStatementView(statement=base64.b64encode(statement).decode("ascii"))


@router.post("/certificates/{serial}/resumption")
def resume(
    serial: SerialNumber, body: ProofBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> StandingView:
    """Resume one's own suspended certificate set, with a further proof."""
    proof = proof_of(body, int(serial))
    return standing_view(
        revocation.resume_own(int(serial), proof, subscriber_id=subscriber_id, store=office.store, now=now)
    )


@router.post("/certificates/{serial}/revocation")
def revoke(
    serial: SerialNumber, body: RevocationBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> StandingView:
    """Revoke one's own certificate set, finally, with a further proof."""
    proof = proof_of(body, int(serial))
    return standing_view(
        revocation.revoke_own(int(serial), body.reason, proof, subscriber_id=subscriber_id, store=office.store, now=now)
    )


def proof_of(body: ProofBody, serial: int) -> Proof | None:
    """Return the proof of a request; of two, the signature with the key of `serial`. Raises `RequestMalformed`."""
    if body.signature is not None:
        return SignatureProof(serial=serial, signature=octets(body.signature, "signature"))
    return None if body.confirmation is None else CallProof(confirmation_id=body.confirmation)
