"""Photographs handed in: accepted, sealed, and read once every side the kind needs is there.

A document handed in takes the place of the one before, unless that was confirmed. Nothing is read here; see `reading`.
"""

from dataclasses import replace
from datetime import datetime

from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, limits, retention
from dojang.lifecycle.identity_proofing.document import SIDES_NEEDED, DocumentState, ImageForm, SubmittedDocument
from dojang.lifecycle.identity_proofing.errors import (
    CheckOutOfTurn,
    DocumentNotAccepted,
    FieldInvalid,
    TooManyDocuments,
)
from dojang.lifecycle.identity_proofing.id_document.errors import FileTooLarge, UnsupportedFile
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, Side
from dojang.lifecycle.identity_proofing.model import (
    Check,
    CheckState,
    EvidenceSubmitted,
    ExamineDocument,
    ProofingCase,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction, LimitKind

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # JPEG, PNG
_ACCEPTING = frozenset({CheckState.AWAITED, CheckState.RETRY, CheckState.REFUSED, CheckState.CONFIRMING})


def submit_photograph(
    application_id: str,
    subscriber_id: str,
    *,
    kind: DocumentKind,
    side: Side,
    image: bytes,
    device_id: str,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> SubmittedDocument:
    """Take one photograph (JPEG or PNG file) of one side; the last side needed sets the reader to work.

    `device_id` is the browser's or app's own id, for limits only. Raises `UnsupportedFile`, `FileTooLarge`,
    `DocumentNotAccepted`, `FieldInvalid` (a side the kind has not), `TooManyDocuments`, `CheckOutOfTurn`, and what
    `cases.enter` raises.
    """
    case_id, document_id = chance.new_id(), chance.new_id()
    actor = cases.by_subscriber(subscriber_id)

    def work(tx: IdentityProofingTransaction) -> SubmittedDocument:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=case_id, now=now)
        _require_photograph(kind, side, image, policy)
        state = case.checks[Check.ID_DOCUMENT].state
        if state not in _ACCEPTING:
            raise CheckOutOfTurn(check=Check.ID_DOCUMENT.value, state=state.value)
        document = _find_collecting(tx, case, kind)
        if document is None:
            device_key = secrecy.blind_index(device_id.encode(), purpose="device")
            _count(tx, case, document_id, device_key, policy, now)
            document = _begin(tx, case, document_id, kind, now)
        document = _add_side(tx, document, side, image)
        cases.record(
            tx,
            case,
            "photograph:submitted",
            actor=actor,
            now=now,
            document=document.id,
            kind=kind.value,
            side=side.value,
        )
        if document.state is DocumentState.READING:
            submitted = EvidenceSubmitted(evidence_id=document.id)
            cases.advance(tx, case, Check.ID_DOCUMENT, submitted, policy=policy, actor=actor, now=now)
            tx.emit(ExamineDocument(case_id=case.id, document_id=document.id), key=document.id)
        return document

    return cases.act(store, work, what="photograph", application_id=application_id, actor=actor, now=now)


def _require_photograph(kind: DocumentKind, side: Side, image: bytes, policy: ProofingPolicy) -> None:
    if kind not in policy.document.accepted:
        raise DocumentNotAccepted(accepted=[one.value for one in policy.document.accepted])
    if side not in SIDES_NEEDED[kind]:
        raise FieldInvalid(fields=["side"])
    if len(image) > policy.document.image_limit_bytes:
        raise FileTooLarge(limit_bytes=policy.document.image_limit_bytes)
    if not image.startswith(_SIGNATURES):
        raise UnsupportedFile(reason="format" if image else "empty")


def _find_collecting(
    tx: IdentityProofingTransaction, case: ProofingCase, kind: DocumentKind
) -> SubmittedDocument | None:
    latest = tx.id_documents.find_latest_document(case.id)
    if latest is not None and latest.state is DocumentState.COLLECTING and latest.kind is kind:
        return latest
    return None


def _count(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    document_id: str,
    device_key: str,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    caps = (
        (LimitKind.DOCUMENT_SUBSCRIBER, case.subscriber_id, policy.document.submissions_per_subscriber, "person"),
        (LimitKind.DOCUMENT_DEVICE, device_key, policy.document.submissions_per_device, "device"),
    )
    for kind, key, maximum, scope in caps:
        wait_s = limits.seconds_until_room(tx, kind, key, maximum=maximum, now=now)
        if wait_s:
            raise TooManyDocuments(scope=scope, retry_after_s=wait_s)
        tx.proofing_limits.add(kind, key, at=now, reference=document_id)


def _begin(
    tx: IdentityProofingTransaction, case: ProofingCase, document_id: str, kind: DocumentKind, now: datetime
) -> SubmittedDocument:
    retention.supersede_document(tx, case.id)
    document = SubmittedDocument(
        id=document_id,
        case_id=case.id,
        kind=kind,
        state=DocumentState.COLLECTING,
        sides=frozenset(),
        submitted_at=now,
    )
    tx.id_documents.add(document)
    return document


def _add_side(
    tx: IdentityProofingTransaction, document: SubmittedDocument, side: Side, image: bytes
) -> SubmittedDocument:
    tx.id_documents.put_image(document.id, side, ImageForm.ORIGINAL, image)
    sides = document.sides | {side}
    state = DocumentState.READING if sides == SIDES_NEEDED[document.kind] else DocumentState.COLLECTING
    document = replace(document, sides=sides, state=state)
    tx.id_documents.update(document)
    return document
