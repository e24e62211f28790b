"""A range of the log as a file that holds by itself: whoever has the log's public key can check it without the office.

JSON lines, each ended by LF:

    {"format":"dojang-audit-range-1","first":F,"size":S,"before":["<base64>",…]}
    <leaf F>                 the canonical encoding of an entry, letter for letter what is hashed (see `leaf`)
    …
    <leaf S-1>
    {"checkpoint":"<signed head over the first S leaves>"}

`before` are the roots of the complete subtrees that the first F leaves consist of (a `Frontier`): with the leaves that
follow they make up the root that is signed. What comes before F stays unseen and is bound all the same: the root of
`before` must be that of an earlier range that ended at F. Source: RFC 9162 section 2.1.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dojang.controls.audit_log.checkpoint import SignedTreeHead, parse_note
from dojang.controls.audit_log.findings import (
    AuditFindingCode,
    AuditLogBroken,
    AuditRangeApart,
    AuditRangeUnreadable,
    Finding,
    NothingSigned,
)
from dojang.controls.audit_log.leaf import ENCODING_VERSION
from dojang.controls.audit_log.ports import HeadKey, RangeReader
from dojang.controls.audit_log.tree import Frontier, hash_leaf, read_frontier

FORMAT = "dojang-audit-range-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRange:
    """Leaves from `first` (inclusive) up to the size of the signed head (exclusive)."""

    first: int
    signed: SignedTreeHead

    @property
    def size(self) -> int:
        """The log's size at the end of the range."""
        return self.signed.head.size


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRange:
    """A range found sound: `root` over all `size` leaves as signed `at`, `before` over those in front of `first`."""

    first: int
    size: int
    before: bytes
    root: bytes
    at: datetime


def choose_range(reader: RangeReader, *, first: int, near: int | None = None) -> AuditRange:
    """Return the range from `first` to a head that is signed: the last one up to size `near`, else the first after it.

    Without `near` it is the newest one. Raises `NothingSigned` when no head beyond `first` is signed, `AuditLogBroken`
    when the one that is stored cannot be read.
    """
    note = reader.find_note(after=first, near=near)
    if first < 0 or note is None:
        raise NothingSigned(first=first)
    try:
        return AuditRange(first=first, signed=parse_note(note))
    except ValueError:
        raise AuditLogBroken((Finding(code=AuditFindingCode.CHECKPOINT_UNREADABLE),)) from None


def write_range(reader: RangeReader, chosen: AuditRange) -> Iterator[bytes]:
    """Yield the lines of the file, in bounded memory. Raises `NoSuchAuditEntry` when entries are missing."""
    yield _first_line(read_frontier(chosen.first, reader.node), chosen.size)
    for stored in reader.leaves(chosen.first):
        if stored.position >= chosen.size:
            break
        yield stored.leaf.encode() + b"\n"
    yield _line({"checkpoint": chosen.signed.note()})


def check_range(lines: Iterable[bytes], key: HeadKey, *, after: CheckedRange | None = None) -> CheckedRange:
    """Check a file against the log's key, and with `after` that it goes on where that one ended.

    Raises `AuditRangeUnreadable` (with the line) for anything not in the form above, `AuditLogBroken` when signature or
    root are wrong or the log before the range is not the one that `after` saw, `AuditRangeApart` when `after` ended
    elsewhere.
    """
    before, size, signed, root = _read(lines)
    findings = []
    if not signed.is_signed_by(key):
        findings.append(Finding(code=AuditFindingCode.SIGNATURE_INVALID, position=size))
    if root != signed.head.root:
        findings.append(Finding(code=AuditFindingCode.LOG_FORKED, position=size))
    if after is not None and after.size != before.size:
        raise AuditRangeApart(first=before.size, ended=after.size)
    if after is not None and after.root != before.root:
        findings.append(Finding(code=AuditFindingCode.LOG_FORKED, position=after.size))
    if findings:
        raise AuditLogBroken(tuple(findings))
    return CheckedRange(first=before.size, size=size, before=before.root, root=root, at=signed.head.at)


def _read(lines: Iterable[bytes]) -> tuple[Frontier, int, SignedTreeHead, bytes]:
    """Return what stands before the range, its end, the signed head, and the root that the leaves make up."""
    numbered = enumerate(lines, 1)
    number, line = next(numbered, (1, b""))
    before, size = _parse_first(line)
    grown = before
    for number, line in numbered:
        content = _parse(line, number)
        if grown.size == size:
            signed = _parse_last(content, line, number, size)
            for extra, _ in numbered:
                raise AuditRangeUnreadable(line=extra)
            return before, size, signed, grown.root
        if content.get("v") != ENCODING_VERSION:
            raise AuditRangeUnreadable(line=number)
        grown, _ = grown.append(hash_leaf(line.removesuffix(b"\n")))
    raise AuditRangeUnreadable(line=number)


def _parse_first(line: bytes) -> tuple[Frontier, int]:
    content = _parse(line, 1)
    try:
        if content["format"] != FORMAT:
            raise AuditRangeUnreadable(line=1)
        hashes = tuple(base64.b64decode(one, validate=True) for one in content["before"])
        before, size = Frontier(size=int(content["first"]), hashes=hashes), int(content["size"])
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise AuditRangeUnreadable(line=1) from None
    if size <= before.size or line != _first_line(before, size):  # it is written in exactly one way
        raise AuditRangeUnreadable(line=1)
    return before, size


def _parse_last(content: dict[str, Any], line: bytes, number: int, size: int) -> SignedTreeHead:
    try:
        signed = parse_note(str(content["checkpoint"]).encode())
    except (KeyError, ValueError):
        raise AuditRangeUnreadable(line=number) from None
    if signed.head.size != size or line != _line({"checkpoint": signed.note()}):
        raise AuditRangeUnreadable(line=number)
    return signed


def _parse(line: bytes, number: int) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        raise AuditRangeUnreadable(line=number) from None
    if not isinstance(content, dict) or not line.endswith(b"\n"):
        raise AuditRangeUnreadable(line=number)
    return content


def _first_line(before: Frontier, size: int) -> bytes:
    packed = [base64.b64encode(one).decode() for one in before.hashes]
    return _line({"format": FORMAT, "first": before.size, "size": size, "before": packed})


def _line(content: dict[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
