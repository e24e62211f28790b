"""DER, the little of it that certificates need: a direct encoder and a strict reader.

It exists because certificates are built and checked between two signatures, where a general ASN.1 library costs
more than the signature itself; asn1crypto, cryptography and OpenSSL judge its output in the tests. It must not know
what it encodes. Source: ITU-T X.690, chapters 8, 10 and 11.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar, Final

from dojang.kernel.errors import DojangError, Fault

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
BMP_STRING: Final = 0x1E
SEQUENCE: Final = 0x30
SET: Final = 0x31

NULL_DER: Final = b"\x05\x00"
TRUE_DER: Final = b"\x01\x01\xff"

_MAX_DEPTH = 32


class DerMalformed(DojangError):
    """The bytes are not canonical DER. `reason` says which rule broke, `offset` where."""

    code: ClassVar[str] = "pki.der_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


def tlv(tag: int, content: bytes) -> bytes:
    """Return one element: single-octet tag, definite minimal length, content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    if length < 0x100:
        return bytes((tag, 0x81, length)) + content
    if length < 0x10000:
        return bytes((tag, 0x82, length >> 8, length & 0xFF)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def head(tag: int, length: int) -> bytes:
    """Return only the tag and length octets of an element whose content of `length` octets follows elsewhere."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def sequence(*parts: bytes) -> bytes:
    """Return SEQUENCE of already encoded parts, in the order given."""
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """Return SET OF already encoded parts, sorted as DER asks (X.690 section 11.6)."""
    return tlv(SET, b"".join(sorted(parts)))


def explicit(number: int, content: bytes) -> bytes:
    """Return `[number] EXPLICIT` (or IMPLICIT constructed) around encoded content; `number` is at most 30."""
    return tlv(0xA0 | number, content)


def implicit(number: int, content: bytes) -> bytes:
    """Return `[number] IMPLICIT` primitive with raw content; `number` is at most 30."""
    return tlv(0x80 | number, content)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return INTEGER (or ENUMERATED with `tag`) in the fewest octets, two's complement."""
    length = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(tag, value.to_bytes(length, "big", signed=True))


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """Return OBJECT IDENTIFIER for a dotted identifier that is already known to be well formed."""
    arcs = [int(arc) for arc in dotted.split(".")]
    content = bytearray()
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(0x80 | (arc & 0x7F))
        content.extend(reversed(group))
    return tlv(OBJECT_IDENTIFIER, bytes(content))


def octet_string(content: bytes) -> bytes:
    """Return OCTET STRING."""
    return tlv(OCTET_STRING, content)


def bit_string(content: bytes) -> bytes:
    """Return BIT STRING of whole octets (no unused bits)."""
    return tlv(BIT_STRING, b"\x00" + content)


def named_bits(bits: frozenset[int]) -> bytes:
    """Return BIT STRING for a named-bit list: bit 0 is the leftmost, trailing zero bits are dropped (X.690 11.2.2)."""
    if not bits:
        return tlv(BIT_STRING, b"\x00")
    highest = max(bits)
    octets = bytearray(highest // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 0x80 >> (bit % 8)
    return tlv(BIT_STRING, bytes((7 - highest % 8,)) + bytes(octets))


def utf8_string(text: str) -> bytes:
    """Return UTF8String."""
    return tlv(UTF8_STRING, text.encode())


def printable_string(text: str) -> bytes:
    """Return PrintableString; the caller has checked the alphabet."""
    return tlv(PRINTABLE_STRING, text.encode("ascii"))


def ia5_string(text: str) -> bytes:
    """Return IA5String; the caller has checked that it is ASCII."""
    return tlv(IA5_STRING, text.encode("ascii"))


def bmp_string(text: str) -> bytes:
    """Return BMPString; the caller has checked that every character lies in the basic plane."""
    return tlv(BMP_STRING, text.encode("utf-16-be"))


def time(at: datetime) -> bytes:
    """Return UTCTime through 2049 and GeneralizedTime from 2050, as RFC 5280 section 4.1.2.5 demands; `at` is UTC."""
    if at.year < 2050:
        return tlv(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return generalized_time(at)


@lru_cache(maxsize=256)  # status answers say the same few moments again and again
def generalized_time(at: datetime) -> bytes:
    """Return GeneralizedTime in whole seconds; `at` is UTC."""
    return tlv(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def header(data: bytes, offset: int, end: int) -> tuple[int, int, int]:
    """Read one element's header strictly.

    Returns (tag octet, start of content, end of content), content end exclusive. Raises `DerMalformed` for multi-octet
    tags, indefinite or non-minimal lengths, and content that passes `end`.
    """
    if offset + 2 > end:
        raise DerMalformed(reason="truncated", offset=offset)
    tag = data[offset]
    if tag & 0x1F == 0x1F:
        raise DerMalformed(reason="multi_octet_tag", offset=offset)
    length = data[offset + 1]
    start = offset + 2
    if length >= 0x80:
        count = length & 0x7F
        if count == 0 or count > 4 or start + count > end:
            raise DerMalformed(reason="length_form", offset=offset)
        length = int.from_bytes(data[start : start + count], "big")
        if length < 0x80 or length >> (8 * (count - 1)) == 0:
            raise DerMalformed(reason="length_not_minimal", offset=offset)
        start += count
    stop = start + length
    if stop > end:
        raise DerMalformed(reason="truncated", offset=offset)
    return tag, start, stop


def whole(data: bytes, tag: int) -> bytes:
    """Return the content of `data` when it is exactly one element of `tag`. Raises `DerMalformed` otherwise."""
    found, start, stop = header(data, 0, len(data))
    if found != tag:
        raise DerMalformed(reason="unexpected_tag", offset=0)
    if stop != len(data):
        raise DerMalformed(reason="trailing_bytes", offset=stop)
    return data[start:]


def elements(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """Split constructed content into (tag, content, whole element) triples. Raises `DerMalformed`."""
    found = []
    offset, end = 0, len(content)
    while offset < end:
        start = offset + 2
        # Short form inline: most elements are below 128 octets, and this loop runs before every signature.
        if start <= end and content[offset + 1] < 0x80 and content[offset] & 0x1F != 0x1F:
            tag = content[offset]
            stop = start + content[offset + 1]
            if stop > end:
                raise DerMalformed(reason="truncated", offset=offset)
        else:
            tag, start, stop = header(content, offset, end)
        found.append((tag, content[start:stop], content[offset:stop]))
        offset = stop
    return found


def contents(content: bytes, *tags: int) -> list[bytes]:
    """Return the contents of exactly these elements in this order. Raises `DerMalformed` when there are others."""
    found = elements(content)
    if tuple(tag for tag, _, _ in found) != tags:
        raise DerMalformed(reason="unexpected_elements", offset=0)
    return [inner for _, inner, _ in found]


@lru_cache(maxsize=4096)
def parse_time(tag: int, content: bytes) -> datetime:
    """Return UTC for UTCTime or GeneralizedTime in the one DER form RFC 5280 allows. Raises `DerMalformed`."""
    text = content.decode("ascii", "replace")
    if tag == UTC_TIME and len(text) == 13 and text[:12].isdigit() and text[12] == "Z":
        year = int(text[:2])
        text = f"{2000 + year if year < 50 else 1900 + year}{text[2:]}"
    elif tag != GENERALIZED_TIME or len(text) != 15 or not text[:14].isdigit() or text[14] != "Z":
        raise DerMalformed(reason="time_form", offset=0)
    try:
        day = (int(text[:4]), int(text[4:6]), int(text[6:8]))
        return datetime(*day, int(text[8:10]), int(text[10:12]), int(text[12:14]), tzinfo=UTC)
    except ValueError:
        raise DerMalformed(reason="time_form", offset=0) from None


def parse_integer(content: bytes) -> int:
    """Return the value of INTEGER content. Raises `DerMalformed` when it is empty or padded."""
    if not content:
        raise DerMalformed(reason="integer_empty", offset=0)
    if len(content) > 1 and ((content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)):
        raise DerMalformed(reason="integer_padded", offset=0)
    return int.from_bytes(content, "big", signed=True)


@lru_cache(maxsize=1024)
def parse_oid(content: bytes) -> str:
    """Return the dotted form of OBJECT IDENTIFIER content. Raises `DerMalformed`."""
    arcs: list[int] = []
    value, fresh = 0, True
    for octet in content:
        if fresh and octet == 0x80:
            raise DerMalformed(reason="oid_padded", offset=0)
        value, fresh = (value << 7) | (octet & 0x7F), not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    if not arcs or not fresh:
        raise DerMalformed(reason="oid_truncated", offset=0)
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def parse_named_bits(content: bytes) -> frozenset[int]:
    """Return the set bit numbers of a named-bit list. Raises `DerMalformed` when trailing zero bits were kept."""
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise DerMalformed(reason="bit_string_form", offset=0)
    octets = content[1:]
    bits = frozenset(8 * index + bit for index, octet in enumerate(octets) for bit in range(8) if octet & (0x80 >> bit))
    if whole(named_bits(bits), BIT_STRING) != content:
        raise DerMalformed(reason="bit_string_form", offset=0)
    return bits


def check_canonical(data: bytes) -> None:
    """Walk the whole element and raise `DerMalformed` at the first octet that DER would have written otherwise.

    Checks lengths, BOOLEAN, INTEGER, OBJECT IDENTIFIER, BIT STRING padding, NULL, the time forms, string alphabets,
    and the order of SET OF. Content of OCTET STRING and BIT STRING is opaque.
    """
    _, _, stop = header(data, 0, len(data))
    if stop != len(data):
        raise DerMalformed(reason="trailing_bytes", offset=stop)
    _walk(data, 0, stop, 0)


# Every universal type a certificate may hold; Numeric, Teletex, Visible and UniversalString are read, never written.
_UNIVERSAL: Final = frozenset(
    {BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_IDENTIFIER, ENUMERATED, UTF8_STRING, PRINTABLE_STRING}
    | {IA5_STRING, UTC_TIME, GENERALIZED_TIME, BMP_STRING, SEQUENCE, SET, 0x12, 0x14, 0x1A, 0x1C}
)


def _walk(data: bytes, offset: int, end: int, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise DerMalformed(reason="too_deep", offset=offset)
    while offset < end:
        tag, start, stop = header(data, offset, end)
        if tag < 0x40 and tag not in _UNIVERSAL:
            raise DerMalformed(reason="unexpected_tag", offset=offset)  # constructed strings among them
        if tag & 0x20:
            if tag == SET:
                _check_set_order(data[start:stop])
            _walk(data, start, stop, depth + 1)
        elif tag < 0x40:
            _check_primitive(tag, data[start:stop], offset)
        offset = stop


def _check_set_order(content: bytes) -> None:
    members = [member for _, _, member in elements(content)]
    if members != sorted(members):
        raise DerMalformed(reason="set_order", offset=0)


def _check_primitive(tag: int, content: bytes, offset: int) -> None:
    if tag in (INTEGER, ENUMERATED):
        parse_integer(content)
    elif tag == OBJECT_IDENTIFIER:
        parse_oid(content)
    elif tag in (UTC_TIME, GENERALIZED_TIME):
        parse_time(tag, content)
    elif tag == BOOLEAN:
        if content not in (b"\x00", b"\xff"):
            raise DerMalformed(reason="boolean_form", offset=offset)
    elif tag == NULL:
        if content:
            raise DerMalformed(reason="null_form", offset=offset)
    elif tag == BIT_STRING:
        _check_bit_string(content, offset)
    elif tag in _ALPHABETS:
        _check_text(tag, content, offset)


def _check_bit_string(content: bytes, offset: int) -> None:
    unused = content[0] if content else 8
    padding_set = unused and len(content) > 1 and content[-1] & ((1 << unused) - 1)
    if unused > 7 or (unused and len(content) == 1) or padding_set:
        raise DerMalformed(reason="bit_string_form", offset=offset)


_PRINTABLE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
_ALPHABETS = {UTF8_STRING: "utf-8", IA5_STRING: "ascii", BMP_STRING: "utf-16-be", PRINTABLE_STRING: "ascii"}


def _check_text(tag: int, content: bytes, offset: int) -> None:
    try:
        text = content.decode(_ALPHABETS[tag])
    except UnicodeDecodeError:
        raise DerMalformed(reason="string_alphabet", offset=offset) from None
    beyond_plane = tag == BMP_STRING and any(ord(character) > 0xFFFF for character in text)
    if beyond_plane or (tag == PRINTABLE_STRING and not _PRINTABLE.issuperset(content)):
        raise DerMalformed(reason="string_alphabet", offset=offset)
