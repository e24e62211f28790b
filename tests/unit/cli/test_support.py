"""`dojang support`: list, show, answer, close; on a real store."""

import json

import pytest

from builders.command import Run
from builders.edge import EdgeOffice
from dojang.controls.access.model import Role
from dojang.controls.support import usecases
from dojang.controls.support.model import Failure


@pytest.fixture
def case_id(office: EdgeOffice) -> str:
    office.add_account("the.helper", Role.SUPPORT)
    office.add_account("the.officer", Role.OFFICER)
    report = usecases.Report(
        subscriber_id=office.add_account("gildong"), failure=Failure(code="internal"), text="도와주세요"
    )
    opened = office.office
    return usecases.open_ticket(
        report,
        store=opened.store,
        policy=opened.settings.policy.support,
        chance=opened.chance,
        now=office.clock.now(),
    ).case_id


def test_a_ticket_is_listed_shown_answered_and_closed(run: Run, case_id: str) -> None:
    (listed,) = [json.loads(line) for line in run("support", "list").out.splitlines()]
    assert (listed["case_id"], listed["state"]) == (case_id, "open")
    shown = json.loads(run("support", "show", case_id, "--as", "the.helper").out)
    assert shown["messages"][0]["text"] == "도와주세요"
    assert [one["tag"] for one in shown["timeline"]] == ["access:account:opened"]
    answered = run("support", "answer", case_id, "다시 눌러 보세요", "--as", "the.helper")
    assert json.loads(answered.out)["state"] == "answered"
    assert run("support", "list").out == ""
    assert run("support", "list", "--state", "answered").out
    assert json.loads(run("support", "close", case_id, "--as", "the.helper").out)["state"] == "closed"


@pytest.mark.parametrize("name", ["the.officer", "gildong", "nobody"])
def test_only_support_looks_and_answers(run: Run, case_id: str, name: str) -> None:
    for command in (("show", case_id), ("answer", case_id, "x"), ("close", case_id)):
        done = run("support", *command, "--as", name)
        assert done.refusal is not None
        assert done.refusal.code == "access.role_required"
