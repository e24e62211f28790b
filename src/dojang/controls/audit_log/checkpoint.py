"""Signed tree heads as checkpoints: text that fits a file, an e-mail or a notice board, and holds by itself.

Format (C2SP `tlog-checkpoint` inside a C2SP `signed-note`, Ed25519), lines ended by LF:

    <origin>                          name of the log, no white space or plus sign
    <size>                            number of leaves, decimal
    <root>                            base64 of the 32-byte root
    at <time>                         extension line: UTC, RFC 3339
                                      (empty line)
    — <origin> <signature>            base64 of 4 bytes key id || 64 bytes Ed25519 over the lines above the empty one

The key id is the first four bytes of SHA-256(origin || 0x0A || 0x01 || public key).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dojang.controls.audit_log.leaf import format_time, parse_time
from dojang.controls.audit_log.ports import HeadKey, HeadSigner
from dojang.controls.audit_log.tree import HASH_LENGTH

ED25519_NOTE_KEY = b"\x01"
_ORIGIN = re.compile(r"^[^\s+]+$")
_SIZE = re.compile(r"^(0|[1-9][0-9]{0,18})$")
_SIGNATURE_PREFIX = "— "
_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """What a log commits to: its first `size` leaves have this `root`, seen `at` (UTC, whole seconds)."""

    size: int
    root: bytes
    at: datetime

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.root) != HASH_LENGTH:
            raise ValueError("a tree head has a size and a 32-byte root")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTreeHead:
    """A tree head with the log's signature over its text."""

    origin: str
    head: TreeHead
    key_id: bytes
    signature: bytes

    @property
    def signed_text(self) -> str:
        """The lines that are signed, with the final LF."""
        return checkpoint_text(self.origin, self.head)

    def note(self) -> str:
        """Return the whole checkpoint, ended by LF."""
        packed = base64.b64encode(self.key_id + self.signature).decode()
        return f"{self.signed_text}\n{_SIGNATURE_PREFIX}{self.origin} {packed}\n"

    def is_signed_by(self, key: HeadKey) -> bool:
        """Whether the signature is this key's, under this key's name."""
        return (
            self.origin == key.origin
            and self.key_id == key_id_of(key.origin, key.public_key)
            and key.verifies(self.signed_text.encode(), self.signature)
        )


def checkpoint_text(origin: str, head: TreeHead) -> str:
    """Return the text to sign. Raises `ValueError` for an origin with white space or a plus sign."""
    if not _ORIGIN.match(origin):
        raise ValueError("an origin has no white space and no plus sign")
    root = base64.b64encode(head.root).decode()
    return f"{origin}\n{head.size}\n{root}\nat {format_time(head.at)}\n"


def sign_head(head: TreeHead, signer: HeadSigner) -> SignedTreeHead:
    """Return the head signed with the log's key."""
    return SignedTreeHead(
        origin=signer.origin,
        head=head,
        key_id=key_id_of(signer.origin, signer.public_key),
        signature=signer.sign(checkpoint_text(signer.origin, head).encode()),
    )


def key_id_of(origin: str, public_key: bytes) -> bytes:
    """Return the four-byte key id of an Ed25519 key (C2SP signed-note)."""
    return hashlib.sha256(origin.encode() + b"\n" + ED25519_NOTE_KEY + public_key).digest()[:4]


def verifier_key(key: HeadKey) -> str:
    """Return the public key as one word of text, to be handed to whoever checks (C2SP signed-note, verifier key)."""
    packed = base64.b64encode(ED25519_NOTE_KEY + key.public_key).decode()
    return f"{key.origin}+{key_id_of(key.origin, key.public_key).hex()}+{packed}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Return origin and raw Ed25519 public key. Raises `ValueError` for anything else."""
    origin, key_id, packed = text.strip().split("+", 2)
    content = _parse_base64(packed)
    if len(content) != 1 + 32 or content[:1] != ED25519_NOTE_KEY or not _ORIGIN.match(origin):
        raise ValueError("not an Ed25519 verifier key")
    if key_id != key_id_of(origin, content[1:]).hex():
        raise ValueError("the key id is not the key's")
    return origin, content[1:]


def parse_note(note: bytes) -> SignedTreeHead:
    """Read one checkpoint, without checking its signature. Raises `ValueError` for anything not in the exact form."""
    lines = note.decode("utf-8").split("\n")
    if len(lines) != _LINES + 1 or lines[4] or lines[6] or not lines[3].startswith("at "):
        raise ValueError("a checkpoint has four lines, an empty one and a signature line")
    origin, size, root = lines[0], lines[1], lines[2]
    prefix = f"{_SIGNATURE_PREFIX}{origin} "
    if not _ORIGIN.match(origin) or not _SIZE.match(size) or not lines[5].startswith(prefix):
        raise ValueError("not a checkpoint of one origin")
    packed = _parse_base64(lines[5].removeprefix(prefix))
    if len(packed) != 4 + 64:
        raise ValueError("not an Ed25519 note signature")
    head = TreeHead(size=int(size), root=_parse_base64(root), at=parse_time(lines[3].removeprefix("at ")))
    parsed = SignedTreeHead(origin=origin, head=head, key_id=packed[:4], signature=packed[4:])
    if parsed.note().encode() != note:
        raise ValueError("a checkpoint is written in exactly one way")
    return parsed


def parse_notes(text: bytes) -> Iterator[SignedTreeHead]:
    """Read a witness file: checkpoints one after another and nothing else. Raises `ValueError` otherwise."""
    lines = text.split(b"\n")
    if lines.pop() != b"" or len(lines) % _LINES:
        raise ValueError("a witness file holds whole checkpoints")
    for start in range(0, len(lines), _LINES):
        yield parse_note(b"\n".join(lines[start : start + _LINES]) + b"\n")


def _parse_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
