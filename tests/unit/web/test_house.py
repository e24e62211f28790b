"""Health, readiness and metrics: what a process says of itself, and to whom."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders.edge import Caller, EdgeOffice
from dojang.config import Environment


def with_settings(edge: EdgeOffice, *, production: bool, token_file: Path | None) -> Caller:
    settings = edge.office.settings
    web = settings.web.model_copy(update={"metrics_token_file": token_file, "public_url": "https://ca.dojang.example"})
    environment = Environment.PRODUCTION if production else Environment.SANDBOX
    changed = settings.model_copy(update={"environment": environment, "web": web})
    return EdgeOffice(office=replace(edge.office, settings=changed), clock=edge.clock, proofing=edge.proofing).caller()


def test_health_needs_nothing(caller: Caller) -> None:
    answer = caller("GET", "/healthz")
    assert (answer.status, answer.json) == (200, {"status": "alive", "environment": "sandbox"})


def test_readiness_is_the_stores(fresh_edge: EdgeOffice, tmp_path: Path) -> None:
    caller = fresh_edge.caller()
    assert (caller("GET", "/readyz").status, caller("GET", "/readyz").json) == (200, {"ready": True, "missing": []})
    broken = replace(fresh_edge.office.database, engine=sa.create_engine(f"sqlite:///{tmp_path}/no/such/file.db"))
    fresh_edge.office = replace(fresh_edge.office, database=broken)
    answer = fresh_edge.caller()("GET", "/readyz")
    assert (answer.status, answer.json) == (503, {"ready": False, "missing": ["store"]})
    assert fresh_edge.caller()("GET", "/healthz").status == 200


def test_metrics_count_by_route_never_by_address(caller: Caller) -> None:
    caller("GET", "/v1/applications/very-own-id-4711")
    caller("BREW", "/healthz")
    caller("ANY-INVENTED-METHOD", "/healthz")
    answer = caller("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.content.decode()
    assert 'route="/v1/applications/{application_id}",status="401"' in text
    assert 'method="other"' in text
    assert "very-own-id" not in text
    assert "INVENTED" not in text


@pytest.mark.parametrize(
    ("production", "set_token", "shown", "status"),
    [
        (False, False, None, 200),
        (True, False, None, 404),
        (True, False, "", 404),
        (True, True, None, 404),
        (True, True, "wrong", 404),
        (True, True, "scrape-me-4711", 200),
        (False, True, None, 404),
        (False, True, "scrape-me-4711", 200),
    ],
)
def test_metrics_are_for_whoever_has_their_token(
    edge: EdgeOffice, tmp_path: Path, production: bool, set_token: bool, shown: str | None, status: int
) -> None:
    token_file = tmp_path / "metrics.token"
    token_file.write_text("scrape-me-4711\n", "utf-8")
    caller = with_settings(edge, production=production, token_file=token_file if set_token else None)
    answer = caller("GET", "/metrics", headers={} if shown is None else {"Authorization": f"Bearer {shown}"})
    assert answer.status == status
    assert ("dojang_http_requests_total" in answer.content.decode()) == (status == 200)


def test_https_offices_tell_browsers_to_stay_with_it(edge: EdgeOffice) -> None:
    headers = with_settings(edge, production=True, token_file=None)("GET", "/healthz").headers
    assert headers["strict-transport-security"] == "max-age=31536000"
