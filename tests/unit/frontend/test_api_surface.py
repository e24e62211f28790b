"""The browser's client and the office's interface are the same: every route, every model, every field, every state."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from dojang.controls.access.devices.model import DeviceType
from dojang.controls.access.hand_offs.model import HandOffState
from dojang.controls.access.model import SignInMethod
from dojang.controls.notices.model import Reach, Topic
from dojang.controls.outage.model import BreakerState, Neighbour
from dojang.controls.step_up.model import Act, ConfirmationState
from dojang.controls.support.model import DeviceKind, TicketState
from dojang.lifecycle.application.model import ApplicationKind, ApplicationState, ReissueReason, Validity
from dojang.lifecycle.delivery.model import DeliveryState
from dojang.lifecycle.identity_proofing.account_deposit.model import DepositFactor, DepositState
from dojang.lifecycle.identity_proofing.ars_call.model import CallState
from dojang.lifecycle.identity_proofing.document import DocumentState
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName, FieldSource, Side
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.issue_lock.model import LockState
from dojang.lifecycle.reliance.signature_request.model import SignableKind, SignatureRequestState
from dojang.lifecycle.renewal.model import RenewalState
from dojang.lifecycle.revocation.model import CertificateState, HoldParty
from dojang.lifecycle.transfer.model import TransferOutcome, TransferSide, TransferState, TransferStep
from dojang.web import subscriber

API = Path(__file__).parents[3] / "frontend" / "src" / "api"
TYPES = (API / "types.ts").read_text("utf-8")
CLIENT = (API / "client.ts").read_text("utf-8")

PATH_PARAMETER = re.compile(r"\{\w+\}")
TEMPLATE_PARAMETER = re.compile(r"\$\{[^}]+\}")

ENUMS: tuple[type[StrEnum], ...] = (
    Act,
    ConfirmationState,
    ApplicationKind,
    ApplicationState,
    BreakerState,
    CallState,
    CaseState,
    CertificateState,
    Check,
    CheckState,
    DeliveryState,
    DepositFactor,
    DepositState,
    DeviceKind,
    DeviceType,
    DocumentKind,
    DocumentState,
    FieldName,
    FieldSource,
    HandOffState,
    HoldParty,
    LockState,
    Neighbour,
    Reach,
    ReissueReason,
    RenewalState,
    Side,
    SignableKind,
    SignatureRequestState,
    TicketState,
    SignInMethod,
    TransferOutcome,
    TransferSide,
    TransferState,
    TransferStep,
    Topic,
    Validity,
)


@pytest.fixture(scope="module")
def interface() -> dict[str, Any]:
    app = FastAPI()
    for router in subscriber.ROUTERS:
        app.include_router(router)
    return app.openapi()


def test_every_route_has_a_function(interface: dict[str, Any]) -> None:
    offered = {
        f"{method.upper()} {PATH_PARAMETER.sub('*', path)}"
        for path, methods in interface["paths"].items()
        for method in methods
    }
    assert routes_called() == offered


def test_every_model_has_the_same_fields(interface: dict[str, Any]) -> None:
    described = {
        name: {field: _kind(one, field in schema.get("required", [])) for field, one in schema["properties"].items()}
        for name, schema in interface["components"]["schemas"].items()
        if "properties" in schema and name not in ("HTTPValidationError", "ValidationError")
    }
    assert interfaces_written() == described


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_state_is_known(enum: type[StrEnum]) -> None:
    written = re.search(rf"export type {enum.__name__} =([^;]+);", TYPES)
    assert written is not None
    assert re.findall(r'"(\w+)"', written[1]) == [one.value for one in enum]


def routes_called() -> set[str]:
    """Return what the client's functions call, parameters as stars."""
    called = set()
    for method_body in re.split(r"\n  (?:async )?(?=\w+\([^)]*\))", CLIENT.partition("// ---- how")[0]):
        path = re.search(r'of\(applicationId(?:, ["`]([^"`]*)["`])?\)|["`](/v1/[^"`]*)["`]', method_body)
        verb = re.search(r'"(GET|POST|PUT|DELETE)"|this\.(post)\b', method_body)
        if path is None or verb is None:
            continue
        whole = path[2] or f"/v1/applications/*{path[1] or ''}"
        called.add(f"{(verb[1] or verb[2]).upper()} {TEMPLATE_PARAMETER.sub('*', whole)}")
    return called


def interfaces_written() -> dict[str, dict[str, str]]:
    """Return each interface of types.ts as field → kind."""
    found = {}
    for name, body in re.findall(r"export interface (\w+) \{\n(.*?)\n\}", TYPES, re.DOTALL):
        fields = re.findall(r"^  (\w+)(\??): (.+);$", body, re.MULTILINE)
        found[name] = {
            field: _described(required=not optional, nullable="| null" in kind, many=kind.endswith("[]"))
            for field, optional, kind in fields
        }
    return found


def _kind(schema: dict[str, Any], required: bool) -> str:
    choices = schema.get("anyOf", [schema])
    types = [one.get("type") for one in choices]
    return _described(required=required, nullable="null" in types, many="array" in types)


def _described(*, required: bool, nullable: bool, many: bool) -> str:
    return " ".join(word for word, holds in (("required", required), ("nullable", nullable), ("many", many)) if holds)
