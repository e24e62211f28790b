"""A typed identifier goes to a reviewer, who decides with `dojang review`: the customer is told and may try again."""

import json

from builders.journey import Customer, Town, codes, json_lines
from dojang.controls.access.model import RoleRequired


def test_rejected_on_the_command_line_and_shown_again(town: Town) -> None:
    customer = Customer(town, seed=71).moves_in().applies()
    assert customer.sends(customer.world.photograph_card())["state"] == "confirming"
    customer.client.confirm_fields(customer.application_id, {"name": "허위정보"})
    check = customer.check("id_document")
    assert (check["state"], codes(check)) == ("review", ["identity_proofing.corrected_identifier"])

    listed = json_lines(town.dojang("review", "list").stdout)
    # oldest first, and the stories before this one may have left theirs: ours is the last
    review = [one for one in listed if one["check"] == "id_document" and one["state"] == "open"][-1]
    reviewer = ("--as", town.reviewer.login_name)
    pictures = town.settings.data_dir / "pictures"
    shown = json.loads(town.dojang("review", "show", review["id"], *reviewer, "--pictures", str(pictures)).stdout)
    assert shown["document"]["name"] == {"value": "허위정보", "source": "typed"}
    assert customer.world.rrn[6:] not in str(shown)
    assert {one.suffix for one in pictures.iterdir()} == {".jpg"}

    asked = ("review", "reject", review["id"], "--reason", "values_differ")
    stranger = town.dojang(*asked, "--as", customer.login)
    assert isinstance(stranger.exception, RoleRequired)
    assert json.loads(town.dojang(*asked, *reviewer).stdout)["state"] == "rejected"
    check = customer.check("id_document")
    assert (check["state"], check["may_act"]) == ("refused", True)
    assert "identity_proofing.review_rejected" in codes(check)
    customer.shows_document()
    assert customer.check("id_document")["state"] == "passed"

    with town.at_the_desk() as office:
        case = office.store.read(lambda tx: tx.proofing_cases.find_case_of(customer.application_id))
    assert case is not None
    audited = [one["tag"] for one in json_lines(town.dojang("audit", "list", case.id).stdout)]
    assert {f"identity_proofing:review:{act}" for act in ("shown", "rejected")} <= set(audited)
    customer.client.cancel(customer.application_id)
