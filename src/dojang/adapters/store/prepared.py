"""Statements compiled once and run on the driver itself: for the busiest paths of the house.

SQLAlchemy's way from a statement it knows to a row takes five times as long as the row (about 22 µs against 4 µs on
SQLite), and issuance runs some twenty statements. The SQL is SQLAlchemy's own for the database at hand and every value
passes through its column's type, so that what is stored and read is what `Connection.execute` would store and read.
Errors are SQLAlchemy's too, without parameters. It knows no table.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor

Convert = Callable[[Any], Any]


@dataclass(slots=True, kw_only=True)
class _Form:
    """A statement for one kind of database."""

    sql: str
    order: Sequence[str] | None  # of positional parameters; None where they go by name
    constants: Mapping[str, Any]
    into: Mapping[str, Convert]  # by parameter
    columns: Sequence[sa.ColumnElement[Any]]
    row: Callable[[Sequence[Any]], Any]
    out_of: Sequence[tuple[int, Convert]] | None = None  # by column; known when there is a first result

    def parameters(self, given: Mapping[str, Any]) -> Any:
        values = {**self.constants, **given}
        for name, convert in self.into.items():
            values[name] = convert(values[name])
        return values if self.order is None else [values[name] for name in self.order]

    def records(self, cursor: DBAPICursor, dialect: sa.Dialect) -> list[Any]:
        if self.out_of is None:
            self.out_of = _converters(self.columns, cursor, dialect)
        fetched = cursor.fetchall()
        if not self.out_of:
            return [self.row(values) for values in fetched]
        rows = []
        for values in map(list, fetched):
            for column, convert in self.out_of:
                values[column] = convert(values[column])
            rows.append(self.row(values))
        return rows


class Prepared:
    """One statement with named parameters, for either database. It has no expanding parameters (IN)."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def fetch(self, connection: sa.Connection, **parameters: Any) -> list[Any]:
        """Return all rows, as named tuples."""
        form = self._form(connection)
        cursor = self._execute(connection, form, parameters)
        rows = form.records(cursor, connection.dialect)
        cursor.close()
        return rows

    def find(self, connection: sa.Connection, **parameters: Any) -> Any | None:
        """Return the only row, or None. Raises `MultipleResultsFound`."""
        rows = self.fetch(connection, **parameters)
        if len(rows) > 1:
            raise sa.exc.MultipleResultsFound("one row was expected")
        return rows[0] if rows else None

    def get(self, connection: sa.Connection, **parameters: Any) -> Any:
        """Return the only row. Raises `NoResultFound`, `MultipleResultsFound`."""
        row = self.find(connection, **parameters)
        if row is None:
            raise sa.exc.NoResultFound("one row was expected")
        return row

    def run(self, connection: sa.Connection, *rows: Mapping[str, Any]) -> int:
        """Run it once for each of `rows`; return how many rows of the table that concerned."""
        cursor = self._execute(connection, self._form(connection), *rows)
        concerned = cursor.rowcount
        cursor.close()
        return concerned

    def _execute(self, connection: sa.Connection, form: _Form, *rows: Mapping[str, Any]) -> DBAPICursor:
        converted = [form.parameters(row) for row in rows]
        cursor = connection.connection.cursor()
        try:
            if len(converted) == 1:
                cursor.execute(form.sql, converted[0])
            else:
                cursor.executemany(form.sql, converted)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy_raises(connection, form.sql, error) from None
        return cursor

    def _form(self, connection: sa.Connection) -> _Form:
        form = self._forms.get(connection.dialect.name)
        if form is None:
            form = self._forms[connection.dialect.name] = _compile(self._statement, connection.dialect)
        return form


def _compile(statement: sa.Select[Any] | sa.Insert | sa.Update, dialect: sa.Dialect) -> _Form:
    compiled: Any = statement.compile(dialect=dialect)
    binds: Mapping[str, sa.BindParameter[Any]] = compiled.binds
    converters = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    columns = list(statement.selected_columns) if isinstance(statement, sa.Select) else []
    row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # not literals
    return _Form(
        sql=str(compiled),
        order=compiled.positiontup,
        constants={name: bind.value for name, bind in binds.items() if not bind.required},
        into={name: convert for name, convert in converters.items() if convert is not None},
        columns=columns,
        row=row._make,
    )


def _converters(
    columns: Sequence[sa.ColumnElement[Any]], cursor: DBAPICursor, dialect: sa.Dialect
) -> list[tuple[int, Convert]]:
    found: list[tuple[int, Convert]] = []
    for position, (column, described) in enumerate(zip(columns, cursor.description, strict=True)):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, described[1])
        if convert is not None:
            found.append((position, convert))
    return found


def _as_sqlalchemy_raises(connection: sa.Connection, sql: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]  # the driver's Error
    raised = sa.exc.DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=broken
    )
    if broken:
        connection.invalidate(error)
    return raised
