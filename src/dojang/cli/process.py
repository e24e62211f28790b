"""One process of the all-in-one office: `python -m dojang.cli.process ROLE`.

Imports what its role needs and nothing else: the whole command line takes seconds to load, and three processes start
beside each other. Settings come from the parent (see `config.SETTINGS_VARIABLE`).
"""

import signal
import sys
import threading
import time

from dojang.config import Settings, load_settings

RESTART_PAUSE_S = 1.0


def run_sandbox(settings: Settings) -> None:
    """Serve the simulated neighbours until SIGINT or SIGTERM."""
    from dojang.sandbox.server import serve_sandbox

    serve_sandbox(
        settings.web.host, settings.web.sandbox_port, settings.data_dir / "sandbox.db", shop_file=settings.shop_file
    )


def run_worker(settings: Settings) -> None:
    """Carry effects out until SIGINT or SIGTERM; a worker that lost its seat takes another."""
    from dojang.logs import configure_logs
    from dojang.worker import work

    configure_logs()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not work(settings, stop) and not stop.is_set():
        time.sleep(RESTART_PAUSE_S)


def run_web(settings: Settings) -> None:
    """Serve every audience from one process until SIGINT or SIGTERM."""
    from dojang.web import server

    server.run(settings, ("subscriber", "operator", "relying-party", "protocols"))


ROLES = {"sandbox": run_sandbox, "worker": run_worker, "web": run_web}


if __name__ == "__main__":
    ROLES[sys.argv[1]](load_settings())
