"""The customer's side: open a request, look at the document, have it prepared, sign it on the device, or decline."""

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dojang.kernel.transaction import Store
from dojang.lifecycle.reliance import verification
from dojang.lifecycle.reliance.model import SignatureFormat, VerificationRequest
from dojang.lifecycle.reliance.signature_request import rules
from dojang.lifecycle.reliance.signature_request.model import (
    AssembleSignature,
    CertificateNotOwn,
    CustomerDeclined,
    DeviceSignatureRefused,
    DocumentGone,
    NothingPrepared,
    Preparation,
    RequestOpened,
    SignableKind,
    SignatureHeld,
    SignatureRefused,
    SignatureRequest,
    SignatureRequestNotFound,
    SignatureRequestState,
    SignatureRequestTaken,
)
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from dojang.lifecycle.reliance.signature_request.ports import PdfWorkshop, SignatureRequestTransaction
from dojang.lifecycle.reliance.signature_request.usecases import entry, take_step
from dojang.lifecycle.reliance.verification import Verifier
from dojang.pki.advanced_signature import build_signed_attributes
from dojang.pki.certificate import CertificateMalformed, parse_certificate

S = SignatureRequestState


def get_progress(request_id: str, *, store: Store[SignatureRequestTransaction], now: datetime) -> SignatureRequest:
    """Return the request as it stands, for whoever knows its id. Raises `SignatureRequestNotFound`."""
    request = store.read(lambda tx: tx.signature_requests.find_request(request_id))
    if request is None:
        raise SignatureRequestNotFound()
    return replace(request, state=rules.shown_state(request, now))


def get_own(
    request_id: str, subscriber_id: str, *, store: Store[SignatureRequestTransaction], now: datetime
) -> SignatureRequest:
    """Return a request that this person opened. Raises `SignatureRequestNotFound`, `SignatureRequestTaken`."""
    return rules.require_own(get_progress(request_id, store=store, now=now), subscriber_id)


def open_request(
    request_id: str,
    subscriber_id: str,
    *,
    subject_of: Callable[[str, str], str],
    store: Store[SignatureRequestTransaction],
    now: datetime,
) -> SignatureRequest:
    """Open a request: it is this person's from now on. Opening it again changes nothing.

    `subject_of(client_id, subscriber_id)` is the party's own name for the person. Raises `SignatureRequestNotFound`,
    `SignatureRequestTaken` when it is somebody else's or meant for somebody else, `SignatureRequestOver`.
    """

    def work(tx: SignatureRequestTransaction) -> SignatureRequest:
        request = _found(tx, request_id)
        if request.subscriber_id == subscriber_id:
            return request
        if request.subscriber_id is not None:
            raise SignatureRequestTaken()
        rules.require_waiting(request, now)
        wanted, found = request.subject, subject_of(request.client_id, subscriber_id)
        if wanted is not None and not hmac.compare_digest(wanted.encode(), found.encode()):
            raise SignatureRequestTaken()
        return take_step(
            tx,
            request,
            RequestOpened(subscriber_id=subscriber_id),
            action="opened",
            actor=_person(subscriber_id),
            now=now,
        )

    opened = store.transact(work)
    return replace(opened, state=rules.shown_state(opened, now))


def get_document(
    request_id: str, subscriber_id: str, *, store: Store[SignatureRequestTransaction], now: datetime
) -> tuple[SignatureRequest, bytes]:
    """Return the document as it was handed in. Raises as `get_own`, and `DocumentGone`."""
    request = get_own(request_id, subscriber_id, store=store, now=now)
    document = store.read(lambda tx: tx.signature_requests.find_document(request_id))
    if document is None:
        raise DocumentGone()
    return request, document


def prepare(
    request_id: str,
    subscriber_id: str,
    *,
    certificate_der: bytes,
    store: Store[SignatureRequestTransaction],
    workshop: PdfWorkshop,
    now: datetime,
) -> Preparation:
    """Prepare what the device signs with this certificate; what was prepared before counts no more.

    Raises `SignatureRequestNotFound`, `SignatureRequestTaken`, `SignatureRequestOver`, `CertificateNotOwn`,
    `DocumentGone`, and what the workshop raises.
    """
    request = rules.require_waiting(get_own(request_id, subscriber_id, store=store, now=now), now)
    _require_own_certificate(certificate_der, subscriber_id, store)
    prepared = _prepared(request, certificate_der, store, workshop, now)

    def work(tx: SignatureRequestTransaction) -> None:
        current = rules.require_own(rules.require_waiting(_found(tx, request_id), now), subscriber_id)
        tx.signature_requests.save_preparation(request_id, prepared)
        tx.record(entry(current, "prepared", _person(subscriber_id), now))

    store.transact(work)
    return prepared


