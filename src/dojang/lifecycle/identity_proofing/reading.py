"""Carrying out `ExamineDocument`: the reader looks, and what it saw is recorded.

1. load the photographs, counting the run; 2. read them outside any transaction; 3. record values, masked images and the
decision in a second one, deleting the photographs as handed in. A broken or slow reader parks the check and is tried
again, but a photograph that breaks it every time counts as unreadable, at nobody's cost.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, rules
from dojang.lifecycle.identity_proofing.document import DocumentState, ImageForm, KeptField, SubmittedDocument
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.id_document.errors import (
    FileTooLarge,
    ImageTooSmall,
    ReaderBroken,
    ReaderTimedOut,
    UnsupportedFile,
)
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.model import Decision, DocumentExamination, FieldName, Side
from dojang.lifecycle.identity_proofing.id_document.ports import DocumentReader
from dojang.lifecycle.identity_proofing.model import (
    AttemptFailed,
    CaseState,
    Check,
    CheckEvent,
    CheckStatus,
    ConfirmationAsked,
    ExamineDocument,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.pki.validity import KST

READER = "neighbour:id_document_reader"
READABLE = frozenset({Decision.ACCEPT, Decision.REVIEW})
_UNAVAILABLE = (ProofingFinding(code=ProofingFindingCode.READER_UNAVAILABLE.value),)
_WRONG_DOCUMENT = (ProofingFinding(code=FindingCode.WRONG_DOCUMENT.value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Photographs:
    document: SubmittedDocument
    front: bytes = field(repr=False)
    back: bytes | None = field(repr=False)


def carry_out_examine_document(
    effect: ExamineDocument,
    *,
    store: Store[IdentityProofingTransaction],
    reader: DocumentReader,
    policy: ProofingPolicy,
    clock: Clock,
) -> None:
    """Have the document read and record what was seen; repeating it after it is recorded does nothing.

    Raises `NeighbourUnavailable` when the reader broke or took too long: the check is parked, call again later.
    """
    now = clock.now()
    photographs = store.transact(lambda tx: _load(tx, effect, policy, now))
    if photographs is None:
        return
    today = now.astimezone(KST).date()
    try:
        examination = reader.read_document(
            photographs.front, photographs.back, today=today, expected=photographs.document.kind
        )
    except (UnsupportedFile, FileTooLarge, ImageTooSmall) as unusable:
        unusable_code = unusable.code
        store.transact(lambda tx: _record_unusable(tx, effect, unusable_code, policy, clock.now()))
    except (ReaderTimedOut, ReaderBroken) as broken:
        broken_code = broken.code
        store.transact(lambda tx: park(tx, effect, broken_code, policy=policy, now=clock.now()))
        raise NeighbourUnavailable(neighbour="id_document_reader", reason=broken_code) from None
    else:
        store.transact(lambda tx: record_examination(tx, effect, examination, policy=policy, now=clock.now()))


def record_examination(
    tx: IdentityProofingTransaction,
    effect: ExamineDocument,
    examination: DocumentExamination,
    *,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    """Record one look at a document: values and masked images of a readable one, findings of any."""
    document = _find_reading(tx, effect)
    if document is None:
        return
    findings = tuple(
        ProofingFinding(code=one.code.value, field=one.field, detail=one.detail) for one in examination.findings
    )
    decision = examination.decision
    if decision in READABLE and examination.readings[0].kind not in (None, document.kind):
        decision, findings = Decision.RETAKE, (*findings, *_WRONG_DOCUMENT)
    readable = decision in READABLE
    if readable:
        _keep(tx, document, examination)
    tx.id_documents.drop_images(document.id, ImageForm.ORIGINAL)
    state = DocumentState.READ if readable else DocumentState.REJECTED
    tx.id_documents.update(replace(document, state=state, decision=decision, findings=findings))
    _advance(tx, effect, decision, findings, policy, now)


def _advance(
    tx: IdentityProofingTransaction,
    effect: ExamineDocument,
    decision: Decision,
    findings: tuple[ProofingFinding, ...],
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    case = tx.proofing_cases.find_case(effect.case_id)
    if case is None:
        return
    event = _event_of(case.checks[Check.ID_DOCUMENT], decision, findings, policy)
    cases.advance(tx, case, Check.ID_DOCUMENT, event, policy=policy, actor=READER, now=now)


def _event_of(
    status: CheckStatus, decision: Decision, findings: tuple[ProofingFinding, ...], policy: ProofingPolicy
) -> CheckEvent:
    if decision in READABLE:
        return ConfirmationAsked(findings=findings)
    if decision is Decision.REFUSE:
        return rules.evidence_refused(status, findings, limit=policy.document.attempts)
    return rules.attempt_failed(status, findings, limit=policy.document.attempts)


def _load(
    tx: IdentityProofingTransaction, effect: ExamineDocument, policy: ProofingPolicy, now: datetime
) -> _Photographs | None:
    document = _find_reading(tx, effect)
    if document is None:
        return None
    if document.reader_runs >= policy.document.reader_runs:
        _reject(tx, effect, document, AttemptFailed(findings=_UNAVAILABLE, burns_try=False), policy, now)
        return None
    document = replace(document, reader_runs=document.reader_runs + 1)
    tx.id_documents.update(document)
    front = tx.id_documents.find_image(document.id, Side.FRONT, ImageForm.ORIGINAL)
    back = tx.id_documents.find_image(document.id, Side.BACK, ImageForm.ORIGINAL)
    return None if front is None else _Photographs(document=document, front=front, back=back)


def _find_reading(tx: IdentityProofingTransaction, effect: ExamineDocument) -> SubmittedDocument | None:
    """Return the document while its reading is still wanted, its case locked."""
    case = tx.proofing_cases.find_case(effect.case_id)
    document = tx.id_documents.find_document(effect.document_id)
    if case is None or document is None or case.state is not CaseState.OPEN:
        return None
    return document if document.state is DocumentState.READING else None


def _record_unusable(
    tx: IdentityProofingTransaction, effect: ExamineDocument, code: str, policy: ProofingPolicy, now: datetime
) -> None:
    document = _find_reading(tx, effect)
    case = tx.proofing_cases.find_case(effect.case_id)
    if document is None or case is None:
        return
    findings = (ProofingFinding(code=code),)
    event = rules.attempt_failed(case.checks[Check.ID_DOCUMENT], findings, limit=policy.document.attempts)
    _reject(tx, effect, document, event, policy, now)


def _reject(
    tx: IdentityProofingTransaction,
    effect: ExamineDocument,
    document: SubmittedDocument,
    event: CheckEvent,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    tx.id_documents.drop_images(document.id, ImageForm.ORIGINAL)
    tx.id_documents.update(replace(document, state=DocumentState.REJECTED))
    case = tx.proofing_cases.find_case(effect.case_id)
    if case is not None:
        cases.advance(tx, case, Check.ID_DOCUMENT, event, policy=policy, actor=READER, now=now)


def park(
    tx: IdentityProofingTransaction,
    effect: ExamineDocument,
    *codes: str,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    """Note that the reader does not read, while the reading is still wanted; `codes` say why."""
    case = tx.proofing_cases.find_case(effect.case_id)
    if case is None or _find_reading(tx, effect) is None:
        return
    findings = (*_UNAVAILABLE, *(ProofingFinding(code=code) for code in codes))
    cases.park(tx, case, Check.ID_DOCUMENT, findings, policy=policy, actor=READER, now=now)


def _keep(tx: IdentityProofingTransaction, document: SubmittedDocument, examination: DocumentExamination) -> None:
    for side, masked in zip((Side.FRONT, Side.BACK), examination.masked, strict=False):
        if masked is not None:
            tx.id_documents.put_image(document.id, side, ImageForm.MASKED, masked.original_jpeg)
            tx.id_documents.put_image(document.id, side, ImageForm.RECTIFIED, masked.rectified_jpeg)
    tx.id_documents.put_fields(document.id, _fields_of(examination))


def _fields_of(examination: DocumentExamination) -> tuple[KeptField, ...]:
    """Return one value a field: the front's where both sides show it."""
    found: dict[FieldName, KeptField] = {}
    for reading in examination.readings:
        for name, read in reading.fields.items():
            if name not in found and read.value:
                found[name] = KeptField(
                    name=name,
                    value=read.value,
                    read_value=read.value,
                    confidence=read.confidence,
                    source=read.source,
                    crop_jpeg=examination.crops.get(name),
                )
    return tuple(found[name] for name in FieldName if name in found)
