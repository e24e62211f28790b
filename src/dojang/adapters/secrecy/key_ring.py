"""The key ring: versioned keys in one file that its owner alone can read.

    {"format": 1, "sealing": {"1": "<base64, 32 bytes>", …}, "index": "<base64, 32 bytes>"}

The sealing key with the highest number seals, or in format 2 the one that `"seals": N` names; all of them open. The
index key never changes: equal values must keep equal digests. A backup of the database is worth nothing without this
file; neither is the database itself.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

KEY_LENGTH = 32
_FORMAT, _FORMAT_WITH_CHOICE = 1, 2


class KeyRingUnreadable(ValueError):
    """The key ring file has not the form above. Nothing of it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Keys by number, from 1, and the key of the blind index; `chosen` seals, or without it the newest.

    Raises `KeyRingUnreadable` for missing or short keys, or a choice that is not there.
    """

    sealing: dict[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    chosen: int | None = None

    def __post_init__(self) -> None:
        keys = [*self.sealing.values(), self.index]
        if (
            not self.sealing
            or any(len(key) != KEY_LENGTH for key in keys)
            or not all(0 < n < 2**32 for n in self.sealing)
            or self.chosen not in (None, *self.sealing)
        ):
            raise KeyRingUnreadable("a key ring holds numbered keys of 32 bytes")

    @property
    def seals(self) -> int:
        """The number of the key that seals."""
        return max(self.sealing) if self.chosen is None else self.chosen

    def load(self) -> "KeyRing":
        """Return the ring: it is its own source."""
        return self

    def with_new_key(self, key: bytes, number: int | None = None) -> "KeyRing":
        """Return the ring with `key`, which opens; the same key as before seals. `number` is the next one if None."""
        added = max(self.sealing) + 1 if number is None else number
        return replace(self, sealing={**self.sealing, added: key}, chosen=self.seals)

    def sealing_with(self, number: int) -> "KeyRing":
        """Return the ring with that key as the one that seals from now on. Raises `KeyRingUnreadable` without it."""
        return replace(self, chosen=number)

    def without(self, number: int) -> "KeyRing":
        """Return the ring without a key: what it sealed never opens again. Raises `ValueError` for the one that seals.

        The number is not given again as long as a later key is there.
        """
        if number == self.seals:
            raise ValueError("the key that seals cannot be dropped")
        return replace(self, sealing={n: key for n, key in self.sealing.items() if n != number}, chosen=self.seals)


class RingSource(Protocol):
    """Where a cipher has its ring from: a ring, or a file that is watched."""

    def load(self) -> KeyRing:
        """Return the ring as it is now."""
        ...


class WatchedRing:
    """The ring in a file, read again when the file has been replaced, so that no process seals with a retired key.

    Raises `KeyRingUnreadable` when another office's ring took its place. A file that is gone for a moment changes
    nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        open_key_ring(path)
        self._seen = self._stamp()  # before it is read: what changes in between is read again
        self._ring = _read(path)

    def load(self) -> KeyRing:
        """See `RingSource`."""
        stamp = self._stamp()
        if stamp is not None and stamp != self._seen:
            ring = _read(self._path)
            if ring.index != self._ring.index:
                raise KeyRingUnreadable("another office's key ring")
            self._ring, self._seen = ring, stamp
        return self._ring

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class KeyRingFile:
    """Implements `controls.field_keys.ports.KeyRingKeeper` on the ring's file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def numbers(self) -> tuple[int, ...]:
        """See the port."""
        return tuple(sorted(open_key_ring(self._path).sealing))

    def seals(self) -> int:
        """See the port."""
        return open_key_ring(self._path).seals

    def add(self, number: int) -> None:
        """See the port."""
        with _alone(self._path):
            ring = _read(self._path)
            if number not in ring.sealing:
                _write(self._path, ring.with_new_key(secrets.token_bytes(KEY_LENGTH), number), replacing=True)

    def choose(self, number: int) -> None:
        """See the port."""
        with _alone(self._path):
            _write(self._path, _read(self._path).sealing_with(number), replacing=True)

    def drop(self, number: int) -> None:
        """See the port."""
        with _alone(self._path):
            _write(self._path, _read(self._path).without(number), replacing=True)


def open_key_ring(path: Path) -> KeyRing:
    """Read the ring; make one (mode 0600) where there is none. Raises `KeyRingUnreadable`."""
    if not path.exists():
        ring = KeyRing(sealing={1: secrets.token_bytes(KEY_LENGTH)}, index=secrets.token_bytes(KEY_LENGTH))
        _write(path, ring, replacing=False)
    return _read(path)


def _read(path: Path) -> KeyRing:
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] not in (_FORMAT, _FORMAT_WITH_CHOICE):
            raise KeyRingUnreadable("unknown key ring format")
        chosen = int(content["seals"]) if content["format"] == _FORMAT_WITH_CHOICE else None
        sealing = {int(number): base64.b64decode(key, validate=True) for number, key in content["sealing"].items()}
        index = base64.b64decode(content["index"], validate=True)
        return KeyRing(sealing=sealing, index=index, chosen=chosen)
    except KeyRingUnreadable:
        raise
    except (KeyError, TypeError, AttributeError, ValueError):  # base64, JSON and UTF-8 complain with kinds of the last
        # `from None`: the decoder's message would quote the file.
        raise KeyRingUnreadable("not a key ring") from None


def _write(path: Path, ring: KeyRing, *, replacing: bool) -> None:
    # The choice is written only where it says something: programs that know format 1 alone read the rest.
    choice = {} if ring.seals == max(ring.sealing) else {"seals": ring.seals}
    content = {
        "format": _FORMAT_WITH_CHOICE if choice else _FORMAT,
        **choice,
        "sealing": {str(number): base64.b64encode(key).decode() for number, key in sorted(ring.sealing.items())},
        "index": base64.b64encode(ring.index).decode(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replacing:
            draft.replace(path)
        else:
            path.hardlink_to(draft)  # never replaces the ring that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep two commands from changing the ring at once."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
