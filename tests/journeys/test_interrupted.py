"""Worker and web process are killed in the middle of a journey (SIGKILL: no last word); started again, all goes on."""

import os
import signal
from pathlib import Path

import pytest

from builders.journey import Customer, Town, eventually
from dojang.cli.customer.device import Device
from dojang.cli.demo.customer_world import BANK_CODE


def dies(town: Town, name: str) -> None:
    """Kill a process of the office at once; its children find out by themselves."""
    victim = town.processes.process_id(name)
    children = _children(victim)
    os.kill(victim, signal.SIGKILL)
    if name == "web":  # the server's own worker processes serve; a machine that loses power loses them too
        for child in children:
            os.kill(child, signal.SIGKILL)


def come_back(town: Town, *names: str) -> None:
    for name in names:
        town.processes.start(name)
    town.processes.await_answers()


def _children(parent: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]


@pytest.fixture
def traveller(town: Town) -> Customer:
    return Customer(town, seed=81).moves_in().applies()


def test_killed_at_the_reader_at_the_bank_and_at_enrolment(town: Town, traveller: Customer) -> None:
    for side, jpeg in traveller.world.photograph_card().items():
        traveller.client.send_photograph(traveller.application_id, "resident_card", side, jpeg)
    dies(town, "worker")  # a document is being read, or waits to be
    dies(town, "web")
    come_back(town, "worker", "web")
    check = traveller.check("id_document", timeout_s=60)
    if check["state"] == "retry":
        traveller.shows_document()
    else:
        assert check["state"] == "confirming"
        traveller.client.confirm_fields(traveller.application_id, {})
    traveller.client.send_personal_data(traveller.application_id, **traveller.data())
    assert traveller.check("registry")["state"] == "passed"

    with town.sandbox.fault("bank", "slow", delay_s=0.5):
        traveller.client.send_account(traveller.application_id, BANK_CODE, traveller.world.account)
        eventually(lambda: traveller.client.proofing(traveller.application_id)["deposit"])
        dies(town, "worker")  # the bank is being asked, or asked to pay
    come_back(town, "worker")
    assert traveller.check("account_deposit", timeout_s=60)["state"] == "confirming"
    (line,) = traveller.world.statement()  # paid once
    traveller.client.confirm_deposit(traveller.application_id, line["amount_krw"], line["text"])
    traveller.answers_telephone()
    traveller.client.await_state(traveller.application_id, "identified")

    device = Device()
    order = traveller.order(device)
    dies(town, "worker")
    first = traveller.client.enrol(traveller.application_id, order, idempotency_key="before-the-end")
    dies(town, "web")
    come_back(town, "worker", "web")
    assert traveller.client.enrol(traveller.application_id, order, idempotency_key="before-the-end") == first
    traveller.client.await_state(traveller.application_id, "issued")
    statement = traveller.client.acceptance_statement(traveller.application_id)
    traveller.client.accept(traveller.application_id, device.sign(statement))
    traveller.client.await_state(traveller.application_id, "completed")
    assert len(traveller.client.certificates()) == 1


def test_a_second_kill_while_the_first_is_still_warm(town: Town, known: Customer) -> None:
    """The worker dies three times in a row; a deposit asked for meanwhile arrives once."""
    number = "21090000081"
    town.tell("account", number)
    town.sandbox.open_account(number, holder=known.name, born=known.born)
    dies(town, "worker")
    known.client.send_account(known.application_id, BANK_CODE, number)
    for _ in range(2):
        town.processes.start("worker")
        dies(town, "worker")
    come_back(town, "worker")
    assert known.check("account_deposit", timeout_s=60)["state"] == "confirming"
    lines = town.sandbox.get(f"/bank/statement/{BANK_CODE}/{number}.json")["lines"]
    assert len(lines) == 1
