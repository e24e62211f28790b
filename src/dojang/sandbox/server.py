"""The sandbox as a running server: in the foreground, or in a thread for tests and the all-in-one office."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from granian.constants import Interfaces
from granian.server.embed import Server

from dojang.sandbox.app import DEFAULT_PROMPTS, build
from dojang.sandbox.shop.registration import Registration, read_registration
from dojang.sandbox.state import State

_START_LIMIT_S = 20.0


def _server(host: str, port: int, state: State, prompts: Path, shop: Registration | None = None) -> Server:
    app = build(state, prompts, address=f"http://{host}:{port}", shop=shop)
    return Server(app, address=host, port=port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False)


def serve_sandbox(
    host: str,
    port: int,
    state_file: Path | None,
    prompts: Path = DEFAULT_PROMPTS,
    *,
    shop_file: Path | None = None,
) -> NoReturn:
    """Serve all neighbours on `host`:`port` until SIGINT or SIGTERM, then end the process (status 0).

    They remember in `state_file`, or only in memory.
    `shop_file` holds what an office gave the shop at its registration; without it there is no shop.
    """
    shop = read_registration(shop_file) if shop_file is not None and shop_file.exists() else None

    async def run() -> None:
        server = _server(host, port, state, prompts, shop)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        await server.serve()

    state = State(state_file)
    try:
        asyncio.run(run())
    finally:
        state.close()
    # Threads of the server may still be on their way back into Python. CPython before 3.14 ends a thread that comes
    # back too late by unwinding it, Rust aborts the process at that, and a clean stop would look like a crash.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


class SandboxThread:
    """The sandbox in a thread of this process: a context manager, entered once it answers."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, state_file: Path | None = None, prompts: Path = DEFAULT_PROMPTS
    ) -> None:
        self._host = host
        self._port = port or _free_port(host)
        self._state_file = state_file
        self._prompts = prompts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def base_url(self) -> str:
        """Return the root of the neighbours, for example `http://127.0.0.1:8600`."""
        return f"http://{self._host}:{self._port}"

    def __enter__(self) -> "SandboxThread":
        self._thread.start()
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline and self._thread.is_alive():
            with contextlib.suppress(OSError), socket.create_connection((self._host, self._port), timeout=1.0):
                return self
            time.sleep(0.01)
        raise RuntimeError("the sandbox did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._server is not None:
            self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(timeout=_START_LIMIT_S)

    def _run(self) -> None:
        state = State(self._state_file)

        async def run() -> None:
            self._loop = asyncio.get_running_loop()
            self._server = _server(self._host, self._port, state, self._prompts)
            await self._server.serve()

        try:
            asyncio.run(run())
        finally:
            state.close()


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
