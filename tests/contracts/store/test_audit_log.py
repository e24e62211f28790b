"""The audit log on both databases: appended with what it records, read back, proved; every mutation is found."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dojang.adapters.secrecy.audit_key import Ed25519HeadSigner
from dojang.adapters.store.audit_log import AuditHeads, AuditLogView, append
from dojang.adapters.store.audit_witness import FileWitness
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.audit import audit_head, audit_leaf, audit_signed_head
from dojang.controls.audit_log.checkpoint import TreeHead, sign_head
from dojang.controls.audit_log.findings import (
    AuditFindingCode,
    AuditLogBroken,
    AuditLogUnwritable,
    NoSuchAuditEntry,
)
from dojang.controls.audit_log.leaf import leaf_of
from dojang.controls.audit_log.tree import EMPTY, EMPTY_ROOT, extends, hash_leaf, includes
from dojang.controls.audit_log.usecases import check_log, publish_head
from dojang.controls.audit_log.verify import VerifiedLog
from dojang.kernel.audit import AuditEntry

NOW = datetime(2026, 11, 23, 1, 38, 28, tzinfo=UTC)
SIGNER = Ed25519HeadSigner(origin="dojang.test/audit", private_key=Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
FORGER = Ed25519HeadSigner(origin="dojang.test/audit", private_key=Ed25519PrivateKey.from_private_bytes(b"\2" * 32))


def entry(number: int, **data: str) -> AuditEntry:
    return AuditEntry(
        tag="application:application:opened",
        at=NOW,
        actor=f"subscriber:{number % 3}",
        subject=f"application-{number}",
        data={"kind": "new", **data},
    )


def fill(database: Database, count: int) -> None:
    with database.writing() as connection:
        append(connection, [entry(number) for number in range(count)])


def verify(database: Database, witness: FileWitness) -> VerifiedLog:
    with database.reading() as connection:
        return check_log(AuditLogView(connection), SIGNER.public, witness)


def found(database: Database, witness: FileWitness) -> set[str]:
    with pytest.raises(AuditLogBroken) as broken:
        verify(database, witness)
    return {str(finding) for finding in broken.value.findings}


@pytest.fixture
def witness(tmp_path: Path) -> FileWitness:
    return FileWitness(tmp_path / "witness" / "audit.checkpoints")


@pytest.fixture
def log(database: Database, witness: FileWitness) -> Database:
    """A log of 21 entries, signed and witnessed at 13 and at 21."""
    fill(database, 13)
    publish_head(AuditHeads(database), SIGNER, witness, NOW)
    fill(database, 8)
    publish_head(AuditHeads(database), SIGNER, witness, NOW)
    return database


def test_a_sound_log_verifies(log: Database, witness: FileWitness) -> None:
    verified = verify(log, witness)
    assert (verified.size, verified.signed_heads, verified.witnessed_heads) == (21, 2, 2)
    assert verified.newest_signed_size == 21
    with log.reading() as connection:
        assert AuditLogView(connection).root(21) == verified.root


def test_an_empty_log_verifies(database: Database, witness: FileWitness) -> None:
    assert verify(database, witness).root == EMPTY_ROOT
    publish_head(AuditHeads(database), SIGNER, witness, NOW)
    assert verify(database, witness).signed_heads == 1


def test_entries_come_back_as_they_were(log: Database) -> None:
    with log.reading() as connection:
        view = AuditLogView(connection)
        assert view.size() == 21
        assert view.get_entry(5) == entry(5)
        assert view.list_entries("application-3") == ((3, entry(3)), (16, entry(3)))
        assert [stored.position for stored in view.leaves(18)] == [18, 19, 20]
        with pytest.raises(NoSuchAuditEntry):
            view.get_entry(21)


def test_proofs_hold_for_every_entry_and_between_all_sizes(log: Database) -> None:
    with log.reading() as connection:
        view = AuditLogView(connection)
        root = view.root(21)
        for stored in view.leaves():
            path = view.inclusion_proof(stored.position, 21)
            assert includes(hash_leaf(stored.leaf.encode()), stored.position, 21, path, root)
        for old in range(1, 22):
            assert extends(old, view.root(old), 21, root, view.consistency_proof(old, 21))
        for refused in (lambda: view.inclusion_proof(0, 22), lambda: view.consistency_proof(0, 21)):
            with pytest.raises(NoSuchAuditEntry):
                refused()


def test_a_rolled_back_transaction_leaves_no_entry(log: Database, witness: FileWitness) -> None:
    def record_and_fail() -> None:
        with log.writing() as connection:
            append(connection, [entry(99)])
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        record_and_fail()
    assert verify(log, witness).size == 21


def test_an_entry_without_encoding_fails_the_transaction(log: Database, witness: FileWitness) -> None:
    with pytest.raises(ValueError, match="surrogates"), log.writing() as connection:
        append(connection, [entry(1), entry(2, broken="\ud800")])
    assert verify(log, witness).size == 21


def test_without_a_sound_head_nothing_can_be_written(log: Database) -> None:
    with log.writing() as connection:
        connection.execute(sa.update(audit_head).values(size=20))
    with pytest.raises(AuditLogUnwritable), log.writing() as connection:
        append(connection, [entry(1)])
    with log.writing() as connection:
        connection.execute(sa.delete(audit_head))
    with pytest.raises(AuditLogUnwritable), log.writing() as connection:
        append(connection, [entry(1)])
    with pytest.raises(AuditLogUnwritable):
        AuditHeads(log).frontier()


def test_appenders_at_once_make_one_sequence(database: Database, witness: FileWitness) -> None:
    start = threading.Barrier(4)

    def appender(number: int) -> None:
        start.wait()
        for turn in range(10):
            with database.writing() as connection:
                append(connection, [entry(number), entry(turn)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(appender, range(4)))
    assert verify(database, witness).size == 80


def test_publishing_the_same_head_again_adds_nothing(log: Database, witness: FileWitness) -> None:
    before = witness.read()
    publish_head(AuditHeads(log), SIGNER, witness, NOW)
    assert witness.read() == before
    assert verify(log, witness).signed_heads == 2


def test_a_torn_checkpoint_is_written_anew(log: Database, witness: FileWitness) -> None:
    whole = witness.read()
    witness.path.write_bytes(whole[:-17])
    publish_head(AuditHeads(log), SIGNER, witness, NOW)
    assert witness.read() == whole


# --- mutations: what somebody with the database's password could do -------------------------------------------------

Mutation = Callable[[sa.Connection], object]


def delete(*positions: int) -> Mutation:
    return lambda connection: connection.execute(sa.delete(audit_leaf).where(audit_leaf.c.position.in_(positions)))


def alter(position: int, **values: object) -> Mutation:
    return lambda connection: connection.execute(
        sa.update(audit_leaf).where(audit_leaf.c.position == position).values(**values)
    )


def swap_entries(first: int, second: int, *columns: str) -> Mutation:
    """Exchange the content of two rows; with `subtrees` among the columns the rows stay sound in themselves."""

    def mutate(connection: sa.Connection) -> None:
        query = sa.select(audit_leaf).where(audit_leaf.c.position.in_((first, second))).order_by(audit_leaf.c.position)
        one, other = connection.execute(query).mappings().all()
        for position, source in ((first, other), (second, one)):
            values = {column: source[column] for column in columns}
            connection.execute(sa.update(audit_leaf).where(audit_leaf.c.position == position).values(**values))

    return mutate


def rewrite(entries: Sequence[AuditEntry]) -> Mutation:
    """Replace the whole log by another one that is consistent in itself."""

    def mutate(connection: sa.Connection) -> None:
        connection.execute(sa.delete(audit_leaf))
        connection.execute(sa.update(audit_head).values(size=0, frontier=b""))
        if entries:
            append(connection, entries)

    return mutate


def sign_again(signer: Ed25519HeadSigner) -> Mutation:
    """Replace the signed heads by ones over the log as it now is."""

    def mutate(connection: sa.Connection) -> None:
        connection.execute(sa.delete(audit_signed_head))
        view = AuditLogView(connection)
        head = TreeHead(size=view.size(), root=view.root(view.size()), at=NOW)
        note = sign_head(head, signer).note()
        connection.execute(sa.insert(audit_signed_head).values(size=head.size, note=note))

    return mutate


def forget_heads(connection: sa.Connection) -> None:
    connection.execute(sa.delete(audit_signed_head))


ORIGINAL = [entry(number) for number in (*range(13), *range(8))]
ENTRY_COLUMNS = ("at", "tag", "actor", "subject", "data")
LATER = NOW.replace(second=29)
ALTERED_LEAF = b"".join(EMPTY.append(hash_leaf(leaf_of(entry(77)).encode()))[1])

MUTATIONS: dict[str, tuple[list[Mutation], set[str]]] = {
    "delete the first": ([delete(0)], {"audit.entry_missing@0"}),
    "delete in the middle": ([delete(7, 8)], {"audit.entry_missing@7"}),
    "delete at two places": ([delete(3, 15)], {"audit.entry_missing@3", "audit.entry_missing@15"}),
    "alter the time": ([alter(4, at=LATER)], {"audit.entry_altered@4"}),
    "alter the tag": ([alter(4, tag="application:application:closed")], {"audit.entry_altered@4"}),
    "alter the actor": ([alter(4, actor="system")], {"audit.entry_altered@4"}),
    "alter the subject": ([alter(4, subject="application-5")], {"audit.entry_altered@4"}),
    "alter the data": ([alter(4, data='{"kind":"old"}')], {"audit.entry_altered@4"}),
    "alter white space only": ([alter(4, data='{"kind": "new"}')], {"audit.entry_altered@4"}),
    "alter the last": ([alter(20, actor="system")], {"audit.entry_altered@20"}),
    "alter an entry with its own hash": (
        [alter(4, **{column: getattr(leaf_of(entry(77)), column) for column in ENTRY_COLUMNS}, subtrees=ALTERED_LEAF)],
        {"audit.entries_reordered@5", "audit.log_forked@13", "audit.log_forked@21", "audit.head_broken@21"},
    ),
    "alter an inner hash": ([alter(7, subtrees=bytes(128))], {"audit.entry_altered@7"}),
    "move two entries": (
        [swap_entries(4, 6, *ENTRY_COLUMNS)],
        {"audit.entry_altered@4", "audit.entry_altered@6"},
    ),
    "move two whole rows": (
        [swap_entries(4, 6, *ENTRY_COLUMNS, "subtrees")],
        {"audit.entries_reordered@5", "audit.log_forked@13", "audit.log_forked@21", "audit.head_broken@21"},
    ),
    "cut the end off": ([delete(19, 20)], {"audit.log_truncated@21"}),
    "cut the end off and rewind the head": ([rewrite(ORIGINAL[:19])], {"audit.log_truncated@21"}),
    "cut everything": ([rewrite([]), forget_heads], {"audit.log_truncated@13", "audit.log_truncated@21"}),
    "cut the end off, rewind and forget the heads": (
        [rewrite(ORIGINAL[:13]), forget_heads],
        {"audit.log_truncated@21"},
    ),
    "cut, rewind and sign with another key": (
        [rewrite(ORIGINAL[:19]), sign_again(FORGER)],
        {"audit.signature_invalid@19", "audit.log_truncated@21"},
    ),
    "fork": (
        [rewrite([*ORIGINAL[:15], entry(77), *ORIGINAL[16:]])],
        {"audit.log_forked@21"},
    ),
    "fork early and forget the heads": (
        [rewrite([entry(77), *ORIGINAL[1:]]), forget_heads],
        {"audit.log_forked@13", "audit.log_forked@21"},
    ),
    "fork and sign with another key": (
        [rewrite([*ORIGINAL[:20], entry(77)]), sign_again(FORGER)],
        {"audit.signature_invalid@21", "audit.log_forked@21"},
    ),
    "fork and sign with the very key": (
        [rewrite([*ORIGINAL[:20], entry(77), entry(78)]), sign_again(SIGNER)],
        {"audit.log_forked@21"},
    ),
    "remove the head": ([lambda c: c.execute(sa.delete(audit_head))], {"audit.head_broken"}),
    "alter the head's frontier": (
        [lambda c: c.execute(sa.update(audit_head).values(frontier=bytes(96)))],
        {"audit.head_broken@21"},
    ),
    "alter the head's size": (
        [lambda c: c.execute(sa.update(audit_head).values(size=20))],
        {"audit.head_broken@20"},
    ),
    "spoil a signed head": (
        [lambda c: c.execute(sa.update(audit_signed_head).where(audit_signed_head.c.size == 13).values(note="?"))],
        {"audit.checkpoint_unreadable"},
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_is_found(name: str, log: Database, witness: FileWitness) -> None:
    mutations, expected = MUTATIONS[name]
    with log.writing() as connection:
        for mutate in mutations:
            mutate(connection)
    findings = found(log, witness)
    assert expected <= findings
    if name == "alter an inner hash":  # the altered hash goes into the tree, so the roots above it do not fit either
        return
    assert findings == expected


def test_adding_behind_the_logs_back_is_found(log: Database, witness: FileWitness) -> None:
    with log.writing() as connection:
        last = connection.execute(sa.select(audit_leaf).where(audit_leaf.c.position == 20)).mappings().one()
        connection.execute(sa.insert(audit_leaf).values({**last, "position": 21}))
    assert {AuditFindingCode.ENTRIES_REORDERED.value, AuditFindingCode.HEAD_BROKEN.value} == {
        finding.split("@")[0] for finding in found(log, witness)
    }


def test_a_witness_file_of_junk_is_found(log: Database, witness: FileWitness) -> None:
    witness.path.write_bytes(b"nothing happened\n")
    assert found(log, witness) == {"audit.checkpoint_unreadable"}


def test_many_findings_are_bounded(log: Database, witness: FileWitness) -> None:
    fill(log, 150)
    with log.writing() as connection:
        connection.execute(sa.update(audit_leaf).values(actor="nobody"))
    with pytest.raises(AuditLogBroken) as broken:
        verify(log, witness)
    assert len(broken.value.findings) == 100
