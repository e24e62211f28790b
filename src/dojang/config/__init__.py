"""Settings: one TOML file, read once, validated, frozen.

Every field has a good default, so that an empty file runs the embedded office: SQLite, sandbox neighbours, loopback.
Secrets are named by file, never written here. `DOJANG_CONFIG` names the file; `DOJANG_DATABASE_URL` and
`DOJANG_DATA_DIR` override their fields (containers set them). One module holds one section.
"""

from dojang.config.authority import AuthoritySettings as AuthoritySettings
from dojang.config.errors import ConfigUnreadable as ConfigUnreadable
from dojang.config.errors import ProductionRefused as ProductionRefused
from dojang.config.policies import Policies as Policies
from dojang.config.reader import ReaderSettings as ReaderSettings
from dojang.config.settings import SETTINGS_VARIABLE as SETTINGS_VARIABLE
from dojang.config.settings import Environment as Environment
from dojang.config.settings import Settings as Settings
from dojang.config.settings import load_settings as load_settings
from dojang.config.settings import parse_settings as parse_settings
from dojang.config.web import SignerSettings as SignerSettings
from dojang.config.web import WebSettings as WebSettings
