"""Path validation: a path from a certificate to a trust anchor, checked as RFC 5280 section 6.1 says.

Names, signatures, validity, basic constraints, key usage, policies with mappings, name constraints; any other critical
extension is refused. The anchor's own validity and constraints count as well (RFC 5937). Revocation is not looked at
here: a caller asks a status source for each certificate of the path. Knows no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509

from dojang.pki import oid
from dojang.pki.path.building import Candidates, paths
from dojang.pki.path.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CriticalExtensionUnknown,
    IssuerNotAuthorized,
    IssuerUnknown,
    KeyUsageRefused,
    PathInvalid,
    PathTooComplex,
)
from dojang.pki.path.member import Member, read_member
from dojang.pki.path.name_constraints import NameSpace
from dojang.pki.path.policies import PolicyGraph, PolicyInputs
from dojang.pki.profile import KeyUsage

MAX_PATHS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPath:
    """A path that held at `at`: leaf first, trust anchor last. `policies` are those the whole path is valid for."""

    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    at: datetime
    policies: frozenset[str]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that was asked about."""
        return self.certificates[0]


def verify_path(
    leaf_der: bytes,
    *,
    intermediates_der: Sequence[bytes],
    anchors_der: Sequence[bytes],
    at: datetime,
    policies: PolicyInputs | None = None,
    key_usage: KeyUsage | None = None,
) -> VerifiedPath:
    """Return a verified path from the leaf to one of the trust anchors at the moment `at`.

    `key_usage` is the bit the leaf must have. When several paths can be built, one that holds is enough; when none
    holds, what was wrong with the first is raised. Work is bounded whatever is given: about 4,000 certificates, 128
    signatures, 16 whole paths. Raises `PathInvalid` (its subclasses) and `CertificateMalformed`.
    """
    leaf = read_member(leaf_der)
    fault: PathInvalid | None = None
    for tried, path in enumerate(paths(leaf, Candidates(intermediates_der, anchors_der))):
        if tried >= MAX_PATHS:
            raise PathTooComplex(depth=0)
        try:
            valid = _validate(path, at, policies or PolicyInputs(), key_usage)
        except PathTooComplex:
            raise
        except PathInvalid as found:
            fault = fault or found
        else:
            return VerifiedPath(certificates=tuple(one.certificate for one in path), at=at, policies=valid)
    raise fault or IssuerUnknown(depth=0)


def _validate(
    path: tuple[Member, ...], at: datetime, policies: PolicyInputs, key_usage: KeyUsage | None
) -> frozenset[str]:
    """Walk the path from the anchor down. Signatures and name chaining were checked when it was built.

    1. Each certificate, anchor included, is valid at the moment and holds no critical extension we do not understand.
    2. Each name is allowed by the authorities above; self-issued authorities are exempt (6.1.3 b, c).
    3. Policies are taken in (6.1.3 d to f).
    4. Each authority may issue, at this depth, and narrows what those below may do (6.1.4).
    5. The leaf may be used as asked, and the policies that are left are acceptable (6.1.5).
    """
    below_anchor = path[-2::-1] or path
    names, graph = NameSpace(), PolicyGraph(policies, len(below_anchor))
    authorities_allowed: int | None = None
    for depth, member in enumerate(path):
        _check_validity(member, at, depth)
        _check_extensions(member, depth)
    if len(path) > 1:
        authorities_allowed = _check_authority(path[-1], len(path) - 1, None)
        names.narrow(path[-1].find(x509.NameConstraints))
    for position, member in enumerate(below_anchor, start=1):
        depth = len(below_anchor) - position
        if depth == 0 or not member.is_self_issued:
            names.check(member, depth)
        graph.process(member, position, depth)
        if depth > 0:
            authorities_allowed = _check_authority(member, depth, authorities_allowed)
            names.narrow(member.find(x509.NameConstraints))
            graph.prepare(member, depth)
    if key_usage is not None and not _has_usage(path[0], key_usage):
        raise KeyUsageRefused(depth=0, usage=key_usage.value)
    return graph.conclude(path[0])


def _check_validity(member: Member, at: datetime, depth: int) -> None:
    validity = member.validity
    if at < validity.not_before:
        raise CertificateNotYetValid(depth=depth, not_before=validity.not_before.isoformat())
    if at > validity.not_after:
        raise CertificateExpired(depth=depth, not_after=validity.not_after.isoformat())


_UNDERSTOOD: Final = frozenset(
    {
        oid.AUTHORITY_KEY_IDENTIFIER,
        oid.SUBJECT_KEY_IDENTIFIER,
        oid.KEY_USAGE,
        oid.CERTIFICATE_POLICIES,
        oid.POLICY_MAPPINGS,
        oid.SUBJECT_ALT_NAME,
        oid.ISSUER_ALT_NAME,
        oid.BASIC_CONSTRAINTS,
        oid.NAME_CONSTRAINTS,
        oid.POLICY_CONSTRAINTS,
        oid.INHIBIT_ANY_POLICY,
        oid.EXTENDED_KEY_USAGE,
        oid.CRL_DISTRIBUTION_POINTS,
        oid.AUTHORITY_INFO_ACCESS,
    }
)


def _check_extensions(member: Member, depth: int) -> None:
    if not _UNDERSTOOD.issuperset(member.critical_extensions(depth)):
        raise CriticalExtensionUnknown(depth=depth)


def _check_authority(member: Member, depth: int, allowed: int | None) -> int | None:
    """Return how many more authorities may follow (None: any number): 6.1.4 (k) to (n).

    KISA's roots have no keyUsage; where it is present, it must allow signing certificates.
    """
    constraints = member.find(x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise IssuerNotAuthorized(depth=depth)
    if not _has_usage(member, KeyUsage.KEY_CERT_SIGN, absent=True):
        raise IssuerNotAuthorized(depth=depth)
    if allowed is not None and not member.is_self_issued:
        if allowed <= 0:
            raise IssuerNotAuthorized(depth=depth)
        allowed -= 1
    stated = constraints.path_length
    return stated if allowed is None else allowed if stated is None else min(allowed, stated)


_USAGE_ATTRIBUTES: Final = {
    KeyUsage.DIGITAL_SIGNATURE: "digital_signature",
    KeyUsage.NON_REPUDIATION: "content_commitment",
    KeyUsage.KEY_ENCIPHERMENT: "key_encipherment",
    KeyUsage.DATA_ENCIPHERMENT: "data_encipherment",
    KeyUsage.KEY_AGREEMENT: "key_agreement",
    KeyUsage.KEY_CERT_SIGN: "key_cert_sign",
    KeyUsage.CRL_SIGN: "crl_sign",
}


def _has_usage(member: Member, usage: KeyUsage, *, absent: bool = False) -> bool:
    value = member.find(x509.KeyUsage)
    return absent if value is None else bool(getattr(value, _USAGE_ATTRIBUTES[usage]))
