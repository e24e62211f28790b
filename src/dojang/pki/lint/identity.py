"""Rules for subjectAltName identifyData. Source: KCAC.TS.SIVID as deployed (npki.md 2.1)."""

from dojang.pki import der, oid
from dojang.pki.profile import ProfileRole

_IDENTIFY_DATA = der.oid(oid.IDENTIFY_DATA)
_VIRTUAL_ID = der.oid(f"{oid.IDENTIFY_DATA}.1")
_SHA256 = der.sequence(der.oid(oid.SHA256))
_SHA256_OCTETS = 32


def identity_findings(value_der: bytes, role: ProfileRole, subject_real_name: str | None) -> list[str]:
    """Return the codes of everything wrong with a subjectAltName.

    A subscriber's holds the real name that also begins the common name, and one virtual ID under SHA-256; an
    authority's holds a real name alone. Raises `DerMalformed`.
    """
    names = der.elements(der.whole(value_der, der.SEQUENCE))
    if len(names) != 1 or names[0][0] != 0xA0:
        return ["npki.identity_form"]
    parts = der.elements(names[0][1])
    if len(parts) != 2 or parts[0][2] != _IDENTIFY_DATA or parts[1][0] != 0xA0:
        return ["npki.identity_form"]
    data = der.elements(der.whole(parts[1][1], der.SEQUENCE))
    if not data or data[0][0] != der.UTF8_STRING or not data[0][1] or len(data) > 2:
        return ["npki.identity_form"]
    if role is not ProfileRole.SUBSCRIBER:
        der.check_canonical(value_der)
        return ["npki.identity_of_authority"] if len(data) != 1 else []
    found = [] if len(data) == 2 and _holds_virtual_id(data[1]) else ["npki.virtual_id_form"]
    if data[0][1] != (subject_real_name or "").encode():
        found.append("npki.identity_not_subject")
    return found


def _holds_virtual_id(user_info: tuple[int, bytes, bytes]) -> bool:
    attributes = der.elements(user_info[1]) if user_info[0] == der.SEQUENCE else []
    if len(attributes) != 1 or attributes[0][0] != der.SEQUENCE:
        return False
    pair = der.elements(attributes[0][1])
    if len(pair) != 2 or pair[0][2] != _VIRTUAL_ID or pair[1][0] != der.SEQUENCE:
        return False
    value = der.elements(pair[1][1])
    if len(value) != 2 or value[0][2] != _SHA256 or value[1][0] != 0xA0:
        return False
    return len(der.whole(value[1][1], der.OCTET_STRING)) == _SHA256_OCTETS
