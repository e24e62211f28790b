"""The sandbox in the foreground: it starts, remembers in its file and goes when told."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

SRC = Path(__file__).parents[3] / "src"
ACCOUNT = {"bank_code": "088", "number": "110123456789", "holder_name": "가온누리", "birth_date": "1990-01-02"}


def started(port: int, file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dojang.sandbox", "127.0.0.1", str(port), str(file)]
    process = subprocess.Popen(command, env={"PYTHONPATH": str(SRC), "PATH": "/usr/bin:/bin"})
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/environment", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.02)
            continue
        return process
    raise AssertionError("did not start")


def test_it_serves_remembers_and_ends(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    file = tmp_path / "sandbox.sqlite"
    base = f"http://127.0.0.1:{port}"
    first = started(port, file)
    try:
        httpx.post(f"{base}/sandbox/bank/accounts", json=ACCOUNT, trust_env=False).raise_for_status()
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
        second = started(port, file)
        try:
            statement = httpx.get(f"{base}/bank/statement/088/110123456789.json", trust_env=False).json()
            assert statement["holder_name"] == "가온누리"
        finally:
            second.send_signal(signal.SIGINT)
            assert second.wait(20) == 0
    finally:
        first.kill()
        first.wait(20)
