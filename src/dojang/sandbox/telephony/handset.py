"""The callee's side: a handset per number, as JSON and as a page with a keypad; and the admin endpoints for lines."""

import re
from datetime import date
from pathlib import Path

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from dojang.sandbox.answer import SandboxJSON, page
from dojang.sandbox.telephony.exchange import Call, CallState, Exchange
from dojang.sandbox.telephony.line import Behaviour, Handset, Line, Lines
from dojang.sandbox.telephony.office import MAX_WAIT_S

_KEYPAD = (Path(__file__).parent / "handset.html").read_text(encoding="utf-8")
_NUMBER = re.compile(r"[0-9]{8,12}")
_STEM = re.compile(r"[a-z_]{1,40}")


class KeysIn(BaseModel):
    """Keys to press, in order."""

    keys: str = Field(pattern=r"^[0-9*#]{1,32}$")


class HandsetIn(BaseModel):
    """A behaviour script; see `Handset`."""

    behaviour: Behaviour = Behaviour.MANUAL
    presses: list[str] = Field(default_factory=list, max_length=10)
    presses_on: list[str] = Field(default_factory=lambda: ["press_number", "try_again"])
    hangs_up_on: str | None = None
    playback_rate: float = Field(default=1.0, gt=0)


class LineIn(BaseModel):
    """A line of an invented person."""

    number: str = Field(pattern=r"^[0-9]{8,12}$")
    owner_name: str = Field(min_length=1, max_length=40)
    birth_date: date
    handset: HandsetIn = Field(default_factory=HandsetIn)


def _seen(call: Call) -> dict[str, object]:
    heard = [
        {"prompt": prompt, "language": language, "wav": f"/telephony/prompts/{language}/{prompt}.wav"}
        for language, prompt in call.heard
    ]
    head = {"call_id": call.call_id, "caller": call.caller, "placed_at": call.placed_at, "state": call.state.value}
    return {**head, "heard": heard, "pressed": call.pressed}


def handset_router(exchange: Exchange, prompts: Path) -> APIRouter:
    """Return the handset's routes below `/handset/{number}`, and the prompts' sound files."""
    router = APIRouter()

    def ringing_or_held(number: str, call_id: str) -> Call:
        call = exchange.find(call_id)
        if call is None or call.to != number:
            raise HTTPException(404, "no such call")
        return call

    @router.get("/handset/{number}")
    async def handset_page(number: str) -> Response:
        if not _NUMBER.fullmatch(number):
            raise HTTPException(404, "not a number")
        return page(f"모의 전화기 {number}", _KEYPAD.replace("{number}", number))

    @router.get("/handset/{number}/calls")
    async def calls(number: str, wait_s: float = 0.0) -> Response:
        await exchange.wait_for_call(number, min(wait_s, MAX_WAIT_S))
        return SandboxJSON({"number": number, "calls": [_seen(call) for call in exchange.calls_to(number)]})

    @router.get("/handset/{number}/calls/{call_id}")
    async def one_call(number: str, call_id: str) -> Response:
        return SandboxJSON(_seen(ringing_or_held(number, call_id)))

    @router.post("/handset/{number}/calls/{call_id}/press")
    async def press(number: str, call_id: str, asked: KeysIn) -> Response:
        call = ringing_or_held(number, call_id)
        return _done(await exchange.press(call, asked.keys), call)

    @router.post("/handset/{number}/calls/{call_id}/{act}")
    async def act(number: str, call_id: str, act: str) -> Response:
        acts = {"answer": exchange.answer, "decline": exchange.decline, "hang-up": exchange.end}
        call = ringing_or_held(number, call_id)
        if act not in acts:
            raise HTTPException(404, "no such act")
        return _done(await acts[act](call), call)

    @router.get("/prompts/{language}/{name}.wav")
    async def sound(language: str, name: str) -> Response:
        file = prompts / language / f"{name}.wav"
        if not (_STEM.fullmatch(language) and _STEM.fullmatch(name) and file.is_file()):
            raise HTTPException(404, "no such prompt")
        return FileResponse(file, media_type="audio/wav")

    return router


def admin_router(exchange: Exchange, lines: Lines) -> APIRouter:
    """Return the endpoints below `/sandbox/telephony`."""
    router = APIRouter()

    @router.post("/lines")
    async def put_line(line: LineIn) -> Response:
        script = line.handset
        handset = Handset(
            behaviour=script.behaviour,
            presses=tuple(script.presses),
            presses_on=tuple(script.presses_on),
            hangs_up_on=script.hangs_up_on,
            playback_rate=script.playback_rate,
        )
        lines.put(Line(number=line.number, owner_name=line.owner_name, birth_date=line.birth_date, handset=handset))
        return SandboxJSON({"handset": f"/telephony/handset/{line.number}"}, status_code=201)

    @router.post("/lines/{number}/keys")
    async def tell_keys(number: str, asked: KeysIn) -> Response:
        """The owner reads the screen and tells the handset: pressed now in the call being held."""
        held = [call for call in exchange.calls_to(number) if call.state is CallState.ANSWERED]
        if not held:
            raise HTTPException(409, "no call is held")
        return _done(await exchange.press(held[-1], asked.keys), held[-1])

    return router


def _done(took_effect: bool, call: Call) -> Response:
    return SandboxJSON(_seen(call), status_code=200 if took_effect else 409)
