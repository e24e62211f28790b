"""Sending the deposit and settling what became of it: exactly one credit, whatever fails in between.

The reference is stored before the bank is asked. Sending repeats the same reference only, on the same KST day only;
after midnight the bank is asked once more, and what it does not know then is an operator's.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, retention
from dojang.lifecycle.identity_proofing.account_deposit import rules
from dojang.lifecycle.identity_proofing.account_deposit.account import (
    APPLICANTS_LIMITS,
    BANK,
    SENDING_LIMITS,
    find_case_of_deposit,
    park,
)
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositState
from dojang.lifecycle.identity_proofing.account_deposit.rules import DepositEvent
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    Alert,
    AttemptFailed,
    Check,
    ConfirmationAsked,
    EvidenceRefused,
    ExpireDeposit,
    ProofingCase,
    ProofingFinding,
    RaiseAlert,
    SendDeposit,
    SettleDeposit,
)
from dojang.lifecycle.identity_proofing.neighbours import AccountGateway, DepositAnswer
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.lifecycle.identity_proofing.review.model import ReviewItem, ReviewState, ReviewSubject
from dojang.pki.validity import KST


def carry_out_send_deposit(
    effect: SendDeposit,
    *,
    store: Store[IdentityProofingTransaction],
    bank: AccountGateway,
    policy: ProofingPolicy,
    clock: Clock,
) -> None:
    """Send the deposit: 1. the day and the sending are stored; 2. the bank is asked; 3. its answer is recorded.

    A bank that does not answer may have sent it all the same: that is unknown, and settled later. Never raises for it.
    """
    deposit = store.transact(lambda tx: _begin_sending(tx, effect.deposit_id, policy, clock.now()))
    if deposit is None or deposit.amount_krw is None or deposit.depositor_text is None:
        return
    try:
        answer = bank.deposit(
            reference=deposit.reference,
            account=deposit.account,
            amount_krw=deposit.amount_krw,
            depositor_text=deposit.depositor_text,
        )
    except NeighbourUnavailable:
        answer = DepositAnswer.UNKNOWN
    # Only settling may say that the bank never saw it.
    event = rules.EVENT_OF_ANSWER[DepositAnswer.UNKNOWN if answer is DepositAnswer.NOT_FOUND else answer]
    store.transact(lambda tx: record_event(tx, effect.deposit_id, DepositState.SENDING, event, policy, clock.now()))


def carry_out_settle_deposit(
    effect: SettleDeposit,
    *,
    store: Store[IdentityProofingTransaction],
    bank: AccountGateway,
    policy: ProofingPolicy,
    clock: Clock,
) -> None:
    """Ask what became of an unknown deposit and record the answer.

    Raises `NeighbourUnavailable` when the bank does not answer: the check is parked, call again later; over midnight
    the deposit is stranded instead.
    """
    deposit = store.transact(lambda tx: _load_unknown(tx, effect))
    if deposit is None or deposit.amount_krw is None or deposit.sent_on is None:
        return
    try:
        answer = bank.settle(reference=deposit.reference, sent_on=deposit.sent_on, amount_krw=deposit.amount_krw)
    except NeighbourUnavailable:
        if kst_day(clock.now()) == deposit.sent_on:
            store.transact(lambda tx: park(tx, effect.deposit_id, policy, clock.now()))
            raise
        answer = DepositAnswer.UNKNOWN
    now = clock.now()
    event = rules.EVENT_OF_ANSWER[answer]
    over_midnight = kst_day(now) != deposit.sent_on
    if over_midnight and event in (DepositEvent.BANK_UNSURE, DepositEvent.BANK_NEVER_SAW):
        event = DepositEvent.MIDNIGHT_PASSED
    store.transact(lambda tx: record_event(tx, effect.deposit_id, DepositState.UNKNOWN, event, policy, now))


def kst_day(now: datetime) -> date:
    """Return the Korean calendar day of a UTC time."""
    return now.astimezone(KST).date()


def record_event(
    tx: IdentityProofingTransaction,
    deposit_id: str,
    expected: DepositState,
    event: DepositEvent,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    """Record what the bank said of a deposit that stands at `expected`; anything later changes nothing."""
    found = find_case_of_deposit(tx, deposit_id, expected)
    if found is None:
        return
    case, before = found
    deposit = replace(before, state=rules.next_state(before.state, event))
    cases.record(tx, case, f"deposit:{event.value}", actor=BANK, now=now, deposit=deposit.id)
    if deposit.state is DepositState.SENT:
        _record_sent(tx, case, deposit, policy, now)
    elif deposit.state is DepositState.UNKNOWN:
        _settle_later(tx, deposit, policy)
    elif deposit.state is DepositState.SENDING:
        tx.account_deposits.update(deposit)
        tx.emit(SendDeposit(deposit_id=deposit.id), key=f"{deposit.id}:{deposit.sendings}")
    elif deposit.state is DepositState.REFUSED:
        tx.account_deposits.update(retention.without_secrets(deposit, deposit.state))
        tx.proofing_limits.remove(deposit.id, SENDING_LIMITS)
        refused = EvidenceRefused(findings=(ProofingFinding(code=ProofingFindingCode.DEPOSIT_REFUSED.value),))
        cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, refused, policy=policy, actor=BANK, now=now)
    else:
        _strand(tx, case, deposit, policy, now)


def _begin_sending(
    tx: IdentityProofingTransaction, deposit_id: str, policy: ProofingPolicy, now: datetime
) -> Deposit | None:
    found = find_case_of_deposit(tx, deposit_id, DepositState.SENDING)
    if found is None:
        return None
    case, deposit = found
    today = kst_day(now)
    if deposit.sent_on not in (None, today):
        # A sending was begun yesterday and its answer lost: under today's date the bank would send a second time.
        record_event(tx, deposit_id, DepositState.SENDING, DepositEvent.BANK_UNSURE, policy, now)
        return None
    deposit = replace(deposit, sent_on=today, sendings=deposit.sendings + 1)
    tx.account_deposits.update(deposit)
    cases.record(
        tx, case, "deposit:sending", actor=cases.SYSTEM, now=now, deposit=deposit.id, sending=str(deposit.sendings)
    )
    return deposit


def _load_unknown(tx: IdentityProofingTransaction, effect: SettleDeposit) -> Deposit | None:
    found = find_case_of_deposit(tx, effect.deposit_id, DepositState.UNKNOWN)
    return found[1] if found is not None and found[1].turns == effect.turn else None


def _record_sent(
    tx: IdentityProofingTransaction, case: ProofingCase, deposit: Deposit, policy: ProofingPolicy, now: datetime
) -> None:
    window = timedelta(minutes=policy.deposit.window_minutes)
    sent = replace(deposit, amount_krw=None, depositor_text=None, sent_at=now, expires_at=now + window)
    tx.account_deposits.update(sent)
    cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, ConfirmationAsked(), policy=policy, actor=BANK, now=now)
    tx.emit(ExpireDeposit(deposit_id=deposit.id), key=deposit.id, delay_s=window.total_seconds())


def _settle_later(tx: IdentityProofingTransaction, deposit: Deposit, policy: ProofingPolicy) -> None:
    pauses = policy.deposit.settle_after_s
    deposit = replace(deposit, turns=deposit.turns + 1)
    tx.account_deposits.update(deposit)
    tx.emit(
        SettleDeposit(deposit_id=deposit.id, turn=deposit.turns),
        key=f"{deposit.id}:{deposit.turns}",
        delay_s=pauses[min(deposit.turns, len(pauses)) - 1],
    )


def _strand(
    tx: IdentityProofingTransaction, case: ProofingCase, deposit: Deposit, policy: ProofingPolicy, now: datetime
) -> None:
    """Leave the money to an operator; the applicant may have another deposit, within the limits."""
    findings = (ProofingFinding(code=ProofingFindingCode.DEPOSIT_UNSETTLED.value),)
    tx.account_deposits.update(retention.without_secrets(deposit, DepositState.STRANDED))
    tx.reviews.add(
        ReviewItem(
            id=deposit.id,  # one question a deposit
            case_id=case.id,
            subject=ReviewSubject.STRANDED_DEPOSIT,
            check=Check.ACCOUNT_DEPOSIT,
            evidence_id=deposit.id,
            findings=findings,
            state=ReviewState.OPEN,
            opened_at=now,
        )
    )
    # The bank left us in the dark: that costs the applicant no deposit. The budget keeps it counted.
    tx.proofing_limits.remove(deposit.id, APPLICANTS_LIMITS)
    failed = AttemptFailed(findings=findings, burns_try=False)
    cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, failed, policy=policy, actor=BANK, now=now)
    tx.emit(RaiseAlert(case_id=case.id, alert=Alert.DEPOSIT_STRANDED.value), key=f"{deposit.id}:stranded")
