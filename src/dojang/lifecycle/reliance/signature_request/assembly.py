"""Behind the scenes: timestamp and status beside a signature, our own verification, and what time does to requests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.reliance import verification
from dojang.lifecycle.reliance.acquaintance import Acquaintance, AcquaintanceSource
from dojang.lifecycle.reliance.model import SignatureFormat, SubIndication, VerificationRequest
from dojang.lifecycle.reliance.signature_request.model import (
    AssembleSignature,
    AssemblyFailed,
    EndReason,
    Preparation,
    SignableKind,
    SignatureAssembled,
    SignatureRequest,
    SignatureRequestEvent,
    SignatureRequestState,
    StatusNotKnown,
    StatusWithheld,
    TimePassed,
)
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from dojang.lifecycle.reliance.signature_request.ports import (
    PdfWorkshop,
    SignatureRequestTransaction,
    Stamper,
    StatusProver,
)
from dojang.lifecycle.reliance.signature_request.usecases import entry, take_step
from dojang.lifecycle.reliance.verification import Verifier
from dojang.pki.advanced_signature import SignedParts, StatusValues, assemble_signed_data

S = SignatureRequestState
LEFT_AFTER = timedelta(minutes=1)  # an order to assemble that was not carried out by then is given again
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What signatures are put together with."""

    workshop: PdfWorkshop
    stamper: Stamper
    prover: StatusProver
    verifier: Verifier


def carry_out_assemble_signature(
    effect: AssembleSignature, *, store: Store[SignatureRequestTransaction], bench: Bench, clock: Clock
) -> None:
    """Put a signature together and hand it to its party, once; nothing happens to one that is not waiting for it.

    1. The signature is timestamped by our own authority (B-T). 2. Certificates, OCSP answers and CRLs for signer and
    authority are put beside it (B-LT). 3. Our own verification must pass. 4. Result, state, audit entry and that the
    party knows the signer are stored together. A crash before that costs one timestamp.

    Raises `StatusNotKnown`, after which `tidy` gives the order again, and what the bench raises.
    """
    request, prepared, document = store.read(lambda tx: _material(tx, effect.request_id))
    if request is None or prepared is None or prepared.signature is None:
        return
    now = clock.now()
    result, reason = b"", None
    try:
        result = _assemble(request, prepared, prepared.signature, document, bench, now)
        reason = _fault(request, result, bench.verifier, now)
    except StatusWithheld as withheld:
        reason = withheld.code

    def work(tx: SignatureRequestTransaction) -> None:
        current = tx.signature_requests.find_request(effect.request_id)
        if current is None or current.state is not S.SIGNED:
            return  # somebody else was quicker
        if reason is None:
            tx.signature_requests.save_result(effect.request_id, result)
            _remember_signer(tx, current, now)
            _step(tx, effect.request_id, SignatureAssembled(at=now), "completed", now)
        else:
            _step(tx, effect.request_id, AssemblyFailed(at=now, reason=reason), "failed", now)

    store.transact(work)


def _remember_signer(tx: SignatureRequestTransaction, request: SignatureRequest, now: datetime) -> None:
    """The party is about to hold a verified signature with the signer's certificate in it: it may write to them."""
    if request.subscriber_id is not None:
        tx.acquaintances.remember(
            Acquaintance(
                client_id=request.client_id,
                subscriber_id=request.subscriber_id,
                source=AcquaintanceSource.SIGNATURE,
                seen_at=now,
            )
        )


def _material(
    tx: SignatureRequestTransaction, request_id: str
) -> tuple[SignatureRequest | None, Preparation | None, bytes | None]:
    request = tx.signature_requests.find_request(request_id)
    if request is None or request.state is not S.SIGNED:
        return None, None, None
    requests = tx.signature_requests
    return request, requests.find_preparation(request_id), requests.find_document(request_id)


