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
    holds = _CHECKS[name](extension.value_der, context)
    return found if holds else [*found, f"profile.{name.name.lower()}"]


def _authority_key_identifier(value: bytes, context: LintContext) -> bool:
    parts = der.elements(der.whole(value, der.SEQUENCE))
    if [tag for tag, _, _ in parts] != [0x80, 0xA1, 0x82]:
        return False
    issuer = context.issuer
    directory_name = der.elements(parts[1][1])
    return (
        parts[0][1] == issuer.key_identifier
        and len(directory_name) == 1
        and directory_name[0][:2] == (0xA4, issuer.issuer_name_der)
        and der.parse_integer(parts[2][1]) == issuer.serial
    )


def _key_usage(value: bytes, context: LintContext) -> bool:
    bits = der.parse_named_bits(der.whole(value, der.BIT_STRING))
    return bits == {usage.bit for usage in context.profile.key_usage}


def _extended_key_usage(value: bytes, context: LintContext) -> bool:
    purposes = [der.parse_oid(content) for _, content, _ in der.elements(der.whole(value, der.SEQUENCE))]
    return tuple(purposes) == context.profile.extended_key_usage


def _certificate_policies(value: bytes, context: LintContext) -> bool:
    profile = context.profile
    qualifiers = _expected_qualifiers(profile)
    found = []
    for tag, content, _ in der.elements(der.whole(value, der.SEQUENCE)):
        parts = der.elements(content)
        if tag != der.SEQUENCE or not parts or parts[0][0] != der.OBJECT_IDENTIFIER:
            return False
        if _qualifiers(parts[1:]) != qualifiers:
            return False
        found.append(der.parse_oid(parts[0][1]))
    return tuple(found) == profile.policies


def _expected_qualifiers(profile: Profile) -> list[tuple[str, int, str]]:
    """userNotice (BMPString) first, CPS second, as yessign and TradeSign write them."""
    expected = []
    if profile.notice is not None:
        expected.append((oid.QUALIFIER_USER_NOTICE, der.BMP_STRING, profile.notice))
    if profile.cps_uri is not None:
        expected.append((oid.QUALIFIER_CPS, der.IA5_STRING, profile.cps_uri))
    return expected


def _qualifiers(parts: list[tuple[int, bytes, bytes]]) -> list[tuple[str, int, str]]:
    found = []
    for _, content, _ in der.elements(parts[0][1]) if parts else []:
        pair = der.elements(content)
        if len(pair) != 2:
            raise der.DerMalformed(reason="policy_qualifier_form", offset=0)
        (_, identifier, _), (tag, octets, _) = pair
        if tag == der.SEQUENCE and (inner := der.elements(octets)):
            tag, octets, _ = inner[0]
        text = octets.decode("utf-16-be" if tag == der.BMP_STRING else "utf-8", "replace")
        found.append((der.parse_oid(identifier), tag, text))
    return found


def _basic_constraints(value: bytes, context: LintContext) -> bool:
    parts = [(tag, content) for tag, content, _ in der.elements(der.whole(value, der.SEQUENCE))]
    length = context.profile.path_length
    expected = [(der.BOOLEAN, b"\xff")]
    if length is not None:
        expected.append((der.INTEGER, der.whole(der.integer(length), der.INTEGER)))
    return parts == expected


def _policy_constraints(value: bytes, context: LintContext) -> bool:
    parts = [(tag, content) for tag, content, _ in der.elements(der.whole(value, der.SEQUENCE))]
    required = context.profile.require_explicit_policy or 0
    return len(parts) == 1 and parts[0][0] == 0x80 and der.parse_integer(parts[0][1]) == required


def _crl_distribution_points(value: bytes, context: LintContext) -> bool:
    points = der.elements(der.whole(value, der.SEQUENCE))
    uri = _only_uri(points[0][1]) if len(points) == 1 else None
    template = context.issuer.crl_uri
    if uri is None or template is None:
        return False
    return bool(re.fullmatch("[0-9]+".join(re.escape(part) for part in template.split("{partition}")), uri))


def _only_uri(point: bytes) -> str | None:
    """Return the one URI below distributionPoint [0], fullName [0]."""
    content = point
    for tag in (0xA0, 0xA0, _URI):
        parts = der.elements(content)
        if len(parts) != 1 or parts[0][0] != tag:
            return None
        content = parts[0][1]
    return content.decode("ascii", "replace")


def _authority_info_access(value: bytes, context: LintContext) -> bool:
    descriptions = der.elements(der.whole(value, der.SEQUENCE))
    if len(descriptions) != 1:
        return False
    parts = [(tag, content) for tag, content, _ in der.elements(descriptions[0][1])]
    ocsp_uri = context.issuer.ocsp_uri or ""
    return (
        len(parts) == 2
        and der.parse_oid(parts[0][1]) == oid.AD_OCSP
        and parts[1] == (_URI, ocsp_uri.encode("ascii", "replace"))
    )


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
