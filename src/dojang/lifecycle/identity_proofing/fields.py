"""The values read off the document, shown to the applicant, corrected and confirmed.

What is corrected is marked as typed, never as read. Typed identifiers go to an operator; see `facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, personal_data, rules
from dojang.lifecycle.identity_proofing.document import DocumentFacts, DocumentState, KeptField, SubmittedDocument
from dojang.lifecycle.identity_proofing.errors import CheckOutOfTurn
from dojang.lifecycle.identity_proofing.facts import facts_of, find_reviewed_corrections, merge_corrections
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.model import Decision, FieldName, FieldSource
from dojang.lifecycle.identity_proofing.masking import masked_value
from dojang.lifecycle.identity_proofing.model import (
    Check,
    CheckDoubted,
    CheckEvent,
    CheckPassed,
    CheckState,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction
from dojang.pki.validity import KST

_CONFIRMABLE = frozenset({DocumentState.READ, DocumentState.CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """One value for the applicant's or operator's eyes: the RRN's back digits are masked, in the cutting too."""

    name: FieldName
    value: str = field(repr=False)
    confidence: float
    source: FieldSource
    crop_jpeg: bytes | None = field(repr=False)


def get_read_fields(
    application_id: str, subscriber_id: str, *, store: Store[IdentityProofingTransaction]
) -> tuple[ShownField, ...]:
    """Return the values of the subscriber's newest document; empty before it was read.

    Raises `ProofingCaseNotFound`.
    """

    def work(tx: IdentityProofingTransaction) -> tuple[ShownField, ...]:
        case = cases.find_own_case(tx, application_id, subscriber_id)
        document = tx.id_documents.find_latest_document(case.id)
        return () if document is None else shown_fields(tx.id_documents.list_fields(document.id))

    return store.read(work)


def shown_fields(kept: tuple[KeptField, ...]) -> tuple[ShownField, ...]:
    """Return values fit for a screen."""
    return tuple(
        ShownField(
            name=one.name,
            value=masked_value(one.name, one.value),
            confidence=one.confidence,
            source=one.source,
            crop_jpeg=one.crop_jpeg,
        )
        for one in kept
    )


def confirm_fields(
    application_id: str,
    subscriber_id: str,
    *,
    corrections: Mapping[FieldName, str],
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> CheckState:
    """Confirm the values as read, with corrections; return where the document check stands now.

    Data entered before are compared again, and the registry is asked again: nothing is retyped. Raises `FieldInvalid`,
    `FieldMissing`, `FieldFixed`, `CheckOutOfTurn`, and what `cases.enter` raises.
    """
    fresh_ids = tuple(chance.new_id() for _ in range(3))
    actor = cases.by_subscriber(subscriber_id)
    today = now.astimezone(KST).date()

    def work(tx: IdentityProofingTransaction) -> CheckState | DojangError:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=fresh_ids[0], now=now)
        document = _get_confirmable(tx, case)
        fields = merge_corrections(document.kind, tx.id_documents.list_fields(document.id), corrections, today=today)
        facts = facts_of(document.kind, fields, today=today)
        tx.id_documents.put_fields(document.id, fields)
        tx.id_documents.update(replace(document, state=DocumentState.CONFIRMED, confirmed_at=now))
        typed = ",".join(one.name.value for one in fields if one.source is FieldSource.TYPED)
        cases.record(tx, case, "fields:confirmed", actor=actor, now=now, document=document.id, typed=typed)
        event = _judge(case, document, fields, facts, policy, fresh_ids[1], today)
        if not isinstance(event, CheckPassed | CheckDoubted):
            tx.id_documents.update(replace(document, state=DocumentState.REJECTED))
        case = cases.advance(tx, case, Check.ID_DOCUMENT, event, policy=policy, actor=actor, now=now)
        state = case.checks[Check.ID_DOCUMENT].state
        if state in rules.CONFIRMED:
            personal_data.compare_again(
                tx, case, facts, secrecy=secrecy, policy=policy, review_id=fresh_ids[2], now=now
            )
        return state

    return cases.act(store, work, what="fields", application_id=application_id, actor=actor, now=now)


def _get_confirmable(tx: IdentityProofingTransaction, case: ProofingCase) -> SubmittedDocument:
    status = case.checks[Check.ID_DOCUMENT]
    document = tx.id_documents.find_latest_document(case.id)
    if status.state is not CheckState.CONFIRMING or document is None or document.state not in _CONFIRMABLE:
        raise CheckOutOfTurn(check=Check.ID_DOCUMENT.value, state=status.state.value)
    return document


def _judge(
    case: ProofingCase,
    document: SubmittedDocument,
    fields: tuple[KeptField, ...],
    facts: DocumentFacts,
    policy: ProofingPolicy,
    review_id: str,
    today: date,
) -> CheckEvent:
    """Expired: refused with its date. Doubtful reads and typed identifiers: review. Otherwise passed."""
    status = case.checks[Check.ID_DOCUMENT]
    if facts.expires_on is not None and facts.expires_on < today:
        expired = ProofingFinding(
            code=FindingCode.EXPIRED.value, field=FieldName.EXPIRES_ON.value, detail=facts.expires_on.isoformat()
        )
        return rules.evidence_refused(status, (expired,), limit=policy.document.attempts)
    typed = find_reviewed_corrections(fields, policy.document, registry_required=Check.REGISTRY in case.checks)
    findings = tuple(
        ProofingFinding(code=ProofingFindingCode.CORRECTED_IDENTIFIER.value, field=name.value) for name in typed
    )
    if document.decision is not Decision.ACCEPT:
        return CheckDoubted(review_id=review_id, findings=(*document.findings, *findings))
    if findings:
        return CheckDoubted(review_id=review_id, findings=findings)
    return CheckPassed(evidence_id=document.id)
