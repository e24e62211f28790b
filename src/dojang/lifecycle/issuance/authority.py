"""The certificate authority as issuance sees it: who issues, with which profiles and keys, and below which name.

Built by bootstrap from the ceremony's output and the key store, for the one role that signs. Must not know where keys
live.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dojang.lifecycle.issuance.model import CertificateKind, KeyTypeNotOffered, RandomNumberUnreadable
from dojang.pki.certificate import Issuer
from dojang.pki.keystore import DecryptionFailed, KeyStore, Mechanism
from dojang.pki.name import Name, SubscriberName
from dojang.pki.profile import Profile
from dojang.pki.public_key import KeyAlgorithm
from dojang.pki.signer import CertificateSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportKey:
    """The CA's key for what travels to it in secret: a labelled RSA key of the key store."""

    keystore: KeyStore = field(repr=False)
    label: str

    def open_sealed(self, ciphertext: bytes, *, bound_to: str) -> bytes:
        """Return the plaintext of RSA-OAEP (SHA-256) whose label is `bound_to`. Raises `RandomNumberUnreadable`."""
        try:
            return self.keystore.decrypt(self.label, ciphertext, Mechanism.RSA_PKCS_OAEP, bound_to=bound_to.encode())
        except DecryptionFailed:
            raise RandomNumberUnreadable() from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAuthority:
    """One issuing CA. `chain_der` is what stands above a subscriber's certificate: issuing CA first, root last.

    `organization_name` (country, organisation, units) is what all subjects stand below; `bank_code` and `branch` are
    the digits of their common names. New certificates are spread over `crl_partitions` distribution points (0: all name
    one list). `profiles` are the kinds of certificate offered, by their place in a set.
    """

    issuer: Issuer
    signer: CertificateSigner
    chain_der: tuple[bytes, ...] = field(repr=False)
    organization_name: Name
    bank_code: str
    branch: str = "041"
    crl_partitions: int = 0
    profiles: Mapping[CertificateKind, tuple[Profile, ...]]
    transport_key: TransportKey = field(repr=False)

    def key_algorithms(self, kind: CertificateKind) -> frozenset[KeyAlgorithm]:
        """Return the kinds of key that some profile takes."""
        return frozenset[KeyAlgorithm]().union(*(profile.key_algorithms for profile in self.profiles[kind]))

    def profile_for(self, kind: CertificateKind, algorithm: KeyAlgorithm) -> Profile:
        """Return the first profile that takes such a key. Raises `KeyTypeNotOffered`."""
        for profile in self.profiles[kind]:
            if algorithm in profile.key_algorithms:
                return profile
        raise KeyTypeNotOffered(kind=kind.value, offered=sorted(self.key_algorithms(kind)))

    def profile_named(self, name: str) -> Profile:
        """Return a profile by its name. Raises `KeyError` when it was taken out of service: a configuration mistake."""
        return {profile.name: profile for offered in self.profiles.values() for profile in offered}[name]

    def partition_of(self, serial: int) -> int | None:
        """Return the distribution point of a new certificate, or None where there is only one."""
        return serial % self.crl_partitions if self.crl_partitions else None

    def subject_der(self, subscriber: SubscriberName) -> bytes:
        """Return the subject in DER."""
        return subscriber.under(self.organization_name).der
