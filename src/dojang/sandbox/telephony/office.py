"""The office side of the telephone network: ask whose a line is, place a call, play, read keys, hang up.

HTTP with long polls: `GET …/calls/{id}?wait_s=` returns as soon as the call stops ringing.
Ours by design: no public network's wire format is imitated here. No URL holds a telephone number.
"""

import hmac
from datetime import date

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dojang.sandbox.answer import SandboxJSON
from dojang.sandbox.telephony.exchange import Call, CallState, Exchange
from dojang.sandbox.telephony.line import Lines

API_KEY = "sandbox-telephony-key"
MAX_WAIT_S = 25.0


class OwnershipIn(BaseModel):
    """Is this line that person's?"""

    inquiry_id: str = Field(min_length=1, max_length=64)
    number: str = Field(pattern=r"^[0-9]{8,12}$")
    name: str = Field(min_length=1, max_length=40)
    birth_date: date


class CallIn(BaseModel):
    """A call to place."""

    to: str = Field(pattern=r"^[0-9]{8,12}$")
    caller: str = Field(pattern=r"^[0-9]{4,12}$")
    ring_timeout_s: float = Field(gt=0, le=120)


class PlayIn(BaseModel):
    """A prompt of the pack the network holds."""

    prompt: str = Field(pattern=r"^[a-z_]{1,40}$")
    language: str = Field(default="ko", pattern=r"^[a-z]{2}$")


class ReadIn(BaseModel):
    """How many keys to wait for, and how long."""

    max_digits: int = Field(ge=1, le=32)
    timeout_s: float = Field(ge=0, le=60)


def office_router(exchange: Exchange, lines: Lines) -> APIRouter:
    """Return the routes below `/v1`; all need the API key."""

    def authorised(request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {API_KEY}".encode()):
            raise HTTPException(401, "api key refused")

    def existing(call_id: str) -> Call:
        call = exchange.find(call_id)
        if call is None:
            raise HTTPException(404, "no such call")
        return call

    router = APIRouter(prefix="/v1", dependencies=[Depends(authorised)])

    @router.post("/line-ownership")
    async def ownership(asked: OwnershipIn) -> Response:
        line = lines.find(asked.number)
        matches = line is not None and (line.owner_name, line.birth_date) == (asked.name, asked.birth_date)
        return SandboxJSON({"inquiry_id": asked.inquiry_id, "matches": matches})

    @router.put("/calls/{call_id}")
    async def place(call_id: str, asked: CallIn) -> Response:
        call = await exchange.place(
            call_id=call_id, to=asked.to, caller=asked.caller, ring_timeout_s=asked.ring_timeout_s
        )
        return SandboxJSON({"call_id": call_id, "state": call.state.value})

    @router.get("/calls/{call_id}")
    async def progress(call_id: str, wait_s: float = 0.0) -> Response:
        call = existing(call_id)
        await exchange.wait_while_ringing(call, min(wait_s, MAX_WAIT_S))
        return SandboxJSON({"call_id": call_id, "state": call.state.value})

    @router.post("/calls/{call_id}/prompts")
    async def play(call_id: str, asked: PlayIn) -> Response:
        call = existing(call_id)
        await exchange.play(call, asked.language, asked.prompt)
        return SandboxJSON({"call_id": call_id, "state": call.state.value})

    @router.post("/calls/{call_id}/digits")
    async def read(call_id: str, asked: ReadIn) -> Response:
        call = existing(call_id)
        digits = await exchange.read(call, asked.max_digits, asked.timeout_s)
        # Keys pressed before hanging up still count; the state then says that nobody is there any more.
        return SandboxJSON({"call_id": call_id, "state": call.state.value, "digits": digits})

    @router.delete("/calls/{call_id}")
    async def hang_up(call_id: str) -> Response:
        call = existing(call_id)
        await exchange.end(call)
        ended = CallState.ENDED if call.state is CallState.ENDED else call.state
        return SandboxJSON({"call_id": call_id, "state": ended.value})

    return router
