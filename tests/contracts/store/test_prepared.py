"""A prepared statement gives and takes what SQLAlchemy's own execution does, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from dojang.adapters.store.engine import Database
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.types import UtcSeconds

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PARCEL = sa.Table(
    "parcel",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary),
    sa.Column("sent_at", UtcSeconds),
    sa.Column("fragile", sa.Boolean, nullable=False),
    sa.Column("weight", sa.Numeric(10, 3)),
    sa.Column("size", sa.BigInteger),
)
ADD = Prepared(sa.insert(PARCEL))
BY_ID = Prepared(sa.select(PARCEL).where(PARCEL.c.id == sa.bindparam("wanted")))
FRAGILE = Prepared(sa.select(PARCEL.c.id).where(PARCEL.c.fragile == sa.true()).order_by(PARCEL.c.id))
REPACK = Prepared(
    sa.update(PARCEL).where(PARCEL.c.id == sa.bindparam("wanted"), PARCEL.c.size > 3).values(content=None, size=7)
)
ROWS: list[dict[str, Any]] = [
    {"id": "1", "content": b"\x00%s\xff", "sent_at": NOW, "fragile": True, "weight": Decimal("1.250"), "size": 2**40},
    {"id": "2", "content": None, "sent_at": None, "fragile": False, "weight": None, "size": None},
    {
        "id": "셋 %(id)s ? :x",
        "content": b"",
        "sent_at": NOW + timedelta(days=9),
        "fragile": True,
        "weight": 0,
        "size": 3,
    },
]


@pytest.fixture
def stocked(database: Database) -> Database:
    with database.writing() as connection:
        PARCEL.create(connection)
        assert ADD.run(connection, ROWS[0]) == 1
        assert ADD.run(connection, *ROWS[1:]) == 2
    return database


def test_rows_are_those_sqlalchemy_reads_and_writes(stocked: Database) -> None:
    with stocked.reading() as connection:
        theirs = {row.id: row._asdict() for row in connection.execute(sa.select(PARCEL))}
        ours = {row["id"]: BY_ID.get(connection, wanted=row["id"])._asdict() for row in ROWS}
    assert ours == theirs == {row["id"]: row for row in ROWS}


def test_all_rows_one_or_none(stocked: Database) -> None:
    with stocked.reading() as connection:
        assert [row.id for row in FRAGILE.fetch(connection)] == ["1", ROWS[2]["id"]]
        assert BY_ID.find(connection, wanted="9") is None
        with pytest.raises(sa.exc.NoResultFound):
            BY_ID.get(connection, wanted="9")
        with pytest.raises(sa.exc.MultipleResultsFound):
            FRAGILE.find(connection)


def test_an_update_counts_the_rows_it_changed_and_keeps_its_constants(stocked: Database) -> None:
    with stocked.writing() as connection:
        assert REPACK.run(connection, *({"wanted": row["id"]} for row in ROWS)) == 1
        assert BY_ID.get(connection, wanted="1")._asdict() == ROWS[0] | {"content": None, "size": 7}


def test_it_belongs_to_the_callers_transaction(stocked: Database) -> None:
    def add_and_fail() -> None:
        with stocked.writing() as connection:
            ADD.run(connection, ROWS[1] | {"id": "4"})
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        add_and_fail()
    with stocked.reading() as connection:
        assert BY_ID.find(connection, wanted="4") is None


def test_an_error_is_sqlalchemys_and_tells_no_value(stocked: Database) -> None:
    with stocked.writing() as connection:
        with pytest.raises(sa.exc.IntegrityError) as refusal:
            ADD.run(connection, ROWS[0] | {"content": b"secret"})
        assert "secret" not in str(refusal.value)
        connection.rollback()
    with stocked.reading() as connection:
        assert BY_ID.get(connection, wanted="1").content == ROWS[0]["content"]


def test_a_lost_connection_is_not_used_again(stocked: Database) -> None:
    if stocked.is_sqlite:
        pytest.skip("a file has no connection to lose")
    with stocked.reading() as connection:
        process = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with stocked.writing() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with pytest.raises(sa.exc.OperationalError) as lost:
            BY_ID.find(connection, wanted="1")
        assert lost.value.connection_invalidated
        assert connection.invalidated
        connection.rollback()
        assert BY_ID.get(connection, wanted="1").size == ROWS[0]["size"]
