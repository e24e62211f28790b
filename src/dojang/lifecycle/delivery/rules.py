"""Delivery's transition table, the acceptance statement, and what a re-issue does to its predecessor. Pure."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace

from dojang.controls.party_events.model import NewEvent
from dojang.lifecycle.delivery.model import (
    AcceptanceWindowClosed,
    Accepted,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Downloaded,
    PredecessorEnded,
    SignedSuccession,
    TimeToAcceptRanOut,
    canonical_json,
)
from dojang.lifecycle.issuance.model import CertificateSet, certificate_reference

S = DeliveryState

TRANSITIONS: Mapping[tuple[DeliveryState, type[DeliveryEvent]], DeliveryState] = {
    (S.AVAILABLE, Downloaded): S.AVAILABLE,
    (S.AVAILABLE, Accepted): S.ACCEPTED,
    (S.AVAILABLE, TimeToAcceptRanOut): S.WITHDRAWN,
}


def begin(issued: CertificateSet) -> Delivery:
    """Return the delivery of a set nobody has fetched yet."""
    return Delivery(
        application_id=issued.application_id,
        issuance_id=issued.issuance_id,
        signing_serial=issued.signing.serial,
        predecessor_serial=issued.predecessor_serial,
        state=S.AVAILABLE,
    )


def advance(delivery: Delivery, event: DeliveryEvent) -> Delivery:
    """Return the delivery after `event`; an event that comes too late to matter returns it unchanged.

    A set can be fetched again after acceptance, and acceptance repeated. Raises `AcceptanceWindowClosed` when a
    withdrawn set is to be accepted.
    """
    target = TRANSITIONS.get((delivery.state, type(event)))
    if target is None:
        if delivery.state is S.WITHDRAWN and isinstance(event, Accepted):
            raise AcceptanceWindowClosed()
        return delivery
    if isinstance(event, Downloaded):
        return delivery if delivery.downloaded_at else replace(delivery, downloaded_at=event.at)
    if isinstance(event, Accepted):
        return replace(delivery, state=target, ended_at=event.at, statement=event.statement, signature=event.signature)
    return replace(delivery, state=target, ended_at=event.at)


def require_predecessor_good(state: str) -> None:
    """Raise `PredecessorEnded` unless what a renewal succeeds is still "good"."""
    if state != "good":
        raise PredecessorEnded(state=state)


def acceptance_statement(issued: CertificateSet) -> bytes:
    """Return the canonical JSON that the holder signs with the new signing key, naming exactly what is accepted.

    Serial numbers are decimal strings, digests SHA-256 (hex) over each certificate in DER.
    """
    return canonical_json(
        {
            "type": "dojang.acceptance.v1",
            "application": issued.application_id,
            "signing_serial": str(issued.signing.serial),
            "signing_sha256": hashlib.sha256(issued.signing.certificate_der).hexdigest(),
            "key_management_serial": str(issued.key_management.serial),
            "key_management_sha256": hashlib.sha256(issued.key_management.certificate_der).hexdigest(),
        }
    )


def succession_event(signed: SignedSuccession, issued: CertificateSet, *, renewed: bool) -> NewEvent:
    """Return what relying parties that know the predecessor are told: the statement itself, base64 of its DER.

    They are told of what happens to the successor from then on as well.
    """
    return NewEvent(
        type="certificate.renewed" if renewed else "certificate.reissued",
        reference=certificate_reference(signed.predecessor_serial),
        key=str(signed.successor_serial),
        data={
            "serial": str(signed.predecessor_serial),
            "successor_serial": str(signed.successor_serial),
            "statement": base64.b64encode(signed.statement_der).decode(),
        },
        occurred_at=signed.signed_at,
        leads_to=certificate_reference(signed.successor_serial),
        leads_until=issued.signing.not_after,
    )
