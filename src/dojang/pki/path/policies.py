"""Which certificate policies a path is valid for, and whether it must be valid for one.

The policy graph of RFC 9618, which replaces the tree of RFC 5280 section 6.1: one node per policy and depth, so that
its size stays that of the certificates, whatever mappings they hold. Must not know trust anchors or signatures.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography import x509

from dojang.pki import oid
from dojang.pki.path.errors import PathTooComplex, PolicyNotAccepted
from dojang.pki.path.member import Member

MAX_POLICIES = 1000  # in one certificate, and as many mappings


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInputs:
    """The relying party's inputs of RFC 5280 section 6.1.1 (c), (e) to (g). `accepted` None stands for any policy."""

    accepted: frozenset[str] | None = None
    explicit_policy: bool = False
    inhibit_mapping: bool = False
    inhibit_any_policy: bool = False


@dataclass(slots=True, eq=False)
class _Node:
    policy: str
    expected: frozenset[str]
    parents: list["_Node"] = field(default_factory=list)


Level = dict[str, _Node]


class PolicyGraph:
    """The state variables of section 6.1.2 that concern policies; `length` counts certificates without the anchor."""

    def __init__(self, inputs: PolicyInputs, length: int) -> None:
        self._inputs = inputs
        self._length = length
        self._levels: list[Level] | None = [{oid.ANY_POLICY: _Node(oid.ANY_POLICY, frozenset({oid.ANY_POLICY}))}]
        self._explicit_policy = 0 if inputs.explicit_policy else length + 1
        self._inhibit_any = 0 if inputs.inhibit_any_policy else length + 1
        self._mapping = 0 if inputs.inhibit_mapping else length + 1

    def process(self, member: Member, position: int, depth: int) -> None:
        """Take in the certificate at `position` (1 … length, from the anchor): 6.1.3 (d) to (f)."""
        stated = member.find(x509.CertificatePolicies)
        if stated is None:
            self._levels = None
        elif self._levels is not None:
            policies = {one.policy_identifier.dotted_string for one in stated}
            _check_size(policies, depth)
            any_counts = self._inhibit_any > 0 or (position < self._length and member.is_self_issued)
            self._levels.append(_next_level(self._levels[-1], policies, any_counts=any_counts))
            self._prune()
        if self._explicit_policy == 0 and self._levels is None:
            raise PolicyNotAccepted(depth=depth)

    def prepare(self, member: Member, depth: int) -> None:
        """Make ready for the certificate below an authority's: 6.1.4 (a), (b), (h) to (j)."""
        self._map(_mappings_of(member, depth))
        if not member.is_self_issued:
            self._explicit_policy = max(0, self._explicit_policy - 1)
            self._mapping = max(0, self._mapping - 1)
            self._inhibit_any = max(0, self._inhibit_any - 1)
        constraints = member.find(x509.PolicyConstraints)
        if constraints is not None and constraints.require_explicit_policy is not None:
            self._explicit_policy = min(self._explicit_policy, constraints.require_explicit_policy)
        if constraints is not None and constraints.inhibit_policy_mapping is not None:
            self._mapping = min(self._mapping, constraints.inhibit_policy_mapping)
        inhibit = member.find(x509.InhibitAnyPolicy)
        if inhibit is not None:
            self._inhibit_any = min(self._inhibit_any, inhibit.skip_certs)

    def conclude(self, leaf: Member) -> frozenset[str]:
        """Return the policies the path is valid for: 6.1.5 (a), (b) and (g). Raises `PolicyNotAccepted`."""
        explicit_policy = max(0, self._explicit_policy - 1)
        constraints = leaf.find(x509.PolicyConstraints)
        if constraints is not None and constraints.require_explicit_policy == 0:
            explicit_policy = 0
        outcome = self._constrained()
        if explicit_policy == 0 and not outcome:
            raise PolicyNotAccepted(depth=0)
        return outcome

    def _map(self, mappings: dict[str, frozenset[str]]) -> None:
        if self._levels is None or not mappings:
            return
        level = self._levels[-1]
        for issuer_policy, subject_policies in mappings.items():
            if self._mapping == 0:
                level.pop(issuer_policy, None)
            elif issuer_policy in level:
                level[issuer_policy].expected = subject_policies
            elif oid.ANY_POLICY in level:
                level[issuer_policy] = _Node(issuer_policy, subject_policies, list(level[oid.ANY_POLICY].parents))
        if self._mapping == 0:
            self._prune()

    def _prune(self) -> None:
        """Drop nodes without children, from the bottom up; nothing left means no policy at all."""
        levels = self._levels or []
        for upper, lower in zip(levels[-2::-1], levels[:0:-1], strict=True):
            kept = {id(parent) for node in lower.values() for parent in node.parents}
            for policy in [policy for policy, node in upper.items() if id(node) not in kept]:
                del upper[policy]
        if not levels or not levels[0] or not levels[-1]:
            self._levels = None

    def _constrained(self) -> frozenset[str]:
        """The authorities' policies, held against those the relying party accepts (RFC 9618 section 5.4)."""
        if self._levels is None:
            return frozenset()
        by_authorities = {
            node.policy
            for level in self._levels[1:]
            for node in level.values()
            if node.policy != oid.ANY_POLICY and any(parent.policy == oid.ANY_POLICY for parent in node.parents)
        }
        ends_in_any = oid.ANY_POLICY in self._levels[-1]
        accepted = self._inputs.accepted
        if accepted is None:
            return frozenset(by_authorities | ({oid.ANY_POLICY} if ends_in_any else set()))
        return accepted if ends_in_any else frozenset(by_authorities & accepted)


def _next_level(above: Level, policies: set[str], *, any_counts: bool) -> Level:
    expecting: dict[str, list[_Node]] = {}
    for node in above.values():
        for policy in node.expected:
            expecting.setdefault(policy, []).append(node)
    level: Level = {}
    wildcard = above.get(oid.ANY_POLICY)
    for policy in policies - {oid.ANY_POLICY}:
        parents = expecting.get(policy) or ([wildcard] if wildcard else [])
        if parents:
            level[policy] = _Node(policy, frozenset({policy}), list(parents))
    if oid.ANY_POLICY in policies and any_counts:
        for policy, parents in expecting.items():
            if policy not in level:
                level[policy] = _Node(policy, frozenset({policy}), list(parents))
    return level


def _mappings_of(member: Member, depth: int) -> dict[str, frozenset[str]]:
    gathered: dict[str, set[str]] = {}
    for issuer_policy, subject_policy in member.policy_mappings:
        if oid.ANY_POLICY in (issuer_policy, subject_policy):
            raise PolicyNotAccepted(depth=depth)
        gathered.setdefault(issuer_policy, set()).add(subject_policy)
    _check_size(member.policy_mappings, depth)
    return {one: frozenset(many) for one, many in gathered.items()}


def _check_size(many: Iterable[object], depth: int) -> None:
    if sum(1 for _ in many) > MAX_POLICIES:
        raise PathTooComplex(depth=depth)
