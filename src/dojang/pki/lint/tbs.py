"""To-be-signed bytes taken apart for the rules: raw fields and extensions, read strictly, judged nowhere here.

Source: RFC 5280 section 4.1.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from dojang.pki import der
from dojang.pki.der import DerMalformed

_FIELDS = (
    0xA0,  # version
    der.INTEGER,  # serialNumber
    der.SEQUENCE,  # signature
    der.SEQUENCE,  # issuer
    der.SEQUENCE,  # validity
    der.SEQUENCE,  # subject
    der.SEQUENCE,  # subjectPublicKeyInfo
    0xA3,  # extensions
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TbsExtension:
    """One extension: its identifier's content octets, criticality, the value inside its OCTET STRING, and the
    whole.
    """

    identifier: bytes
    critical: bool
    value_der: bytes
    whole_der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tbs:
    """A v3 TBSCertificate's fields. `times` are (tag, value) for notBefore and notAfter."""

    version: int
    serial: int
    serial_octets: int
    algorithm_der: bytes
    issuer_der: bytes
    not_before: datetime
    not_after: datetime
    time_tags: tuple[int, int]
    subject_der: bytes = field(repr=False)
    spki_der: bytes
    extensions: tuple[TbsExtension, ...] = field(repr=False)

    def find(self, identifier: bytes) -> TbsExtension | None:
        """Return the first extension with that identifier (content octets), or None."""
        for extension in self.extensions:
            if extension.identifier == identifier:
                return extension
        return None


def parse_tbs(tbs_der: bytes) -> Tbs:
    """Return the fields of a v3 certificate with extensions and without unique identifiers. Raises `DerMalformed`."""
    fields = der.elements(der.whole(tbs_der, der.SEQUENCE))
    if tuple(tag for tag, _, _ in fields) != _FIELDS:
        raise DerMalformed(reason="certificate_fields", offset=0)
    times = der.elements(fields[4][1])
    if len(times) != 2:
        raise DerMalformed(reason="certificate_fields", offset=0)
    return Tbs(
        version=der.parse_integer(der.whole(fields[0][1], der.INTEGER)),
        serial=der.parse_integer(fields[1][1]),
        serial_octets=len(fields[1][1]),
        algorithm_der=fields[2][2],
        issuer_der=fields[3][2],
        not_before=der.parse_time(times[0][0], times[0][1]),
        not_after=der.parse_time(times[1][0], times[1][1]),
        time_tags=(times[0][0], times[1][0]),
        subject_der=fields[5][2],
        spki_der=fields[6][2],
        extensions=tuple(
            (_extension if _VARIES.search(whole, 0, 16) else _shared_extension)(tag, whole)
            for tag, _, whole in der.elements(der.whole(fields[7][1], der.SEQUENCE))
        ),
    )


def _extension(tag: int, whole_der: bytes) -> TbsExtension:
    parts = der.elements(der.whole(whole_der, tag))
    tags = tuple(part[0] for part in parts)
    critical = len(parts) == 3
    if tag != der.SEQUENCE or tags not in (
        (der.OBJECT_IDENTIFIER, der.OCTET_STRING),
        (der.OBJECT_IDENTIFIER, der.BOOLEAN, der.OCTET_STRING),
    ):
        raise DerMalformed(reason="extension_form", offset=0)
    if critical and parts[1][1] != b"\xff":
        raise DerMalformed(reason="default_encoded", offset=0)  # critical FALSE is the DEFAULT and must be left out
    return TbsExtension(identifier=parts[0][1], critical=critical, value_der=parts[-1][1], whole_der=whole_der)


# Extensions that name a subscriber or their key are read each time and kept nowhere.
_VARIES = re.compile(rb"\x55\x1d[\x0e\x11]")
_shared_extension = lru_cache(maxsize=2048)(_extension)
