"""What relying parties are told, over the interface: known certificates, the feed, and the webhook."""

import base64
from dataclasses import dataclass, replace

import pytest

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import Answer, Caller, EdgeOffice
from builders.proofing import HONG
from dojang.controls.party_events import feeds
from dojang.controls.party_events.model import SpreadEvents
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.relying_parties.policy import PartyPolicy
from dojang.controls.relying_parties.usecases import register_party
from dojang.lifecycle.revocation import usecases as revocation
from unit.web.test_relying_party import basic


@dataclass(frozen=True)
class Shop:
    """A registered party, how it asks, and a certificate it may know."""

    edge: EdgeOffice
    caller: Caller
    client_id: str
    authorization: dict[str, str]
    serial: int
    key_management_serial: int

    def ask(self, method: str, path: str) -> Answer:
        return self.caller(method, path, headers=self.authorization)

    def know(self, serial: int | None = None) -> Answer:
        return self.ask("PUT", f"/v1/known-certificates/{serial or self.serial}")

    def suspend(self) -> None:
        policy = self.edge.office.settings.policy.revocation
        now = self.edge.clock.now()
        revocation.suspend(self.serial, actor="operator:o1", store=self.edge.office.store, policy=policy, now=now)
        self.spread()

    def spread(self) -> None:
        effect = SpreadEvents(reference=f"certificate:{self.serial}")
        feeds.carry_out_spread(effect, store=self.edge.office.store)

    def with_policy(self, **changes: object) -> "Shop":
        settings = self.edge.office.settings
        policy = settings.policy.model_copy(update=changes)
        office = replace(self.edge.office, settings=settings.model_copy(update={"policy": policy}))
        edge = replace(self.edge, office=office)
        return replace(self, edge=edge, caller=edge.caller())


@pytest.fixture
def shop(fresh_edge: EdgeOffice) -> Shop:
    office = fresh_edge.office
    person = fresh_edge.person("gildong", HONG)
    fresh_edge.proofing.prove(person)
    application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
    request = issuance_request(application, client_keys(0), transport_spki_der=office.published.transport_spki_der)
    issued = office.issuing.issue(request, fresh_edge.clock.now())
    registered = register_party(
        "shop",
        webhook_uri="https://shop.example/hook",
        actor="operator:o1",
        store=office.store,
        chance=office.chance,
        now=fresh_edge.clock.now(),
    )
    return Shop(
        edge=fresh_edge,
        caller=fresh_edge.caller(),
        client_id=registered.party.client_id,
        authorization=basic(registered.party.client_id, registered.secret),
        serial=issued.signing.serial,
        key_management_serial=issued.key_management.serial,
    )


def test_a_party_says_what_it_knows_and_is_told_where_that_stands(shop: Shop) -> None:
    known = shop.know(shop.key_management_serial)
    assert (known.status, known.json["serial"], known.json["state"]) == (200, str(shop.serial), "good")
    assert (known.json["since"], known.json["reason"], known.json["successor_serial"]) == (None, None, None)
    shop.suspend()
    again = shop.know().json
    assert (again["state"], again["reason"], again["sequence"] > known.json["sequence"]) == (
        "held",
        "certificateHold",
        True,
    )
    assert shop.ask("GET", "/v1/known-certificates").json == {"serials": [str(shop.serial)]}
    assert shop.ask("GET", f"/v1/known-certificates?after={shop.serial}").json == {"serials": []}
    tags = [one.tag for one in shop.edge.leaves()]
    assert tags.count("reliance:certificate:known") == 1


def test_what_happens_is_in_the_feed(shop: Shop) -> None:
    shop.know()
    shop.suspend()
    page = shop.ask("GET", "/v1/events").json
    (event,) = page["events"]
    assert event["type"] == "certificate.suspended"
    assert event["reference"] == f"certificate:{shop.serial}"
    assert event["data"] == {"serial": str(shop.serial), "state": "held", "reason": "certificateHold"}
    assert (page["cursor"], page["more"]) == ("1", False)
    assert shop.ask("GET", "/v1/events?after=1").json == {"events": [], "cursor": "1", "more": False}


