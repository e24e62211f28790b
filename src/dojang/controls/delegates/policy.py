"""What the bank decides about delegates, as data."""

from dataclasses import dataclass
from datetime import timedelta

from dojang.controls.delegates.model import DelegateKind
from dojang.pki.public_key import KeyAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatePolicy:
    """Delegates certify for so many days and are replaced when so many are left.

    Responders are short-lived because nobody can look them up (id-pkix-ocsp-nocheck). Time-stamping keys sign for the
    first two years of three, so that every token has a year before its certificate ends.
    """

    key: KeyAlgorithm = KeyAlgorithm.RSA_2048
    ocsp_days: int = 30
    ocsp_replace_days: int = 10
    tsa_days: int = 1095
    tsa_replace_days: int = 365

    def lifetime(self, kind: DelegateKind) -> timedelta:
        """Return how long a new delegate certifies."""
        return timedelta(days=self.ocsp_days if kind is DelegateKind.OCSP else self.tsa_days)

    def replaced_before_end(self, kind: DelegateKind) -> timedelta:
        """Return how long before its end a delegate gets a successor."""
        return timedelta(days=self.ocsp_replace_days if kind is DelegateKind.OCSP else self.tsa_replace_days)
