"""Verification: read every leaf once, rebuild the tree, and hold it against everything that was ever signed.

Runs in bounded memory over any number of leaves. Knows nothing of tables. What it can and cannot find: any change to
entries up to the newest head that was signed, even by somebody who rewrites the whole database consistently, because
the signing key and the witness are elsewhere; entries after that head are only protected against inconsistent changes,
so heads are signed often.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dojang.controls.audit_log.checkpoint import SignedTreeHead, parse_note, parse_notes
from dojang.controls.audit_log.findings import AuditFindingCode, AuditLogBroken, Finding
from dojang.controls.audit_log.ports import AuditLogReader, HeadKey, StoredHead, StoredLeaf
from dojang.controls.audit_log.tree import EMPTY, HASH_LENGTH, Frontier, hash_leaf

MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedLog:
    """A log found sound: its size and root, and how many signed heads (database) and checkpoints (witness) it met."""

    size: int
    root: bytes
    signed_heads: int
    witnessed_heads: int
    newest_signed_size: int  # entries beyond this one are not covered by a signature yet


def verify_log(reader: AuditLogReader, key: HeadKey, witnessed: bytes) -> VerifiedLog:
    """Check the whole log against itself, its signed heads and the witness file's content.

    1. Collect signed heads from the database and from the witness; each must be well formed and signed by `key`.
    2. Read all leaves in order: no gap, each with the hash it was stored with, each completing the subtrees stored.
    3. At every size that was signed, the root must be the signed one.
    4. The head row must be the frontier that results.

    Raises `AuditLogBroken` with at most `MAX_FINDINGS` findings.
    """
    findings: list[Finding] = []
    in_database = _signed_heads((parse_or_none(note) for note in reader.notes()), key, findings)
    in_witness = _signed_heads(_witnessed(witnessed), key, findings)
    walk = _Walk(findings=findings, due=_due((*in_database, *in_witness)))
    walk.check_heads()
    for stored in reader.leaves():
        walk.take(stored)
    walk.finish(reader.find_head())
    if findings:
        raise AuditLogBroken(tuple(findings[:MAX_FINDINGS]))
    return VerifiedLog(
        size=walk.frontier.size,
        root=walk.frontier.root,
        signed_heads=len(in_database),
        witnessed_heads=len(in_witness),
        newest_signed_size=max((one.head.size for one in (*in_database, *in_witness)), default=0),
    )


def parse_or_none(note: bytes) -> SignedTreeHead | None:
    """Return the checkpoint, or None when the text is none."""
    try:
        return parse_note(note)
    except ValueError:
        return None


def _witnessed(text: bytes) -> Iterator[SignedTreeHead | None]:
    try:
        yield from parse_notes(text)
    except ValueError:
        yield None


def _signed_heads(
    heads: Iterable[SignedTreeHead | None], key: HeadKey, findings: list[Finding]
) -> tuple[SignedTreeHead, ...]:
    genuine = []
    for signed in heads:
        if signed is None:
            findings.append(Finding(code=AuditFindingCode.CHECKPOINT_UNREADABLE))
        elif not signed.is_signed_by(key):
            findings.append(Finding(code=AuditFindingCode.SIGNATURE_INVALID, position=signed.head.size))
        else:
            genuine.append(signed)
    return tuple(genuine)


def _due(heads: tuple[SignedTreeHead, ...]) -> dict[int, set[bytes]]:
    due: dict[int, set[bytes]] = {}
    for signed in heads:
        due.setdefault(signed.head.size, set()).add(signed.head.root)
    return due


@dataclass(slots=True, kw_only=True)
class _Walk:
    """The state of one pass over the leaves."""

    findings: list[Finding]
    due: dict[int, set[bytes]]  # signed size -> roots signed for it
    frontier: Frontier = EMPTY
    next_position: int = 0
    torn: bool = field(default=False)  # a leaf is missing: no root can be computed from there on
    reordered: bool = field(default=False)

    def take(self, stored: StoredLeaf) -> None:
        if stored.position != self.next_position:
            self._find(AuditFindingCode.ENTRY_MISSING, self.next_position)
            self.torn = True
        self.next_position = stored.position + 1
        computed = self._hash(stored)
        if self.torn:
            return
        # The stored hash goes on, so that one altered entry is one finding and the tree above it is still judged.
        self.frontier, subtrees = self.frontier.append(computed)
        if b"".join(subtrees) != stored.subtrees and not self.reordered:
            self._find(AuditFindingCode.ENTRIES_REORDERED, stored.position)
            self.reordered = True
        self.check_heads()

    def _hash(self, stored: StoredLeaf) -> bytes:
        try:
            computed = hash_leaf(stored.leaf.encode())
        except ValueError:
            computed = b""
        kept = stored.subtrees[:HASH_LENGTH]
        if computed == kept:
            return computed
        self._find(AuditFindingCode.ENTRY_ALTERED, stored.position)
        return kept if len(kept) == HASH_LENGTH else computed or hash_leaf(b"")

    def check_heads(self) -> None:
        roots = self.due.pop(self.frontier.size, set())
        if roots and roots != {self.frontier.root}:
            self._find(AuditFindingCode.LOG_FORKED, self.frontier.size)

    def finish(self, head: StoredHead | None) -> None:
        for size in sorted(self.due):
            if size > self.next_position:
                self._find(AuditFindingCode.LOG_TRUNCATED, size)
        if head is None:
            self._find(AuditFindingCode.HEAD_BROKEN, None)
        elif head.size > self.next_position:
            self._find(AuditFindingCode.LOG_TRUNCATED, head.size)
        elif not self.torn and (head.size, head.frontier) != (self.frontier.size, self.frontier.pack()):
            self._find(AuditFindingCode.HEAD_BROKEN, head.size)

    def _find(self, code: AuditFindingCode, position: int | None) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code=code, position=position))
