"""Keeps asn1crypto from taking a long length that ends in 0x80 for the indefinite form.

`dump()` of asn1crypto 1.5.1 looks at the last octet of a header alone: 30 82 0F 80, a SEQUENCE of 3968 octets, ends as
30 80 does, one of indefinite length. One certificate or message in 256 is therefore encoded anew where its own octets
were asked for. What then comes out is another certificate, which nobody signed, wherever asn1crypto would have written
something in another way: a URI with capitals or %7e, what was not in DER. pyHanko reads and writes with the same
library, so the mending is done once for both, on import of `dojang.pki`. Reported there as issue 249; goes away with
the release that has it. Source: X.690 section 8.1.3.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from asn1crypto import core

Encode = Callable[..., bytes]

_INDEFINITE: Final = 0x80


def is_indefinite(header: bytes) -> bool:
    """Tell whether the last length of a header is of the indefinite form.

    A header holds identifier and length octets, of the explicit tags first, without any contents.
    """
    at, length = 0, 0
    while at < len(header):
        has_long_tag = header[at] & 0x1F == 0x1F
        at += 1
        while has_long_tag and at < len(header):
            has_long_tag = bool(header[at] & 0x80)
            at += 1
        if at >= len(header):
            return False
        length = header[at]
        at += 1 + (length & 0x7F if length > _INDEFINITE else 0)
    return length == _INDEFINITE


def keep_definite_lengths() -> None:
    """Mend asn1crypto in this process, once however often it is called."""
    for encoder in (core.Asn1Value, core.Primitive, core.Sequence, core.SequenceOf):
        _mend(encoder, lambda value: value.contents)
    _mend(core.Choice, lambda value: value.chosen.dump())


def _mend(encoder: Any, after_header: Encode) -> None:
    dump: Encode = encoder.dump
    if hasattr(dump, "__wrapped__"):
        return

    @wraps(dump)
    def kept(self: Any, force: bool = False) -> bytes:
        if not force and _only_looks_indefinite(self):
            rest = after_header(self)  # of a value that was changed since, this takes the header away
            if _only_looks_indefinite(self):
                whole: bytes = self._header + rest
                return whole
        return dump(self, force=force)

    encoder.dump = kept


def _only_looks_indefinite(value: Any) -> bool:
    header: bytes | None = value._header
    return header is not None and header[-1:] == b"\x80" and not is_indefinite(header)
