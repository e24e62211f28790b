"""Column types that both databases keep exactly the same way."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class UtcSeconds(sa.types.TypeDecorator[datetime]):
    """A time as whole seconds since 1970-01-01T00:00:00Z: sorts, compares and indexes alike on both databases.

    Takes and gives timezone-aware UTC datetimes. Raises `ValueError` for a naive time or one with a fraction, so that
    what was signed or hashed before storing is equal to what is read.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the seconds to store."""
        del dialect
        return None if value is None else seconds_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return the time stored."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value, UTC)


def seconds_of(moment: datetime) -> int:
    """Return seconds since the epoch. Raises `ValueError` for a naive time or a fraction of a second."""
    if moment.tzinfo is None:
        raise ValueError("times are timezone-aware")
    if moment.microsecond:
        raise ValueError("times are whole seconds")
    return int(moment.timestamp())
