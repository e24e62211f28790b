"""Frozen persons at the operators' desk: `dojang review frozen|unfreeze`, and the same over HTTP."""

import json
from dataclasses import replace

import pytest

from builders.command import Run
from builders.edge import EdgeOffice
from builders.proofing import HONG, Person, examination_of
from dojang.controls.access.model import Role
from dojang.lifecycle.identity_proofing.errors import PersonAlreadyApplying
from dojang.web.app import Audience


@pytest.fixture
def victim(office: EdgeOffice) -> Person:
    """Somebody who pressed 0#."""
    office.add_account("the.reviewer", Role.REVIEWER)
    office.add_account("the.officer", Role.OFFICER)
    person = office.person("a.thief", HONG)
    office.proofing.know(person)
    office.proofing.submit_account(person)
    office.proofing.confirm_deposit(person, *office.proofing.statement(person))
    office.proofing.answer_call(person, presses=("0#",))
    return person


def test_by_command(office: EdgeOffice, run: Run, victim: Person) -> None:
    (line,) = (json.loads(one) for one in run("review", "frozen").out.splitlines())
    assert line["application"] == victim.application_id
    other = replace(office.person("gildong", HONG))
    office.proofing.reader.shown[other.front] = examination_of(other)
    office.proofing.apply(other)
    office.proofing.photograph(other)
    office.proofing.confirm(other)
    with pytest.raises(PersonAlreadyApplying):
        office.proofing.enter(other)
    by_officer = run("review", "unfreeze", line["case"], "--as", "the.officer")
    assert by_officer.refusal is not None
    assert by_officer.refusal.code == "access.role_required"
    assert run("review", "unfreeze", line["case"], "--as", "the.reviewer").out == "freeze lifted\n"
    assert run("review", "frozen").out == ""
    again = run("review", "unfreeze", line["case"], "--as", "the.reviewer")
    assert again.refusal is not None
    assert again.refusal.code == "identity_proofing.case_not_frozen"
    office.proofing.enter(other)


def test_over_http(office: EdgeOffice, victim: Person) -> None:
    caller = office.caller([Audience.OPERATOR])
    reviewer = caller.signed_in(office.token("the.reviewer"))
    (found,) = reviewer("GET", "/v1/operator/frozen-cases").json
    assert found["application_id"] == victim.application_id
    path = f"/v1/operator/frozen-cases/{found['case_id']}/release"
    assert caller.signed_in(office.token("the.officer"))("POST", path).code == "access.role_required"
    assert reviewer("POST", path).status == 204
    assert reviewer("GET", "/v1/operator/frozen-cases").json == []
    again = reviewer("POST", path)
    assert (again.status, again.code) == (404, "identity_proofing.case_not_frozen")
