"""What every process answers about itself and its words: health, metrics, problem types."""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.responses import JSONResponse, Response

from dojang.controls.outage.usecases import list_breakers
from dojang.kernel.catalogue import LANGUAGES, WordsMissing
from dojang.web.desk import OfficeDep
from dojang.web.problem import NotFound

AWAY = Gauge("dojang_neighbour_away", "1 while the neighbour's breaker is not closed", ["neighbour"])
FAILURES = Gauge("dojang_neighbour_failures", "Failures in a row that the breaker counts", ["neighbour"])

router = APIRouter(tags=["house"], include_in_schema=False)

_bearer = HTTPBearer(auto_error=False)


@router.get("/healthz")
def show_health(office: OfficeDep) -> dict[str, str]:
    """Answer whenever the process runs."""
    return {"status": "alive", "environment": office.settings.environment.value}


@router.get("/readyz")
def show_readiness(office: OfficeDep) -> Response:
    """Answer 200 only when the store can be read."""
    missing = office.unready()
    return JSONResponse({"ready": not missing, "missing": missing}, status_code=503 if missing else 200)


@router.get("/metrics")
def show_metrics(
    office: OfficeDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Response:
    """Answer this process's figures in the Prometheus text format.

    Open in a sandbox. In production to whoever shows the token of `web.metrics_token_file`, and to nobody without that
    setting: a reverse proxy makes every caller look local, so that addresses prove nothing.
    """
    token = office.settings.web.read_metrics_token()
    if token is None:
        if office.settings.is_production:
            raise NotFound()
    elif credentials is None or not hmac.compare_digest(credentials.credentials.encode(), token.encode()):
        raise NotFound()
    # Breakers are shared by all processes: every one of them can tell how they stand.
    for breaker in list_breakers(store=office.store):
        AWAY.labels(breaker.neighbour.value).set(0 if breaker.is_closed else 1)
        FAILURES.labels(breaker.neighbour.value).set(breaker.failures)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{code}")
def explain_problem(code: str, office: OfficeDep) -> dict[str, Any]:
    """Explain a problem's `type` in every language."""
    try:
        return {"code": code, **{one: _texts(office.catalogue.get(code, one)) for one in LANGUAGES}}
    except WordsMissing:
        raise NotFound() from None


def _texts(words: Any) -> dict[str, str]:
    found = {name: getattr(words, name) for name in ("title", "cause", "next", "alternative")}
    return {name: text for name, text in found.items() if text is not None}
