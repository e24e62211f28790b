"""Settings: one TOML file, read once, validated, frozen.

Every field has a good default, so that an empty file runs the embedded office: SQLite, sandbox neighbours, loopback.
Secrets are named by file, never written here. `DOJANG_CONFIG` names the file; `DOJANG_DATABASE_URL` and
`DOJANG_DATA_DIR` override their fields (containers set them).
"""

import json
import os
import ssl
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, model_validator

from dojang.adapters.id_document.korean import DEFAULT_KOREAN, KoreanBackend, KoreanChoice
from dojang.controls.access.policy import AccessPolicy
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.controls.notices.policy import NoticePolicy
from dojang.controls.outage.policy import OutagePolicy
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.relying_parties.policy import PartyPolicy
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.support.policy import SupportPolicy
from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.reliance.policy import ReliancePolicy
from dojang.lifecycle.reliance.recipient.policy import RecipientPolicy
from dojang.lifecycle.reliance.sign_in.policy import SignInPolicy
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.status.policy import CrlPolicy, OcspPolicy
from dojang.lifecycle.timestamping.policy import TimestampPolicy
from dojang.lifecycle.transfer.policy import TransferPolicy
from dojang.pki.profile import SANDBOX_ARC, SANDBOX_NOTICE

SANDBOX_PASS_PHRASE = "sandbox-only"  # noqa: S105 - any will do there
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHORTEST_SIGNER_SECRET = 32
SETTINGS_VARIABLE = "DOJANG_SETTINGS"  # JSON, how the all-in-one office hands its settings to its processes


class ConfigUnreadable(DojangError):
    """The configuration file is missing, is not TOML or breaks a rule; `fields` lists the settings at fault."""

    code = "config.unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ProductionRefused(DojangError):
    """A production start met something only a sandbox may have; `settings` lists what."""

    code = "config.production_refused"
    fault: ClassVar[Fault] = Fault.OPERATOR


