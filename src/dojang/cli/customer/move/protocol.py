"""`dojang-move-v1` as messages: what goes in and out of either device. Source: docs/transfer.md."""

import base64
import binascii
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dojang.cli.customer.move.code import MoveCode
from dojang.cli.customer.move.cpace import Inputs, Key, Share, Side, lv_cat, lv_split
from dojang.cli.customer.move.errors import CodeWrong, Unintelligible
from dojang.cli.customer.move.vault import PortableVault, Sealed

PROTOCOL = "dojang-move-v1"
PAD_BYTES = 4096
LENGTH_BYTES = 4
NAME_CHARACTERS = 40

Role = Literal["sender", "receiver"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What moves: certificates (DER; `chain_der` from the issuing CA to the root), and the encrypted keys."""

    signing_der: bytes
    key_management_der: bytes
    chain_der: tuple[bytes, ...]
    ca_folder: str
    vault: PortableVault = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSession:
    """`origin` as in a browser's address bar, `sid` 32 hex digits, `name` what this device is called."""

    origin: str
    code: MoveCode
    sid: str
    name: str


class MoveSender:
    """The device that has the certificate."""

    def __init__(self, session: MoveSession, token_bytes: Callable[[int], bytes]) -> None:
        self._side = Side.begin(_inputs(session), _about("sender", session.name), token_bytes)
        self._key: Key | None = None
        self._sent = b""
        self.share = lv_cat(self._side.message.share, self._side.message.data)

    def check(self, answer: bytes) -> str:
        """Read the receiver's answer and return its name. Raises `CodeWrong`, `Unintelligible`."""
        share, data, confirmation = lv_split(answer, 3)
        key = self._side.finish(Share(share=share, data=data), "initiator")
        _require(key.responder_confirmation, confirmation)
        self._key = key
        return _name(data, "receiver")

    def seal(self, moved: Moved) -> bytes:
        """Return the message with the keys; only after `check`."""
        key = _known(self._key)
        self._sent = _padded(_encode(moved))
        return lv_cat(key.initiator_confirmation, _encrypt(key, "sender", self._sent))

    def require_receipt(self, receipt: bytes) -> None:
        """Raise `Unintelligible` unless the receiver acknowledges exactly what was sent."""
        (ciphertext,) = lv_split(receipt, 1)
        digest = _decrypt(_known(self._key), "receiver", ciphertext)
        if not hmac.compare_digest(digest, hashlib.sha256(self._sent).digest()):
            raise Unintelligible()


class MoveReceiver:
    """The device that gets it. Believe `sender`, the other's name, only after `open`."""

    def __init__(self, session: MoveSession, token_bytes: Callable[[int], bytes]) -> None:
        self._side = Side.begin(_inputs(session), _about("receiver", session.name), token_bytes)
        self._key: Key | None = None
        self._got = b""
        self.sender = ""

    def answer(self, message: bytes) -> bytes:
        """Read the sender's share and return the answer. Raises `CodeWrong`, `Unintelligible`."""
        share, data = lv_split(message, 2)
        self._key = self._side.finish(Share(share=share, data=data), "responder")
        self.sender = _name(data, "sender")
        return lv_cat(self._side.message.share, self._side.message.data, self._key.responder_confirmation)

    def open(self, message: bytes) -> Moved:
        """Return what moved. Raises `CodeWrong`, `Unintelligible`."""
        key = _known(self._key)
        confirmation, ciphertext = lv_split(message, 2)
        _require(key.initiator_confirmation, confirmation)
        self._got = _decrypt(key, "sender", ciphertext)
        return _decode(_unpadded(self._got))

    def receipt(self) -> bytes:
        """Return the acknowledgement, once what moved is kept."""
        return lv_cat(_encrypt(_known(self._key), "receiver", hashlib.sha256(self._got).digest()))


def _inputs(session: MoveSession) -> Inputs:
    return Inputs(
        password=session.code.secret.encode(),
        channel=lv_cat(PROTOCOL.encode(), session.origin.encode(), session.code.slot.encode()),
        session_id=bytes.fromhex(session.sid),
    )


def _about(role: Role, name: str) -> bytes:
    return json.dumps({"name": name[:NAME_CHARACTERS], "role": role}, ensure_ascii=False).encode()


def _name(data: bytes, role: Role) -> str:
    found = _parsed(data)
    name = found.get("name")
    if found.get("role") != role or not isinstance(name, str):
        raise Unintelligible()
    return "".join(one for one in name if not unicodedata.category(one).startswith("C"))[:NAME_CHARACTERS]


def _require(expected: bytes, found: bytes) -> None:
    if not hmac.compare_digest(expected, found):
        raise CodeWrong()


def _known(key: Key | None) -> Key:
    if key is None:
        raise Unintelligible()
    return key


def _encrypt(key: Key, role: Role, plaintext: bytes) -> bytes:
    aes, digest = _direction(key, role)
    return aes.encrypt(bytes(12), plaintext, digest)  # each key encrypts once


def _decrypt(key: Key, role: Role, ciphertext: bytes) -> bytes:
    aes, digest = _direction(key, role)
    try:
        return aes.decrypt(bytes(12), ciphertext, digest)
    except (InvalidTag, ValueError):
        raise Unintelligible() from None


def _direction(key: Key, role: Role) -> tuple[AESGCM, bytes]:
    digest = hashlib.sha512(key.transcript).digest()
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=digest, info=f"{PROTOCOL} {role}".encode())
    return AESGCM(kdf.derive(key.isk)), digest


