"""The telephone rings and nobody answers, or somebody else does: each ending has its name, and the way on works.

All stories share one customer whose document is in order; each brings its own telephone, as people do.
"""

import pytest

from builders.journey import HURRIED, Customer, Town, codes, eventually, refusal, until_parked


def carries(town: Town, customer: Customer, number: str, **handset: object) -> None:
    """Give the customer a telephone and have the office know it."""
    town.tell("phone", number)
    town.sandbox.connect_line(number, owner=customer.name, born=customer.born, **handset)
    customer.client.change_phone(customer.application_id, number)


def is_called(customer: Customer) -> dict[str, object]:
    customer.client.request_call(customer.application_id)
    return customer.check("ars_call")


@pytest.mark.parametrize(
    ("number", "behaviour", "code"),
    [
        ("01097000001", "no_answer", "ars_call.no_answer"),
        ("01097000002", "busy", "ars_call.busy"),
        ("01097000003", "declines", "ars_call.declined"),
        ("01097000004", "off", "ars_call.unreachable"),
    ],
)
def test_nobody_picks_up(town: Town, known: Customer, number: str, behaviour: str, code: str) -> None:
    carries(town, known, number, behaviour=behaviour)
    check = is_called(known)
    assert (check["state"], codes(check), check["may_act"]) == ("retry", [code], True)


def test_a_wrong_number_pressed_twice(town: Town, known: Customer) -> None:
    carries(town, known, "01097000005", behaviour="answers", presses=["00#", "00#"])
    assert codes(is_called(known)) == ["ars_call.wrong_number"]


def test_hanging_up_at_the_greeting(town: Town, known: Customer) -> None:
    carries(town, known, "01097000006", behaviour="answers", hangs_up_on="greeting")
    assert codes(is_called(known)) == ["ars_call.hung_up"]


def test_a_voicemail_that_says_nothing(town: Town, known: Customer) -> None:
    carries(town, known, "01097000007", behaviour="answers", presses=[])
    assert codes(is_called(known)) == ["ars_call.silence"]


def test_a_line_of_somebody_else_is_not_even_rung(town: Town, known: Customer) -> None:
    town.sandbox.connect_line("01097000008", owner="남의전화", born="1980-05-05")
    known.client.change_phone(known.application_id, "01097000008")
    check = is_called(known)
    assert (check["state"], codes(check)) == ("refused", ["ars_call.not_your_line"])
    assert town.sandbox.get("/telephony/handset/01097000008/calls")["calls"] == []


def test_a_number_that_is_no_mobile_telephone(known: Customer) -> None:
    refused = refusal(lambda: known.client.change_phone(known.application_id, "02-123-4567"))
    assert (refused.code, refused.problem["fields"]) == ("identity_proofing.field_invalid", {"fields": ["phone"]})


def test_a_telephone_is_called_three_times_a_day(town: Town, known: Customer) -> None:
    carries(town, known, "01097000009", behaviour="busy")
    for _ in range(3):
        is_called(known)
    refused = refusal(lambda: is_called(known))
    assert (refused.code, refused.problem["fields"]["scope"]) == ("ars_call.too_many", "telephone")
    assert len(town.sandbox.get("/telephony/handset/01097000009/calls")["calls"]) == 3


def test_a_network_that_is_down_parks_the_check_which_goes_on_by_itself(town: Town, known: Customer) -> None:
    carries(town, known, "01097000010", behaviour="busy")
    with town.sandbox.fault("telephony", "down"):
        known.client.request_call(known.application_id)
        assert codes(until_parked(known, "ars_call")) == ["ars_call.network_unavailable"]
    assert codes(known.check("ars_call")) == ["ars_call.busy"]


def test_one_wrong_press_may_be_corrected_in_the_same_call(town: Town, known: Customer) -> None:
    """And the number stands on the screen only: while the telephone rings, and not afterwards."""
    carries(town, known, "01097000011", behaviour="manual", playback_rate=HURRIED)
    number = str(known.client.request_call(known.application_id)["call"]["number"])
    handset = "/telephony/handset/01097000011/calls"
    ringing = eventually(lambda: [one for one in town.sandbox.get(handset)["calls"] if one["state"] == "ringing"])[0]
    call = f"{handset}/{ringing['call_id']}"
    assert known.client.proofing(known.application_id)["call"]["number"] == number
    town.sandbox.post(f"{call}/answer")
    eventually(lambda: "press_number" in [one["prompt"] for one in town.sandbox.get(call)["heard"]])
    town.sandbox.post(f"{call}/press", keys=f"{int(number) % 90 + 10}#")
    eventually(lambda: "try_again" in [one["prompt"] for one in town.sandbox.get(call)["heard"]])
    town.sandbox.post(f"{call}/press", keys=f"{number}#")
    assert known.check("ars_call")["state"] == "passed"
    assert known.client.proofing(known.application_id)["call"]["number"] is None
    # Another telephone: the call has to be repeated, so that the stories after this one can be told.
    carries(town, known, "01097000012", behaviour="busy")
    assert known.check("ars_call")["state"] == "awaited"


def test_0_says_i_did_not_ask_and_freezes_the_application(town: Town) -> None:
    victim = Customer(town, seed=12).moves_in().applies().is_known()
    carries(town, victim, "01097000013", behaviour="answers", presses=["0#"])
    victim.client.request_call(victim.application_id)
    victim.client.await_state(victim.application_id, "frozen")
    assert victim.client.proofing(victim.application_id)["state"] == "frozen"
    refused = refusal(lambda: victim.client.request_call(victim.application_id))
    assert refused.code in ("application.closed", "identity_proofing.case_ended")
    told = eventually(lambda: town.sandbox.messages("01097000013"))
    assert "proofing_call_disowned" in [one["template"] for one in told]
    operators = eventually(lambda: town.sandbox.messages(town.settings.neighbours.notice.operators_email))
    assert "proofing_call_disowned_office" in [one["template"] for one in operators]
    listed = town.dojang("audit", "list", victim.application_id)
    assert "application:application:frozen" in listed.stdout
