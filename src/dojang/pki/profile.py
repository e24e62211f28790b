"""Certificate profiles: what each kind of certificate contains, and the arc its policies lie under.

The values here are made from TOML by `profile_file`. Must not know issuers, subscribers or files.
Sources: RFC 5280 section 4, npki.md 1.2 to 1.4 and 1.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import oid
from dojang.pki.public_key import KeyAlgorithm

SANDBOX_ARC: Final = oid.DOCUMENTATION_ARC
SANDBOX_NOTICE: Final = "이 인증서는 시험용 인증서입니다"
SANDBOX_CPS_URI: Final = "http://ca.dojang.example/cps"
TEST_ROOT_MARK: Final = "DO NOT TRUST"  # stands in the name of every authority made for tests

_NOTICE_LIMIT = 200  # DisplayText (RFC 5280 section 4.2.1.4)


class ArcInvalid(DojangError):
    """The operator's arc is not an object identifier below which policies can be named."""

    code: ClassVar[str] = "pki.arc_invalid"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ArcIsForDocumentation(DojangError):
    """A production office runs under the documentation arc, which belongs to nobody."""

    code: ClassVar[str] = "pki.arc_is_for_documentation"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ArcNotOwned(DojangError):
    """A production office runs under a Korean arc (1.2.410) that it has not declared as its own."""

    code: ClassVar[str] = "pki.arc_not_owned"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ProfileRole(StrEnum):
    """What kind of holder the certificate is for."""

    ROOT = "root"
    ISSUING_CA = "issuing-ca"
    SUBSCRIBER = "subscriber"
    DELEGATE = "delegate"


class ExtensionName(StrEnum):
    """Extensions a profile may order, by the names of RFC 5280 and RFC 6960."""

    AUTHORITY_KEY_IDENTIFIER = "authorityKeyIdentifier"
    SUBJECT_KEY_IDENTIFIER = "subjectKeyIdentifier"
    KEY_USAGE = "keyUsage"
    CERTIFICATE_POLICIES = "certificatePolicies"
    SUBJECT_ALT_NAME = "subjectAltName"
    BASIC_CONSTRAINTS = "basicConstraints"
    POLICY_CONSTRAINTS = "policyConstraints"
    EXTENDED_KEY_USAGE = "extKeyUsage"
    CRL_DISTRIBUTION_POINTS = "cRLDistributionPoints"
    AUTHORITY_INFO_ACCESS = "authorityInfoAccess"
    OCSP_NOCHECK = "ocspNoCheck"


EXTENSION_OIDS: Final[Mapping[ExtensionName, str]] = {
    ExtensionName.AUTHORITY_KEY_IDENTIFIER: oid.AUTHORITY_KEY_IDENTIFIER,
    ExtensionName.SUBJECT_KEY_IDENTIFIER: oid.SUBJECT_KEY_IDENTIFIER,
    ExtensionName.KEY_USAGE: oid.KEY_USAGE,
    ExtensionName.CERTIFICATE_POLICIES: oid.CERTIFICATE_POLICIES,
    ExtensionName.SUBJECT_ALT_NAME: oid.SUBJECT_ALT_NAME,
    ExtensionName.BASIC_CONSTRAINTS: oid.BASIC_CONSTRAINTS,
    ExtensionName.POLICY_CONSTRAINTS: oid.POLICY_CONSTRAINTS,
    ExtensionName.EXTENDED_KEY_USAGE: oid.EXTENDED_KEY_USAGE,
    ExtensionName.CRL_DISTRIBUTION_POINTS: oid.CRL_DISTRIBUTION_POINTS,
    ExtensionName.AUTHORITY_INFO_ACCESS: oid.AUTHORITY_INFO_ACCESS,
    ExtensionName.OCSP_NOCHECK: oid.OCSP_NOCHECK,
}


