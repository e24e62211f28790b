"""Exported ranges of the audit log on both databases: they hold by themselves, meet each other, and no change passes.

The second judge of a root is RFC 9162's own definition, written down recursively.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.store.test_audit_log import FORGER, NOW, SIGNER, fill
from dojang.adapters.secrecy.audit_key import Ed25519HeadKey, parse_head_key
from dojang.adapters.store.audit_log import AuditHeads, AuditLogView
from dojang.adapters.store.audit_witness import FileWitness
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.audit import audit_leaf
from dojang.controls.audit_log.checkpoint import verifier_key
from dojang.controls.audit_log.export import CheckedRange, check_range, choose_range, write_range
from dojang.controls.audit_log.findings import (
    AuditKeyUnreadable,
    AuditLogBroken,
    AuditRangeApart,
    AuditRangeUnreadable,
    NothingSigned,
)
from dojang.controls.audit_log.usecases import publish_head

SIZES = (5, 13, 21)


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Database:
    """A log of 24 entries, signed at 5, 13 and 21."""
    witness = FileWitness(tmp_path / "heads")
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        fill(database, size - before)
        publish_head(AuditHeads(database), SIGNER, witness, NOW)
    fill(database, 3)
    return database


def export(log: Database, first: int = 0, near: int | None = None) -> list[bytes]:
    with log.reading() as connection:
        view = AuditLogView(connection)
        return list(write_range(view, choose_range(view, first=first, near=near)))


def check(lines: list[bytes], after: CheckedRange | None = None, key: Ed25519HeadKey = SIGNER.public) -> CheckedRange:
    return check_range(lines, key, after=after)


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


@pytest.mark.parametrize(
    ("first", "near", "size"),
    [(0, None, 21), (0, 5, 5), (0, 12, 5), (0, 13, 13), (0, 3, 5), (5, 6, 13), (7, 20, 13), (20, 21, 21), (13, 99, 21)],
)
def test_a_range_ends_at_a_signed_head_and_checks(log: Database, first: int, near: int | None, size: int) -> None:
    lines = export(log, first, near)
    found = check(lines)
    assert (found.first, found.size) == (first, size)
    everything = [line.rstrip(b"\n") for line in export(log, 0, size)[1:-1]]
    assert [line.rstrip(b"\n") for line in lines[1:-1]] == everything[first:]
    assert found.root == root_of(everything)
    assert found.before == root_of(everything[:first])
    assert json.loads(lines[1])["subject"] == json.loads(everything[first])["subject"]


def test_ranges_meet(log: Database) -> None:
    parts = [export(log, first, size) for first, size in zip((0, *SIZES), SIZES, strict=False)]
    found: CheckedRange | None = None
    for lines in parts:
        found = check(lines, after=found)
    assert found is not None
    assert found == CheckedRange(first=13, size=21, before=found.before, root=check(export(log)).root, at=NOW)
    with pytest.raises(AuditRangeApart):
        check(parts[2], after=check(parts[0]))


@pytest.mark.parametrize("first", [21, 24, 1000, -1])
def test_beyond_the_last_head_there_is_nothing(log: Database, first: int) -> None:
    with pytest.raises(NothingSigned):
        export(log, first)


def test_a_log_rewritten_between_two_exports_is_found(log: Database) -> None:
    """Whoever rewrites history consistently, and even signs it, does not meet what was handed out before."""
    earlier = check(export(log, 0, 13))
    forged = [line.replace(b'"new"', b'"old"') for line in export(log)]
    head = json.loads(forged[0])
    rewritten = root_of([line.rstrip(b"\n") for line in forged[1:14]])
    assert rewritten != earlier.root
    head |= {"first": 13, "before": []}
    later = export(log, 13)
    apart = CheckedRange(first=0, size=13, before=earlier.before, root=rewritten, at=NOW)
    with pytest.raises(AuditLogBroken) as broken:
        check(later, after=apart)
    assert [str(one) for one in broken.value.findings] == ["audit.log_forked@13"]


def test_another_key_is_told(log: Database) -> None:
    with pytest.raises(AuditLogBroken) as broken:
        check(export(log), key=FORGER.public)
    assert [str(one) for one in broken.value.findings] == ["audit.signature_invalid@21"]


def test_a_row_changed_in_the_database_does_not_check(log: Database) -> None:
    with log.writing() as connection:
        connection.execute(sa.update(audit_leaf).where(audit_leaf.c.position == 9).values(actor="operator:nobody"))
    with pytest.raises(AuditLogBroken) as broken:
        check(export(log, 5))
    assert [str(one) for one in broken.value.findings] == ["audit.log_forked@21"]
    check(export(log, 13))  # what does not hold the row is bound by what was there before


def test_every_changed_byte_is_found(log: Database) -> None:
    lines = export(log, 5, 13)
    whole = b"".join(lines)
    check(lines)
    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises((AuditLogBroken, AuditRangeUnreadable)):
            check(io.BytesIO(altered).readlines())


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[:3] + lines[4:],
        lambda lines: [*lines, b"{}\n"],
        lambda lines: [lines[0], *reversed(lines[1:-1]), lines[-1]],
        lambda lines: [*lines[:-1], lines[-1].rstrip(b"\n")],
        lambda lines: [b"[]\n", *lines[1:]],
        lambda lines: [b'{"format":"another"}\n', *lines[1:]],
        lambda lines: lines[1:],
        lambda _: [],
        lambda _: [b"\xff\xfe\n"],
    ],
)
def test_what_is_cut_moved_or_no_range_at_all_is_refused(log: Database, change: Any) -> None:
    with pytest.raises((AuditLogBroken, AuditRangeUnreadable)):
        check(change(export(log)))


def test_the_public_key_is_one_word(log: Database) -> None:
    word = verifier_key(SIGNER.public)
    assert word.startswith("dojang.test/audit+")
    assert parse_head_key(f" {word}\n") == SIGNER.public
    check(export(log), key=parse_head_key(word))


@pytest.mark.parametrize("text", ["", "x", "a+b", "a+b+c", "dojang.test/audit+00000000+AQ==", "+".join("abc") + "+d"])
def test_another_word_is_no_key(text: str) -> None:
    with pytest.raises(AuditKeyUnreadable):
        parse_head_key(text)
