"""Whatever applicant, neighbours, operators and time do, in whatever order: what must hold, holds."""

import contextlib
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from builders.proofing import HONG, ProofingOffice, examination_of, finding
from dojang.controls.voice_call.model import CallProgress, Prompt
from dojang.kernel.errors import DojangError
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.application.model import OPEN_STATES, AdvanceApplication, ApplicationState
from dojang.lifecycle.application.usecases import cancel_application, expire_applications
from dojang.lifecycle.identity_proofing import closing, conclusion, personal_data
from dojang.lifecycle.identity_proofing.account_deposit.model import LIVE_DEPOSIT
from dojang.lifecycle.identity_proofing.ars_call.model import LIVE_CALL
from dojang.lifecycle.identity_proofing.document import DocumentState, ImageForm
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import Decision, FieldName
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.identity_proofing.review import usecases as review
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewState, ReviewSubject
from dojang.pki.validity import KST
from fakes.mishap import Mishap

MISHAPS = st.sampled_from(Mishap)
PRESSES = st.sampled_from(["right", "wrong", "0#", "silence", "hang_up", "busy", "no_answer"])


class AnyOrder(RuleBasedStateMachine):
    """One applicant, several operators, moody neighbours."""

    office: ProofingOffice

    @initialize(seed=st.integers(min_value=1, max_value=10_000), far=st.integers(min_value=0, max_value=5))
    def begin(self, seed: int, far: int) -> None:
        """Begin somewhere on the straight road: random steps alone would seldom come far."""
        self.office = ProofingOffice(seed=seed)
        self.office.settle_in(HONG)
        self.office.apply(HONG)
        road = (
            lambda: self.office.photograph(HONG),
            lambda: self.office.confirm(HONG),
            lambda: self.office.enter(HONG),
            lambda: self.office.submit_account(HONG),
            lambda: self.office.confirm_deposit(HONG, *self.office.statement(HONG)),
        )
        for step in road[:far]:
            step()
        self.seen_states: list[CaseState] = []

    def attempt(self, act: Any, *arguments: Any, **named: Any) -> None:
        """Do something that may be refused, but only in a way that was foreseen."""
        with contextlib.suppress(DojangError):
            act(*arguments, **named)
        self.office.bank.today = self.office.clock.now().astimezone(KST).date()
        self.office.pump()

    # --- the applicant ---

    @rule(decision=st.sampled_from(Decision))
    def photograph(self, decision: Decision) -> None:
        findings = () if decision is Decision.ACCEPT else (finding(FindingCode.BLURRED, Severity.RETAKE),)
        self.office.reader.shown[HONG.front] = examination_of(HONG, decision=decision, findings=findings)
        self.attempt(self.office.photograph, HONG)

    @rule()
    def break_the_reader(self) -> None:
        self.office.reader.shown[HONG.front] = ReaderBroken(part="worker")
        self.attempt(self.office.photograph, HONG)

    @rule(
        corrections=st.sampled_from(
            [{}, {}, {FieldName.ADDRESS: "다른 곳"}, {FieldName.NAME: "홍나람"}, {FieldName.RRN: "900101-2978199"}]
        )
    )
    def confirm(self, corrections: dict[FieldName, str]) -> None:
        self.attempt(self.office.confirm, HONG, corrections)

    @rule(change=st.sampled_from([{}, {}, {}, {"sex": "M"}, {"name": "홍나람"}, {"phone": "nonsense"}]))
    def enter(self, change: dict[str, Any]) -> None:
        self.attempt(self.office.enter, HONG, **change)

    @rule(phone=st.sampled_from([HONG.phone, "01099997777"]))
    def change_phone(self, phone: str) -> None:
        means = self.office.means()
        del means["secrecy"]
        self.attempt(personal_data.change_phone, HONG.application_id, HONG.subscriber_id, phone=phone, **means)

    @rule()
    def submit_account(self) -> None:
        self.attempt(self.office.submit_account, HONG)

    @rule(right=st.booleans())
    def confirm_deposit(self, right: bool) -> None:
        if not self.office.bank.credits(HONG.account):
            return
        amount, text = self.office.statement(HONG)
        code = text if right else f"{(int(text[:6]) + 1) % 1_000_000:06d}"
        self.attempt(self.office.confirm_deposit, HONG, amount, code)

    @rule(what=PRESSES)
    def be_called(self, what: str) -> None:
        try:
            self.office.request_call(HONG)
        except DojangError:
            return
        shown = self.office.view(HONG).call
        assert shown is not None
        assert shown.number is not None
        line: dict[str, Any] = {
            "right": {"presses": (f"{shown.number}#",)},
            "wrong": {"presses": ("1#", "1#")},
            "0#": {"presses": ("0#",)},
            "silence": {},
            "hang_up": {"hangs_up_on": Prompt.GREETING},
            "busy": {"progress": CallProgress.BUSY},
            "no_answer": {"progress": CallProgress.NO_ANSWER},
        }[what]
        self.office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, **line)
        self.attempt(self.office.pump)

    @rule()
    def cancel(self) -> None:
        now = self.office.clock.now()
        self.attempt(cancel_application, HONG.application_id, HONG.subscriber_id, store=self.office.store, now=now)
        self.attempt(closing.close_ended_cases, store=self.office.store, now=now)

    # --- everybody else ---

    @rule(neighbour=st.sampled_from(["bank", "voice", "registry"]), mishap=MISHAPS)
    def expect_mishap(self, neighbour: str, mishap: Mishap) -> None:
        getattr(self.office, neighbour).mishaps.expect(mishap)

    @rule(approve=st.booleans(), final=st.booleans())
    def decide(self, approve: bool, final: bool) -> None:
        items = review.list_reviews(store=self.office.store)
        if not items:
            return
        common: dict[str, Any] = {
            "operator_id": "operator",
            "store": self.office.store,
            "policy": self.office.policy,
            "now": self.office.clock.now(),
        }
        if approve:
            self.attempt(review.approve_review, items[0].id, **common)
        else:
            reason = RejectionReason.OTHER
            self.attempt(review.reject_review, items[0].id, reason=reason, final=final, **common)

    @rule(minutes=st.sampled_from([0.1, 1, 2, 6, 11, 31, 200, 700, 1500]))
    def time_passes(self, minutes: float) -> None:
        self.office.clock.advance(seconds=int(minutes * 60))
        now = self.office.clock.now()
        self.attempt(expire_applications, store=self.office.store, now=now)
        self.attempt(closing.close_ended_cases, store=self.office.store, now=now)

    @rule(which=st.integers(min_value=0, max_value=200))
    def an_effect_comes_again(self, which: int) -> None:
        """Effects are carried out at least once: an old one may come again at any time."""
        emitted = self.office.line.emitted
        if emitted:
            with contextlib.suppress(NeighbourUnavailable):
                self.office.carry_out(emitted[which % len(emitted)])
            self.attempt(self.office.pump)

    # --- what must hold ---

    @property
    def case(self) -> Any:
        return next(iter(self.office.store.tables.cases.values()), None)

    @invariant()
    def verified_means_every_check_passed(self) -> None:
        case = self.case
        if case is None:
            return
        record = self.office.store.tables.verifications.get(HONG.application_id)
        all_passed = all(one.state is CheckState.PASSED for one in case.checks.values())
        if case.state is CaseState.VERIFIED:
            assert all_passed
            assert record is not None
        if record is not None:
            assert set(record.evidence) == set(Check)
        if case.state is CaseState.OPEN:
            assert not all_passed
            assert CheckState.FAILED not in [one.state for one in case.checks.values()]

    @invariant()
    def proof_is_given_exactly_while_it_holds(self) -> None:
        now = self.office.clock.now()
        try:
            self.office.store.read(lambda tx: conclusion.load_verified_identity(tx, HONG.application_id, now))
            given = True
        except DojangError:
            given = False
        record = self.office.store.tables.verifications.get(HONG.application_id)
        holds = self.case is not None and self.case.state is CaseState.VERIFIED
        assert given == (holds and record is not None and now < record.expires_at)

    @invariant()
    def ended_cases_stay_ended(self) -> None:
        if self.case is None:
            return
        self.seen_states.append(self.case.state)
        order = [state for at, state in enumerate(self.seen_states) if at == 0 or state is not self.seen_states[at - 1]]
        assert len(order) == len(set(order)), order
        if CaseState.FROZEN in order:
            assert order[-1] is CaseState.FROZEN

    @invariant()
    def the_application_hears_each_ending_once(self) -> None:
        told = [one.event for one in self.office.line.emitted if isinstance(one, AdvanceApplication)]
        assert len(told) == len(set(told))
        state = self.office.store.tables.applications[HONG.application_id].state
        if (
            self.case is not None
            and self.case.state is CaseState.FROZEN
            and state
            not in (
                ApplicationState.CANCELLED,
                ApplicationState.EXPIRED,
            )
        ):
            assert state is ApplicationState.FROZEN

    @invariant()
    def money_moves_once_a_deposit_and_within_limits(self) -> None:
        assert self.office.bank.books_balance()
        deposits = self.office.store.tables.deposits.values()
        credited = len(self.office.bank.credits(HONG.account))
        assert credited <= sum(1 for one in deposits if one.sendings)
        for one in deposits:
            day = [
                two for two in deposits if one.requested_at <= two.requested_at < one.requested_at + timedelta(days=1)
            ]
            sent = [two for two in day if two.sendings and two.state.value != "refused"]
            assert len(sent) <= self.office.policy.deposit.per_account
            assert one.tries <= self.office.policy.deposit.tries

    @invariant()
    def telephones_are_rung_within_limits(self) -> None:
        rung = [
            one for one in self.office.store.tables.calls.values() if one.rung_at and one.state.value != "interrupted"
        ]
        for one in rung:
            day = [two for two in rung if one.rung_at <= two.rung_at < one.rung_at + timedelta(hours=23)]
            assert len(day) <= self.office.policy.call.per_person

    @invariant()
    def secrets_end_with_their_purpose(self) -> None:
        tables = self.office.store.tables
        for deposit in tables.deposits.values():
            if deposit.state not in LIVE_DEPOSIT:
                assert (deposit.amount_krw, deposit.depositor_text, deposit.code_digest) == (None, None, "")
        assert all((one.number is not None) == (one.state in LIVE_CALL) for one in tables.calls.values())
        at_work = {DocumentState.COLLECTING, DocumentState.READING}
        for document_id, _, form in tables.images:
            if form is ImageForm.ORIGINAL:
                assert tables.documents[document_id].state in at_work

    @invariant()
    def questions_are_open_exactly_while_a_check_waits(self) -> None:
        if self.case is None:
            return
        reviews = self.office.store.tables.reviews.values()
        questions = [
            one.check for one in reviews if one.state is ReviewState.OPEN and one.subject is ReviewSubject.CHECK
        ]
        waiting = [one.check for one in self.case.checks.values() if one.state is CheckState.REVIEW]
        live = self.case.state is CaseState.OPEN
        assert sorted(questions) == (sorted(waiting) if live else [])

    @invariant()
    def live_work_belongs_to_live_cases(self) -> None:
        tables = self.office.store.tables
        if self.case is None or self.case.state in (CaseState.OPEN, CaseState.VERIFIED):
            return
        assert not [one for one in tables.deposits.values() if one.state in LIVE_DEPOSIT]
        assert not [one for one in tables.calls.values() if one.state in LIVE_CALL]

    @invariant()
    def somebody_can_always_act(self) -> None:
        """An open case never hangs: the applicant, an operator, or an effect that waits has something to do."""
        if self.case is None or self.case.state is not CaseState.OPEN:
            return
        application = self.office.store.tables.applications[HONG.application_id]
        if application.state not in OPEN_STATES or self.office.clock.now() >= application.expires_at:
            return
        shown = self.office.view(HONG)
        waiting = {one.state for one in shown.checks} & {CheckState.REVIEW, CheckState.RUNNING, CheckState.PARKED}
        assert shown.next_check is not None or waiting


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=250, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
