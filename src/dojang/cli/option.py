"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings file (TOML); else $DOJANG_CONFIG", exists=True)
]