def test_what_is_forgotten_is_told_no_more(shop: Shop) -> None:
    shop.know()
    for _ in range(2):
        assert shop.ask("DELETE", f"/v1/known-certificates/{shop.serial}").status == 204
    shop.suspend()
    assert shop.ask("GET", "/v1/events").json["events"] == []


def test_another_partys_feed_is_its_own(shop: Shop) -> None:
    shop.know()
    shop.suspend()
    office = shop.edge.office
    other = register_party("café", actor="o", store=office.store, chance=office.chance, now=shop.edge.clock.now())
    cafe = replace(shop, authorization=basic(other.party.client_id, other.secret))
    assert cafe.ask("GET", "/v1/events").json["events"] == []
    assert cafe.ask("GET", "/v1/known-certificates").json == {"serials": []}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", "/v1/known-certificates/4711", 404, "known_certificate.not_found"),
        ("DELETE", "/v1/known-certificates/4711", 404, "known_certificate.not_found"),
        ("PUT", "/v1/known-certificates/0", 400, "request.malformed"),
        ("PUT", "/v1/known-certificates/x", 400, "request.malformed"),
        ("GET", "/v1/events?after=-1", 400, "request.malformed"),
        ("GET", "/v1/events?after=99999999999999999", 400, "request.malformed"),
        ("GET", "/v1/events?limit=0", 400, "request.malformed"),
        ("GET", "/v1/known-certificates?after=x", 400, "request.malformed"),
    ],
)
def test_what_is_refused_has_its_code(shop: Shop, method: str, path: str, status: int, code: str) -> None:
    refused = shop.ask(method, path)
    assert (refused.status, refused.code) == (status, code)


def test_a_party_asks_as_often_as_it_may(shop: Shop) -> None:
    few = shop.with_policy(relying_parties=PartyPolicy(changes_per_minute=1, polls_per_minute=2))
    assert few.know().status == 200
    refused = few.know()
    assert (refused.status, refused.code) == (429, "relying_party.quota_spent")
    assert int(refused.headers["retry-after"]) > 0
    assert [few.ask("GET", "/v1/events").status for _ in range(3)] == [200, 200, 429]


def test_a_party_knows_as_many_as_it_may(shop: Shop) -> None:
    few = shop.with_policy(party_events=PartyEventPolicy(watches_per_party=0))
    refused = few.know()
    assert (refused.status, refused.code) == (429, "party_events.watch_limit")


def test_the_webhooks_secret_is_shown_once_and_renewed(shop: Shop) -> None:
    standing = shop.ask("GET", "/v1/webhook").json
    assert (standing["address"], standing["has_secret"]) == ("https://shop.example/hook", False)
    first = shop.ask("POST", "/v1/webhook/secret").json
    assert first["secret"].startswith("whsec_")
    assert first["previous_until"] is None
    second = shop.ask("POST", "/v1/webhook/secret").json
    assert second["secret"] != first["secret"]
    assert second["previous_until"] is not None
    assert shop.ask("GET", "/v1/webhook").json["has_secret"]
    assert all(first["secret"][6:] not in one.data for one in shop.edge.leaves())


def test_where_the_webhook_stands_is_said_and_it_is_resumed(shop: Shop) -> None:
    shop.know()
    shop.suspend()
    standing = shop.ask("GET", "/v1/webhook").json
    assert (standing["waiting"], standing["delivered"], standing["disabled_at"]) == (1, "0", None)
    assert shop.ask("POST", "/v1/webhook/resume").status == 204


def test_secrets_are_sealed_where_they_lie(shop: Shop) -> None:
    shown = shop.ask("POST", "/v1/webhook/secret").json["secret"]
    secret = base64.b64decode(shown.removeprefix("whsec_"))
    with shop.edge.office.database.reading() as connection:
        (stored,) = connection.exec_driver_sql("SELECT secret FROM webhook_secret").scalars()
    assert secret not in bytes(stored)
    assert len(bytes(stored)) == len(secret) + 45
