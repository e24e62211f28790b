"""The certification authority and its delegates: names, and where their keys lie."""

from pathlib import Path

from pydantic import Field

from dojang.config.section import Section
from dojang.pki.profile import SANDBOX_ARC, SANDBOX_NOTICE


class AuthoritySettings(Section):
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


class DelegateSettings(Section):
    """Where the keys lie that answer for the authority (OCSP, time-stamps), apart from the authority's own."""

    directory: Path | None = None  # default: <data_dir>/delegates
    passphrase_file: Path | None = None  # default: <data_dir>/secrets/delegates.passphrase
