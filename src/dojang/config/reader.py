"""The reader of identity documents."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from dojang.adapters.id_document.korean import DEFAULT_KOREAN, KoreanBackend, KoreanChoice
from dojang.config.section import Section


class ReaderSettings(Section):
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