class KeyUsage(StrEnum):
    """keyUsage bits by their names in RFC 5280 section 4.2.1.3."""

    DIGITAL_SIGNATURE = "digitalSignature"
    NON_REPUDIATION = "nonRepudiation"
    KEY_ENCIPHERMENT = "keyEncipherment"
    DATA_ENCIPHERMENT = "dataEncipherment"
    KEY_AGREEMENT = "keyAgreement"
    KEY_CERT_SIGN = "keyCertSign"
    CRL_SIGN = "cRLSign"

    @property
    def bit(self) -> int:
        """The bit's number in the named-bit list."""
        return list(KeyUsage).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorValues:
    """What the profiles leave to the operator: its arc, its practice statement's address, its notice to relying
    parties.

    The defaults are the sandbox's.
    """

    arc: str = SANDBOX_ARC
    cps_uri: str = SANDBOX_CPS_URI
    notice: str = SANDBOX_NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of certificate. Made by `profile_file.parse_profile`, which refuses contradictions.

    `extensions` is the encoding order. `validity_years` are the lengths offered; `carry_over_days` is what a
    renewal may add from its predecessor.
    """

    name: str
    role: ProfileRole
    key_algorithms: frozenset[KeyAlgorithm]
    validity_years: tuple[int, ...]
    carry_over_days: int
    extensions: tuple[ExtensionName, ...]
    critical: frozenset[ExtensionName]
    key_usage: frozenset[KeyUsage]
    extended_key_usage: tuple[str, ...]
    policies: tuple[str, ...]
    notice: str | None
    cps_uri: str | None
    path_length: int | None
    require_explicit_policy: int | None

    @property
    def is_ca(self) -> bool:
        """Whether holders sign certificates."""
        return self.role in (ProfileRole.ROOT, ProfileRole.ISSUING_CA)

    @property
    def carries_identity(self) -> bool:
        """Whether a subjectAltName must be given when a certificate is built."""
        return ExtensionName.SUBJECT_ALT_NAME in self.extensions


def check_arc(arc: str, *, production: bool, owned_arcs: frozenset[str] = frozenset()) -> None:
    """Refuse an arc the operator must not use.

    `owned_arcs` are the Korean arcs the operator declares as its own. Raises `ArcInvalid` always; in production also
    `ArcIsForDocumentation` and, for anything below 1.2.410 outside `owned_arcs`, `ArcNotOwned`.
    """
    if not oid.is_oid(arc) or oid.is_under(arc, oid.ANY_POLICY):
        raise ArcInvalid()
    if not production:
        return
    if oid.is_under(arc, oid.DOCUMENTATION_ARC):
        raise ArcIsForDocumentation(arc=arc)
    if oid.is_under(arc, oid.KOREA_ARC) and not any(oid.is_under(arc, owned) for owned in owned_arcs):
        raise ArcNotOwned(arc=arc)


def contradictions(profile: Profile) -> list[tuple[str, str]]:
    """Return (field, reason) for everything in a profile that does not hold together."""
    has = set(profile.extensions)
    return [
        (field_name, reason)
        for broken, field_name, reason in (
            (not profile.key_algorithms, "key.algorithms", "empty"),
            (not profile.validity_years or min(profile.validity_years) < 1, "validity.years", "empty"),
            (not profile.critical <= has, "extensions.critical", "not_in_order"),
            (bool(profile.key_usage) != (ExtensionName.KEY_USAGE in has), "usage.key", "extension_mismatch"),
            (
                bool(profile.extended_key_usage) != (ExtensionName.EXTENDED_KEY_USAGE in has),
                "usage.extended",
                "extension_mismatch",
            ),
            (
                bool(profile.policies) != (ExtensionName.CERTIFICATE_POLICIES in has),
                "policy.identifiers",
                "extension_mismatch",
            ),
            (profile.is_ca != (ExtensionName.BASIC_CONSTRAINTS in has), "extensions.order", "basic_constraints"),
            (profile.is_ca != (KeyUsage.KEY_CERT_SIGN in profile.key_usage), "usage.key", "role_mismatch"),
            (profile.path_length is not None and not profile.is_ca, "constraints.path_length", "role_mismatch"),
            (
                (profile.require_explicit_policy is not None) != (ExtensionName.POLICY_CONSTRAINTS in has),
                "constraints.require_explicit_policy",
                "extension_mismatch",
            ),
            (profile.notice is not None and not _notice_fits(profile.notice), "policy.notice", "text"),
            (profile.cps_uri is not None and not _uri_fits(profile.cps_uri), "policy.cps", "uri"),
        )
        if broken
    ]


def _notice_fits(notice: str) -> bool:
    return 0 < len(notice) <= _NOTICE_LIMIT and all(" " <= character <= "\uffff" for character in notice)


def _uri_fits(uri: str) -> bool:
    return uri.isascii() and uri.isprintable() and " " not in uri and "://" in uri
