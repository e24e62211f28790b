"""Who the applicant is: entered data against the document, the key that stands for a person, what a person may do.

The key is a blind index of the resident registration number; without one (old passports apart, a passport bears none
and policy has it entered) of passport number, name and birth date.
"""

import re
from dataclasses import replace
from datetime import date, datetime

from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import cases, retention, rules
from dojang.lifecycle.identity_proofing.document import DocumentFacts, PersonalData
from dojang.lifecycle.identity_proofing.errors import (
    FieldInvalid,
    OtherPersonsAccount,
    PersonAlreadyApplying,
    PersonFrozen,
)
from dojang.lifecycle.identity_proofing.facts import normal_name, normal_text
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.id_document.rrn import find_rrn
from dojang.lifecycle.identity_proofing.model import (
    ApplicationEnded,
    Check,
    CheckState,
    EvidenceOutdated,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction
from dojang.lifecycle.issue_lock.model import IssuingLocked

_MOBILE = re.compile(r"^01[016789]\d{7,8}$")
_SEPARATORS = re.compile(r"[\s\-.()]")
_LONGEST_NAME = 60
Code = ProofingFindingCode


def normal_phone(text: str) -> str | None:
    """Return a Korean mobile number as digits (`+82 10-…` becomes `010…`), or None when it is none."""
    digits = _SEPARATORS.sub("", text)
    if digits.startswith("+82"):
        digits = "0" + digits.removeprefix("+82").removeprefix("0")
    return digits if digits.isascii() and _MOBILE.match(digits) else None


def normal_data(
    case_id: str,
    *,
    name: str,
    birth_date: date,
    sex: str,
    phone: str,
    rrn: str | None,
    facts: DocumentFacts,
    today: date,
) -> PersonalData:
    """Return what was entered in normal form; the document's own RRN takes the place of an entered one.

    Raises `FieldInvalid` naming every malformed field.
    """
    digits = normal_phone(phone)
    entered = None if not rrn else find_rrn(rrn, latest_birth=today)
    invalid = [
        field
        for field, is_wrong in (
            ("name", not normal_text(name) or len(name) > _LONGEST_NAME),
            ("birth_date", birth_date > today),
            ("sex", sex not in ("M", "F")),
            ("phone", digits is None),
            ("rrn", bool(rrn) and entered is None),
        )
        if is_wrong
    ]
    if invalid or digits is None:
        raise FieldInvalid(fields=invalid)
    typed = entered.digits if entered is not None else None
    return PersonalData(
        case_id=case_id,
        name=normal_text(name),
        birth_date=birth_date,
        sex=sex,
        phone=digits,
        rrn=facts.rrn or typed,
        rrn_typed=facts.rrn is None and typed is not None,
    )


def compare(facts: DocumentFacts, data: PersonalData, *, today: date) -> tuple[ProofingFinding, ...]:
    """Compare field by field; one finding a difference, never saying what the document has."""
    rrn = None if data.rrn is None else find_rrn(data.rrn, latest_birth=today)
    rrn_contradicts = rrn is not None and (rrn.birth_date != data.birth_date or rrn.sex != data.sex)
    differences = (
        (normal_name(facts.name) != normal_name(data.name), Code.NAME_DIFFERS, "name"),
        (facts.birth_date != data.birth_date, Code.BIRTH_DATE_DIFFERS, "birth_date"),
        (facts.sex is not None and facts.sex != data.sex, Code.SEX_DIFFERS, "sex"),
        (data.rrn_typed and rrn_contradicts, Code.RRN_DIFFERS, "rrn"),
    )
    return tuple(ProofingFinding(code=code.value, field=field) for differs, code, field in differences if differs)


def person_key_of(facts: DocumentFacts, data: PersonalData, secrecy: BlindIndex) -> str:
    """Return the blind index that stands for this person everywhere."""
    if data.rrn is not None:
        return secrecy.blind_index(f"rrn:{data.rrn}".encode(), purpose="person")
    parts = (facts.passport_number or "", normal_name(facts.name), facts.birth_date.isoformat())
    return secrecy.blind_index("passport:{}:{}:{}".format(*parts).encode(), purpose="person")


def find_refusal(
    tx: IdentityProofingTransaction, case: ProofingCase, person_key: str, now: datetime
) -> DojangError | None:
    """Return why this person may not go on with this account's application, or None.

    A live case that outlived its application is closed on the way. The owner of an issue lock is told of the attempt,
    whatever account it comes from. Somebody who said on the telephone that they did not apply is safe from everybody's
    further tries until an operator has spoken to them; only the account that knows of it anyway, and the person's own,
    hear that reason. A stranger's account hears what it would hear of any application that is under way.
    """
    bound = tx.person_bindings.find_person_key(case.subscriber_id)
    if bound is not None and bound != person_key:
        return OtherPersonsAccount()
    lock = tx.issue_locks.find_lock(person_key)
    if lock is not None and lock.holds(now):
        actor = cases.by_subscriber(case.subscriber_id)
        tx.record(lock.attempt_entry("prove", actor, now, application=case.application_id))
        notice, key = lock.attempt_notice(now)
        tx.emit(notice, key=key)
        return IssuingLocked()
    frozen = tx.proofing_cases.find_frozen_case_of_person(person_key)
    if frozen is not None:
        actor = cases.by_subscriber(case.subscriber_id)
        cases.record(tx, frozen, "case:tried_again", actor=actor, now=now, application=case.application_id)
        knows = frozen.subscriber_id == case.subscriber_id or bound == person_key
        return PersonFrozen() if knows else PersonAlreadyApplying()
    other = tx.proofing_cases.find_live_case_of_person(person_key, other_than=case.id)
    if other is None:
        return None
    application = tx.applications.find_application(other.application_id)
    if application is not None and application.is_open and now < application.expires_at:
        return PersonAlreadyApplying()
    close(tx, other.id, now, state=application.state if application is not None else ApplicationState.EXPIRED)
    return None


def close(tx: IdentityProofingTransaction, case_id: str, now: datetime, *, state: ApplicationState) -> None:
    """Close a case whose application has ended (`state` says how) and purge what it no longer needs."""
    case = tx.proofing_cases.find_case(case_id)
    if case is None or (case.state, ApplicationEnded) not in rules.CASE_TRANSITIONS:
        return
    closed = cases.save(tx, rules.advance_case(case, ApplicationEnded(), now))
    retention.end_live_work(tx, case_id, now)
    cases.record(tx, closed, "case:closed", actor=cases.SYSTEM, now=now, application_state=state.value)


def set_person(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    person_key: str,
    *,
    before: PersonalData | None,
    data: PersonalData,
    policy: ProofingPolicy,
    now: datetime,
) -> ProofingCase:
    """Store who the case is about; checks that passed for another person, or another telephone, begin anew."""
    other_person = case.person_key not in (None, person_key)
    if before is not None:
        other_person |= (normal_name(before.name), before.birth_date) != (normal_name(data.name), data.birth_date)
    other_phone = before is not None and before.phone != data.phone
    tx.personal_data.put(data)
    case = cases.save(tx, replace(case, person_key=person_key))
    if other_person:
        retention.abandon_deposit(tx, case.id)
        case = outdate(tx, case, Check.ACCOUNT_DEPOSIT, policy=policy, now=now)
        case = outdate(tx, case, Check.REGISTRY, policy=policy, now=now)
    if other_person or other_phone:
        retention.abandon_call(tx, case.id, now)
        case = outdate(tx, case, Check.ARS_CALL, policy=policy, now=now)
    return case


def outdate(
    tx: IdentityProofingTransaction, case: ProofingCase, check: Check, *, policy: ProofingPolicy, now: datetime
) -> ProofingCase:
    """Make a check begin anew, if it is required and had begun; tries already burned stay burned."""
    status = case.checks.get(check)
    if status is None or status.state in (CheckState.AWAITED, CheckState.FAILED):
        return case
    return cases.advance(tx, case, check, EvidenceOutdated(), policy=policy, actor=cases.SYSTEM, now=now)
