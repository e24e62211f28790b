"""An application is opened, left, taken up again, given up, forgotten."""

from datetime import timedelta

import pytest

from builders.journey import Customer, Town, refusal
from dojang.cli.customer.office import OfficeClient
from dojang.lifecycle.application.usecases import expire_application


@pytest.fixture(scope="module")
def applicant(town: Town) -> Customer:
    return Customer(town, seed=51).signs_up()


def test_one_open_application_at_a_time(applicant: Customer) -> None:
    applicant.applies()
    refused = refusal(applicant.applies)
    assert refused.code == "application.already_open"
    assert refused.problem["fields"]["application_id"] == applicant.application_id
    applicant.client.cancel(applicant.application_id)
    applicant.applies()
    assert applicant.client.cancel(applicant.application_id)["state"] == "cancelled"


def test_the_tab_was_closed_and_the_application_is_taken_up_where_it_stood(applicant: Customer) -> None:
    applicant.applies()
    sides = applicant.world.photograph_card()
    applicant.client.send_photograph(applicant.application_id, "resident_card", "front", sides["front"])
    applicant.signs_in()
    listed = applicant.client.request("GET", "/v1/applications").json()
    open_ones = [one["id"] for one in listed if one["state"] == "proofing"]
    assert open_ones == [applicant.application_id]
    document = applicant.client.proofing(applicant.application_id)["document"]
    assert (document["state"], document["sides_missing"]) == ("collecting", ["back"])
    applicant.client.send_photograph(applicant.application_id, "resident_card", "back", sides["back"])
    assert applicant.check("id_document")["state"] in ("confirming", "retry")
    applicant.client.cancel(applicant.application_id)


def test_a_cancelled_application_takes_nothing_more(applicant: Customer) -> None:
    applicant.applies()
    applicant.client.cancel(applicant.application_id)
    refused = refusal(
        lambda: applicant.client.send_photograph(applicant.application_id, "resident_card", "front", b"\xff\xd8\xff")
    )
    assert refused.code == "application.closed"
    assert applicant.client.cancel(applicant.application_id)["state"] == "cancelled"  # said twice is said once


def test_after_24_hours_it_has_expired(town: Town, applicant: Customer) -> None:
    applicant.applies()
    with town.at_the_desk() as office:
        opened = office.clock.now()
        for hours, state in ((23, "proofing"), (25, "expired")):
            expire_application(applicant.application_id, store=office.store, now=opened + timedelta(hours=hours))
            assert applicant.client.application(applicant.application_id)["state"] == state
    applicant.applies()
    applicant.client.cancel(applicant.application_id)


def test_terms_before_anything_is_committed(applicant: Customer) -> None:
    three = applicant.client.quote(kind="new", years=3)
    assert (three["validity"], three["years"], three["predecessor_serial"]) == ("anew", 3, None)
    assert refusal(lambda: applicant.client.quote(kind="new", years=2)).code == "application.validity_not_offered"
    nothing_held = refusal(lambda: applicant.client.quote(kind="reissue", years=1, reissue_reason="lost"))
    assert nothing_held.code == "application.predecessor_required"


def test_without_consent_nothing_is_opened(applicant: Customer) -> None:
    body = {"kind": "new", "years": 1, "consents": [{"text_id": "personal_data", "version": "2026-01"}]}
    refused = refusal(lambda: applicant.client.request("POST", "/v1/applications", json=body))
    assert refused.code == "application.consent_missing"


def test_nobody_sees_somebody_elses_application(town: Town, applicant: Customer, known: Customer) -> None:
    assert refusal(lambda: applicant.client.application(known.application_id)).code == "application.not_found"
    assert refusal(lambda: applicant.client.proofing(known.application_id)).code == "identity_proofing.case_not_found"
    with OfficeClient(town.settings.public_url) as stranger:
        refused = refusal(lambda: stranger.application(known.application_id))
    assert (refused.code, refused.problem["status"]) == ("access.session_required", 401)


def test_refusals_speak_the_callers_language(town: Town) -> None:
    titles = {}
    for language in ("ko", "en"):
        with OfficeClient(town.settings.public_url, language=language) as stranger:
            titles[language] = refusal(stranger.certificates).problem["title"]
    assert titles["ko"] != titles["en"]
    assert titles["en"].isascii()
