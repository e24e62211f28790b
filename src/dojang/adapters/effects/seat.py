"""Seats: each worker holds a numbered one, so that others can tell the living from the dead.

DBOS marks work in progress with the id of the worker that took it. A worker that died leaves such work behind; whoever
can take its seat knows that nobody sits there and may set the work free. PostgreSQL: session advisory locks, which end
with the connection. SQLite: locks on files beside the database, which end with the process. Child processes must be
spawned, not forked: a forked child would hold a dead worker's PostgreSQL connection open, and with it the seat.
"""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from dojang.adapters.store.engine import Database

_LOCK_CLASS = 0x444F4A  # "DOJ": keeps our advisory locks apart from others'
_PREFIX = "seat-"
MOST_SEATS = 1024


class NoSeatLeft(RuntimeError):
    """All seats are taken: far more workers than this program is made for."""


class Seat(Protocol):
    """A seat held by this process."""

    @property
    def number(self) -> int:
        """From 0."""
        ...

    def is_held(self) -> bool:
        """Whether the seat is still ours; False once the connection it hangs on is lost."""
        ...

    def leave(self) -> None:
        """Give the seat up."""
        ...


def name_of(seat: Seat) -> str:
    """Return the DBOS executor id of who sits there."""
    return f"{_PREFIX}{seat.number}"


def number_of(executor_id: str) -> int | None:
    """Return the seat's number, None when the id is not one of ours."""
    number = executor_id.removeprefix(_PREFIX)
    return int(number) if executor_id.startswith(_PREFIX) and number.isascii() and number.isdigit() else None


def take_seat(database: Database) -> Seat:
    """Take the first free seat. Raises `NoSeatLeft`."""
    for number in range(MOST_SEATS):
        seat = try_seat(database, number)
        if seat is not None:
            return seat
    raise NoSeatLeft


def try_seat(database: Database, number: int) -> Seat | None:
    """Take this seat, or return None when somebody sits there."""
    return _try_file(database, number) if database.is_sqlite else _try_advisory(database, number)


@dataclass(frozen=True, slots=True)
class _FileSeat:
    number: int
    descriptor: int

    def is_held(self) -> bool:
        return True

    def leave(self) -> None:
        os.close(self.descriptor)


def _try_file(database: Database, number: int) -> _FileSeat | None:
    descriptor = os.open(f"{database.url.database}.{_PREFIX}{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # POSIX locks, unlike flock's, are not inherited by forked children that may outlive a killed worker.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        os.close(descriptor)
        return None
    return _FileSeat(number, descriptor)


@dataclass(frozen=True, slots=True)
class _AdvisorySeat:
    number: int
    connection: sa.Connection

    def is_held(self) -> bool:
        try:
            self.connection.exec_driver_sql("SELECT 1")
        except sa.exc.DBAPIError:
            return False
        return True

    def leave(self) -> None:
        # The lock ends with the session, so the session must really end and not go back into a pool.
        with suppress(sa.exc.DBAPIError):
            self.connection.invalidate()
            self.connection.close()


def _try_advisory(database: Database, number: int) -> _AdvisorySeat | None:
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    key = {"class": _LOCK_CLASS, "number": number}
    taken = connection.execute(sa.text("SELECT pg_try_advisory_lock(:class, :number)"), key).scalar_one()
    seat = _AdvisorySeat(number, connection)
    if not taken:
        connection.close()
        return None
    return seat
