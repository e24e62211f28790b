"""CPace in the suite CPACE-RISTR255-SHA512, initiator-responder. Source: draft-irtf-cfrg-cpace, sections 4, 6, 7, 9."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from dojang.cli.customer.move import ristretto255
from dojang.cli.customer.move.errors import CodeWrong, Unintelligible

DSI = b"CPaceRistretto255"
HASH_BLOCK_BYTES = 128
LONGEST_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What both sides put in: the password, what names the two parties, the session."""

    password: bytes = field(repr=False)
    channel: bytes
    session_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One side's message: its share of the key and what it says with it."""

    share: bytes
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What both sides have if, and only if, they had the same inputs. `transcript`: the initiator's message first."""

    isk: bytes = field(repr=False)
    transcript: bytes
    initiator_confirmation: bytes = field(repr=False)
    responder_confirmation: bytes = field(repr=False)


class Side:
    """One side of one exchange."""

    def __init__(self, inputs: Inputs, data: bytes, secret: int) -> None:
        self._inputs = inputs
        self._secret = secret
        self.message = Share(share=generator(inputs).times(secret).encode(), data=data)

    @classmethod
    def begin(cls, inputs: Inputs, data: bytes, token_bytes: Callable[[int], bytes]) -> "Side":
        """Return a side with a fresh secret, drawn as the draft recommends."""
        while True:
            secret = int.from_bytes(token_bytes(32), "little") % 2**252
            if 0 < secret < ristretto255.ORDER:
                return cls(inputs, data, secret)

    def finish(self, theirs: Share, role: Literal["initiator", "responder"]) -> Key:
        """Return the key. Raises `CodeWrong` for a share that is no element or leads to the neutral one."""
        element = ristretto255.decode(theirs.share)
        product = ristretto255.Element.NEUTRAL if element is None else element.times(self._secret)
        point = product.encode()
        if point == ristretto255.Element.NEUTRAL.encode():
            raise CodeWrong()
        a, b = (self.message, theirs) if role == "initiator" else (theirs, self.message)
        transcript = lv_cat(a.share, a.data) + lv_cat(b.share, b.data)
        isk = hashlib.sha512(lv_cat(DSI + b"_ISK", self._inputs.session_id, point) + transcript).digest()
        mac_key = hashlib.sha512(b"CPaceMac" + self._inputs.session_id + isk).digest()
        return Key(
            isk=isk,
            transcript=transcript,
            initiator_confirmation=hmac.digest(mac_key, lv_cat(a.share, a.data), "sha512"),
            responder_confirmation=hmac.digest(mac_key, lv_cat(b.share, b.data), "sha512"),
        )


def generator(inputs: Inputs) -> ristretto255.Element:
    """Return the generator that the inputs lead to."""
    before = len(lv_cat(inputs.password)) + len(lv_cat(DSI))
    padding = bytes(max(0, HASH_BLOCK_BYTES - 1 - before))
    seed = lv_cat(DSI, inputs.password, padding, inputs.channel, inputs.session_id)
    return ristretto255.derive(hashlib.sha512(seed).digest())


def lv_cat(*parts: bytes) -> bytes:
    """Return the parts, each behind its length in LEB128."""
    return b"".join(_leb128(len(part)) + part for part in parts)


def lv_split(encoded: bytes, count: int) -> tuple[bytes, ...]:
    """Return the parts of `lv_cat`, exactly `count`. Raises `Unintelligible`."""
    parts, at = [], 0
    while at < len(encoded):
        length = 0
        for place in range(LONGEST_LENGTH_BYTES):
            if at >= len(encoded):
                raise Unintelligible()
            byte, at = encoded[at], at + 1
            length |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                break
        else:
            raise Unintelligible()
        if at + length > len(encoded):
            raise Unintelligible()
        parts.append(encoded[at : at + length])
        at += length
    if len(parts) != count:
        raise Unintelligible()
    return tuple(parts)


def _leb128(length: int) -> bytes:
    encoded = bytearray()
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*encoded, length])
