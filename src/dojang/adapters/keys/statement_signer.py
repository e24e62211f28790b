"""Signs the office's statements with the delegate key of the ceremony's `statement` certificate."""

from datetime import datetime

from dojang.pki.certificate import spki_of
from dojang.pki.cms import sign_content
from dojang.pki.keystore import KeyStore, mechanism_for
from dojang.pki.public_key import KeyAlgorithm, parse_public_key, signature_algorithm_for
from dojang.pki.signer import SignerKeyMismatch


class KeyStoreStatementSigner:
    """Implements `lifecycle.delivery.ports.StatementSigner`.

    Raises `SignerKeyMismatch` when the labelled key is not the certificate's.
    """

    def __init__(self, *, keystore: KeyStore, label: str, certificate_der: bytes, chain_der: tuple[bytes, ...]) -> None:
        spki_der = keystore.public_key(label)
        if spki_der != spki_of(certificate_der):
            raise SignerKeyMismatch(label=label)
        key = parse_public_key(spki_der, frozenset(KeyAlgorithm))
        self._mechanism = mechanism_for(signature_algorithm_for(key.algorithm))
        self._keystore = keystore
        self._label = label
        self._certificate_der = certificate_der
        self._chain_der = chain_der

    def sign_statement(self, content: bytes, at: datetime) -> bytes:
        """See the port."""
        return sign_content(
            content,
            certificate_der=self._certificate_der,
            sign=lambda data: self._keystore.sign(self._label, data, self._mechanism),
            now=at,
            chain_der=self._chain_der,
        )
