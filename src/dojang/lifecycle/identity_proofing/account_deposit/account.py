"""An account handed in: limits counted, references and secrets drawn, ownership inquired. Nothing is sent here."""

from dataclasses import replace
from datetime import datetime, timedelta

from dojang.kernel.errors import DojangError
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Chance, Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, limits, retention
from dojang.lifecycle.identity_proofing.account_deposit import rules
from dojang.lifecycle.identity_proofing.account_deposit.model import (
    IN_FLIGHT,
    AccountInvalid,
    Deposit,
    DepositBudgetSpent,
    DepositFactor,
    DepositInProgress,
    DepositLocked,
    DepositState,
    DepositTooSoon,
    TooManyDeposits,
)
from dojang.lifecycle.identity_proofing.document import PersonalData
from dojang.lifecycle.identity_proofing.errors import CheckNotReady
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    Alert,
    CaseState,
    Check,
    EvidenceRefused,
    EvidenceSubmitted,
    InquireOwnership,
    ProofingCase,
    ProofingFinding,
    RaiseAlert,
    SendDeposit,
)
from dojang.lifecycle.identity_proofing.neighbours import AccountGateway, BankAccount, OwnershipAnswer
from dojang.lifecycle.identity_proofing.policy import DepositPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction, LimitKind

BANK = "neighbour:bank"
OFFICE = "office"  # the one key of the money budget
APPLICANTS_LIMITS = (LimitKind.DEPOSIT_ACCOUNT, LimitKind.DEPOSIT_PERSON, LimitKind.DEPOSIT_DEVICE)
SENDING_LIMITS = (*APPLICANTS_LIMITS, LimitKind.DEPOSIT_BUDGET)


def submit_account(
    application_id: str,
    subscriber_id: str,
    *,
    bank_code: str,
    number: str,
    device_id: str,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> str:
    """Take an account for the deposit; return the deposit's id. Limits are counted now, before anything is sent.

    Raises `AccountInvalid`, `DepositInProgress`, `DepositTooSoon`, `TooManyDeposits`, `DepositLocked`,
    `DepositBudgetSpent`, `CheckNotRequired`, `CheckNotReady`, `CheckOutOfTurn`, and what `cases.enter` raises.
    """
    case_id, deposit_id = chance.new_id(), chance.new_id()
    references = (rules.draw_reference(chance), rules.draw_reference(chance))
    secrets = rules.draw_secrets(policy.deposit, chance)
    amount_digest = rules.factor_digest(deposit_id, DepositFactor.AMOUNT, str(secrets.amount_krw), secrecy)
    code_digest = rules.factor_digest(deposit_id, DepositFactor.CODE, secrets.code, secrecy)
    actor = cases.by_subscriber(subscriber_id)

    def work(tx: IdentityProofingTransaction) -> str | DojangError:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=case_id, now=now)
        cases.require_turn(case, Check.ACCOUNT_DEPOSIT)
        account = _get_account(bank_code, number)
        if case.person_key is None:
            raise CheckNotReady(needs=Check.PERSONAL_DATA.value)
        deposit = Deposit(
            id=deposit_id,
            case_id=case.id,
            account=account,
            account_key=rules.account_key_of(account, secrecy),
            person_key=case.person_key,
            state=DepositState.REQUESTED,
            inquiry_reference=references[0],
            reference=references[1],
            amount_krw=secrets.amount_krw,
            depositor_text=secrets.depositor_text,
            amount_digest=amount_digest,
            code_digest=code_digest,
            requested_at=now,
        )
        _require_none_in_flight(tx, case)
        device_key = secrecy.blind_index(device_id.encode(), purpose="device")
        refusal = _count(tx, deposit, device_key, policy.deposit, now)
        if refusal is not None:
            return _refuse(tx, case, refusal, actor, now)
        retention.abandon_deposit(tx, case.id)
        tx.account_deposits.add(deposit)
        submitted = EvidenceSubmitted(evidence_id=deposit.id)
        cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, submitted, policy=policy, actor=actor, now=now)
        tx.emit(InquireOwnership(case_id=case.id, deposit_id=deposit.id), key=deposit.id)
        return deposit.id

    return cases.act(store, work, what="account", application_id=application_id, actor=actor, now=now)


def carry_out_inquire_ownership(
    effect: InquireOwnership,
    *,
    store: Store[IdentityProofingTransaction],
    bank: AccountGateway,
    policy: ProofingPolicy,
    clock: Clock,
) -> None:
    """Ask whose account it is and record the answer; a match has the deposit sent.

    Repeating it after that does nothing. Raises `NeighbourUnavailable` when the bank does not answer: the check is
    parked, call again later.
    """
    loaded = store.transact(lambda tx: _load(tx, effect))
    if loaded is None:
        return
    deposit, data = loaded
    try:
        answer = bank.inquire_ownership(
            reference=deposit.inquiry_reference, account=deposit.account, name=data.name, birth_date=data.birth_date
        )
    except NeighbourUnavailable:
        store.transact(lambda tx: park(tx, effect.deposit_id, policy, clock.now()))
        raise
    store.transact(lambda tx: _record_ownership(tx, effect, answer, policy, clock.now()))


def find_case_of_deposit(
    tx: IdentityProofingTransaction, deposit_id: str, state: DepositState
) -> tuple[ProofingCase, Deposit] | None:
    """Return an open case, locked, and its deposit while that stands at `state`; None when it is too late for it."""
    found = tx.account_deposits.find_deposit(deposit_id)
    case = None if found is None else tx.proofing_cases.find_case(found.case_id)
    if case is None or case.state is not CaseState.OPEN:
        return None
    deposit = tx.account_deposits.find_deposit(deposit_id)  # again: the lock on the case was waited for
    return (case, deposit) if deposit is not None and deposit.state is state else None


