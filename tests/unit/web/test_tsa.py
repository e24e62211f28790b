"""Who may have how many time-stamps: by address, and by relying party where one shows itself."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import algos, tsp

from builders.edge import Answer, Caller, EdgeOffice, founded, open_edge
from builders.status import appoint
from dojang.controls.relying_parties import usecases as parties
from dojang.pki import der
from dojang.web.app import Audience

BY_ADDRESS, BY_PARTY = 3, 5
POLICY = {
    "access": {"attempts": {"timestamps_per_address": BY_ADDRESS}},
    "relying_parties": {"timestamps_per_minute": BY_PARTY},
}
QUERY = tsp.TimeStampReq(
    {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": b"\x05" * 32,
        },
    }
).dump()


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path), policy=POLICY)
    appoint(opened)
    yield opened
    opened.close()


@pytest.fixture
def caller(edge: EdgeOffice) -> Caller:
    return edge.caller([Audience.PROTOCOLS])


@pytest.fixture
def site(edge: EdgeOffice) -> dict[str, str]:
    """What a registered party shows."""
    office = edge.office
    made = parties.register_party(
        "견본 상점",
        redirect_uris=[],
        actor="operator:1",
        store=office.store,
        chance=office.chance,
        now=edge.clock.now(),
    )
    return shown(made.party.client_id, made.secret)


def shown(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


def ask(caller: Caller, headers: dict[str, str] | None = None, body: bytes = QUERY) -> Answer:
    sent = {"Content-Type": "application/timestamp-query", **(headers or {})}
    return caller("POST", "/tsa", content=body, headers=sent)


def info(answer: Answer) -> tsp.PKIStatusInfo:
    """The status alone: asn1crypto wants a token in every reply."""
    return tsp.PKIStatusInfo.load(der.elements(der.whole(answer.content, der.SEQUENCE))[0][2])


def verdict(answer: Answer) -> str:
    return str(info(answer)["status"].native)


def test_an_address_has_so_many_and_then_waits(edge: EdgeOffice, caller: Caller) -> None:
    assert [verdict(ask(caller)) for _ in range(BY_ADDRESS + 1)] == ["granted"] * BY_ADDRESS + ["rejection"]
    assert info(ask(caller))["fail_info"].native == {"bad_request"}
    assert verdict(ask(caller.at("198.51.100.9"))) == "granted"
    edge.clock.time += timedelta(minutes=edge.office.settings.policy.access.attempts.window_minutes)
    assert verdict(ask(caller)) == "granted"


def test_what_cannot_be_read_counts_too(caller: Caller) -> None:
    for _ in range(BY_ADDRESS):
        assert verdict(ask(caller, body=b"junk")) == "rejection"
    assert verdict(ask(caller)) == "rejection"


def test_a_party_has_a_quota_of_its_own_and_stands_in_the_audit_log(
    edge: EdgeOffice, caller: Caller, site: dict[str, str]
) -> None:
    for _ in range(BY_ADDRESS + 1):
        ask(caller)
    assert [verdict(ask(caller, site)) for _ in range(BY_PARTY + 1)] == ["granted"] * BY_PARTY + ["rejection"]
    actors = [one.actor for one in edge.leaves() if one.tag == "timestamping:timestamp:issued"]
    assert actors.count("anonymous") == BY_ADDRESS
    assert sum(one.startswith("relying_party:") for one in actors) == BY_PARTY
    edge.clock.time += timedelta(minutes=1)
    assert verdict(ask(caller, site)) == "granted"


def test_a_wrong_secret_gets_nothing(caller: Caller, site: dict[str, str]) -> None:
    answer = ask(caller, shown("nobody", "guessed"))
    assert (answer.status, answer.code) == (401, "relying_party.refused")


def test_no_more_than_the_address_may_is_ever_stored(edge: EdgeOffice, caller: Caller) -> None:
    for _ in range(BY_ADDRESS * 3):
        ask(caller)
    assert len([one for one in edge.leaves() if one.tag == "timestamping:timestamp:issued"]) == BY_ADDRESS
    assert len([one for one in edge.leaves() if one.tag == "access:address:limited"]) == 1
