"""The application for one or several audiences: routes, errors, health, metrics, interface description."""

import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

import dojang
from dojang.bootstrap import Office
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.web import operator, protocols, subscriber
from dojang.web.desk import language_of
from dojang.web.edge import Edge
from dojang.web.problem import (
    InternalError,
    MethodNotAllowed,
    NotFound,
    RequestMalformed,
    RequestTooLarge,
    UnsupportedMediaType,
    problem_of,
    status_of,
)

_log = structlog.get_logger("dojang.web")

OVERHEAD_BYTES = 64 * 1024


class Audience(StrEnum):
    """Whom a process serves."""

    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"
    PROTOCOLS = "protocols"


ROUTERS: Mapping[Audience, tuple[APIRouter, ...]] = {
    Audience.SUBSCRIBER: subscriber.ROUTERS,
    Audience.OPERATOR: operator.ROUTERS,
    Audience.PROTOCOLS: protocols.ROUTERS,
}

_OF_HTTP: Mapping[int, Callable[[], DojangError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: RequestTooLarge,
    415: UnsupportedMediaType,
}


def create_app(office: Office, audiences: Iterable[Audience]) -> ASGIApp:
    """Return the ASGI application that serves `audiences` from `office`."""
    app = FastAPI(
        title="Dojang",
        version=dojang.__version__,
        summary="A bank's certificate office",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.office = office
    _answer_errors(app, office)
    for audience in audiences:
        for router in ROUTERS[audience]:
            app.include_router(router)
    app.include_router(_health(office))
    limit = office.settings.web.max_photograph_bytes + OVERHEAD_BYTES
    return Edge(app, max_body_bytes=limit, catalogue=office.catalogue)


def _health(office: Office) -> APIRouter:
    router = APIRouter(tags=["health"], include_in_schema=False)

    @router.get("/healthz")
    def alive() -> Mapping[str, str]:
        """Answer whenever the process runs."""
        return {"status": "alive", "environment": office.settings.environment.value}

    @router.get("/readyz")
    def ready() -> Response:
        """Answer 200 only when the store can be read."""
        missing = office.unready()
        return JSONResponse({"ready": not missing, "missing": missing}, status_code=503 if missing else 200)

    @router.get("/metrics")
    def metrics() -> Response:
        """Answer in the Prometheus text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _answer_errors(app: FastAPI, office: Office) -> None:
    def respond(request: Request, error: DojangError) -> Response:
        return problem_of(
            error,
            language=language_of(request),
            request_id=getattr(request.state, "request_id", ""),
            catalogue=office.catalogue,
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, DojangError)  # noqa: S101 - how the handler is registered
        await run_in_threadpool(_audit_refusal, office, request, error)
        return respond(request, error)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - how the handler is registered
        return await refused(request, RequestMalformed(where=_places(error)))

    async def http_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - how the handler is registered
        return respond(request, _OF_HTTP.get(error.status_code, RequestMalformed)())

    async def broken(request: Request, error: Exception) -> Response:
        support_code = uuid.uuid4().hex[:8]
        _log.error("bug", support_code=support_code, where=_where(error), kind=type(error).__name__)
        return respond(request, InternalError(support_code=support_code))

    app.add_exception_handler(DojangError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http_refused)
    app.add_exception_handler(Exception, broken)


def _places(error: RequestValidationError) -> list[str]:
    """Where a request is malformed, never with which value."""
    return [".".join(str(part) for part in one["loc"]) for one in error.errors()]


def _where(error: Exception) -> list[str]:
    """File, line and function of each frame: the text of an exception may hold somebody's data and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/dojang/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _audit_refusal(office: Office, request: Request, error: DojangError) -> None:
    route: Any = request.scope.get("route")
    entry = AuditEntry(
        tag="web:request:refused",
        at=office.clock.now(),
        actor=getattr(request.state, "actor", "anonymous"),
        subject=request.path_params.get("application_id", "none"),
        data={
            "code": error.code,
            "status": str(status_of(error)),
            "route": f"{request.method} {getattr(route, 'path', 'unmatched')}",
        },
    )
    office.store.transact(lambda tx: tx.record(entry))
