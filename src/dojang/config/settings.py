"""Everything an office can be told, where it is read from, and what follows from it."""

import json
import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator

from dojang.config.authority import AuthoritySettings, DelegateSettings
from dojang.config.errors import ConfigUnreadable
from dojang.config.neighbours import Neighbours, NeighbourSettings
from dojang.config.policies import Policies
from dojang.config.reader import ReaderSettings
from dojang.config.reliance import RelianceSettings, WebhookSettings
from dojang.config.section import Section
from dojang.config.support import SupportSettings
from dojang.config.web import SignerSettings, WebSettings

SETTINGS_VARIABLE = "DOJANG_SETTINGS"  # JSON, how the all-in-one office hands its settings to its processes


class Environment(StrEnum):
    """What the office is for."""

    SANDBOX = "sandbox"  # neighbours are simulated, certificates mean nothing
    PRODUCTION = "production"


class Settings(Section):
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
