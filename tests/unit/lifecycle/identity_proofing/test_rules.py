"""The transition tables, and the proof that only the rules can make."""

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import dojang
from builders.proofing import NOW
from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.identity_proofing import rules
from dojang.lifecycle.identity_proofing.errors import CaseEnded, CheckOutOfTurn, NotVerified, VerificationExpired
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    ApplicationEnded,
    AttemptFailed,
    CallDisowned,
    CaseState,
    Check,
    CheckCondemned,
    CheckPassed,
    CheckState,
    CheckStatus,
    EvidenceOutdated,
    EvidenceRefused,
    EvidenceSubmitted,
    NeighbourFellSilent,
    ProofingCase,
    ProofingFinding,
    ReviewApproved,
    VerifiedIdentity,
)

BAD = (ProofingFinding(code="test.bad"),)


def status(state: CheckState, tries: int = 0) -> CheckStatus:
    return CheckStatus(check=Check.REGISTRY, state=state, changed_at=NOW, tries=tries, evidence_id="evidence")


def case(state: CaseState = CaseState.VERIFIED, check_state: CheckState = CheckState.PASSED) -> ProofingCase:
    return ProofingCase(
        id="case",
        application_id="application",
        subscriber_id="subscriber",
        kind=ApplicationKind.NEW,
        state=state,
        checks={
            check: CheckStatus(check=check, state=check_state, changed_at=NOW, evidence_id=f"of-{check}")
            for check in Check
        },
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=24),
        person_key="person",
    )


def test_nothing_leaves_failed() -> None:
    assert not [source for source, _ in rules.CHECK_TRANSITIONS if source is CheckState.FAILED]


def test_only_a_pass_or_an_operator_reaches_passed() -> None:
    to_passed = {event for (_, event), target in rules.CHECK_TRANSITIONS.items() if target is CheckState.PASSED}
    assert to_passed == {CheckPassed, ReviewApproved}
    from_states = {source for (source, event) in rules.CHECK_TRANSITIONS if event is CheckPassed}
    assert CheckState.AWAITED not in from_states, "nothing passes that was never handed in"
    assert CheckState.REVIEW not in from_states, "what an operator must see does not pass without one"


@pytest.mark.parametrize("state", list(CheckState))
def test_every_state_but_the_last_has_a_way_on(state: CheckState) -> None:
    ways = [target for (source, _), target in rules.CHECK_TRANSITIONS.items() if source is state]
    assert bool(ways) is (state is not CheckState.FAILED)


def test_an_event_out_of_turn_is_refused_with_the_state() -> None:
    with pytest.raises(CheckOutOfTurn) as refused:
        rules.advance_check(status(CheckState.PASSED), EvidenceSubmitted(evidence_id="x"), NOW)
    assert refused.value.fields == {"check": "registry", "state": "passed"}


def test_only_the_applicants_own_faults_burn_tries() -> None:
    running = status(CheckState.RUNNING)
    assert rules.advance_check(running, AttemptFailed(findings=BAD, burns_try=True), NOW).tries == 1
    assert rules.advance_check(running, AttemptFailed(findings=BAD, burns_try=False), NOW).tries == 0
    assert rules.advance_check(running, EvidenceRefused(findings=BAD), NOW).tries == 1
    assert rules.advance_check(running, NeighbourFellSilent(findings=BAD), NOW).tries == 0


def test_outdated_evidence_is_forgotten_but_tries_stay_burned() -> None:
    after = rules.advance_check(status(CheckState.PASSED, tries=2), EvidenceOutdated(), NOW)
    assert (after.state, after.evidence_id, after.tries) == (CheckState.AWAITED, None, 2)


def test_the_last_try_ends_the_check() -> None:
    assert isinstance(rules.attempt_failed(status(CheckState.RUNNING, tries=1), BAD, limit=3), AttemptFailed)
    last = rules.attempt_failed(status(CheckState.RUNNING, tries=2), BAD, limit=3)
    assert isinstance(last, CheckCondemned)
    assert last.findings[-1].code == ProofingFindingCode.TRIES_USED_UP.value


def test_a_frozen_case_takes_no_more_events() -> None:
    frozen = rules.advance_case(case(CaseState.OPEN), CallDisowned(), NOW)
    assert frozen.state is CaseState.FROZEN
    with pytest.raises(CaseEnded):
        rules.advance_case(frozen, ApplicationEnded(), NOW)


def test_a_verified_identity_cannot_be_made_by_hand() -> None:
    record = rules.record_verification(case(), name="홍가람", verified_hours=24, now=NOW)
    with pytest.raises(TypeError):
        VerifiedIdentity(
            case_id=record.case_id,
            application_id=record.application_id,
            subscriber_id=record.subscriber_id,
            person_key=record.person_key,
            name=record.name,
            evidence=record.evidence,
            verified_at=record.verified_at,
            expires_at=record.expires_at,
            seal=object(),
        )
    with pytest.raises(TypeError):
        replace(rules.affirm(record, case(), NOW), seal=None)


def test_only_the_rules_know_the_seal() -> None:
    root = Path(dojang.__file__).parent
    knowing = []
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if "_SEAL" in names | attributes:
            knowing.append(path.relative_to(root).as_posix())
    assert knowing == ["lifecycle/identity_proofing/rules.py"]


def test_a_case_with_one_check_open_verifies_nothing() -> None:
    whole = case()
    lacking = rules.with_check(whole, replace(whole.checks[Check.ARS_CALL], state=CheckState.REVIEW))
    with pytest.raises(NotVerified):
        rules.record_verification(lacking, name="홍가람", verified_hours=24, now=NOW)
    record = rules.record_verification(whole, name="홍가람", verified_hours=24, now=NOW)
    with pytest.raises(NotVerified):
        rules.affirm(record, lacking, NOW)


def test_a_pass_without_evidence_verifies_nothing() -> None:
    whole = case()
    bare = rules.with_check(whole, replace(whole.checks[Check.ARS_CALL], evidence_id=None))
    with pytest.raises(NotVerified):
        rules.record_verification(bare, name="홍가람", verified_hours=24, now=NOW)


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.VERIFIED])
def test_the_record_of_a_case_that_moved_on_proves_nothing(state: CaseState) -> None:
    record = rules.record_verification(case(), name="홍가람", verified_hours=24, now=NOW)
    with pytest.raises(NotVerified):
        rules.affirm(record, case(state), NOW)


def test_another_cases_record_proves_nothing() -> None:
    record = rules.record_verification(case(), name="홍가람", verified_hours=24, now=NOW)
    with pytest.raises(NotVerified):
        rules.affirm(record, replace(case(), id="other"), NOW)
    with pytest.raises(NotVerified):
        rules.affirm(record, replace(case(), person_key="other"), NOW)


def test_the_proof_expires_and_never_outlives_the_application() -> None:
    soon = rules.record_verification(case(), name="홍가람", verified_hours=1, now=NOW)
    assert rules.affirm(soon, case(), soon.expires_at - timedelta(seconds=1))
    with pytest.raises(VerificationExpired):
        rules.affirm(soon, case(), soon.expires_at)
    late = rules.record_verification(case(), name="홍가람", verified_hours=48, now=NOW)
    assert late.expires_at == case().expires_at
