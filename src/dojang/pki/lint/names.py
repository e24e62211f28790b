"""Rules for subject names. Sources: RFC 5280 sections 4.1.2.4 and 4.1.2.6 and appendix A.1; npki.md 1.5."""

import re
from functools import lru_cache

from dojang.pki import der, oid
from dojang.pki.name import parse_name
from dojang.pki.profile import ProfileRole

_UPPER_BOUND = 64
_RANK = {oid.COUNTRY: 0, oid.ORGANIZATION: 1, oid.ORGANIZATIONAL_UNIT: 2, oid.COMMON_NAME: 3}
SUBSCRIBER_COMMON_NAME = re.compile(r"^(?P<real_name>[^()]+)\([^()]*\)(?:[0-9]{22}|[0-9]{24})$")
_COMMON_NAME_OCTETS = der.oid(oid.COMMON_NAME)


def subject_attributes(subject_der: bytes) -> list[tuple[str, int, str]]:
    """Return (type, string tag, text) in order. Raises `DerMalformed`. Keeps no common name in memory."""
    attributes = []
    for tag, _, whole in der.elements(der.whole(subject_der, der.SEQUENCE)):
        if tag != der.SET:
            raise der.DerMalformed(reason="name_form", offset=0)
        shared = _COMMON_NAME_OCTETS not in whole
        attributes.append(_shared_attribute(whole) if shared else parse_name(der.sequence(whole))[0])
    return attributes


@lru_cache(maxsize=512)
def _shared_attribute(relative_der: bytes) -> tuple[str, int, str]:
    der.check_canonical(relative_der)  # PrintableString's alphabet; a common name must be UTF8String
    return parse_name(der.sequence(relative_der))[0]


def subject_findings(attributes: list[tuple[str, int, str]], role: ProfileRole) -> list[str]:
    """Return the codes of everything wrong with a subject."""
    kinds = [kind for kind, _, _ in attributes]
    ranks = [_RANK.get(kind, -1) for kind in kinds]
    found = []
    if not attributes:
        found.append("rfc5280.subject_empty")
    if -1 in ranks or ranks != sorted(ranks) or any(kinds.count(kind) != 1 for kind in _SINGLE):
        found.append("npki.subject_order")
    for kind, tag, text in attributes:
        if tag != (der.PRINTABLE_STRING if kind == oid.COUNTRY else der.UTF8_STRING):
            found.append("npki.subject_string_type")
        if not text or len(text) > (2 if kind == oid.COUNTRY else _UPPER_BOUND):
            found.append("rfc5280.subject_attribute_length")
    is_subscriber = role is ProfileRole.SUBSCRIBER
    if is_subscriber and attributes and not SUBSCRIBER_COMMON_NAME.match(attributes[-1][2]):
        found.append("npki.common_name_form")
    return found


_SINGLE = (oid.COUNTRY, oid.ORGANIZATION, oid.COMMON_NAME)
