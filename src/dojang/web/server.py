"""Granian serving one process role; the application is built inside each of its worker processes."""

import os
from collections.abc import Sequence
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from starlette.types import ASGIApp

from dojang.bootstrap import open_office, open_signer, open_subscriber_office
from dojang.config import SETTINGS_VARIABLE, Settings, load_settings
from dojang.logs import configure_logs
from dojang.web.app import Audience, create_app, create_protocols
from dojang.web.rsgi import RsgiServer
from dojang.web.signer import create_signer_app

_AUDIENCES = "DOJANG_WEB_AUDIENCES"
# A worker told to stop while it was still starting never hears it, and Granian would wait for it for ever. Killing is
# harmless: whatever a request changes, it changes in one transaction.
_STOP_LIMIT_S = 10


def run(settings: Settings, audiences: Sequence[str]) -> None:
    """Serve `audiences` until SIGINT or SIGTERM. Several at once are the all-in-one office, which signs for itself."""
    os.environ[SETTINGS_VARIABLE] = settings.model_dump_json()
    os.environ[_AUDIENCES] = ",".join(audiences)
    if tuple(audiences) == (Audience.PROTOCOLS,):  # what the whole country asks, and caches in front of it
        _serve("build_protocols", settings, settings.web.host, settings.web.port, interface=Interfaces.RSGI)
    else:
        _serve("build", settings, settings.web.host, settings.web.port)


def run_signer(settings: Settings) -> None:
    """Serve the signing role until SIGINT or SIGTERM, by TLS when there is a certificate for it."""
    os.environ[SETTINGS_VARIABLE] = settings.model_dump_json()
    signer = settings.signer
    tls = (signer.tls_certificate_file, signer.tls_key_file)
    _serve("build_signer", settings, signer.host, signer.port, tls=tls)


def _serve(
    factory: str,
    settings: Settings,
    host: str,
    port: int,
    *,
    tls: tuple[Path | None, Path | None] = (None, None),
    interface: Interfaces = Interfaces.ASGINL,
) -> None:
    certificate, key = tls
    Granian(
        f"dojang.web.server:{factory}",
        address=host,
        port=port,
        interface=interface,
        factory=True,
        workers=settings.web.workers,
        workers_kill_timeout=_STOP_LIMIT_S,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=certificate,
        ssl_key=key,
    ).serve()


def build() -> ASGIApp:
    """Return the application of one worker process. Only a process that signs itself opens the CA's key."""
    configure_logs()
    settings = load_settings()
    audiences = [Audience(one) for one in os.environ[_AUDIENCES].split(",")]
    if Audience.SUBSCRIBER not in audiences:
        office = open_office(settings)
    else:
        office = open_subscriber_office(settings) if len(audiences) == 1 else open_signer(settings)
    return create_app(office, audiences)


def build_protocols() -> RsgiServer:
    """Return the protocols' server of one worker process. It reaches delegates' keys alone."""
    configure_logs()
    return RsgiServer(create_protocols(open_office(load_settings())))


def build_signer() -> ASGIApp:
    """Return the signing role's application of one worker process."""
    configure_logs()
    return create_signer_app(open_signer(load_settings()))
