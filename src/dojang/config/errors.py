"""What is wrong with settings, before an office can start."""

from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class ConfigUnreadable(DojangError):
    """The configuration file is missing, is not TOML or breaks a rule; `fields` lists the settings at fault."""

    code = "config.unreadable"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ProductionRefused(DojangError):
    """A production start met something only a sandbox may have; `settings` lists what."""

    code = "config.production_refused"
    fault: ClassVar[Fault] = Fault.OPERATOR
