"""An invented person whom all neighbours know: bank account, telephone line, documents in their issuers' registers.

Everything follows from the seed and the day. `GET /sandbox/specimen` photographs one of their documents: what somebody
without a real one shows to a camera or sends as a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from dojang.sandbox import clock
from dojang.sandbox.answer import SandboxJSON
from dojang.sandbox.bank.codes import BANK_NAMES
from dojang.sandbox.bank.ledger import Account, Ledger
from dojang.sandbox.registry.records import Record, RecordKind, Records
from dojang.sandbox.specimen.cases import DocumentSides, draw_sides, invent_issue_date, last_valid_day
from dojang.sandbox.specimen.document import Kind, Side
from dojang.sandbox.specimen.people import Person, invent_person
from dojang.sandbox.specimen.photograph import photograph
from dojang.sandbox.state import State
from dojang.sandbox.telephony.line import Handset, Line, Lines

BANK_CODE = "004"
MOST_SEED = 2**31 - 1
_KINDS = tuple(Kind)


class PersonIn(BaseModel):
    """Whom to invent. `listening_speed` divides the time their handset takes to hear a prompt."""

    seed: int = Field(default=1, ge=0, le=MOST_SEED)
    listening_speed: float = Field(default=1.0, gt=0, le=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """One invented person and, per kind of document, when theirs was issued and ends (None: never)."""

    seed: int
    person: Person = field(repr=False)
    issued_on: Mapping[Kind, date]
    expires_on: Mapping[Kind, date | None]

    @property
    def rrn(self) -> str:
        """Thirteen digits."""
        return self.person.rrn.replace("-", "")

    @property
    def phone(self) -> str:
        """Digits only."""
        return self.person.phone.replace("-", "")

    @property
    def account(self) -> str:
        """Digits only."""
        return self.person.bank_account.replace("-", "")

    def number(self, kind: Kind) -> str:
        """Return the document's number, as its issuer's register has it."""
        numbers = {
            Kind.RESIDENT_CARD: self.rrn,
            Kind.DRIVER_LICENCE: self.person.licence_number.replace("-", ""),
            Kind.PASSPORT: self.person.passport_number_on(self.issued_on[Kind.PASSPORT]),
        }
        return numbers[kind]


def invent_resident(seed: int, today: date) -> Resident:
    """Return the person of that seed, an adult whose documents are all valid on `today`."""
    person = invent_person(np.random.default_rng(seed), today=today, min_age=20, max_age=64)
    issued_on = {
        kind: invent_issue_date(np.random.default_rng([seed, index]), person, kind, today=today)
        for index, kind in enumerate(_KINDS)
    }
    expires_on = {kind: last_valid_day(person, kind, day) for kind, day in issued_on.items()}
    return Resident(seed=seed, person=person, issued_on=issued_on, expires_on=expires_on)


@lru_cache(maxsize=8)
def draw_resident(seed: int, kind: Kind, today: date) -> DocumentSides:
    """Return the sides of the resident's document of that kind."""
    resident = invent_resident(seed, today)
    return draw_sides(resident.person, kind, issued_on=resident.issued_on[kind], expires_on=resident.expires_on[kind])


def settle(resident: Resident, state: State, *, listening_speed: float = 1.0) -> None:
    """Have every neighbour know the resident; again and again does no harm."""
    name, birth_date = resident.person.name.hangul, resident.person.birth_date
    Ledger(state).put_account(
        Account(bank_code=BANK_CODE, number=resident.account, holder_name=name, birth_date=birth_date)
    )
    handset = Handset(playback_rate=listening_speed)
    Lines(state).put(Line(number=resident.phone, owner_name=name, birth_date=birth_date, handset=handset))
    records = Records(state)
    for kind in _KINDS:
        records.put(_record(resident, kind))


def _record(resident: Resident, kind: Kind) -> Record:
    expires_on = resident.expires_on[kind] if kind is Kind.PASSPORT else None
    return Record(
        kind=RecordKind(kind.value),
        number=resident.number(kind),
        name=resident.person.name.hangul,
        birth_date=resident.person.birth_date.strftime("%Y%m%d"),
        issued_on=resident.issued_on[kind].strftime("%Y%m%d"),
        expires_on=expires_on.strftime("%Y%m%d") if expires_on else None,
        serial=resident.person.licence_serial if kind is Kind.DRIVER_LICENCE else None,
    )


def resident_router(state: State) -> APIRouter:
    """Return `POST /sandbox/person`, `GET /sandbox/specimen` and `GET /sandbox/specimen.json`."""
    router = APIRouter()

    @router.post("/sandbox/person")
    def put_person(asked: PersonIn) -> Response:
        resident = invent_resident(asked.seed, _today())
        settle(resident, state, listening_speed=asked.listening_speed)
        return SandboxJSON(_described(resident), status_code=201)

    @router.get("/sandbox/specimen")
    def show_specimen(kind: Kind, seed: int, side: Side = Side.FRONT) -> Response:
        sides = draw_resident(_checked(seed), kind, _today())
        flat = sides.front if side is Side.FRONT else sides.back
        if flat is None:
            raise HTTPException(404, "this document has no back")
        taken = photograph(flat, np.random.default_rng([seed, _KINDS.index(kind), list(Side).index(side)]))
        return Response(taken.jpeg, media_type="image/jpeg")

    @router.get("/sandbox/specimen.json")
    def describe_specimen(kind: Kind, seed: int) -> Response:
        sides = draw_resident(_checked(seed), kind, _today())
        shown = [side.value for side, flat in zip(Side, (sides.front, sides.back), strict=True) if flat is not None]
        head = {"kind": kind.value, "sides": shown, "values": dict(sides.front.values)}
        return SandboxJSON({**head, "person": _described(invent_resident(seed, _today()))})

    return router


def _described(resident: Resident) -> dict[str, object]:
    person = resident.person
    return {
        "seed": resident.seed,
        "name": person.name.hangul,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "rrn": resident.rrn,
        "phone": resident.phone,
        "bank_code": BANK_CODE,
        "bank_name": BANK_NAMES[BANK_CODE],
        "account": resident.account,
        "documents": {
            kind.value: {
                "number": resident.number(kind),
                "issued_on": resident.issued_on[kind].isoformat(),
                "expires_on": ends.isoformat() if (ends := resident.expires_on[kind]) else None,
            }
            for kind in _KINDS
        },
    }


def _today() -> date:
    return clock.now().astimezone(clock.KST).date()


def _checked(seed: int) -> int:
    if not 0 <= seed <= MOST_SEED:
        raise HTTPException(422, "no such seed")
    return seed
