"""Rules of the certificate's own profile and issuer: exactly these extensions, this order, these contents.

Each extension is read back to values and compared with the profile's, never with bytes of the builder.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from dojang.pki import der, oid
from dojang.pki.lint.context import IDENTIFIERS, LintContext, name_of
from dojang.pki.lint.tbs import Tbs, TbsExtension
from dojang.pki.profile import ExtensionName, Profile
from dojang.pki.validity import Validity, longest_not_after

_PER_CERTIFICATE: Final = frozenset(
    {IDENTIFIERS[ExtensionName.SUBJECT_KEY_IDENTIFIER], IDENTIFIERS[ExtensionName.SUBJECT_ALT_NAME]}
)
_URI = 0x86  # GeneralName uniformResourceIdentifier


def findings(tbs: Tbs, context: LintContext) -> list[str]:
    """Return the codes of everything that differs from the profile. Raises `DerMalformed`."""
    found = _validity_findings(tbs, context)
    if tuple(extension.identifier for extension in tbs.extensions) != context.order:
        found.append("profile.extension_order")
    for extension in tbs.extensions:
        if extension.identifier in _PER_CERTIFICATE:
            found += _criticality_findings(extension, context.profile)
            continue
        known = context.remembered.get(extension.whole_der)
        if known is None:
            known = tuple(_extension_findings(extension, context))
            context.remember(extension.whole_der, known)
        found += known
    return found


def _validity_findings(tbs: Tbs, context: LintContext) -> list[str]:
    if tbs.not_after < tbs.not_before:
        return []
    profile = context.profile
    longest = longest_not_after(
        tbs.not_before, years=max(profile.validity_years), carry_over_days=profile.carry_over_days
    )
    found = ["profile.validity_too_long"] if tbs.not_after > longest else []
    if not context.issuer.validity.contains(Validity(not_before=tbs.not_before, not_after=tbs.not_after)):
        found.append("profile.validity_outside_issuer")
    return found


def _criticality_findings(extension: TbsExtension, profile: Profile) -> list[str]:
    name = name_of(extension.identifier)
    return ["profile.extension_criticality"] if extension.critical != (name in profile.critical) else []


def _extension_findings(extension: TbsExtension, context: LintContext) -> list[str]:
    der.check_canonical(extension.value_der)
    found = _criticality_findings(extension, context.profile)
    name = name_of(extension.identifier)
    if name is None:
        return [*found, "profile.extension_unknown"]
    try:
        holds = _CHECKS[name](extension.value_der, context)
    except der.DerMalformed:
        holds = False
    return found if holds else [*found, f"profile.{name.name.lower()}"]


def _authority_key_identifier(value: bytes, context: LintContext) -> bool:
    issuer = context.issuer
    key_identifier, names, serial = der.contents(der.whole(value, der.SEQUENCE), 0x80, 0xA1, 0x82)
    (name_der,) = der.contents(names, 0xA4)
    return (key_identifier, name_der, der.parse_integer(serial)) == (
        issuer.key_identifier,
        issuer.issuer_name_der,
        issuer.serial,
    )


def _key_usage(value: bytes, context: LintContext) -> bool:
    bits = der.parse_named_bits(der.whole(value, der.BIT_STRING))
    return bits == {usage.bit for usage in context.profile.key_usage}


def _extended_key_usage(value: bytes, context: LintContext) -> bool:
    purposes = der.elements(der.whole(value, der.SEQUENCE))
    expected = [der.oid(purpose) for purpose in context.profile.extended_key_usage]
    return [whole for _, _, whole in purposes] == expected


def _certificate_policies(value: bytes, context: LintContext) -> bool:
    profile = context.profile
    found = []
    for tag, content, _ in der.elements(der.whole(value, der.SEQUENCE)):
        parts = der.elements(content)
        if tag != der.SEQUENCE or not parts or parts[0][0] != der.OBJECT_IDENTIFIER:
            return False
        if _qualifiers(b"".join(whole for _, _, whole in parts[1:])) != _expected_qualifiers(profile):
            return False
        found.append(der.parse_oid(parts[0][1]))
    return tuple(found) == profile.policies


def _expected_qualifiers(profile: Profile) -> list[tuple[str, str]]:
    """userNotice first, CPS second, as yessign and TradeSign write them."""
    expected = []
    if profile.notice is not None:
        expected.append((oid.QUALIFIER_USER_NOTICE, profile.notice))
    if profile.cps_uri is not None:
        expected.append((oid.QUALIFIER_CPS, profile.cps_uri))
    return expected


def _qualifiers(policy_qualifiers: bytes) -> list[tuple[str, str]]:
    """Return (kind, text); the notice must be explicitText alone, as BMPString, and the CPS an IA5String."""
    if not policy_qualifiers:
        return []
    found = []
    for tag, content, _ in der.elements(der.whole(policy_qualifiers, der.SEQUENCE)):
        parts = der.elements(content)
        if tag != der.SEQUENCE or len(parts) != 2:
            raise der.DerMalformed(reason="policy_qualifier_form", offset=0)
        (_, _, identifier), (_, _, qualifier) = parts
        kind = der.parse_oid(der.whole(identifier, der.OBJECT_IDENTIFIER))
        if kind == oid.QUALIFIER_USER_NOTICE:
            (notice,) = der.contents(der.whole(qualifier, der.SEQUENCE), der.BMP_STRING)
            found.append((kind, notice.decode("utf-16-be", "replace")))
        else:
            found.append((kind, der.whole(qualifier, der.IA5_STRING).decode("ascii", "replace")))
    return found


def _basic_constraints(value: bytes, context: LintContext) -> bool:
    length = context.profile.path_length
    tags = (der.BOOLEAN,) if length is None else (der.BOOLEAN, der.INTEGER)
    parts = der.contents(der.whole(value, der.SEQUENCE), *tags)
    return parts[0] == b"\xff" and (length is None or der.parse_integer(parts[1]) == length)


def _policy_constraints(value: bytes, context: LintContext) -> bool:
    (required,) = der.contents(der.whole(value, der.SEQUENCE), 0x80)
    return der.parse_integer(required) == (context.profile.require_explicit_policy or 0)


def _crl_distribution_points(value: bytes, context: LintContext) -> bool:
    (point,) = der.contents(der.whole(value, der.SEQUENCE), der.SEQUENCE)
    (name,) = der.contents(point, 0xA0)  # distributionPoint alone: no reasons, no cRLIssuer
    (full_name,) = der.contents(name, 0xA0)
    (uri,) = der.contents(full_name, _URI)
    template = context.issuer.crl_uri
    if template is None:
        return False
    pattern = "[0-9]+".join(re.escape(part) for part in template.split("{partition}"))
    return bool(re.fullmatch(pattern, uri.decode("ascii", "replace")))


def _authority_info_access(value: bytes, context: LintContext) -> bool:
    (description,) = der.contents(der.whole(value, der.SEQUENCE), der.SEQUENCE)
    method, location = der.contents(description, der.OBJECT_IDENTIFIER, _URI)
    expected = (context.issuer.ocsp_uri or "").encode("ascii", "replace")
    return (der.parse_oid(method), location) == (oid.AD_OCSP, expected)


def _ocsp_nocheck(value: bytes, context: LintContext) -> bool:
    return value == der.NULL_DER and context.profile.extended_key_usage == (oid.EKU_OCSP_SIGNING,)


_CHECKS: Final[Mapping[ExtensionName, Callable[[bytes, LintContext], bool]]] = {
    ExtensionName.AUTHORITY_KEY_IDENTIFIER: _authority_key_identifier,
    ExtensionName.KEY_USAGE: _key_usage,
    ExtensionName.CERTIFICATE_POLICIES: _certificate_policies,
    ExtensionName.BASIC_CONSTRAINTS: _basic_constraints,
    ExtensionName.POLICY_CONSTRAINTS: _policy_constraints,
    ExtensionName.EXTENDED_KEY_USAGE: _extended_key_usage,
    ExtensionName.CRL_DISTRIBUTION_POINTS: _crl_distribution_points,
    ExtensionName.AUTHORITY_INFO_ACCESS: _authority_info_access,
    ExtensionName.OCSP_NOCHECK: _ocsp_nocheck,
}
