"""The sandbox as one ASGI application: five neighbours, each behind its own fault gate, `/sandbox/…` and a shop.

Layout: `/bank`, `/telephony`, `/registry`, `/mailbox`, `/authority` are what the office and the customer see, each
with an `/environment` of its own; `/sandbox/{neighbour}/…` registers invented people and sets faults.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

import dojang
from dojang.sandbox.answer import Marked, SandboxJSON, page
from dojang.sandbox.authority import pages as authority_pages
from dojang.sandbox.authority.office import AuthorityOffice
from dojang.sandbox.authority.records import Memory
from dojang.sandbox.bank import open_banking, pages
from dojang.sandbox.bank.codes import coded_answer
from dojang.sandbox.bank.ledger import Ledger
from dojang.sandbox.fault import Fault, FaultBoard, FaultGate, FaultKind
from dojang.sandbox.mailbox import provider
from dojang.sandbox.mailbox.box import Mailbox
from dojang.sandbox.registry import truth_check
from dojang.sandbox.registry.records import Records
from dojang.sandbox.resident import resident_router
from dojang.sandbox.shop.app import shop_app
from dojang.sandbox.shop.registration import Registration
from dojang.sandbox.state import State
from dojang.sandbox.telephony import handset, office
from dojang.sandbox.telephony.exchange import Exchange
from dojang.sandbox.telephony.line import Lines
from dojang.sandbox.tokens import Tokens

# Data only, found by its place: the prompts an operator would have uploaded to the network.
DEFAULT_PROMPTS = Path(dojang.__file__).parent / "adapters" / "telephony" / "prompts"
DEFAULT_ADDRESS = "http://127.0.0.1:8600"


class FaultIn(BaseModel):
    """A fault to set; see `Fault`."""

    kind: FaultKind
    count: int | None = Field(default=None, ge=1)
    duration_s: float | None = Field(default=None, gt=0)
    delay_s: float = Field(default=0.0, ge=0, le=120)
    path: str = ""
    code: str = ""
    acts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbour:
    name: str
    routers: tuple[APIRouter, ...]
    admin: APIRouter
    guarded: tuple[str, ...]
    facts: dict[str, str]
    coded: Callable[[str], dict[str, object]] | None = None


def build(
    state: State,
    prompts: Path = DEFAULT_PROMPTS,
    *,
    address: str = DEFAULT_ADDRESS,
    shop: Registration | None = None,
) -> ASGIApp:
    """Return the application over `state`; `prompts` holds one folder of WAV files per language.

    `address` is where it is reached: the authority's certificates point there. A `shop` that an office has registered
    stands at `/shop`, a customer of the office like any other site.
    """
    root = _marked_app()
    boards: dict[str, FaultBoard] = {}
    neighbours = (_bank(state), _telephony(state, prompts), _registry(state), _mailbox(state))
    for one in (*neighbours, _authority(state, address)):
        board = boards[one.name] = FaultBoard()
        inner = _marked_app()
        inner.include_router(_environment(one))
        for router in one.routers:
            inner.include_router(router)
        root.include_router(one.admin, prefix=f"/sandbox/{one.name}")
        root.mount(f"/{one.name}", FaultGate(inner, board, guarded=(*one.guarded, "/environment"), coded=one.coded))
    if shop is not None:
        root.mount("/shop", shop_app(shop, state))
    root.include_router(_faults(boards))
    root.include_router(resident_router(state))
    return Marked(root)


def _bank(state: State) -> _Neighbour:
    ledger, tokens = Ledger(state), Tokens(open_banking.CLIENT_ID, open_banking.CLIENT_SECRET)
    return _Neighbour(
        name="bank",
        routers=(open_banking.OpenBanking(ledger, tokens).router(), pages.statement_router(ledger)),
        admin=pages.admin_router(ledger, tokens),
        guarded=("/oauth", "/v2.0"),
        facts={},
        coded=coded_answer,
    )


def _telephony(state: State, prompts: Path) -> _Neighbour:
    lines = Lines(state)
    exchange = Exchange(lines, prompts)
    return _Neighbour(
        name="telephony",
        routers=(office.office_router(exchange, lines), handset.handset_router(exchange, prompts)),
        admin=handset.admin_router(exchange, lines),
        guarded=("/v1",),
        facts={},
    )


def _registry(state: State) -> _Neighbour:
    records, tokens = Records(state), Tokens(truth_check.CLIENT_ID, truth_check.CLIENT_SECRET)
    checks = truth_check.TruthCheck(records, tokens)
    return _Neighbour(
        name="registry",
        routers=(checks.router(),),
        admin=truth_check.admin_router(records, tokens),
        guarded=("/oauth", "/v1"),
        facts={"public_key": checks.public_key},
    )


def _mailbox(state: State) -> _Neighbour:
    mailbox = Mailbox(state)
    return _Neighbour(
        name="mailbox",
        routers=(provider.provider_router(mailbox), provider.box_router(mailbox)),
        admin=provider.admin_router(mailbox),
        guarded=("/messages",),
        facts={},
    )


def _authority(state: State, address: str) -> _Neighbour:
    authority = AuthorityOffice(Memory(state), address)
    return _Neighbour(
        name="authority",
        routers=(authority_pages.protocol_router(authority),),
        admin=authority_pages.admin_router(authority),
        guarded=("/crl", "/ocsp"),
        facts={},
    )


def _marked_app() -> FastAPI:
    app = FastAPI(title="Dojang sandbox", default_response_class=SandboxJSON, docs_url=None, redoc_url=None)

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, error: StarletteHTTPException) -> Response:
        del request
        return SandboxJSON({"error": str(error.detail)}, status_code=error.status_code)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        del request
        # Only where it is wrong: the values may be somebody's data.
        places = [".".join(str(part) for part in one["loc"]) for one in error.errors()]
        return SandboxJSON({"error": "malformed", "fields": places}, status_code=422)

    return app


def _environment(one: _Neighbour) -> APIRouter:
    router = APIRouter()

    @router.get("/environment")
    def environment() -> Response:
        return SandboxJSON({"neighbour": one.name, **one.facts})

    return router


def _faults(boards: dict[str, FaultBoard]) -> APIRouter:
    router = APIRouter()

    def board(neighbour: str) -> FaultBoard:
        if neighbour not in boards:
            raise HTTPException(404, "no such neighbour")
        return boards[neighbour]

    @router.post("/sandbox/{neighbour}/fault")
    def set_fault(neighbour: str, asked: FaultIn) -> Response:
        board(neighbour).add(Fault(**asked.model_dump()))
        return SandboxJSON({}, status_code=201)

    @router.delete("/sandbox/{neighbour}/fault")
    def clear_faults(neighbour: str) -> Response:
        board(neighbour).clear()
        return SandboxJSON({})

    @router.get("/environment")
    def environment() -> Response:
        return SandboxJSON({"neighbours": sorted(boards)})

    @router.get("/")
    def index() -> Response:
        return page("도장 모의 이웃 기관", _INDEX)

    return router


_INDEX = """<p>은행, 전화망, 신분증 기록, 알림함, 잘못된 인증서를 가진 시험 고객을 흉내 내는 프로그램이에요.
여기의 사람과 돈은 모두 지어낸 것이에요.</p>
<ul>
<li>은행: <code>/bank/statement/은행코드/계좌번호</code></li>
<li>전화기: <code>/telephony/handset/전화번호</code></li>
<li><a href="/mailbox/">알림함</a></li>
<li><a href="/sandbox/authority/customers">시험 고객</a></li>
<li><a href="/shop/">견본 상점</a></li>
</ul>"""
