"""Personal data entered by the applicant and compared with the document, field by field.

Once they agree, the person is known: the registry can be asked, and account and telephone checks may begin.
"""

from dataclasses import replace
from datetime import date, datetime

from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, person, registry, rules
from dojang.lifecycle.identity_proofing.document import DocumentFacts, PersonalData
from dojang.lifecycle.identity_proofing.errors import CheckNotReady, FieldInvalid, PersonalDataDiffer, RrnRequired
from dojang.lifecycle.identity_proofing.facts import facts_of
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    AttemptFailed,
    Check,
    CheckDoubted,
    CheckPassed,
    CheckState,
    EvidenceOutdated,
    EvidenceSubmitted,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction
from dojang.pki.validity import KST


def submit_personal_data(
    application_id: str,
    subscriber_id: str,
    *,
    name: str,
    birth_date: date,
    sex: str,
    phone: str,
    rrn: str | None,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> CheckState:
    """Compare what was entered with the document; return where the check stands now.

    `sex` is "M" or "F", `phone` a Korean mobile number; `rrn` is needed only when the document bears none, and the
    document's own goes before it. Raises `PersonalDataDiffer`, `PersonAlreadyApplying`, `PersonFrozen`,
    `OtherPersonsAccount`, `IssuingLocked` (each burns a try), `FieldInvalid`, `RrnRequired`, `CheckNotReady`,
    `CheckOutOfTurn`, and what `cases.enter` raises.
    """
    fresh_ids = tuple(chance.new_id() for _ in range(3))
    actor = cases.by_subscriber(subscriber_id)
    today = now.astimezone(KST).date()

    def work(tx: IdentityProofingTransaction) -> CheckState | DojangError:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=fresh_ids[0], now=now)
        cases.require_turn(case, Check.PERSONAL_DATA)
        facts = get_facts(tx, case, today)
        data = person.normal_data(
            case.id, name=name, birth_date=birth_date, sex=sex, phone=phone, rrn=rrn, facts=facts, today=today
        )
        if data.rrn is None:
            raise RrnRequired()
        submitted = EvidenceSubmitted(evidence_id=case.id)
        case = cases.advance(tx, case, Check.PERSONAL_DATA, submitted, policy=policy, actor=actor, now=now)
        findings = person.compare(facts, data, today=today)
        if findings:
            return _refuse(tx, case, findings, policy, actor, now)
        return _settle(
            tx, case, facts, data, secrecy=secrecy, policy=policy, review_ids=fresh_ids[1:], actor=actor, now=now
        )

    return cases.act(store, work, what="personal_data", application_id=application_id, actor=actor, now=now)


def change_phone(
    application_id: str,
    subscriber_id: str,
    *,
    phone: str,
    store: Store[IdentityProofingTransaction],
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> None:
    """Enter another telephone once the person is known; a call check on the old one begins anew.

    Raises `FieldInvalid`, `CheckNotReady`, and what `cases.enter` raises.
    """
    fresh_id = chance.new_id()
    actor = cases.by_subscriber(subscriber_id)

    def work(tx: IdentityProofingTransaction) -> None:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=fresh_id, now=now)
        before = tx.personal_data.find_personal_data(case.id)
        digits = person.normal_phone(phone)
        if before is None or case.person_key is None:
            raise CheckNotReady(needs=Check.PERSONAL_DATA.value)
        if digits is None:
            raise FieldInvalid(fields=["phone"])
        if digits != before.phone:
            data = replace(before, phone=digits)
            person.set_person(tx, case, case.person_key, before=before, data=data, policy=policy, now=now)
            cases.record(tx, case, "phone:changed", actor=actor, now=now)

    cases.act(store, work, what="phone", application_id=application_id, actor=actor, now=now)