def _assemble(
    request: SignatureRequest,
    prepared: Preparation,
    signature: bytes,
    document: bytes | None,
    bench: Bench,
    now: datetime,
) -> bytes:
    token_der = bench.stamper.stamp(signature, now)
    values = bench.prover.prove(prepared.certificate_der, token_der, now)
    parts = SignedParts(
        certificate_der=prepared.certificate_der, attributes_der=prepared.attributes_der, signature=signature
    )
    if request.kind is SignableKind.PDF:
        above = StatusValues(certificates_der=values.certificates_der)  # statuses go into the PDF's own store
        message_der = assemble_signed_data(parts, timestamp_der=token_der, values=above)
        return bench.workshop.keep_evidence(_filled(document or b"", prepared, message_der), values)
    content = document if request.kind is SignableKind.TEXT else None
    return assemble_signed_data(parts, timestamp_der=token_der, content=content, values=values)


def _filled(document: bytes, prepared: Preparation, message_der: bytes) -> bytes:
    """Return the PDF with the message in its gap: hexadecimal digits between angle brackets, zeros after them."""
    digits = message_der.hex().encode()
    room = prepared.gap_bytes - 2
    if len(digits) > room:
        raise ValueError(f"the signature takes {len(digits)} of {room} digits")
    return b"".join((document, prepared.before, b"<", digits.ljust(room, b"0"), b">", prepared.after))


def _fault(request: SignatureRequest, result: bytes, verifier: Verifier, now: datetime) -> str | None:
    """Return why our own verification does not pass, or None. What a digest stands for, nobody here can verify."""
    if request.kind is SignableKind.DIGEST:
        return None
    form = SignatureFormat.PDF if request.kind is SignableKind.PDF else SignatureFormat.CMS
    (report,) = verification.verify(VerificationRequest(format=form, signature=result), verifier=verifier, now=now)
    if report.sub_indication is SubIndication.TRY_LATER:
        raise StatusNotKnown()
    if report.sub_indication is not None:
        return report.sub_indication.value
    return None if report.proven_at is not None else EndReason.NOT_TIMESTAMPED.value


def tidy(*, store: Store[SignatureRequestTransaction], policy: SignatureRequestPolicy, now: datetime) -> None:
    """Do what time asks for: expire requests, give left orders again or give them up, delete old documents."""
    found = store.read(
        lambda tx: (
            tx.signature_requests.list_run_out(now, _BATCH),
            tx.signature_requests.list_signed_before(now - LEFT_AFTER, _BATCH),
        )
    )
    for request_id in found[0]:
        store.transact(_if_it_stands(request_id, (S.OPEN, S.BOUND), lambda _: TimePassed(at=now), "expired", now))
    too_late = now - timedelta(hours=policy.assembly_hours)
    for request_id in found[1]:
        store.transact(_again_or_never(request_id, too_late, now))
    store.transact(lambda tx: _erase(tx, now - timedelta(hours=policy.keep_hours), now))


def _if_it_stands(
    request_id: str,
    states: tuple[SignatureRequestState, ...],
    event_of: Callable[[SignatureRequest], SignatureRequestEvent],
    action: str,
    now: datetime,
) -> Callable[[SignatureRequestTransaction], None]:
    def work(tx: SignatureRequestTransaction) -> None:
        request = tx.signature_requests.find_request(request_id)
        if request is not None and request.state in states:
            _step(tx, request_id, event_of(request), action, now)

    return work


def _again_or_never(
    request_id: str, too_late: datetime, now: datetime
) -> Callable[[SignatureRequestTransaction], None]:
    def work(tx: SignatureRequestTransaction) -> None:
        request = tx.signature_requests.find_request(request_id)
        if request is None or request.state is not S.SIGNED or request.signed_at is None:
            return
        if request.signed_at < too_late:
            _step(tx, request_id, AssemblyFailed(at=now, reason=EndReason.TOO_LATE.value), "failed", now)
        else:  # once a minute, whoever asks
            tx.emit(AssembleSignature(request_id=request_id), key=f"{request_id}:{now:%Y%m%d%H%M}")

    return work


def _erase(tx: SignatureRequestTransaction, moment: datetime, now: datetime) -> None:
    for request_id in tx.signature_requests.erase_ended_before(moment, _BATCH):
        request = tx.signature_requests.find_request(request_id)
        if request is not None:
            tx.record(entry(request, "erased", "system", now))


def _step(
    tx: SignatureRequestTransaction, request_id: str, event: SignatureRequestEvent, action: str, now: datetime
) -> None:
    request = tx.signature_requests.find_request(request_id)
    if request is None:
        return
    take_step(tx, request, event, action=action, actor="system", now=now)