class Environment(StrEnum):
    """What the office is for."""

    SANDBOX = "sandbox"  # neighbours are simulated, certificates mean nothing
    PRODUCTION = "production"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _read_line(path: Path, setting: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigUnreadable(fields=[setting]) from None


class NeighbourSettings(_Section):
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
        return _read_line(path, f"neighbours.{self.section}.{setting}")


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


class Neighbours(_Section):
    """All neighbours."""

    bank: BankSettings = BankSettings()
    telephony: TelephonySettings = TelephonySettings()
    registry: RegistrySettings = RegistrySettings()
    notice: NoticeSettings = NoticeSettings()
    email: EmailSettings = EmailSettings()


class AuthoritySettings(_Section):
    """The certification authority: its name arc, and where the ceremony left its certificates and keys."""

    arc: str = SANDBOX_ARC
    owned_arcs: tuple[str, ...] = ()
    directory: Path | None = None  # default: <data_dir>/ca
    passphrase_file: Path | None = None  # default: <data_dir>/secrets/keystore.passphrase
    organisation: str = "dojang"
    bank_unit: str = "DOJANGBANK"
    cps_uri: str = ""  # default: <web.public_url>/cps
    cps_file: Path | None = None
    notice: str = SANDBOX_NOTICE
    bank_code: str = Field(default="0999", pattern=r"^\d{4}$")


class WebSettings(_Section):
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
        return (
            None if self.metrics_token_file is None else _read_line(self.metrics_token_file, "web.metrics_token_file")
        )


class SignerSettings(_Section):
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
        secret = "" if self.secret_file is None else _read_line(self.secret_file, "signer.secret_file")
        if len(secret) < SHORTEST_SIGNER_SECRET:
            raise ConfigUnreadable(fields=["signer.secret_file"])
        return secret


BankCode = Annotated[str, Field(pattern=r"^\d{3}$")]
AppAddress = Annotated[str, Field(pattern=r"^https://\S+$", max_length=300)]


class SupportSettings(_Section):
    """Where people reach the bank's support, as the app shows it, and the apps of banks to look at a statement in.

    `bank_apps` has an https address per bank code that opens that bank's app (a universal or app link).
    """

    phone: str = Field(default="1588-0000", pattern=r"^[0-9+() -]{3,24}$")
    hours_ko: str = Field(default="평일 9시~18시", max_length=120)
    hours_en: str = Field(default="Weekdays 9:00-18:00", max_length=120)
    bank_apps: dict[BankCode, AppAddress] = Field(default={})

    def hours(self, language: str) -> str:
        """Return the hours in "ko" or "en"."""
        return self.hours_en if language == "en" else self.hours_ko


class DelegateSettings(_Section):
    """Where the keys lie that answer for the authority (OCSP, time-stamps), apart from the authority's own."""

    directory: Path | None = None  # default: <data_dir>/delegates
    passphrase_file: Path | None = None  # default: <data_dir>/secrets/delegates.passphrase


class ReaderSettings(_Section):
    """The identity document reader's processes, and who reads Hangul in them."""

    processes: int = Field(default=1, ge=1, le=16)
    timeout_s: float = Field(default=30.0, gt=0)
    korean: KoreanBackend = DEFAULT_KOREAN.backend
    korean_model: Path | None = None
    korean_dictionary: Path | None = None

    @model_validator(mode="after")
    def _a_file_is_named(self) -> Self:
        named = self.korean_model is not None and self.korean_dictionary is not None
        if self.korean is KoreanBackend.FILE and not named:
            raise ValueError("korean = 'file' needs korean_model and korean_dictionary")
        return self

    def korean_choice(self) -> KoreanChoice:
        """Return the backend as the reader's processes take it."""
        return KoreanChoice(backend=self.korean, model=self.korean_model, dictionary=self.korean_dictionary)


class RelianceSettings(_Section):
    """Whom verifications trust besides our own root, and who may be asked about revocation.

    `trusted_roots_dir` holds roots as PEM files (`*.pem`); `status_hosts` are the hosts whose OCSP and CRL addresses
    in other authorities' certificates are followed.
    """

    trusted_roots_dir: Path | None = None
    status_hosts: tuple[str, ...] = ()


class WebhookSettings(_Section):
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


class Policies(_Section):
    """What the bank decides, step by step."""

    access: AccessPolicy = AccessPolicy()
    notices: NoticePolicy = NoticePolicy()
    application: ApplicationPolicy = ApplicationPolicy()
    proofing: ProofingPolicy = ProofingPolicy()
    issuance: IssuancePolicy = IssuancePolicy()
    renewal: RenewalPolicy = RenewalPolicy()
    transfer: TransferPolicy = TransferPolicy()
    crl: CrlPolicy = CrlPolicy()
    revocation: RevocationPolicy = RevocationPolicy()
    support: SupportPolicy = SupportPolicy()
    ocsp: OcspPolicy = OcspPolicy()
    timestamp: TimestampPolicy = TimestampPolicy()
    delegates: DelegatePolicy = DelegatePolicy()
    outage: OutagePolicy = OutagePolicy()
    step_up: StepUpPolicy = StepUpPolicy()
    reliance: ReliancePolicy = ReliancePolicy()
    relying_parties: PartyPolicy = PartyPolicy()
    party_events: PartyEventPolicy = PartyEventPolicy()
    issue_lock: IssueLockPolicy = IssueLockPolicy()
    sign_in: SignInPolicy = SignInPolicy()
    recipient: RecipientPolicy = RecipientPolicy()
    signature_request: SignatureRequestPolicy = SignatureRequestPolicy()


class Settings(_Section):
    """Everything an office can be told."""

    environment: Environment = Environment.SANDBOX
    data_dir: Path = Path("var")
    database_url: str = ""  # default: SQLite at <data_dir>/dojang.db
    queue_poll_s: float = Field(default=0.1, gt=0, le=60)
    web: WebSettings = WebSettings()
    authority: AuthoritySettings = AuthoritySettings()
    delegates: DelegateSettings = DelegateSettings()
    signer: SignerSettings = SignerSettings()
    neighbours: Neighbours = Neighbours()
    reader: ReaderSettings = ReaderSettings()
    reliance: RelianceSettings = RelianceSettings()
    webhooks: WebhookSettings = WebhookSettings()
    support: SupportSettings = SupportSettings()
    policy: Policies = Policies()

    @model_validator(mode="after")
    def _keys_apart_are_apart(self) -> Self:
        if self.web.vault_origin == self.origin:
            raise ValueError("the vault's origin is not the app's")
        return self

    @property
    def sandbox_neighbours(self) -> tuple[str, ...]:
        """Names of the neighbours that are the sandbox beside us, because no address was given."""
        return tuple(name for name in Neighbours.model_fields if not getattr(self.neighbours, name).url)

    @property
    def has_sandbox_beside(self) -> bool:
        """Whether the simulator runs beside us and we may lean on it: no production, and simulated neighbours."""
        return not self.is_production and bool(self.sandbox_neighbours)

    @property
    def is_production(self) -> bool:
        """Whether certificates are meant to be relied on."""
        return self.environment is Environment.PRODUCTION

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'dojang.db').absolute()}"

    @property
    def authority_dir(self) -> Path:
        """Where the ceremony's output lies."""
        return self.authority.directory or self.data_dir / "ca"

    @property
    def delegates_dir(self) -> Path:
        """Where the delegates' keys lie."""
        return self.delegates.directory or self.data_dir / "delegates"

    @property
    def cps_uri(self) -> str:
        """The address of the practice statement, as it stands in certificates."""
        return self.authority.cps_uri or f"{self.public_url}/cps"

    @property
    def secrets_dir(self) -> Path:
        """Where key rings and passphrases lie, readable by the office alone."""
        return self.data_dir / "secrets"

    @property
    def shop_file(self) -> Path:
        """What the sandbox's shop was given when it was registered."""
        return self.secrets_dir / "sandbox-shop.json"

    @property
    def public_url(self) -> str:
        """The office's address as subscribers and relying parties see it, without a trailing slash."""
        return (self.web.public_url or f"http://{self.web.host}:{self.web.port}").rstrip("/")

    @property
    def origin(self) -> str:
        """The origin of `public_url` as browsers write it."""
        address = urlsplit(self.public_url)
        return f"{address.scheme}://{address.netloc.lower()}"

    @property
    def local_url(self) -> str:
        """The office's address from this machine, whatever stands in front of it."""
        host = "127.0.0.1" if self.web.host in ("0.0.0.0", "::") else self.web.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.web.port}" if ":" in host else f"http://{host}:{self.web.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the sandbox neighbours listen."""
        return f"http://{self.web.host}:{self.web.sandbox_port}"

    def neighbour_url(self, name: str) -> str:
        """Return the address of the neighbour `name` ("bank", "telephony", "registry", "notice")."""
        section: NeighbourSettings = getattr(self.neighbours, name)
        return section.url or f"{self.sandbox_url}/{'mailbox' if name == 'notice' else name}"


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings of `path`, else of `DOJANG_CONFIG`, else the defaults. Raises `ConfigUnreadable`.

    Settings handed down by a parent process come before `DOJANG_CONFIG`.
    """
    handed_down = os.environ.get(SETTINGS_VARIABLE)
    if path is None and handed_down is not None:
        return parse_settings(json.loads(handed_down))
    chosen = path or (Path(os.environ["DOJANG_CONFIG"]) if "DOJANG_CONFIG" in os.environ else None)
    values: dict[str, Any] = {}
    if chosen is not None:
        try:
            values = tomllib.loads(chosen.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise ConfigUnreadable(fields=["file"]) from None
    for variable, name in (("DOJANG_DATABASE_URL", "database_url"), ("DOJANG_DATA_DIR", "data_dir")):
        if os.environ.get(variable):
            values[name] = os.environ[variable]
    return parse_settings(values)


def parse_settings(values: dict[str, Any]) -> Settings:
    """Return the settings of a parsed document. Raises `ConfigUnreadable` naming each setting at fault."""
    try:
        return Settings.model_validate(values)
    except ValidationError as refused:
        raise ConfigUnreadable(fields=[".".join(map(str, one["loc"])) for one in refused.errors()]) from None
