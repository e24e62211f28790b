"""The signer that stands between a linted certificate and a key.

It takes nothing but the linter's proof, and must not know where the key lives. Sources: RFC 8017, RFC 5480.
"""

from typing import ClassVar, Protocol

from dojang.kernel.errors import DojangError, Fault
from dojang.pki.certificate import Issuer, spki_of
from dojang.pki.keystore import KeyStore, mechanism_for
from dojang.pki.lint import LintedCertificate
from dojang.pki.lint.linted import LintProofForged
from dojang.pki.public_key import (
    KeyAlgorithm,
    SignatureAlgorithm,
    is_signature,
    is_signature_of_digest,
    parse_public_key,
    signature_algorithm_for,
)


class SignerKeyMismatch(DojangError):
    """A signer's key is not the key in the issuer's certificate."""

    code: ClassVar[str] = "pki.signer_key_mismatch"
    fault: ClassVar[Fault] = Fault.OPERATOR


class SignatureFaulty(DojangError):
    """The key store returned a signature that does not verify; it was thrown away."""

    code: ClassVar[str] = "pki.signature_faulty"
    fault: ClassVar[Fault] = Fault.OURS


class CertificateSigner(Protocol):
    """An authority's hand: signs what was linted for it, and its revocation lists."""

    @property
    def issuer(self) -> Issuer:
        """The authority, as its certificates refer to it."""
        ...

    @property
    def certificate_der(self) -> bytes | None:
        """The authority's own certificate; None for a root that is about to sign itself."""
        ...

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """The algorithm of every signature made here."""
        ...

    def sign_certificate(self, linted: LintedCertificate) -> bytes:
        """Return the signature over the linted bytes. Raises `LintProofForged` for another issuer's proof."""
        ...

    def sign_crl(self, tbs_der: bytes) -> bytes:
        """Return the signature over a TBSCertList."""
        ...

    def sign_crl_digest(self, digest: bytes) -> bytes:
        """Return the signature over a TBSCertList whose SHA-256 is `digest`."""
        ...


class KeyStoreSigner:
    """A `CertificateSigner` on a key store.

    Each signature is verified before it leaves, so that a faulty device cannot leak a broken one. Raises
    `SignerKeyMismatch` when the labelled key is not the issuer's.
    """

    def __init__(self, *, keystore: KeyStore, label: str, issuer: Issuer, certificate_der: bytes | None = None) -> None:
        """Bind a labelled key to an issuer, and to its certificate where there already is one."""
        spki_der = keystore.public_key(label)
        of_certificate = spki_der if certificate_der is None else spki_of(certificate_der)
        if not spki_der == issuer.spki_der == of_certificate:
            raise SignerKeyMismatch(label=label)
        self._keystore = keystore
        self._label = label
        self._issuer = issuer
        self._certificate_der = certificate_der
        self._key = parse_public_key(spki_der, frozenset(KeyAlgorithm))
        self._algorithm = signature_algorithm_for(self._key.algorithm)
        self._mechanism = mechanism_for(self._algorithm)

    @property
    def issuer(self) -> Issuer:
        """The authority, as its certificates refer to it."""
        return self._issuer

    @property
    def certificate_der(self) -> bytes | None:
        """The authority's own certificate, if it has one yet."""
        return self._certificate_der

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """The algorithm of every signature made here."""
        return self._algorithm

    def sign_certificate(self, linted: LintedCertificate) -> bytes:
        """Return the signature. Raises `LintProofForged`, `SignatureFaulty`, and the key store's errors."""
        if type(linted) is not LintedCertificate or linted.issuer_key_identifier != self._issuer.key_identifier:
            raise LintProofForged()
        return self._sign(linted.tbs_der)

    def sign_crl(self, tbs_der: bytes) -> bytes:
        """Return the signature. Raises `SignatureFaulty` and the key store's errors."""
        return self._sign(tbs_der)

    def sign_crl_digest(self, digest: bytes) -> bytes:
        """Return the signature. Raises `SignatureFaulty` and the key store's errors."""
        signature = self._keystore.sign_digest(self._label, digest, self._mechanism)
        if not is_signature_of_digest(self._key, digest, signature):
            raise SignatureFaulty(label=self._label)
        return signature

    def _sign(self, data: bytes) -> bytes:
        signature = self._keystore.sign(self._label, data, self._mechanism)
        if not is_signature(self._key, data, signature):
            raise SignatureFaulty(label=self._label)
        return signature


class DelegateSigner:
    """The hand of a delegate: signs answers and tokens with a labelled key, never certificates or lists.

    Each signature is verified before it leaves. Raises `SignerKeyMismatch` when the labelled key is not the
    certificate's.
    """

    def __init__(self, *, keystore: KeyStore, label: str, certificate_der: bytes) -> None:
        """Bind a labelled key to the certificate that says what it may sign."""
        spki_der = keystore.public_key(label)
        if spki_der != spki_of(certificate_der):
            raise SignerKeyMismatch(label=label)
        self._keystore = keystore
        self._label = label
        self._key = parse_public_key(spki_der, frozenset(KeyAlgorithm))
        self.certificate_der = certificate_der
        self.key_identifier = self._key.key_identifier
        self.algorithm = signature_algorithm_for(self._key.algorithm)
        self._mechanism = mechanism_for(self.algorithm)

    def sign(self, data: bytes) -> bytes:
        """Return the signature. Raises `SignatureFaulty` and the key store's errors."""
        signature = self._keystore.sign(self._label, data, self._mechanism)
        if not is_signature(self._key, data, signature):
            raise SignatureFaulty(label=self._label)
        return signature
