"""The open-banking client against the sandbox: result codes, tokens, time limits, and what it must not say."""

import logging
import socket
from datetime import date

import pytest

from contracts.bank.worlds import (
    BORN,
    NAME,
    TEXT,
    SandboxWorld,
    customer,
    new_reference,
    open_banking,
    send_until_known,
)
from contracts.sandbox_client import Steering
from dojang.adapters.bank.open_banking import OpenBankingGateway
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable, SandboxInProduction
from dojang.lifecycle.identity_proofing.neighbours import BankAccount, DepositAnswer, OwnershipAnswer
from dojang.sandbox.server import SandboxThread

DEPOSIT = "/v2.0/transfer/deposit"


@pytest.fixture
def world(steering: Steering) -> SandboxWorld:
    return SandboxWorld(steering)


def deposit(gateway: OpenBankingGateway, account: BankAccount, reference: str | None = None) -> DepositAnswer:
    reference = reference or new_reference()
    return gateway.deposit(reference=reference, account=account, amount_krw=1, depositor_text=TEXT)


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("code", ["A0001", "A0007", "A0017", "400", "803", "804", "822", "A9999"])
def test_an_open_result_is_settled_to_one_credit(
    world: SandboxWorld, steering: Steering, code: str, acts: bool
) -> None:
    account = customer(world)
    steering.fault("bank", "coded", code=code, acts=acts, count=1, path=DEPOSIT)
    story = send_until_known(world.gateway, new_reference(), account, world.today)
    assert story == (["unknown", "sent"] if acts else ["unknown", "not_found", "sent"])
    assert world.credits(account) == [(1, TEXT)]
    assert world.books_balance()


@pytest.mark.parametrize("code", ["815", "A0312"])
def test_a_refused_result_is_final(world: SandboxWorld, steering: Steering, code: str) -> None:
    account = customer(world)
    steering.fault("bank", "coded", code=code, count=1, path=DEPOSIT)
    assert send_until_known(world.gateway, new_reference(), account, world.today) == ["refused"]
    assert world.credits(account) == []


@pytest.mark.parametrize("status", ["closed", "not_real_name", "frozen", "dormant"])
def test_every_kind_of_unusable_account(steering: Steering, world: SandboxWorld, status: str) -> None:
    account = customer(world)
    facts = {"bank_code": account.bank_code, "number": account.number, "holder_name": NAME}
    steering.post("/sandbox/bank/accounts", **facts, birth_date=BORN.isoformat(), status=status)
    asked = world.gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    assert asked is OwnershipAnswer.ACCOUNT_UNUSABLE
    assert send_until_known(world.gateway, new_reference(), account, world.today) == ["refused"]


def test_an_answer_later_than_the_limit_is_unknown_and_then_settled(steering: Steering, world: SandboxWorld) -> None:
    account, reference = customer(world), new_reference()
    hasty = open_banking(steering.base_url, answer_s=0.2)
    hasty.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    steering.fault("bank", "answer_lost", delay_s=0.6, count=1, path=DEPOSIT)
    assert deposit(hasty, account, reference) is DepositAnswer.UNKNOWN
    assert hasty.settle(reference=reference, sent_on=world.today, amount_krw=1) is DepositAnswer.SENT
    assert world.credits(account) == [(1, TEXT)]


def test_a_slow_bank_within_the_limit_is_waited_for(steering: Steering, world: SandboxWorld) -> None:
    account = customer(world)
    steering.fault("bank", "slow", delay_s=0.05, count=1, path=DEPOSIT)
    assert deposit(open_banking(steering.base_url), account) is DepositAnswer.SENT


def test_a_flapping_bank_still_ends_in_one_credit(steering: Steering, world: SandboxWorld) -> None:
    account = customer(world)
    steering.fault("bank", "flapping", count=8, path="/v2.0/")
    story = send_until_known(world.gateway, new_reference(), account, world.today)
    assert story[-1] == "sent"
    assert len(story) > 1
    assert world.credits(account) == [(1, TEXT)]


