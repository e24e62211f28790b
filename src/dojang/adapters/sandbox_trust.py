"""Whom a sandbox office trusts besides: the misbehaving authority of its simulated neighbours, for verification alone.

Asked for its certificates until it answers once; while it is away nothing of it is trusted. No production office has
this. Must not know more of the simulator than its address.
"""

from collections.abc import Sequence
from typing import Final

import httpx

from dojang.lifecycle.reliance.ports import TrustStore
from dojang.pki.certificate import CertificateMalformed, parse_certificates_pem

_TIMEOUT_S: Final = 5.0


class SandboxTrust:
    """Implements `lifecycle.reliance.ports.TrustStore`: the office's own trust, and one root more."""

    def __init__(self, own: TrustStore, sandbox_url: str) -> None:
        self._own = own
        self._address = f"{sandbox_url}/authority/certificates.pem"
        self._learned: tuple[bytes, ...] = ()
        # Kept: making a client reads every root the system trusts, which costs more than most verifications.
        self._client = httpx.Client(timeout=_TIMEOUT_S, trust_env=False)

    def anchors(self) -> Sequence[bytes]:
        """See the port."""
        return (*self._own.anchors(), *self._known()[:1])

    def intermediates(self) -> Sequence[bytes]:
        """See the port."""
        return (*self._own.intermediates(), *self._known()[1:])

    def _known(self) -> tuple[bytes, ...]:
        """The root first, then the authorities below it."""
        if not self._learned:
            try:
                answer = self._client.get(self._address)
                self._learned = parse_certificates_pem(answer.raise_for_status().content)
            except (httpx.HTTPError, CertificateMalformed):
                return ()
        return self._learned
