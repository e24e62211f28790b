"""Photographs that cannot be read and documents that will not do: each says what is wrong and may be taken again.

One customer holds up everything wrong first, and the right card at last; nothing else has to be done again.
"""

from datetime import UTC, datetime

import numpy as np
import pytest

from builders.journey import Customer, Town, codes, refusal
from dojang.cli.demo.customer_world import CustomerWorld
from dojang.pki.validity import day_kst
from dojang.sandbox.specimen.cases import draw_sides, invent_issue_date, last_valid_day
from dojang.sandbox.specimen.document import Kind
from dojang.sandbox.specimen.photograph import Defect, photograph


@pytest.fixture(scope="module")
def clumsy(town: Town) -> Customer:
    return Customer(town, seed=42).moves_in().applies()


def taken_badly(customer: Customer, defect: Defect) -> dict[str, bytes]:
    """A flawed photograph of the front, a good one of the back."""
    card = customer.world.card
    assert card.back is not None
    good_back = photograph(card.back, np.random.default_rng(1)).jpeg
    return {"front": photograph(card.front, np.random.default_rng(4303), defect=defect).jpeg, "back": good_back}


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        (Defect.BLUR, "id_document.blurred"),
        (Defect.GLARE, "id_document.glare"),
        (Defect.DARK, "id_document.too_dark"),
        (Defect.CUT_OFF, "id_document.cut_off"),
        (Defect.TOO_SMALL, "id_document.too_small"),
        (Defect.NO_DOCUMENT, "id_document.no_document"),
    ],
)
def test_a_flawed_photograph_names_its_flaw(clumsy: Customer, defect: Defect, code: str) -> None:
    check = clumsy.sends(taken_badly(clumsy, defect))
    assert check["state"] == "retry"
    assert code in codes(check)


def test_front_and_back_swapped(clumsy: Customer) -> None:
    good = clumsy.world.photograph_card()
    check = clumsy.sends({"front": good["back"], "back": good["front"]})
    assert (check["state"], "id_document.wrong_side" in codes(check)) == ("retry", True)


def test_another_kind_than_announced(clumsy: Customer) -> None:
    check = clumsy.sends(clumsy.world.photograph_card(), kind="driver_licence")
    assert (check["state"], "id_document.wrong_document" in codes(check)) == ("refused", True)


def test_no_picture_at_all(clumsy: Customer) -> None:
    refused = refusal(
        lambda: clumsy.client.send_photograph(clumsy.application_id, "resident_card", "front", b"%PDF-1.7")
    )
    assert refused.code == "id_document.unsupported_file"
    broken = {"front": b"\xff\xd8\xff" + bytes(5000), "back": b"\xff\xd8\xff" + bytes(5000)}
    check = clumsy.sends(broken)
    assert (check["state"], codes(check)) == ("retry", ["id_document.unsupported_file"])


def test_a_side_the_document_has_not(clumsy: Customer) -> None:
    refused = refusal(lambda: clumsy.client.send_photograph(clumsy.application_id, "passport", "back", b"\xff\xd8\xff"))
    assert refused.code == "identity_proofing.field_invalid"


def test_an_expired_licence_is_refused_with_its_date(town: Town, clumsy: Customer) -> None:
    world = clumsy.world
    rng = np.random.default_rng(42)
    today = day_kst(datetime.now(UTC))
    issued_on = invent_issue_date(rng, world.person, Kind.DRIVER_LICENCE, today=today, expired=True)
    expired_on = last_valid_day(world.person, Kind.DRIVER_LICENCE, issued_on)
    sides = draw_sides(world.person, Kind.DRIVER_LICENCE, issued_on=issued_on, expires_on=expired_on)
    assert sides.back is not None
    shown = {"front": photograph(sides.front, rng).jpeg, "back": photograph(sides.back, rng).jpeg}
    check = clumsy.sends(shown, kind="driver_licence")
    assert check["state"] == "refused"
    finding = next(one for one in check["findings"] if one["code"] == "id_document.expired")
    assert str(expired_on) in f"{finding['detail']}"


def test_and_then_the_right_card_passes(clumsy: Customer) -> None:
    clumsy.shows_document()
    assert clumsy.check("id_document")["state"] == "passed"


def test_another_persons_data_differ_field_by_field_until_the_tries_are_used_up(clumsy: Customer, town: Town) -> None:
    sex = "F" if clumsy.world.person.sex.value == "M" else "M"
    wrong = clumsy.data(name="다른사람", birth_date="1970-01-02", sex=sex)
    refused = refusal(lambda: clumsy.client.send_personal_data(clumsy.application_id, **wrong))
    assert refused.code == "identity_proofing.personal_data_differ"
    assert refused.problem["fields"] == {
        "findings": ["personal_data.name_differs", "personal_data.birth_date_differs", "personal_data.sex_differs"],
        "tries_left": 4,
    }
    check = next(
        one for one in clumsy.client.proofing(clumsy.application_id)["checks"] if one["check"] == "personal_data"
    )
    assert [one["field"] for one in check["findings"]] == ["name", "birth_date", "sex"]
    assert codes(check) == refused.problem["fields"]["findings"]
    one_field = clumsy.data(birth_date="1970-01-02")
    for left in (3, 2, 1, 0):
        refused = refusal(lambda: clumsy.client.send_personal_data(clumsy.application_id, **one_field))
        assert refused.problem["fields"] == {"findings": ["personal_data.birth_date_differs"], "tries_left": left}
    clumsy.client.await_state(clumsy.application_id, "refused")
    # The application has ended; a new one may be opened at once.
    clumsy.applies()
    clumsy.client.cancel(clumsy.application_id)


def test_the_same_person_under_two_accounts(town: Town, known: Customer) -> None:
    twin = Customer(town, seed=11, login="journey-twin").signs_up().applies()
    twin.shows_document()
    refused = refusal(lambda: twin.client.send_personal_data(twin.application_id, **twin.data()))
    assert refused.code == "identity_proofing.person_already_applying"
    twin.client.cancel(twin.application_id)


def test_worlds_are_repeatable(town: Town, known: Customer) -> None:
    """What the story above rests on: one seed, one person."""
    again = CustomerWorld(town.settings.sandbox_url, seed=11, kind=Kind.RESIDENT_CARD, today=day_kst(datetime.now(UTC)))
    assert again.rrn == known.world.rrn
