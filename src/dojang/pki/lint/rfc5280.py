"""Rules that RFC 5280 imposes on every certificate, whatever the profile says."""

from datetime import datetime

from dojang.pki import der
from dojang.pki.lint.context import IDENTIFIERS, LintContext, name_of
from dojang.pki.lint.tbs import Tbs
from dojang.pki.profile import ExtensionName
from dojang.pki.public_key import (
    PublicKeyMalformed,
    PublicKeyUnsupported,
    PublicKeyWeak,
    key_identifier,
    parse_public_key,
)

_MAX_SERIAL_OCTETS = 20
_GENERALIZED_FROM = 2050


def findings(tbs: Tbs, context: LintContext) -> list[str]:
    """Return the codes of everything RFC 5280 forbids here."""
    rules = (
        (tbs.version != 2, "rfc5280.version_not_3"),  # 4.1.2.1
        (tbs.serial <= 0, "rfc5280.serial_not_positive"),  # 4.1.2.2
        (tbs.serial_octets > _MAX_SERIAL_OCTETS, "rfc5280.serial_too_long"),  # 4.1.2.2
        (tbs.algorithm_der != context.algorithm_der, "rfc5280.signature_algorithm"),  # 4.1.2.3
        (tbs.issuer_der != context.issuer.name_der, "rfc5280.issuer_name"),  # 4.1.2.4, 6.1.3 (a)(4)
        (tbs.not_after < tbs.not_before, "rfc5280.validity_order"),  # 4.1.2.5
        (not _time_form_holds(tbs), "rfc5280.time_form"),  # 4.1.2.5
        (_is_repeated(tbs), "rfc5280.extension_repeated"),  # 4.2
        (any(not extension.value_der for extension in tbs.extensions), "rfc5280.extension_empty"),  # 4.2
        (not _subject_key_identifier_holds(tbs), "rfc5280.subject_key_identifier"),  # 4.2.1.2
    )
    found = [code for broken, code in rules if broken]
    found += (
        "rfc5280.critical_extension_unknown"  # 4.2
        for extension in tbs.extensions
        if extension.critical and name_of(extension.identifier) is None
    )
    return found + _public_key_findings(tbs, context)


def _time_form_holds(tbs: Tbs) -> bool:
    def fits(tag: int, at: datetime) -> bool:
        return tag == (der.UTC_TIME if at.year < _GENERALIZED_FROM else der.GENERALIZED_TIME)

    return fits(tbs.time_tags[0], tbs.not_before) and fits(tbs.time_tags[1], tbs.not_after)


def _is_repeated(tbs: Tbs) -> bool:
    return len({extension.identifier for extension in tbs.extensions}) != len(tbs.extensions)


def _subject_key_identifier_holds(tbs: Tbs) -> bool:
    extension = tbs.find(IDENTIFIERS[ExtensionName.SUBJECT_KEY_IDENTIFIER])
    if extension is None:
        return False
    return extension.value_der == b"\x04\x14" + key_identifier(tbs.spki_der)


def _public_key_findings(tbs: Tbs, context: LintContext) -> list[str]:
    try:
        parse_public_key(tbs.spki_der, context.profile.key_algorithms)
    except PublicKeyMalformed:
        return ["rfc5280.public_key_form"]
    except PublicKeyUnsupported:
        return ["profile.public_key_kind"]
    except PublicKeyWeak:
        return ["rfc5280.public_key_weak"]
    return []
