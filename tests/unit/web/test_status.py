"""The status page and the metrics: how the neighbours stand, to anybody, with nothing that is not public."""

from pathlib import Path

import pytest

from builders.edge import EdgeOffice, founded, open_edge
from dojang.controls.outage import usecases
from dojang.controls.outage.model import Neighbour


def fail(edge: EdgeOffice, neighbour: Neighbour, times: int = 5) -> None:
    for _ in range(times):
        usecases.report_failure(
            neighbour,
            "neighbour.unavailable",
            store=edge.office.store,
            policy=edge.office.settings.policy.outage,
            now=edge.clock.now(),
        )


def test_all_is_well_until_a_neighbour_is_away(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    well = caller("GET", "/v1/status")
    assert well.status == 200
    assert well.json["working"] is True
    assert [one["component"] for one in well.json["components"]] == [
        "bank",
        "telephony",
        "registry",
        "notice",
        "reader",
    ]
    assert {one["state"] for one in well.json["components"]} == {"closed"}
    assert {one["title"] for one in well.json["components"]} == {""}
    fail(fresh_edge, Neighbour.BANK)
    away = caller("GET", "/v1/status", headers={"Accept-Language": "en"}).json
    assert away["working"] is False
    bank = next(one for one in away["components"] if one["component"] == "bank")
    assert bank == {
        "component": "bank",
        "state": "open",
        "since": fresh_edge.clock.now().isoformat().replace("+00:00", "Z"),
        "title": "The bank is slow to answer",
        "cause": bank["cause"],
        "next": bank["next"],
    }
    korean = caller("GET", "/v1/status").json["components"][0]
    assert korean["title"] == "은행 응답이 늦어요"


@pytest.mark.parametrize("neighbour", list(Neighbour))
def test_every_neighbour_has_words(fresh_edge: EdgeOffice, neighbour: Neighbour) -> None:
    fail(fresh_edge, neighbour)
    status = fresh_edge.caller()("GET", "/v1/status").json
    titles = [one["title"] for one in status["components"] if one["component"] == neighbour.value]
    assert titles == [] if neighbour is Neighbour.SIGNER else all(titles)


def test_the_signer_is_a_neighbour_only_where_it_is_another_process(tmp_path: Path) -> None:
    edge = open_edge(founded(tmp_path), signer={"url": "http://127.0.0.1:8712"})
    fail(edge, Neighbour.SIGNER)
    components = edge.caller()("GET", "/v1/status").json["components"]
    assert [one["state"] for one in components if one["component"] == "signer"] == ["open"]
    edge.close()


def test_the_metrics_tell_the_same(fresh_edge: EdgeOffice) -> None:
    fail(fresh_edge, Neighbour.TELEPHONY)
    fail(fresh_edge, Neighbour.REGISTRY, times=2)
    text = fresh_edge.caller()("GET", "/metrics").content.decode()
    assert 'dojang_neighbour_away{neighbour="telephony"} 1.0' in text
    assert 'dojang_neighbour_away{neighbour="registry"} 0.0' in text
    assert 'dojang_neighbour_failures{neighbour="registry"} 2.0' in text
