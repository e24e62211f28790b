"""One section of the settings: frozen, and nothing in it that is not known."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from dojang.config.errors import ConfigUnreadable


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def read_line(path: Path, setting: str) -> str:
    """Return the one line of a file (UTF-8) that `setting` names. Raises `ConfigUnreadable`."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigUnreadable(fields=[setting]) from None
