"""Where identity proofing stands, as screens are told: the case, its checks, and why each stands where it does."""

from datetime import datetime

from pydantic import BaseModel

from dojang.bootstrap import Office
from dojang.lifecycle.identity_proofing.model import ProofingFinding
from dojang.lifecycle.identity_proofing.view import CallView, CaseView, CheckView, DepositView, DocumentView, PersonView


class FindingView(BaseModel):
    """Why a check stands where it does, in the caller's words."""

    code: str
    title: str
    next: str
    field: str | None
    detail: str | None


class CheckStateView(BaseModel):
    """One required check. `tries_left` is null where nothing counts."""

    check: str
    state: str
    findings: list[FindingView]
    tries_left: int | None
    may_act: bool


class DocumentStateView(BaseModel):
    """The newest document."""

    kind: str
    state: str
    sides_missing: list[str]


class PersonStateView(BaseModel):
    """What was entered; telephone and RRN masked."""

    name: str
    birth_date: str
    sex: str
    phone: str
    rrn: str | None


class DepositStateView(BaseModel):
    """The newest micro-deposit; the account is masked. `factors` are what must be confirmed."""

    bank_code: str
    account: str
    state: str
    factors: list[str]
    expires_at: datetime | None
    tries_left: int


class CallStateView(BaseModel):
    """The newest call. `number` is what to press: it is shown here and nowhere else."""

    phone: str
    state: str
    number: str | None
    expires_at: datetime


class ProofingView(BaseModel):
    """The case. `next_check` is where the applicant can act now; null while others are at work."""

    state: str
    checks: list[CheckStateView]
    next_check: str | None
    document: DocumentStateView | None
    person: PersonStateView | None
    deposit: DepositStateView | None
    call: CallStateView | None
    expires_at: datetime


def finding_view(finding: ProofingFinding, office: Office, language: str) -> FindingView:
    """Return a finding with the catalogue's words."""
    words = office.catalogue.get(finding.code, language)
    return FindingView(
        code=finding.code, title=words.title, next=words.next, field=finding.field, detail=finding.detail
    )


def case_view(case: CaseView, office: Office, language: str) -> ProofingView:
    """Return the case as the screen shows it, findings in the caller's words."""
    return ProofingView(
        state=case.state.value,
        checks=[_check_view(one, office, language) for one in case.checks],
        next_check=case.next_check.value if case.next_check else None,
        document=_document_view(case.document),
        person=_person_view(case.person),
        deposit=_deposit_view(case.deposit),
        call=_call_view(case.call),
        expires_at=case.expires_at,
    )


def _check_view(check: CheckView, office: Office, language: str) -> CheckStateView:
    return CheckStateView(
        check=check.check.value,
        state=check.state.value,
        findings=[finding_view(one, office, language) for one in check.findings],
        tries_left=check.tries_left,
        may_act=check.may_act,
    )


def _document_view(document: DocumentView | None) -> DocumentStateView | None:
    if document is None:
        return None
    missing = [side.value for side in document.sides_missing]
    return DocumentStateView(kind=document.kind.value, state=document.state.value, sides_missing=missing)


def _person_view(person: PersonView | None) -> PersonStateView | None:
    if person is None:
        return None
    return PersonStateView(
        name=person.name, birth_date=person.birth_date, sex=person.sex, phone=person.phone, rrn=person.rrn
    )


def _deposit_view(deposit: DepositView | None) -> DepositStateView | None:
    if deposit is None:
        return None
    return DepositStateView(
        bank_code=deposit.bank_code,
        account=deposit.account,
        state=deposit.state.value,
        factors=[factor.value for factor in deposit.factors],
        expires_at=deposit.expires_at,
        tries_left=deposit.tries_left,
    )


def _call_view(call: CallView | None) -> CallStateView | None:
    if call is None:
        return None
    return CallStateView(phone=call.phone, state=call.state.value, number=call.number, expires_at=call.expires_at)
