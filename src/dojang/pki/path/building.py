"""Path building: candidate paths from a certificate to a trust anchor, the likeliest first, within a budget.

Only steps whose signature holds are taken, so thousands of same-named issuers cost signature checks, and those are
counted. Must not judge anything but names, keys and signatures. Source: RFC 4158.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from dojang.pki.certificate import CertificateMalformed
from dojang.pki.path.errors import (
    CertificateForged,
    IssuerUnknown,
    PathInvalid,
    PathTooComplex,
    SignatureAlgorithmRefused,
)
from dojang.pki.path.member import ComparableName, Member, read_member
from dojang.pki.path.signatures import check_signature

MAX_PATH_LENGTH = 12
MAX_CERTIFICATES = 4000
MAX_SIGNATURE_CHECKS = 128
MAX_STEPS = 1024


@dataclass(slots=True)
class _Budget:
    """What building may still spend; signatures once checked are remembered."""

    signature_checks: int = MAX_SIGNATURE_CHECKS
    steps: int = MAX_STEPS
    known: dict[tuple[int, int], PathInvalid | None] = field(default_factory=dict)

    def take_step(self, depth: int) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise PathTooComplex(depth=depth)

    def signed_by(self, member: Member, issuer: Member, depth: int) -> PathInvalid | None:
        """Return None when `issuer`'s key signed `member`, the reason otherwise."""
        pair = (id(member), id(issuer))
        if pair not in self.known:
            self.signature_checks -= 1
            if self.signature_checks < 0:
                raise PathTooComplex(depth=depth)
            self.known[pair] = _fault_of(member, issuer, depth)
        return self.known[pair]


def _fault_of(member: Member, issuer: Member, depth: int) -> PathInvalid | None:
    try:
        check_signature(member.certificate, issuer.certificate, depth)
    except (CertificateForged, SignatureAlgorithmRefused) as fault:
        return fault
    return None


class Candidates:
    """The certificates a path may be built from; an intermediate that cannot be read is no candidate.

    Raises `PathTooComplex` beyond `MAX_CERTIFICATES`, `CertificateMalformed` for an anchor.
    """

    def __init__(self, intermediates_der: Sequence[bytes], anchors_der: Sequence[bytes]) -> None:
        distinct = dict.fromkeys(intermediates_der)
        if len(distinct) + len(anchors_der) > MAX_CERTIFICATES:
            raise PathTooComplex(depth=0)
        self._anchor_bytes = frozenset(anchors_der)
        self._issuers: dict[ComparableName, list[Member]] = defaultdict(list)
        for one in self._anchor_bytes:
            self._add(read_member(one))
        for one in distinct:
            if one not in self._anchor_bytes:
                with suppress(CertificateMalformed):
                    self._add(read_member(one))

    def _add(self, member: Member) -> None:
        self._issuers[member.subject].append(member)

    def is_anchor(self, member: Member) -> bool:
        """Return whether the member is a trust anchor."""
        return member.der in self._anchor_bytes

    def issuers_of(self, member: Member) -> list[Member]:
        """Return who may have issued `member`, anchors first; a key identifier that differs rules a candidate out."""
        wanted = member.authority_key_identifier
        named = self._issuers.get(member.issuer, [])
        return [one for one in named if wanted is None or one.subject_key_identifier in (None, wanted)]


def paths(leaf: Member, candidates: Candidates) -> Iterator[tuple[Member, ...]]:
    """Yield paths from the leaf to an anchor, leaf first, in which every signature holds.

    When there is none, raises `IssuerUnknown`, or what was wrong with the first signature that did not hold. Raises
    `PathTooComplex` when the budget is spent.
    """
    budget = _Budget()
    faults: list[PathInvalid] = []
    found = False
    pending: list[tuple[Member, ...]] = [(leaf,)]
    deepest = 0
    while pending:
        path = pending.pop()
        depth = len(path) - 1
        budget.take_step(depth)
        if candidates.is_anchor(path[-1]):
            found = True
            yield path
            continue
        deepest = max(deepest, depth)
        if len(path) < MAX_PATH_LENGTH:
            pending.extend(reversed(list(_longer(path, candidates, budget, faults))))
    if not found:
        raise faults[0] if faults else IssuerUnknown(depth=deepest)


def _longer(
    path: tuple[Member, ...], candidates: Candidates, budget: _Budget, faults: list[PathInvalid]
) -> Iterator[tuple[Member, ...]]:
    depth = len(path) - 1
    for issuer in candidates.issuers_of(path[-1]):
        if _is_in(issuer, path):
            continue
        fault = budget.signed_by(path[-1], issuer, depth)
        if fault is None:
            yield (*path, issuer)
        else:
            faults.append(fault)


def _is_in(issuer: Member, path: tuple[Member, ...]) -> bool:
    """A path never holds the same name with the same key twice (RFC 4158 section 5.2)."""
    return any(one.subject == issuer.subject and one.spki_der == issuer.spki_der for one in path)
