"""Who stands around the office: bank, telephony, registry, notices, mail."""

import ssl
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from dojang.config.errors import ConfigUnreadable
from dojang.config.section import Section, read_line

SANDBOX_PASS_PHRASE = "sandbox-only"  # noqa: S105 - any will do there


class NeighbourSettings(Section):
    """Where a neighbour listens and how we present ourselves. An empty `url` means the sandbox beside us.

    `secret_file` holds the password or key issued to us; the sandbox has a published one.
    """

    section: ClassVar[str] = "?"

    url: str = Field(default="", pattern=r"^(https?://[^/\s]+\S*)?$")
    client_id: str = "dojang-sandbox"
    secret_file: Path | None = None
    timeout_s: float = Field(default=10.0, gt=0, le=120)

    def read_secret(self, published: str) -> str:
        """Return the secret of `secret_file`, or the sandbox's `published` one. Raises `ConfigUnreadable`."""
        return published if self.secret_file is None else self._read_line(self.secret_file, "secret_file")

    def _read_line(self, path: Path, setting: str) -> str:
        return read_line(path, f"neighbours.{self.section}.{setting}")


class BankSettings(NeighbourSettings):
    """The account micro-deposits come from."""

    section: ClassVar[str] = "bank"

    account_bank_code: str = Field(default="097", pattern=r"^\d{3}$")
    account_number: str = Field(default="1000000000001", pattern=r"^\d{7,16}$")
    account_holder: str = "도장은행"
    pass_phrase_file: Path | None = None

    def read_pass_phrase(self) -> str:
        """Return the account's pass phrase. Raises `ConfigUnreadable`."""
        return (
            SANDBOX_PASS_PHRASE
            if self.pass_phrase_file is None
            else self._read_line(self.pass_phrase_file, "pass_phrase_file")
        )


class TelephonySettings(NeighbourSettings):
    """The number calls come from; registered with the carrier."""

    section: ClassVar[str] = "telephony"

    caller: str = Field(default="15880000", pattern=r"^\d{8,12}$")


class RegistrySettings(NeighbourSettings):
    """The registry wrapper's public key (base64 of SubjectPublicKeyInfo), in a file; a sandbox publishes its own."""

    section: ClassVar[str] = "registry"

    public_key_file: Path | None = None

    def read_public_key(self) -> str | None:
        """Return the public key, or None where the sandbox's own is to be used. Raises `ConfigUnreadable`."""
        return None if self.public_key_file is None else self._read_line(self.public_key_file, "public_key_file")


class NoticeSettings(NeighbourSettings):
    """The number notices come from, the name in them, and where the office's own people are told of alerts."""

    section: ClassVar[str] = "notice"

    client_id: str = "sandbox-notice-key"
    sender: str = Field(default="15880000", pattern=r"^\d{8,12}$")
    bank_name: str = Field(default="도장은행", min_length=1, max_length=12)  # short: it stands in every text message
    operators_email: str = "operators@dojang.example"


class EmailSettings(NeighbourSettings):
    """The mail server: smtp://host[:port] with STARTTLS, or smtps://host[:port]. `client_id` signs in, if given.

    Without a `url` mail goes to the sandbox's mailbox.
    """

    section: ClassVar[str] = "email"

    url: str = Field(default="", pattern=r"^(smtps?://[^/\s@]+)?$")
    client_id: str = ""
    sender: str = Field(default="no-reply@dojang.example", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    tls_ca_file: Path | None = None

    def open_tls(self) -> ssl.SSLContext:
        """Return whom the mail server may be: what `tls_ca_file` or the system trusts. Raises `ConfigUnreadable`."""
        try:
            return ssl.create_default_context(cafile=self.tls_ca_file)
        except OSError:
            raise ConfigUnreadable(fields=["neighbours.email.tls_ca_file"]) from None


class Neighbours(Section):
    """All neighbours."""

    bank: BankSettings = BankSettings()
    telephony: TelephonySettings = TelephonySettings()
    registry: RegistrySettings = RegistrySettings()
    notice: NoticeSettings = NoticeSettings()
    email: EmailSettings = EmailSettings()
