"""Which certificate policies a path is valid for, and whether it must be valid for one.

The policy tree of RFC 5280 section 6.1 without mappings is a set that shrinks; this is that set. Must not know trust
anchors or signatures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from dojang.pki import oid


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOutcome:
    """`policies` the path is valid for (anyPolicy alone: all); `acceptable` unless one is required and none is left."""

    policies: frozenset[str]
    acceptable: bool


def valid_policies(path: Sequence[x509.Certificate], accepted: frozenset[str] | None) -> PolicyOutcome:
    """Return the outcome for a path, leaf first and trust anchor last.

    The anchor's own policies do not count. `accepted` is the relying party's set, and giving one makes a policy
    required (initial-explicit-policy); None accepts any and leaves it to the path's policyConstraints.
    """
    certificates = list(path[:-1][::-1]) or list(path)
    valid: frozenset[str] | None = None  # None: every policy (anyPolicy alone)
    explicit_policy = 0 if accepted is not None else len(certificates) + 1
    for position, certificate in enumerate(certificates):
        stated = _policies_of(certificate)
        if oid.ANY_POLICY not in stated:
            valid = stated if valid is None else valid & stated
        is_last = position == len(certificates) - 1
        required = _require_explicit_policy(certificate)
        if is_last or not is_self_issued(certificate):  # 6.1.4 (h), 6.1.5 (a)
            explicit_policy = max(0, explicit_policy - 1)
        if is_last:
            explicit_policy = 0 if required == 0 else explicit_policy  # 6.1.5 (b)
        elif required is not None:
            explicit_policy = min(explicit_policy, required)  # 6.1.4 (i)
    outcome = valid if accepted is None else accepted if valid is None else valid & accepted
    if outcome is None:
        return PolicyOutcome(policies=frozenset({oid.ANY_POLICY}), acceptable=True)
    return PolicyOutcome(policies=outcome, acceptable=bool(outcome) or explicit_policy > 0)


def is_self_issued(certificate: x509.Certificate) -> bool:
    """Return whether subject and issuer are the same name."""
    return certificate.subject.public_bytes() == certificate.issuer.public_bytes()


def _policies_of(certificate: x509.Certificate) -> frozenset[str]:
    """The stated policies; a certificate without the extension is valid for none."""
    try:
        value = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(policy.policy_identifier.dotted_string for policy in value)


def _require_explicit_policy(certificate: x509.Certificate) -> int | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.PolicyConstraints).value.require_explicit_policy
    except x509.ExtensionNotFound:
        return None
