"""A delegate that signs status answers with a client's key, for tests of what answers say."""

from builders.applicants import client_keys
from builders.office import office
from dojang.pki.public_key import SignatureAlgorithm


class Hand:
    """A delegate that signs answers; whether its certificate is right is another test's matter."""

    certificate_der = office().issuing_der
    key_identifier = b"\x01" * 20
    algorithm = SignatureAlgorithm.ECDSA_SHA256

    def sign(self, data: bytes) -> bytes:
        return client_keys(0).sign(data)
