"""`dojang keys`: the whole rotation by command, beside an office that goes on working."""

import pytest

from builders.command import Run
from builders.edge import EdgeOffice
from builders.proofing import HONG, KIM, Person
from dojang.controls.access.model import Role


@pytest.fixture(autouse=True)
def staff(office: EdgeOffice) -> None:
    office.add_account("the.officer", Role.OFFICER)
    office.add_account("the.auditor", Role.AUDITOR)


def rows(run: Run) -> list[list[str]]:
    return [line.split() for line in run("keys", "list").out.splitlines()]


def known(office: EdgeOffice, login_name: str, like: Person) -> Person:
    person = office.person(login_name, like)
    office.proofing.know(person)
    return person


def test_a_rotation_from_beginning_to_end(office: EdgeOffice, run: Run) -> None:
    hong = known(office, "gildong", HONG)
    ((number, role, values),) = rows(run)
    assert (number, role) == ("1", "seals")
    assert int(values) > 5
    assert run("keys", "add", "--as", "the.officer").out == "2\n"
    assert rows(run) == [["1", "seals", values], ["2", "opens", "0"]]
    assert run("keys", "use", "2", "--as", "the.officer").out == "2 seals\n"
    early = run("keys", "retire", "1", "--as", "the.officer")
    assert early.refusal is not None
    assert early.refusal.code == "field_keys.still_used"
    kim = known(office, "narae", KIM)  # the office that has been open all the time seals with the new one
    between = rows(run)
    assert between[0] == ["1", "opens", values]
    assert int(between[1][2]) > 5
    done = run("keys", "reseal", "--as", "the.officer", "--batch", "2")
    assert done.code == 0
    assert done.out.splitlines()[-1] == f"{values} values sealed anew"
    assert rows(run)[0] == ["1", "opens", "0"]
    assert run("keys", "retire", "1", "--as", "the.officer").out == "1 retired\n"
    assert [row[:2] for row in rows(run)] == [["2", "seals"]]
    for person in (hong, kim):
        assert office.proofing.view(person).person
    tags = {one.tag for one in office.leaves()}
    assert {f"field_keys:key:{one}" for one in ("added", "chosen", "refused", "resealed", "retired")} <= tags


@pytest.mark.parametrize("command", [["add"], ["use", "1"], ["reseal"], ["retire", "1"]])
def test_officers_alone_may(office: EdgeOffice, run: Run, command: list[str]) -> None:
    for name in ("the.auditor", "nobody"):
        done = run("keys", *command, "--as", name)
        assert done.refusal is not None
        assert done.refusal.code == "access.role_required"
    assert rows(run) == [["1", "seals", "0"]]


def test_a_number_that_is_not_there(run: Run) -> None:
    for command in ("use", "retire"):
        done = run("keys", command, "9", "--as", "the.officer")
        assert done.refusal is not None
        assert done.refusal.code == "field_keys.not_found"
    assert run("keys", "retire", "1", "--as", "the.officer").refusal.code == "field_keys.seals"  # type: ignore[union-attr]
