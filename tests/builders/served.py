"""An application on a real socket, in a thread of this process."""

import asyncio
import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

_START_LIMIT_S = 20.0


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A context manager, entered once the application can be reached at `url`; `port` 0 is any free one.

    `app` is an ASGI application, or of another `interface` of Granian's.
    """

    def __init__(self, app: Any, *, port: int = 0, interface: Interfaces = Interfaces.ASGINL) -> None:
        self._app = app
        self._interface = interface
        self._port = port or free_port()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run, name="served", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "Served":
        self._thread.start()
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline and self._thread.is_alive():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1.0):
                return self
            time.sleep(0.01)
        raise RuntimeError("the application did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._server is not None:
            self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(timeout=_START_LIMIT_S)

    def _run(self) -> None:
        async def run() -> None:
            self._loop = asyncio.get_running_loop()
            self._server = Server(
                self._app,
                address="127.0.0.1",
                port=self._port,
                interface=self._interface,
                log_enabled=False,
                websockets=False,
            )
            await self._server.serve()

        asyncio.run(run())
