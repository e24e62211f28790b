"""A neighbour goes away in the middle of the road: the office says so, waits, and goes on by itself, no try lost."""

import json

import httpx

from builders.journey import Customer, Town, codes, eventually, until_parked
from dojang.cli.demo.customer_world import BANK_CODE

OPERATORS = "operators@dojang.example"


def component(town: Town, name: str) -> dict[str, str]:
    """Ask the status page as anybody would, without a session."""
    answer = httpx.get(f"{town.settings.public_url}/v1/status", headers={"Accept-Language": "ko"}, trust_env=False)
    found = {one["component"]: one for one in answer.raise_for_status().json()["components"]}
    shown: dict[str, str] = found[name]
    return shown


def away(town: Town, name: str) -> dict[str, str] | None:
    shown = component(town, name)
    return None if shown["state"] == "closed" else shown


def alerts(town: Town, name: str) -> int:
    """How often operators were told of this neighbour; other stories of the town have outages too."""
    return sum(name in json.dumps(one) for one in town.sandbox.messages(OPERATORS))


def left(customer: Customer) -> dict[str, int]:
    return {one["check"]: one["tries_left"] for one in customer.client.proofing(customer.application_id)["checks"]}


def test_the_bank_goes_down_in_the_middle_and_comes_back(town: Town, known: Customer) -> None:
    number = "21090000018"
    town.tell("account", number)
    town.sandbox.open_account(number, holder=known.name, born=known.born)
    before, told_before = left(known), alerts(town, "bank")
    with town.sandbox.fault("bank", "down"):
        known.client.send_account(known.application_id, BANK_CODE, number)
        assert codes(until_parked(known, "account_deposit")) == ["account_deposit.bank_unavailable"]
        shown = eventually(lambda: away(town, "bank"))
        assert shown["title"] == "은행 응답이 늦어요"
        assert shown["since"]
        metrics = httpx.get(f"{town.settings.public_url}/metrics", trust_env=False).text
        assert 'dojang_neighbour_away{neighbour="bank"} 1.0' in metrics
        assert component(town, "registry")["state"] == "closed"
    check = known.check("account_deposit")  # nobody did anything
    assert (check["state"], check["tries_left"]) == ("confirming", before["account_deposit"])
    assert left(known) == before
    assert component(town, "bank")["state"] == "closed"
    assert len(town.sandbox.get(f"/bank/statement/{BANK_CODE}/{number}.json")["lines"]) == 1
    eventually(lambda: alerts(town, "bank") > told_before)
    assert alerts(town, "bank") == told_before + 1
    listed = town.dojang("audit", "list", "neighbour:bank")
    tags = [json.loads(line)["tag"] for line in listed.stdout.splitlines()]
    assert tags[-2:] == ["outage:neighbour:began", "outage:neighbour:ended"]
    assert len(tags) % 2 == 0


def test_the_telephone_network_goes_down_and_the_call_comes_when_it_is_back(town: Town, known: Customer) -> None:
    number = "01097000018"
    town.tell("phone", number)
    town.sandbox.connect_line(number, owner=known.name, born=known.born, behaviour="busy")
    known.client.change_phone(known.application_id, number)
    before = left(known)
    with town.sandbox.fault("telephony", "down"):
        known.client.request_call(known.application_id)
        until_parked(known, "ars_call")
        eventually(lambda: away(town, "telephony"))
    check = known.check("ars_call")
    assert codes(check) == ["ars_call.busy"]  # it rang by itself
    assert left(known)["account_deposit"] == before["account_deposit"]
    assert component(town, "telephony")["state"] == "closed"


def test_a_failure_is_handed_to_support_and_answered(town: Town, known: Customer) -> None:
    handed = known.client.request(
        "POST",
        "/v1/support/tickets",
        json={"code": "ars_call.busy", "application_id": known.application_id, "text": f"안 돼요 {known.world.rrn}"},
    ).json()
    assert handed["messages"][0]["masked"] is True
    town.dojang("operator", "add", "the.helper", "support", "--password", "a long operator password")
    shown = town.dojang("support", "show", handed["case_id"], "--as", "the.helper")
    assert shown.exit_code == 0, shown.output
    assert "identity_proofing:ars_call:attempt_failed" in shown.stdout
    assert town.overheard(shown.stdout) == {}
    town.dojang("support", "answer", handed["case_id"], "통화 중이 아닐 때 다시 눌러 주세요", "--as", "the.helper")
    seen = known.client.request("GET", f"/v1/support/tickets/{handed['case_id']}").json()
    assert (seen["state"], seen["messages"][-1]["author"]) == ("answered", "office")
