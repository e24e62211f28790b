"""The ceremony's output directory: whole files or none, and the record of which of them were witnessed.

Knows bytes and digests, not what they mean.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.ports import Chance

_RECORD = "record.json"


class ArtefactAltered(DojangError):
    """A file the witnesses signed for is missing or has other content now; `artefact` names it."""

    code: ClassVar[str] = "ceremony.artefact_altered"
    fault: ClassVar[Fault] = Fault.OPERATOR


class RecordUnreadable(DojangError):
    """The record of what was witnessed cannot be read."""

    code: ClassVar[str] = "ceremony.record_unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One transcript and the artefacts it vouches for, name to SHA-256 in hexadecimal."""

    transcript: str
    digests: dict[str, str]


class Artefacts:
    """Files in one directory. Writing is atomic and survives a power failure; nothing is overwritten by different
    bytes.
    """

    def __init__(self, directory: Path, chance: Chance) -> None:
        """Open the directory, making it when it is not there."""
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._chance = chance
        self._present: dict[str, str] = {}
        self._made: list[str] = []

    @property
    def made(self) -> tuple[str, ...]:
        """Names of the files made through this object, in order."""
        return tuple(self._made)

    def path(self, name: str) -> Path:
        """Return where an artefact lies."""
        return self._directory / name

    def find(self, name: str) -> bytes | None:
        """Return an artefact's bytes, or None."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, name: str, content: bytes) -> None:
        """Write an artefact durably."""
        draft = self.path(f".{name}.{self._chance.token_bytes(8).hex()}")
        with draft.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.path(name))
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def note(self, name: str, content: bytes) -> None:
        """Count a file found in place among those that belong to the ceremony."""
        self._present[name] = sha256_hex(content)

    def make(self, name: str, content: bytes) -> None:
        """Write a file that belongs to the ceremony."""
        self.keep(name, content)
        self.note(name, content)
        self._made.append(name)

    def make_once(self, name: str, content: bytes) -> None:
        """Write a file unless it is there with these very bytes. Raises `ArtefactAltered` when it has others."""
        found = self.find(name)
        if found is None:
            self.make(name, content)
        elif found == content:
            self.note(name, content)
        else:
            raise ArtefactAltered(artefact=name)

    def discard(self, name: str) -> None:
        """Remove an intermediate file that is no longer needed."""
        self.path(name).unlink(missing_ok=True)

    def sessions(self) -> list[Session]:
        """Return what was witnessed so far, oldest first. Raises `RecordUnreadable`."""
        content = self.find(_RECORD)
        if content is None:
            return []
        try:
            return [
                Session(transcript=str(one["transcript"]), digests={str(k): str(v) for k, v in one["digests"].items()})
                for one in json.loads(content)["sessions"]
            ]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RecordUnreadable() from None

    def witness(self, render: Callable[[int, Mapping[str, str]], bytes]) -> list[Session]:
        """Write a transcript over every file not witnessed before, and return all sessions, oldest first.

        `render` gets the session's number (from 1) and the fresh files' digests. Without fresh files nothing is
        written.
        """
        sessions = self.sessions()
        known = {name for session in sessions for name in session.digests}
        fresh = {name: digest for name, digest in self._present.items() if name not in known}
        if not fresh:
            return sessions
        number = len(sessions) + 1
        transcript = "transcript.md" if number == 1 else f"transcript-{number}.md"
        content = render(number, fresh)
        self.make(transcript, content)
        sessions.append(Session(transcript=transcript, digests={**fresh, transcript: sha256_hex(content)}))
        document = {"sessions": [{"transcript": one.transcript, "digests": one.digests} for one in sessions]}
        self.keep(_RECORD, json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
        return sessions

    def check(self, sessions: list[Session]) -> None:
        """Raise `ArtefactAltered` unless every witnessed file still has the bytes that were witnessed."""
        for session in sessions:
            for name, digest in session.digests.items():
                content = self.find(name)
                if content is None or sha256_hex(content) != digest:
                    raise ArtefactAltered(artefact=name)


def sha256_hex(content: bytes) -> str:
    """Return SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()
