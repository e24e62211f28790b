"""The micro-deposit goes wrong in every way a bank and a customer know, and the road stays open.

All stories share one customer whose document is in order; each brings its own account, so that caps never meet.
"""

from datetime import timedelta

import pytest

from builders.journey import Customer, Town, codes, refusal, until_parked
from dojang.cli.demo.customer_world import BANK_CODE
from dojang.lifecycle.identity_proofing.account_deposit.confirmation import expire_deposit
from dojang.lifecycle.identity_proofing.model import ExpireDeposit


def statement(town: Town, number: str) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = town.sandbox.get(f"/bank/statement/{BANK_CODE}/{number}.json")["lines"]
    return lines


def opens_account(town: Town, customer: Customer, number: str) -> None:
    town.tell("account", number)
    town.sandbox.open_account(number, holder=customer.name, born=customer.born)


def receives(town: Town, customer: Customer, number: str) -> tuple[int, str]:
    """Name an account of one's own and read the statement once the deposit is there."""
    customer.client.send_account(customer.application_id, BANK_CODE, number)
    check = customer.check("account_deposit")
    assert check["state"] == "confirming", check
    line = statement(town, number)[0]
    town.tell("deposit code", "".join(character for character in str(line["text"]) if character.isdigit()))
    return int(str(line["amount_krw"])), str(line["text"])


def wrong(code: str) -> str:
    return f"{(int(code[:6]) + 1) % 1_000_000:06d}"


def test_an_account_of_somebody_else_gets_no_money(town: Town, known: Customer) -> None:
    town.sandbox.open_account("21090000001", holder="남의통장", born="1980-05-05")
    known.client.send_account(known.application_id, BANK_CODE, "21090000001")
    check = known.check("account_deposit")
    assert check["state"] == "refused"
    assert codes(check) == ["account_deposit.owner_differs"]
    assert statement(town, "21090000001") == []


def test_an_account_that_does_not_exist(town: Town, known: Customer) -> None:
    known.client.send_account(known.application_id, BANK_CODE, "21090000002")
    check = known.check("account_deposit")
    assert (check["state"], codes(check)) == ("refused", ["account_deposit.no_such_account"])


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("closed", "account_deposit.account_unusable"),
        ("frozen", "account_deposit.account_unusable"),
        ("safe_blocked", "account_deposit.safe_blocked"),
    ],
)
def test_an_account_that_takes_no_money(town: Town, known: Customer, status: str, code: str) -> None:
    number = {"closed": "21090000003", "frozen": "21090000004", "safe_blocked": "21090000005"}[status]
    town.sandbox.open_account(number, holder=known.name, born=known.born, status=status)
    known.client.send_account(known.application_id, BANK_CODE, number)
    check = known.check("account_deposit")
    assert (check["state"], codes(check)) == ("refused", [code])
    assert statement(town, number) == []


def test_a_number_that_is_no_account(known: Customer) -> None:
    refused = refusal(lambda: known.client.send_account(known.application_id, "9x9", "12"))
    assert refused.code == "account_deposit.account_invalid"
    assert refused.problem["fields"] == {"fields": ["bank_code", "number"]}


def test_three_wrong_codes_end_the_deposit_and_a_new_one_is_another(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000011")
    amount_krw, code = receives(town, known, "21090000011")
    left = []
    for _ in range(2):
        refused = refusal(lambda: known.client.confirm_deposit(known.application_id, amount_krw, wrong(code)))
        assert refused.code == "account_deposit.wrong_code"
        left.append(refused.problem["fields"]["tries_left"])
    assert left == [2, 1]
    refused = refusal(lambda: known.client.confirm_deposit(known.application_id, amount_krw, wrong(code)))
    assert refused.code == "account_deposit.exhausted"
    # Now even the right code is too late.
    refused = refusal(lambda: known.client.confirm_deposit(known.application_id, amount_krw, code))
    assert refused.code == "account_deposit.exhausted"
    assert codes(known.check("account_deposit")) == ["account_deposit.exhausted"]
    again = receives(town, known, "21090000011")
    assert again[1] != code


def test_the_right_code_with_the_wrong_amount_is_wrong(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000012")
    amount_krw, code = receives(town, known, "21090000012")
    other = amount_krw % 9 + 1
    refused = refusal(lambda: known.client.confirm_deposit(known.application_id, other, code))
    assert (refused.code, refused.problem["fields"]) == ("account_deposit.wrong_code", {"tries_left": 2})


def test_an_answer_lost_after_the_money_moved_brings_one_credit(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000013")
    with town.sandbox.fault("bank", "answer_lost", count=1, path="transfer/deposit"):
        receives(town, known, "21090000013")
    assert len(statement(town, "21090000013")) == 1


def test_a_request_lost_before_the_money_moved_brings_one_credit(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000014")
    with town.sandbox.fault("bank", "request_lost", count=1, path="transfer/deposit"):
        receives(town, known, "21090000014")
    assert len(statement(town, "21090000014")) == 1


def test_a_bank_that_is_down_parks_the_check_which_goes_on_by_itself(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000015")
    with town.sandbox.fault("bank", "down"):
        known.client.send_account(known.application_id, BANK_CODE, "21090000015")
        parked = until_parked(known, "account_deposit")
        assert codes(parked) == ["account_deposit.bank_unavailable"]
    assert known.check("account_deposit")["state"] == "confirming"
    assert len(statement(town, "21090000015")) == 1


def test_a_window_that_closed_says_so_and_a_new_deposit_opens_another(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000016")
    amount_krw, code = receives(town, known, "21090000016")
    with town.at_the_desk() as office:
        case = office.store.read(lambda tx: tx.proofing_cases.find_case_of(known.application_id))
        assert case is not None
        deposit = office.store.read(lambda tx: tx.account_deposits.find_latest_deposit(case.id))
        assert deposit is not None
        policy = office.settings.policy.proofing
        effect = ExpireDeposit(deposit_id=deposit.id)
        just_before = office.clock.now() + timedelta(minutes=policy.deposit.window_minutes - 1)
        expire_deposit(effect, store=office.store, policy=policy, now=just_before)
        assert known.check("account_deposit")["state"] == "confirming"
        expire_deposit(effect, store=office.store, policy=policy, now=just_before + timedelta(minutes=2))
    assert codes(known.check("account_deposit")) == ["account_deposit.expired"]
    refused = refusal(lambda: known.client.confirm_deposit(known.application_id, amount_krw, code))
    assert refused.code == "account_deposit.expired"
    receives(town, known, "21090000016")


def test_an_account_gets_three_deposits_a_day_and_no_fourth(town: Town, known: Customer) -> None:
    opens_account(town, known, "21090000017")
    for _ in range(3):
        receives(town, known, "21090000017")
    refused = refusal(lambda: known.client.send_account(known.application_id, BANK_CODE, "21090000017"))
    assert refused.code == "account_deposit.too_many"
    assert refused.problem["fields"]["scope"] == "account"
    assert refused.problem["retry_after_s"] > 23 * 3600
    assert len(statement(town, "21090000017")) == 3
