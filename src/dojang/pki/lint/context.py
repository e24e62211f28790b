"""What a certificate is held against, prepared once per profile and issuer, and what was already judged.

Most extensions of one issuer are the same bytes in every certificate; their findings are remembered by those bytes.
"""

from functools import lru_cache

from dojang.pki import der
from dojang.pki.certificate import Issuer
from dojang.pki.profile import EXTENSION_OIDS, ExtensionName, Profile

_REMEMBERED = 4096

IDENTIFIERS = {name: der.whole(der.oid(dotted), der.OBJECT_IDENTIFIER) for name, dotted in EXTENSION_OIDS.items()}
NAMES = {identifier: name for name, identifier in IDENTIFIERS.items()}


class LintContext:
    """One profile under one issuer. Compared by identity; obtained from `lint_context`."""

    __slots__ = ("algorithm_der", "issuer", "order", "profile", "remembered")

    def __init__(self, profile: Profile, issuer: Issuer) -> None:
        self.profile = profile
        self.issuer = issuer
        self.order = tuple(IDENTIFIERS[name] for name in profile.extensions)
        self.algorithm_der = issuer.signature_algorithm.identifier_der
        self.remembered: dict[bytes, tuple[str, ...]] = {}

    def remember(self, extension_der: bytes, findings: tuple[str, ...]) -> None:
        """Keep the findings of an extension that does not depend on the rest of its certificate."""
        if len(self.remembered) >= _REMEMBERED:
            self.remembered.clear()
        self.remembered[extension_der] = findings


@lru_cache(maxsize=256)
def lint_context(profile: Profile, issuer: Issuer) -> LintContext:
    """Return the context for this profile and issuer, the same object each time."""
    return LintContext(profile, issuer)


def name_of(identifier: bytes) -> ExtensionName | None:
    """Return the extension's name, or None for one Dojang does not issue."""
    return NAMES.get(identifier)
