"""What the misbehaving authority remembers: when it was founded, and every certificate with its key, once made.

Certificates hold addresses, so each is remembered under the address the sandbox had when it was made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key

from dojang.sandbox import clock
from dojang.sandbox.state import State

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_TABLES = """
CREATE TABLE IF NOT EXISTS authority_founding (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS authority_certificates (
    label TEXT NOT NULL, address TEXT NOT NULL, certificate BLOB NOT NULL, pkcs8 BLOB NOT NULL,
    PRIMARY KEY (label, address)
);
"""


@dataclass(frozen=True)
class Holding:
    """A certificate and its private key, both DER; the key is PKCS#8 without encryption."""

    certificate_der: bytes = field(repr=False)
    pkcs8_der: bytes = field(repr=False)

    @cached_property
    def key(self) -> PrivateKey:
        """The private key."""
        key = load_der_private_key(self.pkcs8_der, password=None)
        if not isinstance(key, PrivateKey):
            raise TypeError("neither RSA nor EC")
        return key

    def sign(self, data: bytes, digest: HashAlgorithm | None = None) -> bytes:
        """Return RSASSA-PKCS1-v1_5 or ECDSA over `data`, with SHA-256 unless another digest is named."""
        return sign_with(self.key, data, digest or SHA256())


def sign_with(key: PrivateKey, data: bytes, digest: HashAlgorithm) -> bytes:
    """Return the signature of whichever kind the key makes."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), digest)
    return key.sign(data, ec.ECDSA(digest))


class Memory:
    """The records of one authority. Whoever makes something first is who made it, in whatever process."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    def founded_at(self) -> datetime:
        """Return when the authority was founded: at the first question."""
        with self._state.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO authority_founding VALUES (1, ?)", (clock.now().isoformat(),))
            (at,) = connection.execute("SELECT at FROM authority_founding").fetchone()
        return datetime.fromisoformat(at)

    def remember(self, label: str, address: str, make: Callable[[], Holding]) -> Holding:
        """Return what is remembered under the label, or make it now."""
        found = self._find(label, address)
        if found is None:
            made = make()
            with self._state.transaction() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO authority_certificates VALUES (?, ?, ?, ?)",
                    (label, address, made.certificate_der, made.pkcs8_der),
                )
            found = self._find(label, address) or made
        return found

    def _find(self, label: str, address: str) -> Holding | None:
        with self._state.transaction() as connection:
            row = connection.execute(
                "SELECT certificate, pkcs8 FROM authority_certificates WHERE label = ? AND address = ?",
                (label, address),
            ).fetchone()
        return None if row is None else Holding(row["certificate"], row["pkcs8"])
