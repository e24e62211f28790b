"""Granian serving one or several audiences; the application is built inside each of its worker processes."""

import os
from collections.abc import Sequence

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from starlette.types import ASGIApp

from dojang.bootstrap import open_office, open_signer
from dojang.config import SETTINGS_VARIABLE, Settings, load_settings
from dojang.logs import configure_logs
from dojang.web.app import Audience, create_app

_AUDIENCES = "DOJANG_WEB_AUDIENCES"


def run(settings: Settings, audiences: Sequence[str]) -> None:
    """Serve until SIGINT or SIGTERM."""
    os.environ[SETTINGS_VARIABLE] = settings.model_dump_json()
    os.environ[_AUDIENCES] = ",".join(audiences)
    Granian(
        "dojang.web.server:build",
        address=settings.web.host,
        port=settings.web.port,
        interface=Interfaces.ASGINL,
        factory=True,
        workers=settings.web.workers,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def build() -> ASGIApp:
    """Return the application of one worker process. Only a process that serves subscribers opens the CA's key."""
    configure_logs()
    settings = load_settings()
    audiences = [Audience(one) for one in os.environ[_AUDIENCES].split(",")]
    office = open_signer(settings) if Audience.SUBSCRIBER in audiences else open_office(settings)
    return create_app(office, audiences)
