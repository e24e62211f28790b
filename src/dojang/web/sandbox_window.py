"""A window from the app to the simulated neighbours, so that one person alone can try the whole journey in a browser.

Stands in the sandbox environment only: a production office has no such routes. Passes on what a handset, a bank's
customer, an inventor of people and a developer of a relying party need, and nothing else; it knows no
more of the simulator than its address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import httpx
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from dojang.config import Settings
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.web.problem import NotFound

PREFIX = "/sandbox-window"
PATIENCE_S = 40.0  # a handset may be asked to wait for its call
ARCHIVE_PATIENCE_S = 180.0  # the first archive makes some twenty RSA keys
PASSED_HEADERS = ("content-type", "x-environment", "content-disposition", "content-security-policy")

Digits = Annotated[str, Path(pattern=r"^[0-9]{3,16}$")]
Word = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
ShortText = Annotated[str, Query(pattern=r"^[a-z_]{1,32}$")]


def has_window(settings: Settings) -> bool:
    """Tell whether the office may show the window: no production, and simulated neighbours beside it."""
    return settings.has_sandbox_beside


def window_router(settings: Settings) -> APIRouter:
    """Return the routes, each passed on to the simulator beside the office. Raises `ValueError` in production."""
    if not has_window(settings):
        raise ValueError("no sandbox window here")
    router = APIRouter(prefix=PREFIX, include_in_schema=False)
    neighbours = httpx.Client(base_url=settings.sandbox_url, trust_env=False, follow_redirects=False)

    def passed(
        method: str,
        path: str,
        *,
        content: bytes = b"",
        params: dict[str, str | int | float] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> Response:
        headers = {"Content-Type": "application/json"} if content else {}
        with _answering():
            answer = neighbours.request(
                method, path, content=content, params=params, headers=headers, timeout=patience_s
            )
        shown = {name: answer.headers[name] for name in PASSED_HEADERS if name in answer.headers}
        return Response(answer.content, status_code=answer.status_code, headers=shown)

    @router.get("/telephony/handset/{number}/calls")
    def show_calls(number: Digits, wait_s: Annotated[float, Query(ge=0, le=25)] = 0.0) -> Response:
        return passed("GET", f"/telephony/handset/{number}/calls", params={"wait_s": wait_s})

    @router.get("/telephony/handset/{number}/calls/{call_id}")
    def show_call(number: Digits, call_id: Word) -> Response:
        return passed("GET", f"/telephony/handset/{number}/calls/{call_id}")

    @router.post("/telephony/handset/{number}/calls/{call_id}/{act}")
    async def act_on_call(number: Digits, call_id: Word, act: Word, request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(
            passed, "POST", f"/telephony/handset/{number}/calls/{call_id}/{act}", content=content
        )

    @router.get("/telephony/prompts/{language}/{name}.wav")
    def play_prompt(language: Word, name: Word) -> Response:
        return passed("GET", f"/telephony/prompts/{language}/{name}.wav")

    @router.get("/bank/statement/{bank}/{number}.json")
    def show_statement(bank: Digits, number: Digits) -> Response:
        return passed("GET", f"/bank/statement/{bank}/{number}.json")

    @router.post("/person")
    async def invent_person(request: Request) -> Response:
        return await run_in_threadpool(passed, "POST", "/sandbox/person", content=await request.body() or b"{}")

    @router.get("/specimen")
    def show_specimen(kind: ShortText, seed: Annotated[int, Query(ge=0)], side: ShortText = "front") -> Response:
        return passed("GET", "/sandbox/specimen", params={"kind": kind, "side": side, "seed": seed})

    @router.get("/specimen.json")
    def describe_specimen(kind: ShortText, seed: Annotated[int, Query(ge=0)]) -> Response:
        return passed("GET", "/sandbox/specimen.json", params={"kind": kind, "seed": seed})

    @router.get("/customers")
    def list_customers() -> Response:
        return passed("GET", "/sandbox/authority/customers")

    @router.get("/customers.zip")
    def download_customers() -> Response:
        return passed("GET", "/sandbox/authority/customers.zip", patience_s=ARCHIVE_PATIENCE_S)

    @router.get("/shop")
    def go_to_shop() -> Response:
        return RedirectResponse(f"{settings.sandbox_url}/shop/", 303)

    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "DELETE"])
    def refuse(rest: str) -> Response:
        del rest
        raise NotFound()

    return router


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError:
        raise NeighbourUnavailable(neighbour="sandbox", reason="unreachable") from None