def _prepared(
    request: SignatureRequest,
    certificate_der: bytes,
    store: Store[SignatureRequestTransaction],
    workshop: PdfWorkshop,
    now: datetime,
) -> Preparation:
    terms = request.terms
    if terms is None:
        raise DocumentGone()
    if request.kind is not SignableKind.PDF:
        attributes_der = build_signed_attributes(
            bytes.fromhex(request.sha256),
            certificate_der=certificate_der,
            signed_at=now,
            description=terms.description,
        )
        return Preparation(certificate_der=certificate_der, attributes_der=attributes_der, prepared_at=now)
    document = store.read(lambda tx: tx.signature_requests.find_document(request.id))
    if document is None:
        raise DocumentGone()
    room = workshop.prepare(document, reason=terms.description, signed_at=now)
    return Preparation(
        certificate_der=certificate_der,
        attributes_der=build_signed_attributes(room.digest, certificate_der=certificate_der),
        before=room.before,
        gap_bytes=room.gap_bytes,
        after=room.after,
        prepared_at=now,
    )


def _require_own_certificate(
    certificate_der: bytes, subscriber_id: str, store: Store[SignatureRequestTransaction]
) -> None:
    """The serial number is looked up here; that the certificate is the one issued under it, verification says."""
    try:
        serial = parse_certificate(certificate_der).serial_number
    except CertificateMalformed:
        raise CertificateNotOwn() from None
    if store.read(lambda tx: tx.owners.find_owner(serial)) != subscriber_id:
        raise CertificateNotOwn()


def sign(
    request_id: str,
    subscriber_id: str,
    *,
    signature: bytes,
    store: Store[SignatureRequestTransaction],
    verifier: Verifier,
    policy: SignatureRequestPolicy,
    now: datetime,
) -> SignatureRequest:
    """Take the device's signature over what was prepared; the rest is done behind the scenes.

    1. The request is this person's, open and in time; what was prepared is fresh.
    2. The signature is verified as any relying party's would be: path, status, time.
    3. State, signature, audit entry and the order to assemble are stored together; a wrong signature costs a try.

    The same signature again is answered as before. Raises `SignatureRequestNotFound`, `SignatureRequestTaken`,
    `SignatureRequestOver`, `NothingPrepared`, `DeviceSignatureRefused`, and what the reader raises.
    """
    request = get_own(request_id, subscriber_id, store=store, now=now)
    prepared = store.read(lambda tx: tx.signature_requests.find_preparation(request_id))
    if prepared is not None and prepared.signature is not None and hmac.compare_digest(prepared.signature, signature):
        return request
    rules.require_waiting(request, now)
    prepared = rules.require_prepared(prepared, policy, now)
    fault, serial = _verify(prepared, signature, verifier, now)

    def work(tx: SignatureRequestTransaction) -> DeviceSignatureRefused | SignatureRequest:
        current, actor = rules.require_waiting(_found(tx, request_id), now), _person(subscriber_id)
        rules.require_own(current, subscriber_id)
        if tx.signature_requests.find_preparation(request_id) != prepared:
            raise NothingPrepared()  # another one was made meanwhile
        owner = tx.owners.find_owner(serial) if fault is None else None
        if owner != subscriber_id:
            after = take_step(tx, current, SignatureRefused(at=now), action="signature_refused", actor=actor, now=now)
            return DeviceSignatureRefused(sub_indication=fault or "NOT_ONE_OF_OURS", tries_left=after.tries_left)
        tx.signature_requests.save_preparation(request_id, replace(prepared, signature=signature))
        tx.emit(AssembleSignature(request_id=request_id), key=request_id)
        return take_step(
            tx, current, SignatureHeld(serial=serial, signed_at=now), action="signed", actor=actor, now=now
        )

    outcome = store.transact(work)
    if isinstance(outcome, DeviceSignatureRefused):
        raise outcome
    return outcome


def _verify(prepared: Preparation, signature: bytes, verifier: Verifier, now: datetime) -> tuple[str | None, int]:
    """Return why the signature does not pass, or None, and the signer's serial number."""
    (report,) = verification.verify(
        VerificationRequest(
            format=SignatureFormat.PKCS1,
            signature=signature,
            content=prepared.attributes_der,
            certificate_der=prepared.certificate_der,
            signed_after=prepared.prepared_at,
        ),
        verifier=verifier,
        now=now,
    )
    fault = None if report.sub_indication is None else report.sub_indication.value
    return fault, report.signer.serial if report.signer else 0


def decline(
    request_id: str, subscriber_id: str, *, store: Store[SignatureRequestTransaction], now: datetime
) -> SignatureRequest:
    """The customer does not want to. Raises as `get_own`, and `SignatureRequestOver`."""

    def work(tx: SignatureRequestTransaction) -> SignatureRequest:
        request = rules.require_own(_found(tx, request_id), subscriber_id)
        if request.state is S.DECLINED:
            return request
        rules.require_waiting(request, now)
        return take_step(
            tx, request, CustomerDeclined(at=now), action="declined", actor=_person(subscriber_id), now=now
        )

    return store.transact(work)


def _found(tx: SignatureRequestTransaction, request_id: str) -> SignatureRequest:
    request = tx.signature_requests.find_request(request_id)
    if request is None:
        raise SignatureRequestNotFound()
    return request


def _person(subscriber_id: str) -> str:
    return f"subscriber:{subscriber_id}"