def _padded(content: bytes) -> bytes:
    framed = len(content).to_bytes(LENGTH_BYTES, "big") + content
    return framed + bytes(-len(framed) % PAD_BYTES)


def _unpadded(plaintext: bytes) -> bytes:
    length = int.from_bytes(plaintext[:LENGTH_BYTES], "big")
    if len(plaintext) < PAD_BYTES or len(plaintext) % PAD_BYTES or length > len(plaintext) - LENGTH_BYTES:
        raise Unintelligible()
    return plaintext[LENGTH_BYTES : LENGTH_BYTES + length]


def _encode(moved: Moved) -> bytes:
    vault = moved.vault
    document = {
        "type": PROTOCOL,
        "signing": _text(moved.signing_der),
        "key_management": _text(moved.key_management_der),
        "chain": [_text(one) for one in moved.chain_der],
        "ca_folder": moved.ca_folder,
        "context": _text(vault.context),
        "payload": {"nonce": _text(vault.payload.nonce), "ciphertext": _text(vault.payload.ciphertext)},
        "slot": {
            "memory_kib": vault.memory_kib,
            "passes": vault.passes,
            "salt": _text(vault.salt),
            "nonce": _text(vault.slot.nonce),
            "ciphertext": _text(vault.slot.ciphertext),
        },
    }
    return json.dumps(document).encode()


def _decode(content: bytes) -> Moved:
    """Every member must be there and of its kind."""
    document = _parsed(content)
    try:
        payload, slot = document["payload"], document["slot"]
        if document["type"] != PROTOCOL:
            raise Unintelligible()
        return Moved(
            signing_der=_bytes(document["signing"]),
            key_management_der=_bytes(document["key_management"]),
            chain_der=tuple(_bytes(one) for one in document["chain"]),
            ca_folder=str(document["ca_folder"]),
            vault=PortableVault(
                context=_bytes(document["context"]),
                payload=Sealed(nonce=_bytes(payload["nonce"]), ciphertext=_bytes(payload["ciphertext"])),
                slot=Sealed(nonce=_bytes(slot["nonce"]), ciphertext=_bytes(slot["ciphertext"])),
                memory_kib=int(slot["memory_kib"]),
                passes=int(slot["passes"]),
                salt=_bytes(slot["salt"]),
            ),
        )
    except (KeyError, TypeError, ValueError):
        raise Unintelligible() from None


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        raise Unintelligible() from None
    if not isinstance(found, dict):
        raise Unintelligible()
    return found


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Unintelligible() from None
