"""Confirming the deposit: what arrived is entered, compared in constant time, and tries are counted.

A wrong entry is stored before it is answered, so that no crash and no race gives a try back.
"""

from dataclasses import replace
from datetime import datetime

from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, retention
from dojang.lifecycle.identity_proofing.account_deposit import rules
from dojang.lifecycle.identity_proofing.account_deposit.account import find_case_of_deposit
from dojang.lifecycle.identity_proofing.account_deposit.model import (
    Deposit,
    DepositExhausted,
    DepositExpired,
    DepositFactor,
    DepositNotSent,
    DepositState,
    WrongDeposit,
)
from dojang.lifecycle.identity_proofing.account_deposit.rules import DepositEvent
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    AttemptFailed,
    Check,
    CheckDoubted,
    CheckEvent,
    CheckPassed,
    CheckState,
    ExpireDeposit,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction, LimitKind


def confirm_deposit(
    application_id: str,
    subscriber_id: str,
    *,
    amount_krw: int | None,
    code: str | None,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> CheckState:
    """Compare what the applicant read off the statement with what was sent; return where the check stands now.

    `code` may be the whole depositor text. A factor the policy does not ask for is ignored. Raises `WrongDeposit` (with
    the tries left), `DepositExhausted`, `DepositExpired`, `DepositNotSent`, `CheckNotRequired`, and what `cases.enter`
    raises.
    """
    case_id, review_id = chance.new_id(), chance.new_id()
    actor = cases.by_subscriber(subscriber_id)

    def work(tx: IdentityProofingTransaction) -> CheckState | DojangError:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=case_id, now=now)
        cases.require_turn(case, Check.ACCOUNT_DEPOSIT)
        deposit = tx.account_deposits.find_latest_deposit(case.id)
        if deposit is None or deposit.state is not DepositState.SENT or deposit.expires_at is None:
            raise _not_sent(deposit)
        if now >= deposit.expires_at:
            _expire(tx, case, deposit, policy, now)
            return DepositExpired()

        def digest(factor: DepositFactor, value: str) -> str:
            return rules.factor_digest(deposit.id, factor, value, secrecy)

        factors = policy.deposit.factors
        if rules.is_confirmed(deposit, amount_krw=amount_krw, code=code, factors=factors, digest=digest):
            return _pass(tx, case, deposit, policy, review_id, actor, now)
        return _count_wrong(tx, case, deposit, policy, actor, now)

    return cases.act(store, work, what="deposit", application_id=application_id, actor=actor, now=now)


def expire_deposit(
    effect: ExpireDeposit, *, store: Store[IdentityProofingTransaction], policy: ProofingPolicy, now: datetime
) -> None:
    """End a deposit whose window has passed (effect `ExpireDeposit`); otherwise do nothing."""

    def work(tx: IdentityProofingTransaction) -> None:
        found = find_case_of_deposit(tx, effect.deposit_id, DepositState.SENT)
        if found is not None and found[1].expires_at is not None and now >= found[1].expires_at:
            _expire(tx, *found, policy, now)

    store.transact(work)


def _not_sent(deposit: Deposit | None) -> DojangError:
    state = None if deposit is None else deposit.state
    if state is DepositState.EXPIRED:
        return DepositExpired()
    if state is DepositState.EXHAUSTED:
        return DepositExhausted()
    return DepositNotSent(state="none" if state is None else state.value)


def _pass(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    deposit: Deposit,
    policy: ProofingPolicy,
    review_id: str,
    actor: str,
    now: datetime,
) -> CheckState:
    confirmed = rules.next_state(deposit.state, DepositEvent.CONFIRMED)
    tx.account_deposits.update(retention.without_secrets(deposit, confirmed))
    cases.record(tx, case, "deposit:confirmed", actor=actor, now=now, deposit=deposit.id)
    event: CheckEvent = CheckPassed(evidence_id=deposit.id)
    others = tx.account_deposits.count_persons(deposit.account_key, besides=deposit.person_key)
    if others >= policy.deposit.persons_per_account:
        shared = ProofingFinding(code=ProofingFindingCode.SHARED_ACCOUNT.value, detail=str(others))
        event = CheckDoubted(review_id=review_id, findings=(shared,))
    case = cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, event, policy=policy, actor=actor, now=now)
    return case.checks[Check.ACCOUNT_DEPOSIT].state


def _count_wrong(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    deposit: Deposit,
    policy: ProofingPolicy,
    actor: str,
    now: datetime,
) -> DojangError:
    tries = deposit.tries + 1
    cases.record(tx, case, "deposit:wrong_code", actor=actor, now=now, deposit=deposit.id, tries=str(tries))
    if tries < policy.deposit.tries:
        tx.account_deposits.update(replace(deposit, tries=tries))
        return WrongDeposit(tries_left=policy.deposit.tries - tries)
    exhausted = rules.next_state(deposit.state, DepositEvent.TRIES_USED_UP)
    tx.account_deposits.update(retention.without_secrets(replace(deposit, tries=tries), exhausted))
    tx.proofing_limits.add(LimitKind.DEPOSIT_FAILED_ROUND, deposit.person_key, at=now, reference=deposit.id)
    finding = ProofingFinding(code=ProofingFindingCode.DEPOSIT_EXHAUSTED.value)
    failed = AttemptFailed(findings=(finding,), burns_try=True)
    cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, failed, policy=policy, actor=actor, now=now)
    return DepositExhausted()


def _expire(
    tx: IdentityProofingTransaction, case: ProofingCase, deposit: Deposit, policy: ProofingPolicy, now: datetime
) -> None:
    expired = rules.next_state(deposit.state, DepositEvent.WINDOW_CLOSED)
    tx.account_deposits.update(retention.without_secrets(deposit, expired))
    finding = ProofingFinding(code=ProofingFindingCode.DEPOSIT_EXPIRED.value)
    failed = AttemptFailed(findings=(finding,), burns_try=False)
    cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, failed, policy=policy, actor=cases.SYSTEM, now=now)