def test_nonsense_is_unknown_for_a_deposit_and_unavailable_for_a_question(
    steering: Steering, world: SandboxWorld
) -> None:
    account = customer(world)
    steering.fault("bank", "wrong", count=1, path=DEPOSIT)
    assert deposit(open_banking(steering.base_url), account) is DepositAnswer.UNKNOWN
    steering.fault("bank", "wrong", count=1, path="/v2.0/inquiry")
    with pytest.raises(NeighbourUnavailable) as caught:
        world.gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    assert caught.value.fields == {"neighbour": "bank", "reason": "nonsense"}


def test_a_token_that_died_is_replaced_without_anybody_noticing(steering: Steering, world: SandboxWorld) -> None:
    account, gateway = customer(world), open_banking(steering.base_url)
    assert deposit(gateway, account) is DepositAnswer.SENT
    steering.post("/sandbox/bank/tokens/revoke")
    assert deposit(gateway, account) is DepositAnswer.SENT
    assert len(world.credits(account)) == 2


def test_wrong_credentials_are_the_operators_fault(steering: Steering, world: SandboxWorld) -> None:
    account = customer(world)
    with pytest.raises(NeighbourRefusedUs):
        deposit(open_banking(steering.base_url, client_secret="wrong"), account)
    with pytest.raises(NeighbourRefusedUs):
        deposit(open_banking(steering.base_url, pass_phrase=""), account)
    assert world.credits(account) == []


def test_a_bank_that_is_not_there_saw_nothing() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gateway = open_banking(f"http://127.0.0.1:{probe.getsockname()[1]}")
    with pytest.raises(NeighbourUnavailable) as caught:
        deposit(gateway, BankAccount(bank_code="088", number="110123456789"))
    assert caught.value.fields["reason"] == "not_sent"
    with pytest.raises(NeighbourUnavailable):
        gateway.is_sandbox()


def test_a_bank_that_goes_away_between_two_deposits_saw_nothing_of_the_second() -> None:
    account = BankAccount(bank_code="088", number="110123456789")
    with SandboxThread() as sandbox:
        world = SandboxWorld(Steering(sandbox.base_url))
        world.open_account(account, NAME, BORN)
        gateway = open_banking(sandbox.base_url)
        assert deposit(gateway, account) is DepositAnswer.SENT
    with pytest.raises(NeighbourUnavailable) as caught:
        deposit(gateway, account)
    assert caught.value.fields == {"neighbour": "bank", "reason": "not_sent"}


def test_production_refuses_a_sandbox(steering: Steering, world: SandboxWorld) -> None:
    account = customer(world)
    assert open_banking(steering.base_url).is_sandbox()
    with pytest.raises(SandboxInProduction):
        deposit(open_banking(steering.base_url, production=True), account)
    assert world.credits(account) == []


def test_a_name_cut_at_twenty_bytes_still_matches(world: SandboxWorld) -> None:
    account, long_name = customer(world), "가나다라마바사아자차카타"
    world.open_account(account, long_name[:10], BORN)
    asked = world.gateway.inquire_ownership(reference=new_reference(), account=account, name=long_name, birth_date=BORN)
    assert asked is OwnershipAnswer.MATCH


def test_nothing_personal_in_logs_reprs_and_errors(
    steering: Steering, world: SandboxWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account, gateway = customer(world), open_banking(steering.base_url)
    steering.fault("bank", "down", count=1, path="/v2.0/inquiry")
    with pytest.raises(NeighbourUnavailable) as caught:
        gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=date(1990, 1, 2))
    deposit(gateway, account)
    said = f"{caught.value} {caught.value!r} {account!r} {gateway!r}"
    said += "".join(record.getMessage() for record in caplog.records if "sandbox/" not in record.getMessage())
    for secret in (account.number, NAME, "900102", "sandbox-only", TEXT):
        assert secret not in said
