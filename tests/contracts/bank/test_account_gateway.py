"""What every bank behind `AccountGateway` keeps: honest answers, and money that moves once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from contracts.bank.worlds import (
    BORN,
    NAME,
    TEXT,
    BankWorld,
    FakeWorld,
    SandboxWorld,
    customer,
    new_account,
    new_reference,
    send_until_known,
)
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.identity_proofing.neighbours import DepositAnswer, OwnershipAnswer
from fakes.mishap import Mishap


@pytest.fixture(params=["fake", "sandbox"])
def world(request: pytest.FixtureRequest) -> BankWorld:
    if request.param == "fake":
        return FakeWorld()
    return SandboxWorld(request.getfixturevalue("steering"))


def test_an_account_belongs_to_its_holder(world: BankWorld) -> None:
    account = customer(world)
    asked = world.gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    assert asked is OwnershipAnswer.MATCH


@pytest.mark.parametrize(("name", "born"), [("나래", BORN), (NAME, date(1990, 1, 3)), ("가온누", BORN)])
def test_another_name_or_birth_date_is_a_mismatch(world: BankWorld, name: str, born: date) -> None:
    account = customer(world)
    asked = world.gateway.inquire_ownership(reference=new_reference(), account=account, name=name, birth_date=born)
    assert asked is OwnershipAnswer.MISMATCH


def test_an_unknown_number_is_no_account(world: BankWorld) -> None:
    asked = world.gateway.inquire_ownership(
        reference=new_reference(), account=new_account(), name=NAME, birth_date=BORN
    )
    assert asked is OwnershipAnswer.NO_SUCH_ACCOUNT


@pytest.mark.parametrize("standing", [OwnershipAnswer.ACCOUNT_UNUSABLE, OwnershipAnswer.SAFE_BLOCKED])
def test_an_account_that_may_not_be_used_says_so_and_gets_nothing(world: BankWorld, standing: OwnershipAnswer) -> None:
    account, reference = customer(world, standing), new_reference()
    asked = world.gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    assert asked is standing
    sent = world.gateway.deposit(reference=reference, account=account, amount_krw=1, depositor_text=TEXT)
    assert sent is DepositAnswer.REFUSED
    assert world.gateway.settle(reference=reference, sent_on=world.today, amount_krw=1) is DepositAnswer.REFUSED
    assert world.credits(account) == []
    assert world.books_balance()


def test_an_inquiry_repeated_under_its_reference_answers_again(world: BankWorld) -> None:
    account, reference = customer(world), new_reference()
    answers = {
        world.gateway.inquire_ownership(reference=reference, account=account, name=NAME, birth_date=BORN)
        for _ in range(3)
    }
    assert answers == {OwnershipAnswer.MATCH}


def test_a_deposit_arrives_with_its_text(world: BankWorld) -> None:
    account, reference = customer(world), new_reference()
    sent = world.gateway.deposit(reference=reference, account=account, amount_krw=3, depositor_text=TEXT)
    assert sent is DepositAnswer.SENT
    assert world.credits(account) == [(3, TEXT)]
    assert world.gateway.settle(reference=reference, sent_on=world.today, amount_krw=3) is DepositAnswer.SENT
    assert world.books_balance()


def test_a_deposit_to_no_account_is_refused(world: BankWorld) -> None:
    sent = world.gateway.deposit(reference=new_reference(), account=new_account(), amount_krw=1, depositor_text=TEXT)
    assert sent is DepositAnswer.REFUSED


def test_the_same_reference_moves_money_once(world: BankWorld) -> None:
    account, reference = customer(world), new_reference()
    for expected in (DepositAnswer.SENT, DepositAnswer.UNKNOWN, DepositAnswer.UNKNOWN):
        sent = world.gateway.deposit(reference=reference, account=account, amount_krw=1, depositor_text=TEXT)
        assert sent is expected
    assert world.credits(account) == [(1, TEXT)]


def test_two_references_move_money_twice(world: BankWorld) -> None:
    account = customer(world)
    for _ in range(2):
        world.gateway.deposit(reference=new_reference(), account=account, amount_krw=1, depositor_text=TEXT)
    assert world.credits(account) == [(1, TEXT), (1, TEXT)]
    assert world.books_balance()


def test_many_at_once_under_one_reference_move_money_once(world: BankWorld) -> None:
    account, reference = customer(world), new_reference()

    def send(_: int) -> DepositAnswer:
        return world.gateway.deposit(reference=reference, account=account, amount_krw=1, depositor_text=TEXT)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert sorted(answers) == [DepositAnswer.SENT] + [DepositAnswer.UNKNOWN] * 7
    assert world.credits(account) == [(1, TEXT)]
    assert world.books_balance()


def test_what_the_bank_never_saw_is_not_found(world: BankWorld) -> None:
    settled = world.gateway.settle(reference=new_reference(), sent_on=world.today, amount_krw=1)
    assert settled is DepositAnswer.NOT_FOUND


@pytest.mark.parametrize("mishap", Mishap)
@pytest.mark.parametrize("count", [1, 2])
def test_whatever_happens_to_a_deposit_one_credit_arrives(world: BankWorld, mishap: Mishap, count: int) -> None:
    account = customer(world)
    world.deposit_meets(mishap, count)
    story = send_until_known(world.gateway, new_reference(), account, world.today)
    assert story[-1] == "sent"
    assert len(story) > 1, "the mishap was not met"
    assert world.credits(account) == [(1, TEXT)]
    assert world.books_balance()


@pytest.mark.parametrize("mishap", Mishap)
def test_an_inquiry_without_answer_is_unavailable_and_never_a_match(world: BankWorld, mishap: Mishap) -> None:
    account = customer(world)
    world.everything_meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        world.gateway.inquire_ownership(reference=new_reference(), account=account, name=NAME, birth_date=BORN)
    world.everything_meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        world.gateway.settle(reference=new_reference(), sent_on=world.today, amount_krw=1)


@pytest.mark.parametrize(
    ("reference", "amount_krw", "text"),
    [
        ("short", 1, TEXT),
        ("abcdefghi", 1, TEXT),
        ("A23456789", 0, TEXT),
        ("A23456789", 1, "가" * 11),
        ("A23456789", 1, ""),
    ],
)
def test_what_no_bank_takes_is_a_programming_error(
    world: BankWorld, reference: str, amount_krw: int, text: str
) -> None:
    account = customer(world)
    with pytest.raises(ValueError, match=r"reference|depositor"):
        world.gateway.deposit(reference=reference, account=account, amount_krw=amount_krw, depositor_text=text)
    assert world.credits(account) == []
