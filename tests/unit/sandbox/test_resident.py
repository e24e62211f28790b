"""An invented person whom bank, telephone network and registers know, the same for the same seed."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from dojang.sandbox.app import build
from dojang.sandbox.bank.ledger import Ledger
from dojang.sandbox.registry.records import Record, RecordKind, Records, Verdict
from dojang.sandbox.resident import BANK_CODE, draw_resident, invent_resident, settle
from dojang.sandbox.specimen.document import Kind
from dojang.sandbox.state import State
from dojang.sandbox.telephony.line import Lines

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("seed", range(20))
def test_every_document_is_valid_on_the_day(seed: int) -> None:
    resident = invent_resident(seed, TODAY)
    assert resident == invent_resident(seed, TODAY)
    for kind in Kind:
        assert resident.issued_on[kind] <= TODAY
        ends = resident.expires_on[kind]
        assert ends is None or ends >= TODAY


@pytest.mark.parametrize("seed", [3, 22, 63])  # the last two have booklets of the earlier edition
def test_the_number_on_record_is_the_one_printed(seed: int) -> None:
    resident = invent_resident(seed, TODAY)
    printed = draw_resident(seed, Kind.PASSPORT, TODAY).front.values["passport_number"]
    assert resident.number(Kind.PASSPORT) == printed


def test_all_neighbours_know_the_person_once_settled() -> None:
    state, resident = State(), invent_resident(3, TODAY)
    settle(resident, state)
    settle(resident, state)
    account = Ledger(state).find_account(BANK_CODE, resident.account)
    line = Lines(state).find(resident.phone)
    assert account is not None
    assert line is not None
    assert account.holder_name == line.owner_name == resident.person.name.hangul
    front = draw_resident(3, Kind.DRIVER_LICENCE, TODAY).front.values
    claim = Record(
        kind=RecordKind.DRIVER_LICENCE,
        number=front["licence_number"].replace("-", ""),
        name=front["name"],
        birth_date=resident.person.birth_date.strftime("%Y%m%d"),
        serial=resident.person.licence_serial,
    )
    assert Records(state).compare("one", claim) is Verdict.MATCH


def test_the_specimen_is_the_persons() -> None:
    with TestClient(build(State())) as client:
        person = client.post("/sandbox/person", json={"seed": 5}).json()
        assert client.post("/sandbox/person", json={"seed": 6}).json()["name"] != person["name"]
        card = client.get("/sandbox/specimen.json?kind=resident_card&seed=5").json()
        assert card["values"]["name"] == person["name"]
        assert card["values"]["rrn"].replace("-", "") == person["rrn"]
        assert person["rrn"][7:9] in ("97", "98", "99")  # regions never issued
        photographs = [client.get("/sandbox/specimen?kind=resident_card&seed=5").content for _ in range(2)]
        assert photographs[0] == photographs[1]
        assert client.get("/sandbox/specimen?kind=resident_card&seed=-1").status_code == 422
        assert client.get("/sandbox/specimen?kind=library_card&seed=5").status_code == 422
