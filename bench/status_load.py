"""A plain HTTP load: processes that send ready-made requests one after the other, and count the answers.

The same client for every responder of `bench/status.py`, so that what it costs itself is the same for all. A connection
is kept as long as the server keeps it.
"""

import multiprocessing
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came of it."""

    answers_per_s: float
    failures: int


def get_request(path: str) -> bytes:
    """Return a GET request in octets."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\r\n".encode()


def post_request(path: str, body: bytes) -> bytes:
    """Return an OCSP POST request in octets."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/ocsp-request\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run_load(port: int, requests: Sequence[bytes], *, seconds: float, processes: int) -> Load:
    """Send `requests` in turn to a port of loopback for so many seconds."""
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
    return Load(
        answers_per_s=sum(count / took for count, _, took in told), failures=sum(failed for _, failed, _ in told)
    )


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
