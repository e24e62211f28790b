"""What verifications trust, and how the webhooks of relying parties are reached."""

import ssl
from pathlib import Path

from pydantic import Field

from dojang.config.errors import ConfigUnreadable
from dojang.config.section import Section


class RelianceSettings(Section):
    """Whom verifications trust besides our own root, and who may be asked about revocation.

    `trusted_roots_dir` holds roots as PEM files (`*.pem`); `status_hosts` are the hosts whose OCSP and CRL addresses
    in other authorities' certificates are followed.
    """

    trusted_roots_dir: Path | None = None
    status_hosts: tuple[str, ...] = ()


class WebhookSettings(Section):
    """How relying parties' webhooks are reached. Only https to public addresses, but for what is named here.

    `private_hosts` are host names that may lead into private networks; `tls_ca_file` holds whom their certificates may
    come from, instead of whom the system trusts. `timeout_s` bounds the whole exchange.
    """

    private_hosts: tuple[str, ...] = ()
    tls_ca_file: Path | None = None
    timeout_s: float = Field(default=10.0, gt=0, le=60)

    def open_tls(self) -> ssl.SSLContext:
        """Return whom a webhook may be. Raises `ConfigUnreadable`."""
        try:
            return ssl.create_default_context(cafile=self.tls_ca_file)
        except OSError:
            raise ConfigUnreadable(fields=["webhooks.tls_ca_file"]) from None
