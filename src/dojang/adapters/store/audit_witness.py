"""The witness file: checkpoints outside the database, appended and synced, never rewritten.

Keep it where who administers the database cannot write: another machine's share, append-only storage, a mailbox.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from dojang.controls.audit_log.checkpoint import SignedTreeHead

_LINES_PER_NOTE = 6


@dataclass(frozen=True, slots=True)
class FileWitness:
    """A `Witness` in one file of checkpoints, one after another; several processes may write."""

    path: Path

    def remember(self, signed: SignedTreeHead) -> None:
        """Append the checkpoint and sync; a head of the size that was written last is left out."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            content = file.read()
            whole = _whole_notes(content)
            if len(whole) < len(content):
                # A crash in the middle of a write left part of a checkpoint; its head is signed anew now.
                file.truncate(len(whole))
            if not _ends_with_size(whole, signed.head.size):
                file.write(signed.note().encode())
                file.flush()
                os.fsync(file.fileno())

    def read(self) -> bytes:
        """Return all checkpoints; empty when there is no file yet."""
        return self.path.read_bytes() if self.path.exists() else b""


def _whole_notes(content: bytes) -> bytes:
    lines = content.split(b"\n")
    complete = (len(lines) - 1) // _LINES_PER_NOTE * _LINES_PER_NOTE
    return b"".join(line + b"\n" for line in lines[:complete])


def _ends_with_size(notes: bytes, size: int) -> bool:
    lines = notes.split(b"\n")[:-1]
    return len(lines) >= _LINES_PER_NOTE and lines[-_LINES_PER_NOTE + 1] == str(size).encode()
