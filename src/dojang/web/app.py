"""The application for one or several audiences: routes, errors, health, metrics, interface description."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

import dojang
from dojang.adapters.store.status_change import open_change_watch
from dojang.authorities import open_delegate_keystore, open_responder, open_timestamp_authority
from dojang.bootstrap import Office
from dojang.controls.delegates.holder import DelegateHolder
from dojang.controls.delegates.model import DelegateKind
from dojang.web import house, ocsp, operator, protocols, relying_party, subscriber, tsa
from dojang.web.edge import Edge
from dojang.web.interface import DescribedApi
from dojang.web.key_page import KeyPage, apart, read_key_page
from dojang.web.ocsp_front import OcspFront
from dojang.web.refusals import answer_errors
from dojang.web.sandbox_window import has_window, window_router
from dojang.web.static_app import read_static, serve_subscriber_app

OVERHEAD_BYTES = 64 * 1024


class Audience(StrEnum):
    """Whom a process serves."""

    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"
    RELYING_PARTY = "relying-party"
    PROTOCOLS = "protocols"


ROUTERS: Mapping[Audience, tuple[APIRouter, ...]] = {
    Audience.SUBSCRIBER: subscriber.ROUTERS,
    Audience.OPERATOR: operator.ROUTERS,
    Audience.RELYING_PARTY: relying_party.ROUTERS,
    Audience.PROTOCOLS: (*protocols.ROUTERS, ocsp.router, tsa.router),
}


def create_app(office: Office, audiences: Iterable[Audience]) -> ASGIApp:
    """Return the ASGI application that serves `audiences` from `office`."""
    chosen = tuple(audiences)
    routers = [router for audience in chosen for router in ROUTERS[audience]]
    if Audience.SUBSCRIBER in chosen and has_window(office.settings):
        routers.append(window_router(office.settings))
    app = assemble(office, routers)
    vault_origin = office.settings.web.vault_origin
    if Audience.SUBSCRIBER in chosen:
        serve_subscriber_app(app, read_static(vault_origin=vault_origin))
    whole: ASGIApp = guard(app, office)
    if Audience.PROTOCOLS in chosen:
        whole = _answer_ocsp_first(whole, app, office)
    if Audience.SUBSCRIBER not in chosen or not vault_origin:
        return whole
    return apart(whole, guard(KeyPage(read_key_page(office.settings.origin)), office), vault_origin)


def create_protocols(office: Office) -> OcspFront:
    """Return the application of the protocols alone: the short way to OCSP answers, with everything else behind it."""
    app = assemble(office, ROUTERS[Audience.PROTOCOLS])
    return _answer_ocsp_first(guard(app, office), app, office)


def _answer_ocsp_first(whole: ASGIApp, app: FastAPI, office: Office) -> OcspFront:
    hold_delegates(app, office)
    return OcspFront(whole, office=office, desk=app.state.ocsp_desk)


def hold_delegates(app: FastAPI, office: Office) -> None:
    """Give the protocols the keys they answer with: delegates' keys, and no other."""
    keystore = open_delegate_keystore(office.settings)
    app.state.ocsp_desk = ocsp.Desk(
        delegate=DelegateHolder(DelegateKind.OCSP, store=office.store, keystore=keystore),
        responder=open_responder(office.settings, office.published),
        store=office.store,
        watch=open_change_watch(office.database),
        policy=office.settings.policy.ocsp,
    )
    app.state.tsa_delegate = DelegateHolder(DelegateKind.TSA, store=office.store, keystore=keystore)
    app.state.timestamp_authority = open_timestamp_authority(office.settings, office.published)


def assemble(office: Office, routers: Iterable[APIRouter]) -> FastAPI:
    """Return the application inside the edge: each router once, beside what every process answers."""
    app = DescribedApi(
        title="Dojang",
        version=dojang.__version__,
        summary="A bank's certificate office",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.office = office
    answer_errors(app, office)
    for router in {id(one): one for one in (*routers, house.router)}.values():
        app.include_router(router)
    return app


def guard(app: ASGIApp, office: Office) -> ASGIApp:
    """Return `app` behind the edge."""
    policy = office.settings.policy
    return Edge(
        app,
        max_body_bytes=office.settings.web.max_photograph_bytes + OVERHEAD_BYTES,
        # Documents come in base64, which takes four characters for three bytes.
        larger_bodies={
            "/v1/verifications": policy.reliance.max_bytes * 4 // 3 + OVERHEAD_BYTES,
            "/v1/signature-requests": policy.signature_request.max_pdf_bytes * 4 // 3 + OVERHEAD_BYTES,
        },
        threads=office.settings.web.threads,
        catalogue=office.catalogue,
        over_tls=office.settings.public_url.startswith("https://"),
    )