def compare_again(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    facts: DocumentFacts,
    *,
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    review_id: str,
    now: datetime,
) -> ProofingCase:
    """Hold data entered before against a document confirmed anew, and have the registry asked about it.

    Does nothing before data were entered and accepted.
    """
    before = tx.personal_data.find_personal_data(case.id)
    status = case.checks[Check.PERSONAL_DATA]
    if before is None or status.state not in rules.CONFIRMED:
        return case
    typed = before.rrn if before.rrn_typed else None
    data = replace(before, rrn=facts.rrn or typed, rrn_typed=facts.rrn is None and typed is not None)
    findings = person.compare(facts, data, today=now.astimezone(KST).date())
    if findings or data.rrn is None:
        event = AttemptFailed(findings=findings, burns_try=False)
        outdated = status.state is CheckState.REVIEW or not findings
        return cases.advance(
            tx,
            case,
            Check.PERSONAL_DATA,
            EvidenceOutdated() if outdated else event,
            policy=policy,
            actor=cases.SYSTEM,
            now=now,
        )
    key = person.person_key_of(facts, data, secrecy)
    refusal = person.find_refusal(tx, case, key, now)
    if refusal is not None:
        refused = AttemptFailed(findings=(ProofingFinding(code=refusal.code),), burns_try=False)
        return cases.advance(tx, case, Check.PERSONAL_DATA, refused, policy=policy, actor=cases.SYSTEM, now=now)
    case = person.set_person(tx, case, key, before=before, data=data, policy=policy, now=now)
    case = person.outdate(tx, case, Check.REGISTRY, policy=policy, now=now)
    return registry.ask(tx, case, policy=policy, review_id=review_id, now=now)


def get_facts(tx: IdentityProofingTransaction, case: ProofingCase, today: date) -> DocumentFacts:
    """Return what the case's confirmed document states. Raises `CheckNotReady` when there is none."""
    document = tx.id_documents.find_latest_document(case.id)
    if document is None or case.checks[Check.ID_DOCUMENT].state not in rules.CONFIRMED:
        raise CheckNotReady(needs=Check.ID_DOCUMENT.value)
    return facts_of(document.kind, tx.id_documents.list_fields(document.id), today=today)


def _refuse(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    findings: tuple[ProofingFinding, ...],
    policy: ProofingPolicy,
    actor: str,
    now: datetime,
) -> DojangError:
    event = rules.attempt_failed(case.checks[Check.PERSONAL_DATA], findings, limit=policy.personal_data_tries)
    case = cases.advance(tx, case, Check.PERSONAL_DATA, event, policy=policy, actor=actor, now=now)
    tries_left = policy.personal_data_tries - case.checks[Check.PERSONAL_DATA].tries
    failed = case.checks[Check.PERSONAL_DATA].state is CheckState.FAILED
    return PersonalDataDiffer(findings=[finding.code for finding in findings], tries_left=0 if failed else tries_left)


def _settle(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    facts: DocumentFacts,
    data: PersonalData,
    *,
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    review_ids: tuple[str, ...],
    actor: str,
    now: datetime,
) -> CheckState | DojangError:
    """Data agree: 1. may this person go on? 2. the person is stored; 3. the check passes; 4. the registry is asked.

    A refusal counts as a try: nobody is to learn of many people, by numbers that were typed, who may not go on.
    """
    key = person.person_key_of(facts, data, secrecy)
    refusal = person.find_refusal(tx, case, key, now)
    if refusal is not None:
        findings = (ProofingFinding(code=refusal.code),)
        status = case.checks[Check.PERSONAL_DATA]
        refused = rules.evidence_refused(status, findings, limit=policy.personal_data_tries)
        cases.advance(tx, case, Check.PERSONAL_DATA, refused, policy=policy, actor=actor, now=now)
        return refusal
    before = tx.personal_data.find_personal_data(case.id)
    case = person.set_person(tx, case, key, before=before, data=data, policy=policy, now=now)
    event: CheckPassed | CheckDoubted = CheckPassed(evidence_id=case.id)
    if data.rrn_typed and policy.document.review_typed_rrn:
        typed = ProofingFinding(code=ProofingFindingCode.TYPED_RRN.value, field="rrn")
        event = CheckDoubted(review_id=review_ids[0], findings=(typed,))
    case = cases.advance(tx, case, Check.PERSONAL_DATA, event, policy=policy, actor=actor, now=now)
    case = registry.ask(tx, case, policy=policy, review_id=review_ids[1], now=now)
    return case.checks[Check.PERSONAL_DATA].state
