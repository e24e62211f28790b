"""What a site is given when the bank registers it. Kept in a file that only the site can read."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Who we are to the office at `issuer`, and the root we trust; no address has a slash at its end."""

    issuer: str
    address: str  # ours, where people come back to and where webhooks arrive
    client_id: str
    secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    statement_policy: str  # of the certificate under the office's own statements, from its practice statement
    root_pem: str = field(repr=False)

    @property
    def root(self) -> x509.Certificate:
        """The root certificate: given by people, never fetched from whoever is to be verified with it."""
        return x509.load_pem_x509_certificate(self.root_pem.encode())


def read_registration(path: Path) -> Registration:
    """Return what stands in the file."""
    return Registration(**json.loads(path.read_text("utf-8")))
