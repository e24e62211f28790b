"""A plain HTTP load: processes that send ready-made requests one after the other, and count the answers.

The same client for every responder of `bench/status.py`, so that what it costs itself is the same for all. A connection
is kept as long as the server keeps it.
"""

import multiprocessing
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came of it. `cpu_us` is what an answer cost the server and all its children, user and system time."""

    answers_per_s: float
    failures: int
    cpu_us: float = 0.0


def get_request(path: str) -> bytes:
    """Return a GET request in octets."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\r\n".encode()


def post_request(path: str, body: bytes) -> bytes:
    """Return an OCSP POST request in octets."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/ocsp-request\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def measure(
    server: "subprocess.Popen[bytes]",
    port: int,
    requests: Sequence[bytes],
    *,
    seconds: float,
    processes: int,
    warm: bool = True,
) -> Load:
    """Send `requests` to a server for so many seconds, and half as long before it counts; what did that cost it?"""
    if warm:
        run_load(port, requests, seconds=max(1.0, seconds / 2), processes=processes)
    before_s = _cpu_s(server.pid)
    load, count = run_load(port, requests, seconds=seconds, processes=processes)
    cpu_s = _cpu_s(server.pid) - before_s
    return Load(answers_per_s=load.answers_per_s, failures=load.failures, cpu_us=cpu_s / max(1, count) * 1e6)


def _cpu_s(process_id: int) -> float:
    """Return the CPU time of a process and those it started that still run."""
    ticks = 0
    for one in _family(process_id):
        fields = Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(process_id: int) -> Iterator[int]:
    yield process_id
    for thread in Path(f"/proc/{process_id}/task").iterdir():
        for child in (thread / "children").read_text("ascii").split():
            yield from _family(int(child))


def run_load(port: int, requests: Sequence[bytes], *, seconds: float, processes: int) -> tuple[Load, int]:
    """Send `requests` in turn to a port of loopback for so many seconds; return what came of it, and how many came."""
    context = multiprocessing.get_context("fork")
    ends, tellers = zip(*(context.Pipe(duplex=False) for _ in range(processes)), strict=True)
    children = [
        context.Process(target=_send, args=(port, requests[number::processes] or requests, seconds, tellers[number]))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    told = [end.recv() for end in ends]
    for child in children:
        child.join()
    rate = sum(count / took for count, _, took in told)
    load = Load(answers_per_s=rate, failures=sum(failed for _, failed, _ in told))
    return load, sum(count for count, _, _ in told)


def _send(port: int, requests: Sequence[bytes], seconds: float, teller: Connection) -> None:
    count = failed = 0
    connection: socket.socket | None = None
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        request = requests[(count + failed) % len(requests)]
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            connection.sendall(request)
            good, kept = _receive(connection)
            count, failed = count + good, failed + (not good)
            if not kept:
                connection.close()
                connection = None
        except OSError:
            failed += 1
            connection = None
    teller.send((count, failed, time.perf_counter() - began))


def _receive(connection: socket.socket) -> tuple[bool, bool]:
    """Read one answer; return whether its status is 200, and whether the connection stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionResetError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
    while length is None or len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b" 200 " in lines[0], False
        body += piece
    kept = b"connection: close" not in lines and not lines[0].startswith(b"http/1.0")
    return b" 200 " in lines[0], kept
