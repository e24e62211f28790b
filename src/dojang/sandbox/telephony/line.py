"""Subscribers' lines: whose they are, and how the handset at their end behaves."""

import json
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dojang.sandbox.state import State

_SCHEMA = """
CREATE TABLE IF NOT EXISTS telephony_line (
  number TEXT PRIMARY KEY, owner_name TEXT NOT NULL, birth_date TEXT NOT NULL, handset TEXT NOT NULL) STRICT
"""


class Behaviour(StrEnum):
    """What the handset does when it rings."""

    MANUAL = "manual"  # a person, on the handset page or its JSON API
    ANSWERS = "answers"  # picks up and presses what its owner told it
    BUSY = "busy"
    DECLINES = "declines"
    NO_ANSWER = "no_answer"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handset:
    """A behaviour script. `presses` go out one by one, each when a prompt named in `presses_on` is heard."""

    behaviour: Behaviour = Behaviour.MANUAL
    presses: tuple[str, ...] = ()
    presses_on: tuple[str, ...] = ("press_number", "try_again")
    hangs_up_on: str | None = None  # a prompt at which the owner has heard enough
    playback_rate: float = 1.0  # a manual handset hears prompts in their own time, divided by this


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the network."""

    number: str
    owner_name: str
    birth_date: date
    handset: Handset = field(default_factory=Handset)


class Lines:
    """The subscribers' register, in the sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as db:
            db.execute(_SCHEMA)

    def put(self, line: Line) -> None:
        """Connect a line, or replace its owner and handset."""
        one = line.handset
        script = {
            "behaviour": one.behaviour.value,
            "presses": one.presses,
            "presses_on": one.presses_on,
            "hangs_up_on": one.hangs_up_on,
            "playback_rate": one.playback_rate,
        }
        row = (line.number, line.owner_name, line.birth_date.isoformat(), json.dumps(script))
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO telephony_line VALUES (?, ?, ?, ?)", row)

    def find(self, number: str) -> Line | None:
        """Return the line, or None when the number is not connected."""
        with self._state.transaction() as db:
            row = db.execute("SELECT * FROM telephony_line WHERE number=?", (number,)).fetchone()
        if row is None:
            return None
        script = json.loads(row["handset"])
        handset = Handset(
            behaviour=Behaviour(script["behaviour"]),
            presses=tuple(script["presses"]),
            presses_on=tuple(script["presses_on"]),
            hangs_up_on=script["hangs_up_on"],
            playback_rate=script["playback_rate"],
        )
        born = date.fromisoformat(row["birth_date"])
        return Line(number=row["number"], owner_name=row["owner_name"], birth_date=born, handset=handset)
