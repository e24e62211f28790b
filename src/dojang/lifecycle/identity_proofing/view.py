"""The case as its applicant sees it: where each check stands, why, how many tries are left, and what to do next.

Values are masked. The number to press in a call is shown here and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import datetime

from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, rules
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositFactor, DepositState
from dojang.lifecycle.identity_proofing.ars_call.model import LIVE_CALL, ArsCall, CallState
from dojang.lifecycle.identity_proofing.document import SIDES_NEEDED, DocumentState, PersonalData, SubmittedDocument
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, Side
from dojang.lifecycle.identity_proofing.masking import masked_account, masked_phone, masked_rrn
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckState,
    CheckStatus,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction

_APPLICANT_ACTS = frozenset({CheckState.AWAITED, CheckState.CONFIRMING, CheckState.RETRY, CheckState.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check. `may_act`: the applicant can do something now; `tries_left` is None where nothing counts."""

    check: Check
    state: CheckState
    findings: tuple[ProofingFinding, ...]
    tries_left: int | None
    may_act: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The newest document. `sides_missing` are still to be photographed."""

    id: str
    kind: DocumentKind
    state: DocumentState
    sides_missing: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositView:
    """The newest deposit. `account` is masked; `expires_at` is exclusive and None until it is sent."""

    id: str
    bank_code: str
    account: str
    state: DepositState
    factors: tuple[DepositFactor, ...]
    expires_at: datetime | None
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """The newest call. `number` is to be pressed, and None when the call is over."""

    id: str
    phone: str
    state: CallState
    number: str | None = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """What the applicant entered; telephone and RRN masked."""

    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str
    phone: str
    rrn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The whole case. `next_check` is the first on which the applicant can act now, or None: others are at work."""

    case_id: str
    application_id: str
    state: CaseState
    checks: tuple[CheckView, ...]
    next_check: Check | None
    document: DocumentView | None
    person: PersonView | None
    deposit: DepositView | None
    call: CallView | None
    expires_at: datetime


def find_case(
    application_id: str,
    subscriber_id: str,
    *,
    store: Store[IdentityProofingTransaction],
    policy: ProofingPolicy,
    now: datetime,
) -> CaseView | None:
    """Return the case for the screen, or None before the first photograph.

    Raises `ProofingCaseNotFound` for an application that is not the subscriber's.
    """

    def work(tx: IdentityProofingTransaction) -> CaseView | None:
        if not cases.is_begun(tx, application_id, subscriber_id):
            return None
        case = cases.find_own_case(tx, application_id, subscriber_id)
        data = tx.personal_data.find_personal_data(case.id)
        document = tx.id_documents.find_latest_document(case.id)
        deposit = tx.account_deposits.find_latest_deposit(case.id)
        call = tx.ars_calls.find_latest_call(case.id)
        checks = tuple(_check_view(case, status, policy) for status in case.checks.values())
        return CaseView(
            case_id=case.id,
            application_id=case.application_id,
            state=case.state,
            checks=checks,
            next_check=next((one.check for one in checks if one.may_act), None),
            document=None if document is None else _document_view(document),
            person=None if data is None else _person_view(data),
            deposit=None if deposit is None else _deposit_view(deposit, policy, now),
            call=None if call is None or data is None else _call_view(call, data, now),
            expires_at=case.expires_at,
        )

    return store.read(work)


def _check_view(case: ProofingCase, status: CheckStatus, policy: ProofingPolicy) -> CheckView:
    limit = {
        Check.ID_DOCUMENT: policy.document.attempts,
        Check.PERSONAL_DATA: policy.personal_data_tries,
        Check.REGISTRY: policy.registry_tries,
    }.get(status.check)
    acts = status.state in _APPLICANT_ACTS and rules.find_unmet_need(case, status.check) is None
    return CheckView(
        check=status.check,
        state=status.state,
        findings=status.findings,
        tries_left=None if limit is None else max(0, limit - status.tries),
        # The registry is never the applicant's to act on: the document is.
        may_act=acts and status.check is not Check.REGISTRY and case.state is CaseState.OPEN,
    )


def _document_view(document: SubmittedDocument) -> DocumentView:
    collecting = document.state is DocumentState.COLLECTING
    missing = SIDES_NEEDED[document.kind] - document.sides if collecting else frozenset()
    return DocumentView(
        id=document.id,
        kind=document.kind,
        state=document.state,
        sides_missing=tuple(side for side in Side if side in missing),
    )


def _person_view(data: PersonalData) -> PersonView:
    return PersonView(
        name=data.name,
        birth_date=data.birth_date.isoformat(),
        sex=data.sex,
        phone=masked_phone(data.phone),
        rrn=None if data.rrn is None else masked_rrn(data.rrn),
    )


def _deposit_view(deposit: Deposit, policy: ProofingPolicy, now: datetime) -> DepositView:
    over = deposit.state is DepositState.SENT and deposit.expires_at is not None and now >= deposit.expires_at
    return DepositView(
        id=deposit.id,
        bank_code=deposit.account.bank_code,
        account=masked_account(deposit.account.number),
        state=DepositState.EXPIRED if over else deposit.state,
        factors=tuple(factor for factor in DepositFactor if factor in policy.deposit.factors),
        expires_at=deposit.expires_at,
        tries_left=max(0, policy.deposit.tries - deposit.tries),
    )


def _call_view(call: ArsCall, data: PersonalData, now: datetime) -> CallView:
    shown = call.state in LIVE_CALL and (now < call.expires_at or call.state is CallState.RINGING)
    return CallView(
        id=call.id,
        phone=masked_phone(data.phone),
        state=call.state,
        number=call.number if shown else None,
        expires_at=call.expires_at,
    )