def park(tx: IdentityProofingTransaction, deposit_id: str, policy: ProofingPolicy, now: datetime) -> None:
    """Note that the bank does not answer, whatever the deposit waits for."""
    for state in IN_FLIGHT:
        found = find_case_of_deposit(tx, deposit_id, state)
        if found is not None:
            findings = (ProofingFinding(code=ProofingFindingCode.BANK_UNAVAILABLE.value),)
            cases.park(tx, found[0], Check.ACCOUNT_DEPOSIT, findings, policy=policy, actor=BANK, now=now)


def _load(tx: IdentityProofingTransaction, effect: InquireOwnership) -> tuple[Deposit, PersonalData] | None:
    found = find_case_of_deposit(tx, effect.deposit_id, DepositState.REQUESTED)
    data = tx.personal_data.find_personal_data(effect.case_id)
    return None if found is None or data is None else (found[1], data)


def _record_ownership(
    tx: IdentityProofingTransaction,
    effect: InquireOwnership,
    answer: OwnershipAnswer,
    policy: ProofingPolicy,
    now: datetime,
) -> None:
    found = find_case_of_deposit(tx, effect.deposit_id, DepositState.REQUESTED)
    if found is None:
        return
    case, deposit = found
    cases.record(tx, case, "account:inquired", actor=BANK, now=now, deposit=deposit.id, answer=answer.value)
    if answer is OwnershipAnswer.MATCH:
        sending = rules.next_state(deposit.state, rules.DepositEvent.OWNER_MATCHED)
        tx.account_deposits.update(replace(deposit, state=sending))
        tx.emit(SendDeposit(deposit_id=deposit.id), key=f"{deposit.id}:0")
        return
    refused = rules.next_state(deposit.state, rules.DepositEvent.OWNER_REFUSED)
    tx.account_deposits.update(retention.without_secrets(deposit, refused))
    tx.proofing_limits.remove(deposit.id, SENDING_LIMITS)  # nothing was sent; the inquiry stays counted
    event = EvidenceRefused(findings=(ProofingFinding(code=rules.FINDING_OF_OWNERSHIP[answer].value),))
    cases.advance(tx, case, Check.ACCOUNT_DEPOSIT, event, policy=policy, actor=BANK, now=now)


def _get_account(bank_code: str, number: str) -> BankAccount:
    account = rules.find_account(bank_code, number)
    if isinstance(account, list):
        raise AccountInvalid(fields=account)
    return account


def _require_none_in_flight(tx: IdentityProofingTransaction, case: ProofingCase) -> None:
    latest = tx.account_deposits.find_latest_deposit(case.id)
    if latest is not None and latest.state in IN_FLIGHT:
        raise DepositInProgress(state=latest.state.value)


def _count(
    tx: IdentityProofingTransaction, deposit: Deposit, device_key: str, policy: DepositPolicy, now: datetime
) -> DojangError | None:
    """Count one deposit against every cap, or return the refusal of the first that is full (and count nothing)."""
    caps = (
        (LimitKind.INQUIRY_PERSON, deposit.person_key, policy.inquiries_per_person, "person"),
        (LimitKind.DEPOSIT_ACCOUNT, deposit.account_key, policy.per_account, "account"),
        (LimitKind.DEPOSIT_PERSON, deposit.person_key, policy.per_person, "person"),
        (LimitKind.DEPOSIT_DEVICE, device_key, policy.per_device, "device"),
    )
    for kind, key, maximum, scope in caps:
        wait_s = limits.seconds_until_room(tx, kind, key, maximum=maximum, now=now)
        if wait_s:
            return TooManyDeposits(scope=scope, retry_after_s=wait_s)
    pause_s = limits.seconds_until_pause_over(
        tx, LimitKind.DEPOSIT_PERSON, deposit.person_key, pauses_s=(policy.pause_s,), now=now
    )
    if pause_s:
        return DepositTooSoon(retry_after_s=pause_s)
    spent = tx.proofing_limits.total(LimitKind.DEPOSIT_BUDGET, OFFICE, now - limits.DAY)
    if spent + policy.most_amount_krw > policy.budget_krw:
        return DepositBudgetSpent()
    lock_s = limits.seconds_until_room(
        tx,
        LimitKind.DEPOSIT_FAILED_ROUND,
        deposit.person_key,
        maximum=policy.failed_rounds,
        now=now,
        window=timedelta(hours=policy.lock_hours),
    )
    if lock_s:
        return DepositLocked(retry_after_s=lock_s)
    for kind, key, _, _ in caps:
        tx.proofing_limits.add(kind, key, at=now, reference=deposit.id)
    tx.proofing_limits.add(
        LimitKind.DEPOSIT_BUDGET, OFFICE, at=now, reference=deposit.id, amount=deposit.amount_krw or 0
    )
    return None


def _refuse(
    tx: IdentityProofingTransaction, case: ProofingCase, refusal: DojangError, actor: str, now: datetime
) -> DojangError:
    cases.record(tx, case, "account:refused", actor=actor, now=now, code=refusal.code)
    if isinstance(refusal, DepositBudgetSpent):
        day = now.date().isoformat()
        tx.emit(RaiseAlert(case_id=case.id, alert=Alert.DEPOSIT_BUDGET_SPENT.value), key=f"budget:{day}")
    return refusal
