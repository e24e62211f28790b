"""Where people reach the support of the bank."""

from typing import Annotated

from pydantic import Field

from dojang.config.section import Section

BankCode = Annotated[str, Field(pattern=r"^\d{3}$")]
AppAddress = Annotated[str, Field(pattern=r"^https://\S+$", max_length=300)]


class SupportSettings(Section):
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
