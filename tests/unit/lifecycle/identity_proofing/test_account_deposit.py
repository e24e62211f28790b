"""The account check: exactly one credit whatever fails, counted tries, and limits that hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.proofing import HONG, KIM, NOW, TODAY, Person, ProofingOffice
from dojang.lifecycle.identity_proofing.account_deposit import account, rules
from dojang.lifecycle.identity_proofing.account_deposit.model import (
    AccountInvalid,
    DepositBudgetSpent,
    DepositExhausted,
    DepositExpired,
    DepositFactor,
    DepositInProgress,
    DepositLocked,
    DepositNotSent,
    DepositState,
    DepositTooSoon,
    TooManyDeposits,
    WrongDeposit,
)
from dojang.lifecycle.identity_proofing.errors import CheckNotReady, CheckOutOfTurn
from dojang.lifecycle.identity_proofing.model import (
    Check,
    CheckState,
    ExpireDeposit,
    RaiseAlert,
    SendDeposit,
    SettleDeposit,
)
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DepositAnswer, OwnershipAnswer
from dojang.lifecycle.identity_proofing.policy import DepositPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import LimitKind
from dojang.lifecycle.identity_proofing.review.model import ReviewState, ReviewSubject
from fakes.mishap import Mishap

ACCOUNT = Check.ACCOUNT_DEPOSIT


def known(person: Person = HONG, **changes: object) -> ProofingOffice:
    policy = ProofingPolicy(deposit=DepositPolicy(**changes))  # type: ignore[arg-type]  # a table of keywords
    office = ProofingOffice(policy=policy)
    office.know(person)
    return office


@pytest.fixture
def office() -> ProofingOffice:
    return known()


def latest(office: ProofingOffice) -> DepositState:
    return list(office.store.tables.deposits.values())[-1].state


def credits(office: ProofingOffice) -> int:
    assert office.bank.books_balance()
    return len(office.bank.credits(HONG.account))


def wrong(office: ProofingOffice) -> tuple[int, str]:
    amount, text = office.statement(HONG)
    digit = str((int(text[0]) + 1) % 10)
    return amount, digit + text[1:]


# --- the straight road ---


def test_the_statement_shows_amount_and_code_that_confirm(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    amount, text = office.statement(HONG)
    assert 1 <= amount <= 9
    assert text.endswith("도장")
    assert len(text.encode("euc-kr")) <= 20
    shown = office.view(HONG).deposit
    assert shown is not None
    assert (shown.state, shown.account, shown.tries_left) == (DepositState.SENT, "***-***-0123", 3)
    assert shown.expires_at == NOW + timedelta(minutes=10)
    assert office.confirm_deposit(HONG, amount, text) is CheckState.PASSED
    assert credits(office) == 1


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}도장"])
def test_the_code_may_be_typed_with_or_without_the_name(office: ProofingOffice, typed: str) -> None:
    office.submit_account(HONG)
    amount, text = office.statement(HONG)
    assert office.confirm_deposit(HONG, amount, typed.format(text[:6])) is CheckState.PASSED


def test_secrets_are_gone_once_sent_and_digests_once_over(office: ProofingOffice) -> None:
    deposit_id = office.submit_account(HONG)
    sent = office.store.tables.deposits[deposit_id]
    assert (sent.amount_krw, sent.depositor_text) == (None, None)
    assert sent.code_digest
    office.confirm_deposit(HONG, *office.statement(HONG))
    over = office.store.tables.deposits[deposit_id]
    assert (over.amount_digest, over.code_digest) == ("", "")


def test_the_person_comes_first() -> None:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    with pytest.raises(CheckNotReady) as refused:
        office.submit_account(HONG)
    assert refused.value.fields["needs"] == "personal_data"


@pytest.mark.parametrize(
    ("bank_code", "number", "fields"),
    [("97", "1234567", ["bank_code"]), ("097", "123456", ["number"]), ("x97", "1" * 17, ["bank_code", "number"])],
)
def test_impossible_accounts_are_refused_by_field(
    office: ProofingOffice, bank_code: str, number: str, fields: list[str]
) -> None:
    with pytest.raises(AccountInvalid) as refused:
        office.submit_account(HONG, BankAccount(bank_code=bank_code, number=number))
    assert refused.value.fields["fields"] == fields


# --- whose account ---


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (OwnershipAnswer.MISMATCH, "account_deposit.owner_differs"),
        (OwnershipAnswer.NO_SUCH_ACCOUNT, "account_deposit.no_such_account"),
        (OwnershipAnswer.ACCOUNT_UNUSABLE, "account_deposit.account_unusable"),
        (OwnershipAnswer.SAFE_BLOCKED, "account_deposit.safe_blocked"),
    ],
)
def test_no_money_goes_to_an_account_that_is_not_theirs(
    office: ProofingOffice, standing: OwnershipAnswer, code: str
) -> None:
    other = BankAccount(bank_code="097", number="5555555555555")
    office.bank.open_account(other, "남의이름", HONG.birth_date, standing)
    office.submit_account(HONG, other)
    assert office.state(HONG, ACCOUNT) is CheckState.REFUSED
    assert office.findings(HONG, ACCOUNT) == [code]
    assert office.bank.credits(other) == []
    office.submit_account(HONG)  # another account, at once: nothing was sent, so no pause
    assert office.state(HONG, ACCOUNT) is CheckState.CONFIRMING


def test_inquiries_are_limited_although_nothing_is_sent() -> None:
    office = known(inquiries_per_person=2)
    other = BankAccount(bank_code="097", number="5555555555555")
    office.submit_account(HONG, other)
    office.submit_account(HONG, other)
    with pytest.raises(TooManyDeposits):
        office.submit_account(HONG, other)


def test_a_bank_that_is_down_parks_and_is_asked_again(office: ProofingOffice) -> None:
    office.bank.mishaps.expect(Mishap.DOWN, count=2)
    office.submit_account(HONG)
    assert office.state(HONG, ACCOUNT) is CheckState.PARKED
    office.pass_time(seconds=6)
    office.pass_time(seconds=6)
    assert office.state(HONG, ACCOUNT) is CheckState.CONFIRMING
    assert credits(office) == 1


# --- exactly one credit ---


@pytest.mark.parametrize("mishap", [Mishap.ANSWER_LOST, Mishap.REQUEST_LOST, Mishap.DOWN])
def test_one_credit_whatever_is_lost(office: ProofingOffice, mishap: Mishap) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(mishap)
    office.carry_out(sending)
    assert office.state(HONG, ACCOUNT) is CheckState.RUNNING
    assert latest(office) is DepositState.UNKNOWN
    with pytest.raises(DepositInProgress):
        office.submit_account(HONG)
    office.pass_time(seconds=3)
    assert latest(office) is DepositState.SENT
    assert credits(office) == 1
    assert office.confirm_deposit(HONG, *office.statement(HONG)) is CheckState.PASSED


def begin_sending(office: ProofingOffice) -> SendDeposit:
    """Submit an account and stop just before the bank is asked to send."""
    account.submit_account(
        HONG.application_id,
        HONG.subscriber_id,
        bank_code=HONG.account.bank_code,
        number=HONG.account.number,
        device_id="device",
        **office.means(),
    )
    inquiry = office.line.take_due()
    assert inquiry is not None
    office.carry_out(inquiry)
    sending = office.line.take_due()
    assert isinstance(sending, SendDeposit)
    return sending


def test_a_worker_that_died_after_the_bank_sent_sends_no_second_time(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    before = office.store.tables
    office.carry_out(sending)
    assert credits(office) == 1
    # The answer never reached the store; only the first transaction (reference, day, count) is there.
    deposit = next(iter(before.deposits.values()))
    office.store.tables = before
    office.store.tables.deposits[deposit.id] = replace(deposit, sent_on=TODAY, sendings=1)
    office.carry_out(sending)
    assert latest(office) is DepositState.UNKNOWN
    office.pass_time(seconds=3)
    assert latest(office) is DepositState.SENT
    assert credits(office) == 1


def test_a_settling_that_comes_twice_counts_once(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(Mishap.ANSWER_LOST)
    office.carry_out(sending)
    office.pass_time(seconds=3)
    office.carry_out(SettleDeposit(deposit_id=sending.deposit_id, turn=1))
    office.carry_out(sending)
    assert latest(office) is DepositState.SENT
    assert credits(office) == 1


def test_a_bank_down_while_settling_parks_until_it_answers(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(Mishap.ANSWER_LOST)
    office.carry_out(sending)
    office.bank.mishaps.expect(Mishap.DOWN)
    office.pass_time(seconds=3)
    assert office.state(HONG, ACCOUNT) is CheckState.PARKED
    assert office.findings(HONG, ACCOUNT) == ["account_deposit.bank_unavailable"]
    office.pass_time(seconds=6)
    assert office.state(HONG, ACCOUNT) is CheckState.CONFIRMING
    assert credits(office) == 1


def test_what_the_bank_never_saw_is_not_resent_after_midnight(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(Mishap.REQUEST_LOST)
    office.carry_out(sending)
    office.clock.advance(hours=14, minutes=30)  # 00:30 KST of the next day
    office.bank.today = TODAY + timedelta(days=1)
    office.pump()
    assert latest(office) is DepositState.STRANDED
    assert office.state(HONG, ACCOUNT) is CheckState.RETRY
    assert office.findings(HONG, ACCOUNT) == ["account_deposit.outcome_unknown"]
    review = next(iter(office.store.tables.reviews.values()))
    assert (review.subject, review.state) == (ReviewSubject.STRANDED_DEPOSIT, ReviewState.OPEN)
    assert [one.alert for one in office.line.emitted if isinstance(one, RaiseAlert)] == ["proofing_deposit_stranded"]
    assert credits(office) == 0
    counted = {kind for kind, _ in office.store.tables.limits}
    # The budget keeps money that may have moved; the applicant owes neither a pause nor one of the day's deposits.
    assert counted & {LimitKind.DEPOSIT_BUDGET, *account.APPLICANTS_LIMITS} == {LimitKind.DEPOSIT_BUDGET}


def test_a_sending_begun_yesterday_is_asked_about_not_repeated(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    deposit = next(iter(office.store.tables.deposits.values()))
    office.bank.deposit(
        reference=deposit.reference,
        account=deposit.account,
        amount_krw=deposit.amount_krw or 0,
        depositor_text=deposit.depositor_text or "",
    )
    office.store.tables.deposits[deposit.id] = replace(deposit, sent_on=TODAY, sendings=1)
    office.clock.advance(hours=14, minutes=30)
    office.bank.today = TODAY + timedelta(days=1)
    office.carry_out(sending)
    office.pass_time(seconds=3)
    assert latest(office) is DepositState.SENT
    assert credits(office) == 1


def test_a_refused_transfer_frees_the_limits(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    key = (HONG.account.bank_code, HONG.account.number)
    office.bank._accounts[key].standing = OwnershipAnswer.ACCOUNT_UNUSABLE
    office.carry_out(sending)
    assert office.findings(HONG, ACCOUNT) == ["account_deposit.refused_by_bank"]
    office.bank._accounts[key].standing = OwnershipAnswer.MATCH
    office.submit_account(HONG)
    assert office.state(HONG, ACCOUNT) is CheckState.CONFIRMING


# --- confirming ---


def test_each_wrong_entry_burns_a_try_and_the_third_ends_the_deposit(office: ProofingOffice) -> None:
    deposit_id = office.submit_account(HONG)
    for left in (2, 1):
        with pytest.raises(WrongDeposit) as refused:
            office.confirm_deposit(HONG, *wrong(office))
        assert refused.value.fields == {"tries_left": left}
    with pytest.raises(DepositExhausted):
        office.confirm_deposit(HONG, *wrong(office))
    assert office.store.tables.deposits[deposit_id].state is DepositState.EXHAUSTED
    assert office.state(HONG, ACCOUNT) is CheckState.RETRY
    with pytest.raises(DepositExhausted):
        office.confirm_deposit(HONG, *office.statement(HONG))


@pytest.mark.parametrize("which", ["amount", "code", "neither"])
def test_both_factors_must_be_right(office: ProofingOffice, which: str) -> None:
    office.submit_account(HONG)
    amount, text = office.statement(HONG)
    entered: tuple[int | None, str | None] = {
        "amount": (amount, wrong(office)[1]),
        "code": (amount + 1, text),
        "neither": (None, None),
    }[which]
    with pytest.raises(WrongDeposit):
        office.confirm_deposit(HONG, *entered)


def test_policy_may_ask_for_the_code_alone() -> None:
    office = known(factors=frozenset({DepositFactor.CODE}))
    office.submit_account(HONG)
    assert office.confirm_deposit(HONG, None, office.statement(HONG)[1]) is CheckState.PASSED


def test_a_deposit_expires_to_the_second(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    office.clock.advance(minutes=10)
    with pytest.raises(DepositExpired):
        office.confirm_deposit(HONG, *office.statement(HONG))
    assert office.findings(HONG, ACCOUNT) == ["account_deposit.expired"]


def test_a_deposit_is_good_until_the_second_before(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    office.clock.advance(minutes=9, seconds=59)
    assert office.confirm_deposit(HONG, *office.statement(HONG)) is CheckState.PASSED


def test_a_deposit_expires_by_itself_and_never_too_early(office: ProofingOffice) -> None:
    deposit_id = office.submit_account(HONG)
    office.carry_out(ExpireDeposit(deposit_id=deposit_id))
    assert latest(office) is DepositState.SENT
    office.pass_time(minutes=10)
    assert latest(office) is DepositState.EXPIRED
    assert office.state(HONG, ACCOUNT) is CheckState.RETRY


def test_nothing_to_confirm_before_it_is_sent(office: ProofingOffice) -> None:
    with pytest.raises(DepositNotSent):
        office.confirm_deposit(HONG, 1, "123456")
    begin_sending(office)
    with pytest.raises(DepositNotSent) as refused:
        office.confirm_deposit(HONG, 1, "123456")
    assert refused.value.fields["state"] == "sending"


def test_a_confirmed_account_is_not_submitted_again(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    office.confirm_deposit(HONG, *office.statement(HONG))
    office.clock.advance(minutes=2)
    with pytest.raises(CheckOutOfTurn):
        office.submit_account(HONG)


def test_an_older_deposits_code_confirms_nothing(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    old = office.statement(HONG)
    office.clock.advance(seconds=61)
    office.submit_account(HONG)
    assert old != office.statement(HONG)
    with pytest.raises(WrongDeposit):
        office.confirm_deposit(HONG, *old)


# --- limits ---


def test_deposits_need_a_pause(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    with pytest.raises(DepositTooSoon) as refused:
        office.submit_account(HONG)
    office.clock.advance(seconds=int(refused.value.fields["retry_after_s"]))  # type: ignore[arg-type]  # an int
    office.submit_account(HONG)


@pytest.mark.parametrize(
    ("limit", "scope"), [("per_account", "account"), ("per_person", "person"), ("per_device", "device")]
)
def test_deposits_a_day_are_capped(limit: str, scope: str) -> None:
    office = known(**{"per_account": 9, "per_person": 9, "per_device": 9, limit: 2})
    for _ in range(2):
        office.submit_account(HONG)
        office.clock.advance(minutes=11)
        office.pump()
    with pytest.raises(TooManyDeposits) as refused:
        office.submit_account(HONG)
    assert refused.value.fields["scope"] == scope
    assert int(refused.value.fields["retry_after_s"]) == 24 * 3600 - 22 * 60 + 1  # type: ignore[arg-type]  # an int


def test_the_account_cap_counts_all_applicants() -> None:
    office = known(per_account=1)
    office.submit_account(HONG)
    office.know(KIM)
    with pytest.raises(TooManyDeposits) as refused:
        office.submit_account(KIM, HONG.account)
    assert refused.value.fields["scope"] == "account"


def test_two_failed_rounds_lock_for_a_day(office: ProofingOffice) -> None:
    for _ in range(2):
        office.submit_account(HONG)
        for _ in range(3):
            with pytest.raises((WrongDeposit, DepositExhausted)):
                office.confirm_deposit(HONG, *wrong(office))
        office.clock.advance(minutes=2)
    with pytest.raises(DepositLocked) as refused:
        office.submit_account(HONG)
    assert int(refused.value.fields["retry_after_s"]) > 23 * 3600  # type: ignore[arg-type]  # an int


def test_the_money_budget_holds_and_alarms_once() -> None:
    office = known(budget_krw=10, least_amount_krw=9)
    office.submit_account(HONG)
    office.clock.advance(minutes=2)
    for _ in range(2):
        with pytest.raises(DepositBudgetSpent):
            office.submit_account(HONG)
    alerts = [one.alert for one in office.line.emitted if isinstance(one, RaiseAlert)]
    assert alerts == ["proofing_deposit_budget_spent"]
    assert credits(office) == 1


def test_refusals_are_audited(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    with pytest.raises(DepositTooSoon):
        office.submit_account(HONG)
    assert office.store.entries[-1].tag == "identity_proofing:account:refused"
    assert office.store.entries[-1].data["code"] == "account_deposit.too_soon"


def test_an_account_of_many_goes_to_an_operator() -> None:
    office = known(persons_per_account=1)
    office.submit_account(HONG)
    office.confirm_deposit(HONG, *office.statement(HONG))
    office.know(KIM)
    shared = office.bank._accounts[HONG.account.bank_code, HONG.account.number]
    shared.holder_name, shared.birth_date = KIM.name, KIM.birth_date
    office.submit_account(KIM, HONG.account)
    assert office.confirm_deposit(KIM, *office.statement(HONG)) is CheckState.REVIEW
    assert office.findings(KIM, ACCOUNT) == ["account_deposit.shared_account"]


# --- pure rules ---


def test_references_have_nine_characters_and_differ(office: ProofingOffice) -> None:
    drawn = {rules.draw_reference(office.chance) for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(one) == 9 and one.isascii() and one.isalnum() and one.upper() == one for one in drawn)


def test_codes_and_amounts_cover_their_ranges(office: ProofingOffice) -> None:
    drawn = [rules.draw_secrets(DepositPolicy(), office.chance) for _ in range(500)]
    assert {one.amount_krw for one in drawn} == set(range(1, 10))
    assert {one.code[0] for one in drawn} == set("0123456789"), "leading zeros are codes too"
    assert "도장" not in repr(drawn[0])


def test_terminal_states_go_nowhere() -> None:
    sources = {source for source, _ in rules.TRANSITIONS}
    over = {
        DepositState.CONFIRMED,
        DepositState.REFUSED,
        DepositState.EXPIRED,
        DepositState.EXHAUSTED,
        DepositState.STRANDED,
        DepositState.ABANDONED,
    }
    assert not sources & over


def test_an_old_settling_turn_asks_nobody(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(Mishap.REQUEST_LOST)
    office.carry_out(sending)
    deposit = next(iter(office.store.tables.deposits.values()))
    office.store.tables.deposits[deposit.id] = replace(deposit, turns=2)
    office.carry_out(SettleDeposit(deposit_id=sending.deposit_id, turn=1))
    assert latest(office) is DepositState.UNKNOWN
    office.carry_out(SettleDeposit(deposit_id=sending.deposit_id, turn=2))
    assert latest(office) is DepositState.SENDING, "the bank never saw it, so it is sent again"


def test_settling_waits_longer_each_turn(office: ProofingOffice) -> None:
    sending = begin_sending(office)
    office.bank.mishaps.expect(Mishap.ANSWER_LOST)
    office.carry_out(sending)
    asked: list[int] = []

    class Unsure:
        """A bank that does not know yet."""

        @staticmethod
        def settle(**_: object) -> DepositAnswer:
            asked.append(1)
            return DepositAnswer.UNKNOWN

    real, office.bank = office.bank, Unsure()  # type: ignore[assignment]  # all that settling needs
    for seconds, times in ((1, 0), (1, 1), (4, 1), (1, 2), (14, 2), (1, 3)):
        office.pass_time(seconds=seconds)
        assert len(asked) == times
    office.bank = real
    office.pass_time(minutes=1)
    assert latest(office) is DepositState.SENT
