"""The key ring: versioned keys in one file that its owner alone can read.

    {"format": 1, "sealing": {"1": "<base64, 32 bytes>", …}, "index": "<base64, 32 bytes>"}

The sealing key with the highest number seals; all of them open. The index key never changes: equal values must keep
equal digests. A backup of the database is worth nothing without this file; neither is the database itself.
"""

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

KEY_LENGTH = 32
_FORMAT = 1


class KeyRingUnreadable(ValueError):
    """The key ring file has not the form above. Nothing of it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Keys by number, from 1, and the key of the blind index. Raises `KeyRingUnreadable` for missing or short keys."""

    sealing: dict[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    def __post_init__(self) -> None:
        keys = [*self.sealing.values(), self.index]
        if (
            not self.sealing
            or any(len(key) != KEY_LENGTH for key in keys)
            or not all(0 < n < 2**32 for n in self.sealing)
        ):
            raise KeyRingUnreadable("a key ring holds numbered keys of 32 bytes")

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return max(self.sealing)

    def with_new_key(self, key: bytes) -> "KeyRing":
        """Return the ring with `key` as the one that seals from now on."""
        return replace(self, sealing={**self.sealing, self.newest + 1: key})

    def without(self, number: int) -> "KeyRing":
        """Return the ring without an old key: what it sealed never opens again. Raises `ValueError` for the newest."""
        if number == self.newest:
            raise ValueError("the key that seals cannot be dropped")
        return replace(self, sealing={n: key for n, key in self.sealing.items() if n != number})


def open_key_ring(path: Path) -> KeyRing:
    """Read the ring; make one (mode 0600) where there is none. Raises `KeyRingUnreadable`."""
    if not path.exists():
        ring = KeyRing(sealing={1: secrets.token_bytes(KEY_LENGTH)}, index=secrets.token_bytes(KEY_LENGTH))
        _write(path, ring, replacing=False)
    return _read(path)


def rotate(path: Path) -> KeyRing:
    """Add a new sealing key to the ring on disk and return it. What is sealed already still opens (see `reseal`)."""
    ring = open_key_ring(path).with_new_key(secrets.token_bytes(KEY_LENGTH))
    _write(path, ring, replacing=True)
    return ring


def drop_key(path: Path, number: int) -> KeyRing:
    """Take an old key off the ring on disk, once nothing is sealed with it any more."""
    ring = open_key_ring(path).without(number)
    _write(path, ring, replacing=True)
    return ring


def _read(path: Path) -> KeyRing:
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != _FORMAT:
            raise KeyRingUnreadable("unknown key ring format")
        sealing = {int(number): base64.b64decode(key, validate=True) for number, key in content["sealing"].items()}
        return KeyRing(sealing=sealing, index=base64.b64decode(content["index"], validate=True))
    except (KeyError, TypeError, AttributeError, binascii.Error, json.JSONDecodeError, UnicodeDecodeError):
        # `from None`: the decoder's message would quote the file.
        raise KeyRingUnreadable("not a key ring") from None


def _write(path: Path, ring: KeyRing, *, replacing: bool) -> None:
    content = {
        "format": _FORMAT,
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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
