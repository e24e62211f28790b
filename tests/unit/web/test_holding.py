"""Suspension over the interface: the owner's, the office's, and who may lift which."""

import base64
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import Caller, EdgeOffice
from builders.proofing import HONG
from dojang.controls.access.model import Role


@dataclass(frozen=True, slots=True)
class Owner:
    """A signed-in subscriber with one certificate set."""

    call: Caller
    serial: str

    def path(self, act: str, side: str = "") -> str:
        return f"/v1{side}/certificates/{self.serial}/{act}"


@pytest.fixture
def owner(fresh_edge: EdgeOffice, tmp_path: Path) -> Owner:
    del tmp_path
    person = fresh_edge.person("gildong", HONG)
    fresh_edge.proofing.prove(person)
    application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
    spki_der = fresh_edge.office.published.transport_spki_der
    request = issuance_request(application, client_keys(0), transport_spki_der=spki_der)
    issued = fresh_edge.office.issuing.issue(request, fresh_edge.clock.now())
    return Owner(fresh_edge.caller().signed_in(fresh_edge.token("gildong")), str(issued.signing.serial))


@pytest.fixture
def officer(fresh_edge: EdgeOffice) -> Caller:
    fresh_edge.add_account("the.officer", Role.OFFICER)
    return fresh_edge.caller().signed_in(fresh_edge.token("the.officer"))


def test_the_owner_suspends_with_one_request_and_the_list_says_until_when(owner: Owner) -> None:
    held = owner.call("POST", owner.path("suspension"))
    assert (held.status, held.json["state"], held.json["held_by"]) == (200, "held", "owner")
    (listed,) = owner.call("GET", "/v1/certificates").json
    assert (listed["state"], listed["held_by"], listed["hold_ends_at"]) == ("held", "owner", held.json["hold_ends_at"])
    assert owner.call("POST", owner.path("suspension")).json == held.json


def test_a_strangers_certificate_is_not_found(fresh_edge: EdgeOffice, owner: Owner) -> None:
    fresh_edge.add_account("stranger")
    stranger = fresh_edge.caller().signed_in(fresh_edge.token("stranger"))
    assert stranger("POST", owner.path("suspension")).code == "revocation.certificate_not_found"


def test_an_officer_suspends_and_resumes_with_a_reason(owner: Owner, officer: Caller) -> None:
    assert officer("POST", owner.path("suspension", "/operator"), json={}).status == 400
    held = officer("POST", owner.path("suspension", "/operator"), json={"reason": "suspectedMisuse"})
    assert (held.json["state"], held.json["held_by"]) == ("held", "office")
    good = officer("POST", owner.path("resumption", "/operator"), json={"reason": "suspicionCleared"})
    assert (good.json["state"], good.json["hold_ends_at"]) == ("good", None)
    again = officer("POST", owner.path("resumption", "/operator"), json={"reason": "suspicionCleared"})
    assert (again.status, again.code) == (409, "revocation.not_held")


@pytest.mark.parametrize("role", [Role.SUBSCRIBER, Role.REVIEWER, Role.AUDITOR])
def test_only_an_officer_may(fresh_edge: EdgeOffice, owner: Owner, role: Role) -> None:
    fresh_edge.add_account("somebody", role)
    somebody = fresh_edge.caller().signed_in(fresh_edge.token("somebody"))
    for act in ("suspension", "resumption"):
        refused = somebody("POST", owner.path(act, "/operator"), json={"reason": "ownerRequest"})
        assert (refused.status, refused.code) == (403, "access.role_required")


# --- with a further proof ---


def statement(owner: Owner, act: str) -> bytes:
    return base64.b64decode(owner.call("GET", owner.path(f"statements/{act}")).json["statement"])


def signature(owner: Owner, act: str) -> str:
    return base64.b64encode(client_keys(0).sign(statement(owner, act))).decode()


@pytest.mark.parametrize("act", ["resumption", "revocation"])
def test_a_session_alone_neither_resumes_nor_revokes(owner: Owner, act: str) -> None:
    owner.call("POST", owner.path("suspension"))
    refused = owner.call("POST", owner.path(act), json={})
    assert (refused.status, refused.code) == (403, "step_up.required")
    assert owner.call("GET", "/v1/certificates").json[0]["state"] == "held"


def test_the_key_resumes_and_revokes(owner: Owner) -> None:
    owner.call("POST", owner.path("suspension"))
    assert (
        owner.call("POST", owner.path("resumption"), json={"signature": signature(owner, "resume")}).json["state"]
        == "good"
    )
    body = {"reason": "superseded", "signature": signature(owner, "revoke")}
    ended = owner.call("POST", owner.path("revocation"), json=body)
    assert (ended.json["state"], ended.json["reason"]) == ("revoked", "superseded")
    assert owner.call("POST", owner.path("revocation"), json={}).json == ended.json


def test_what_is_no_base64_is_malformed_and_what_is_no_signature_is_refused(owner: Owner) -> None:
    malformed = owner.call("POST", owner.path("revocation"), json={"signature": "?"})
    assert (malformed.status, malformed.json["fields"]) == (400, {"where": ["body.signature"]})
    refused = owner.call("POST", owner.path("revocation"), json={"signature": "AAAA"})
    assert (refused.status, refused.code) == (422, "step_up.signature_wrong")


def test_a_call_is_asked_for_and_looked_at_by_its_owner_alone(fresh_edge: EdgeOffice, owner: Owner) -> None:
    asked = owner.call("POST", "/v1/confirmations", json={"act": "revoke", "target": owner.serial})
    assert (asked.status, asked.json["state"], asked.json["phone"]) == (202, "requested", "010-****-0001")
    assert asked.json["number"].isdigit()
    assert owner.call("GET", f"/v1/confirmations/{asked.json['id']}").json == asked.json
    again = owner.call("POST", "/v1/confirmations", json={"act": "revoke", "target": owner.serial})
    assert (again.status, again.code) == (409, "step_up.in_progress")
    fresh_edge.add_account("stranger")
    stranger = fresh_edge.caller().signed_in(fresh_edge.token("stranger"))
    assert stranger("GET", f"/v1/confirmations/{asked.json['id']}").code == "step_up.not_found"
    other = stranger("POST", "/v1/confirmations", json={"act": "revoke", "target": owner.serial})
    assert (other.status, other.code) == (409, "step_up.certificate_unusable")
    none = stranger("POST", "/v1/confirmations", json={"act": "unlock_issuing", "target": "lock-1"})
    assert (none.status, none.code) == (409, "step_up.no_telephone")
    unconfirmed = owner.call("POST", owner.path("revocation"), json={"confirmation": asked.json["id"]})
    assert (unconfirmed.status, unconfirmed.code) == (409, "step_up.not_confirmed")
