"""How the office's neighbours stand: for anybody, without a session, and without anything that is not public."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel

from dojang.bootstrap import Office
from dojang.controls.outage.model import CODE_OF, Breaker, BreakerState, Neighbour
from dojang.controls.outage.usecases import list_breakers
from dojang.web.desk import Language, Now, OfficeDep

router = APIRouter(prefix="/v1", tags=["status"])

FRESH_S = 5


class ComponentView(BaseModel):
    """One neighbour. `since` is when its outage began; the words are empty while it works."""

    component: Neighbour
    state: BreakerState
    since: datetime | None
    title: str
    cause: str
    next: str


class ServiceStatusView(BaseModel):
    """All neighbours. `working` when none is away."""

    at: datetime
    working: bool
    components: list[ComponentView]


@router.get("/status")
def show_status(office: OfficeDep, language: Language, now: Now, response: Response) -> ServiceStatusView:
    """Say which of the office's neighbours are away; work that needs them waits and goes on by itself."""
    response.headers["Cache-Control"] = f"public, max-age={FRESH_S}"
    response.headers["Vary"] = "Accept-Language"
    known = [one for one in list_breakers(store=office.store) if _is_ours(one, office)]
    components = [_component(one, office, language) for one in known]
    return ServiceStatusView(at=now, working=all(one.is_closed for one in known), components=components)


def _is_ours(breaker: Breaker, office: Office) -> bool:
    """Whether this office has the neighbour: the signer is one only where it is a process of its own."""
    return breaker.neighbour is not Neighbour.SIGNER or bool(office.settings.signer.url)


def _component(breaker: Breaker, office: Office, language: str) -> ComponentView:
    words = office.catalogue.get(CODE_OF[breaker.neighbour].value, language)
    away = not breaker.is_closed
    return ComponentView(
        component=breaker.neighbour,
        state=breaker.state,
        since=breaker.since if away else None,
        title=words.title if away else "",
        cause=words.cause if away else "",
        next=words.next if away else "",
    )
