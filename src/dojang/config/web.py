"""Where the office listens: to browsers and relying parties, and inwards to the signing role."""

from pathlib import Path
from typing import Self

from pydantic import Field, IPvAnyNetwork, model_validator

from dojang.config.errors import ConfigUnreadable
from dojang.config.section import Section, read_line

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHORTEST_SIGNER_SECRET = 32


class WebSettings(Section):
    """Where the office listens and what it is called from outside.

    `trusted_proxies` are addresses or networks whose X-Forwarded-For is believed when attempts are counted by address.
    `metrics_token_file` holds the bearer token of `/metrics`; without it, production does not serve them.
    `vault_origin` is the origin of the page that holds subscribers' keys, of the same site as `public_url`; without it
    the app's own page holds them.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8710, ge=0, le=65535)
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+\S*)?$")  # stands in certificates
    vault_origin: str = Field(default="", pattern=r"^(https?://[a-z0-9.-]+(:\d+)?)?$")  # as browsers write it
    sandbox_port: int = Field(default=8711, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    threads: int = Field(default=40, ge=1, le=256)
    max_photograph_bytes: int = Field(default=15 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    metrics_token_file: Path | None = None

    def read_metrics_token(self) -> str | None:
        """Return the token of `/metrics`, or None where none is set. Raises `ConfigUnreadable`."""
        return None if self.metrics_token_file is None else read_line(self.metrics_token_file, "web.metrics_token_file")


class SignerSettings(Section):
    """The signing role, where it is a process of its own. Without `url`, whoever serves subscribers signs.

    `secret_file` holds what both sides know (32 characters or more). The way between them is loopback or TLS: the
    signer shows `tls_certificate_file` (its key in `tls_key_file`), the other side trusts `tls_ca_file` alone.
    """

    url: str = Field(default="", pattern=r"^(https://.+|http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?/?)?$")
    host: str = "127.0.0.1"
    port: int = Field(default=8712, ge=0, le=65535)
    secret_file: Path | None = None
    timeout_s: float = Field(default=30.0, gt=0, le=120)
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    tls_ca_file: Path | None = None

    @model_validator(mode="after")
    def _nobody_listens_in(self) -> Self:
        if (self.tls_certificate_file is None) != (self.tls_key_file is None):
            raise ValueError("a certificate needs its key")
        if self.tls_certificate_file is None and self.host not in LOOPBACK:
            raise ValueError("the signer listens on loopback or speaks TLS")
        return self

    def read_secret(self) -> str:
        """Return what both sides know. Raises `ConfigUnreadable` when it is missing or too short."""
        secret = "" if self.secret_file is None else read_line(self.secret_file, "signer.secret_file")
        if len(secret) < SHORTEST_SIGNER_SECRET:
            raise ConfigUnreadable(fields=["signer.secret_file"])
        return secret
