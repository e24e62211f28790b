"""Distinguished names as NPKI writes them.

Encoded C, O, OU, OU, CN: the country as PrintableString, everything else as UTF8String. Shown and used as folder
name in reverse, keys in lower case, without spaces. Sources: RFC 5280 section 4.1.2.4, KCAC.TS.DN as deployed
(npki.md 1.5).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der, oid

_COUNTRY = re.compile(r"^[A-Za-z]{2}$")
_DIGITS = {"bank_code": 4, "branch": 3}
_UPPER_BOUND = 64  # ub-organization-name, ub-organizational-unit-name, ub-common-name (RFC 5280 appendix A.1)
_DISPLAY_KEYS = {
    oid.COUNTRY: "c",
    oid.ORGANIZATION: "o",
    oid.ORGANIZATIONAL_UNIT: "ou",
    oid.COMMON_NAME: "cn",
}


class NameInvalid(DojangError):
    """A part of a name breaks the rules; `part` names it, never its value."""

    code: ClassVar[str] = "pki.name_invalid"
    fault: ClassVar[Fault] = Fault.OPERATOR


def _check_text(text: str, part: str) -> None:
    # `isprintable` refuses what cannot be seen: controls, direction marks, surrogates, unassigned, other blanks.
    if not text or text != text.strip() or len(text) > _UPPER_BOUND or not text.isprintable():
        raise NameInvalid(part=part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A distinguished name with at most one country, one organisation and one common name.

    `units` are in encoding order (outermost first). Raises `NameInvalid` when a part is empty, has surrounding
    blanks or control characters, is longer than 64 characters, or when the country is not two letters.
    """

    country: str
    organization: str
    units: tuple[str, ...] = ()
    common_name: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _COUNTRY.match(self.country):
            raise NameInvalid(part="country")
        _check_text(self.organization, "organization")
        for unit in self.units:
            _check_text(unit, "organizational_unit")
        if self.common_name is not None:
            _check_text(self.common_name, "common_name")

    @property
    def der(self) -> bytes:
        """The Name in DER."""
        rest = b"" if self.common_name is None else _relative(oid.COMMON_NAME, der.utf8_string(self.common_name))
        return der.sequence(_stem(self.country, self.organization, self.units), rest)

    @property
    def display(self) -> str:
        """The form people and folders see: `cn=…,ou=…,ou=…,o=…,c=…`."""
        parts = [] if self.common_name is None else [f"cn={self.common_name}"]
        parts += [f"ou={unit}" for unit in reversed(self.units)]
        return ",".join([*parts, f"o={self.organization}", f"c={self.country}"])


def _relative(attribute: str, value_der: bytes) -> bytes:
    return der.set_of(der.sequence(der.oid(attribute), value_der))


@lru_cache(maxsize=256)
def _stem(country: str, organization: str, units: tuple[str, ...]) -> bytes:
    """The part of a name that all subscribers of one office share."""
    return b"".join(
        (
            _relative(oid.COUNTRY, der.printable_string(country)),
            _relative(oid.ORGANIZATION, der.utf8_string(organization)),
            *(_relative(oid.ORGANIZATIONAL_UNIT, der.utf8_string(unit)) for unit in units),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberName:
    """What a subscriber's common name is made of; it stays the same over renewal and re-issue.

    `bank_code` is 4 digits, `branch` 3 digits, `first_registered` the date of the *first* registration in Korean time,
    `sequence` the running number of that day: 7 digits (22 in all) or 9 digits (24 in all). `romanized_name` may be
    empty. Raises `NameInvalid`.
    """

    real_name: str = field(repr=False)
    romanized_name: str = field(default="", repr=False)
    bank_code: str
    branch: str = "041"
    first_registered: date
    sequence: int
    sequence_digits: int = 9

    def __post_init__(self) -> None:
        if not self.real_name or "(" in self.real_name or ")" in self.real_name:
            raise NameInvalid(part="real_name")
        if any(character in self.romanized_name for character in "()"):
            raise NameInvalid(part="romanized_name")
        for part, length in _DIGITS.items():
            value = getattr(self, part)
            if len(value) != length or not (value.isascii() and value.isdigit()):
                raise NameInvalid(part=part)
        if self.sequence_digits not in (7, 9) or not 0 < self.sequence < 10**self.sequence_digits:
            raise NameInvalid(part="sequence")

    @property
    def common_name(self) -> str:
        """`실명(ROMANIZED)` followed by 22 or 24 digits."""
        digits = f"{self.bank_code}{self.branch}{self.first_registered:%Y%m%d}{self.sequence:0{self.sequence_digits}d}"
        return f"{self.real_name}({self.romanized_name}){digits}"

    def under(self, organization_name: Name) -> Name:
        """Return the whole subject: this common name below the office's country, organisation and units."""
        return Name(
            country=organization_name.country,
            organization=organization_name.organization,
            units=organization_name.units,
            common_name=self.common_name,
        )


def parse_name(name_der: bytes) -> list[tuple[str, int, str]]:
    """Return the attributes of a Name in encoding order as (type, string tag, text).

    Raises `DerMalformed` when the bytes are not a Name of single-valued relative names in the string types of DER that
    certificates use.
    """
    attributes = []
    for tag, content, _ in der.elements(der.whole(name_der, der.SEQUENCE)):
        members = der.elements(content)
        if tag != der.SET or len(members) != 1 or members[0][0] != der.SEQUENCE:
            raise der.DerMalformed(reason="name_form", offset=0)
        pair = der.elements(members[0][1])
        if len(pair) != 2 or pair[0][0] != der.OBJECT_IDENTIFIER or pair[1][0] not in _ENCODINGS:
            raise der.DerMalformed(reason="name_form", offset=0)
        string_tag, octets, _ = pair[1]
        try:
            attributes.append((der.parse_oid(pair[0][1]), string_tag, octets.decode(_ENCODINGS[string_tag])))
        except UnicodeDecodeError:
            raise der.DerMalformed(reason="string_alphabet", offset=0) from None
    return attributes


_ENCODINGS = {
    der.UTF8_STRING: "utf-8",
    der.PRINTABLE_STRING: "ascii",
    der.IA5_STRING: "ascii",
    der.BMP_STRING: "utf-16-be",
    0x14: "latin-1",  # TeletexString, seen in old certificates of other authorities
}


def display_name(name_der: bytes) -> str:
    """Return the reversed display form of any Name; attribute types without a short key are shown dotted."""
    parts = (f"{_DISPLAY_KEYS.get(attribute, attribute)}={text}" for attribute, _, text in parse_name(name_der))
    return ",".join(reversed(list(parts)))
