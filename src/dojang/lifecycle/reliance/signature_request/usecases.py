"""The party's side: ask for a signature, see where it stands, fetch what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dojang.controls.party_events.publishing import publish_to
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.reliance.signature_request import rules
from dojang.lifecycle.reliance.signature_request.model import (
    OVER,
    Asked,
    DocumentGone,
    ResultNotReady,
    ReturnAddressUnknown,
    SignableKind,
    SignatureRequest,
    SignatureRequestEvent,
    SignatureRequestNotFound,
    SignatureRequestState,
)
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from dojang.lifecycle.reliance.signature_request.ports import PdfWorkshop, SignatureRequestTransaction

ID_BYTES = 16


def ask(
    asked: Asked,
    *,
    party_name: str,
    return_addresses: Sequence[str],
    store: Store[SignatureRequestTransaction],
    workshop: PdfWorkshop,
    policy: SignatureRequestPolicy,
    chance: Chance,
    now: datetime,
) -> SignatureRequest:
    """Store what a party asks a signature for, and return the request; its id cannot be guessed.

    1. The same idempotency key with the same content is answered with the same request.
    2. The document is judged: size, encoding, and of a PDF what every reader will show.
    3. Request, document and audit entry are stored together; of two at once with one key, one is.

    Raises `RequestKeyReused`, `ReturnAddressUnknown`, `WaitTooLong`, and the errors of `signature_document`.
    """
    known = store.read(lambda tx: tx.signature_requests.find_by_key(asked.client_id, asked.idempotency_key))
    if known is not None:
        return rules.same_request(known, asked)
    if asked.redirect_uri is not None and asked.redirect_uri not in return_addresses:
        raise ReturnAddressUnknown()
    expires_at = rules.expires_at(asked, policy, now)
    content = rules.check_content(asked, policy)
    request = SignatureRequest(
        id=chance.token_bytes(ID_BYTES).hex(),
        client_id=asked.client_id,
        party_name=party_name,
        kind=asked.kind,
        terms=asked.terms,
        sha256=asked.sha256,
        size_bytes=len(content),
        pages=workshop.inspect(content) if asked.kind is SignableKind.PDF else None,
        redirect_uri=asked.redirect_uri,
        party_state=asked.state,
        subject=asked.subject,
        idempotency_key=asked.idempotency_key,
        fingerprint=rules.fingerprint(asked),
        made_at=now,
        expires_at=expires_at,
        tries_left=policy.tries,
    )

    def work(tx: SignatureRequestTransaction) -> SignatureRequest | None:
        if not tx.signature_requests.add(request, asked.content):
            return tx.signature_requests.find_by_key(asked.client_id, asked.idempotency_key)
        tx.record(entry(request, "asked", f"relying_party:{asked.client_id}", now))
        return request

    stored = store.transact(work)
    if stored is None:
        raise SignatureRequestNotFound()
    return rules.same_request(stored, asked)


def get_request(
    request_id: str, client_id: str, *, store: Store[SignatureRequestTransaction], now: datetime
) -> SignatureRequest:
    """Return a party's own request as it stands. Raises `SignatureRequestNotFound`."""
    request = store.read(lambda tx: tx.signature_requests.find_request(request_id))
    if request is None or request.client_id != client_id:
        raise SignatureRequestNotFound()
    return replace(request, state=rules.shown_state(request, now))


def get_result(
    request_id: str, client_id: str, *, store: Store[SignatureRequestTransaction], now: datetime
) -> tuple[SignatureRequest, bytes]:
    """Return the request and the finished signature: a PDF, or a CMS message in DER.

    Raises `SignatureRequestNotFound`, `ResultNotReady`, `DocumentGone`.
    """
    request = get_request(request_id, client_id, store=store, now=now)
    if request.state is not SignatureRequestState.COMPLETED:
        raise ResultNotReady(state=request.state.value)

    def work(tx: SignatureRequestTransaction) -> bytes | None:
        result = tx.signature_requests.find_result(request_id)
        if result is not None:
            tx.record(entry(request, "fetched", f"relying_party:{client_id}", now))
        return result

    result = store.transact(work)
    if result is None:
        raise DocumentGone()
    return request, result


def take_step(
    tx: SignatureRequestTransaction,
    request: SignatureRequest,
    event: SignatureRequestEvent,
    *,
    action: str,
    actor: str,
    now: datetime,
) -> SignatureRequest:
    """Return the request after `event`, stored with its audit entry; of an end, its party is told. For all sides."""
    after = rules.advance(request, event)
    tx.signature_requests.update(after)
    tx.record(entry(after, action, actor, now))
    if after.state in OVER:
        publish_to(tx, after.client_id, rules.event_of(after, now))
    return after


def entry(request: SignatureRequest, action: str, actor: str, now: datetime) -> AuditEntry:
    """Return the audit entry of a step: ids, kind and digest; neither purpose nor file name."""
    data = {"client": request.client_id, "state": request.state.value, "sha256": request.sha256}
    if request.serial is not None:
        data["serial"] = str(request.serial)
    if request.reason is not None:
        data["reason"] = request.reason
    return AuditEntry(tag=f"reliance:signature_request:{action}", at=now, actor=actor, subject=request.id, data=data)
