"""The registries' records of invented people's documents, and how a claim compares with them."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from dojang.sandbox.state import State

_SCHEMA = """
CREATE TABLE IF NOT EXISTS registry_record (
  kind TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL, birth_date TEXT NOT NULL, issued_on TEXT,
  expires_on TEXT, serial TEXT, state TEXT NOT NULL, PRIMARY KEY (kind, number)) STRICT;
CREATE TABLE IF NOT EXISTS registry_inquiry (
  inquiry_id TEXT PRIMARY KEY, kind TEXT NOT NULL, verdict TEXT NOT NULL) STRICT;
"""


class RecordKind(StrEnum):
    """Which register."""

    RESIDENT_CARD = "resident_card"  # number: 13 digits of the RRN
    DRIVER_LICENCE = "driver_licence"  # number: 12 digits
    PASSPORT = "passport"


class RecordState(StrEnum):
    """What the issuer knows of the document."""

    OK = "ok"
    LOST = "lost"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """How a claim compares."""

    MATCH = "match"
    SERIAL_DIFFERS = "serial_differs"
    NO_MATCH = "no_match"
    LOST = "lost"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One document. Dates are YYYYMMDD; what a kind lacks is None."""

    kind: RecordKind
    number: str
    name: str
    birth_date: str
    issued_on: str | None = None
    expires_on: str | None = None
    serial: str | None = None
    state: RecordState = RecordState.OK


class Records:
    """The registers, in the sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as db:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                db.execute(statement)

    def put(self, record: Record) -> None:
        """Enter a document, or replace what is known of it."""
        row = (
            record.kind.value,
            record.number,
            record.name,
            record.birth_date,
            record.issued_on,
            record.expires_on,
            record.serial,
            record.state.value,
        )
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO registry_record VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def compare(self, inquiry_id: str, claim: Record) -> Verdict:
        """Compare a claim with the record; the same inquiry id gets the answer it got before."""
        with self._state.transaction() as db:
            before = db.execute("SELECT verdict FROM registry_inquiry WHERE inquiry_id=?", (inquiry_id,)).fetchone()
            if before is not None:
                return Verdict(before["verdict"])
            verdict = _verdict(db, claim)
            row = (inquiry_id, claim.kind.value, verdict.value)
            db.execute("INSERT INTO registry_inquiry VALUES (?, ?, ?)", row)
            return verdict

    def inquiry_count(self) -> int:
        """Return how many different inquiries were answered."""
        with self._state.transaction() as db:
            return int(db.execute("SELECT COUNT(*) FROM registry_inquiry").fetchone()[0])


def _verdict(db: sqlite3.Connection, claim: Record) -> Verdict:
    key = (claim.kind.value, claim.number)
    row = db.execute("SELECT * FROM registry_record WHERE kind=? AND number=?", key).fetchone()
    if row is None:
        return Verdict.NO_MATCH
    compared = {"name": claim.name, "birth_date": claim.birth_date}
    if claim.issued_on is not None:
        compared["issued_on"] = claim.issued_on
    if claim.expires_on is not None:
        compared["expires_on"] = claim.expires_on
    if any(row[column] != value for column, value in compared.items()):
        return Verdict.NO_MATCH
    if row["state"] != RecordState.OK:
        return Verdict(row["state"])
    if claim.kind is RecordKind.DRIVER_LICENCE and row["serial"] != claim.serial:
        return Verdict.SERIAL_DIFFERS
    return Verdict.MATCH
