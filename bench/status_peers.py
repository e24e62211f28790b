"""The peers of `bench/status.py`, each answering for the same certificates: OpenSSL, cfssl, nginx, where installed."""

import base64
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

START_LIMIT_S = 30.0

NGINX = """\
{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=ocsp:16m inactive=1h;
  upstream office {{ server 127.0.0.1:{office}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    location /ocsp/ {{
      proxy_pass http://office; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache ocsp; proxy_cache_key $request_uri; proxy_cache_lock on;
    }}
    location /static/ {{ alias {folder}/static/; }}
  }}
}}
"""


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def installed(command: str) -> bool:
    """Whether a peer is there."""
    return shutil.which(command) is not None


@contextmanager
def running(command: Sequence[str], port: int, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block is left, entered once its port answers."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        try:
            _await(port, server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def _await(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        if _is_listening(port):
            return
        time.sleep(0.05)
    raise SystemExit(f"no answer on port {port}")


def _is_listening(port: int) -> bool:
    """Whether somebody listens there, found out without connecting: OpenSSL's responder waits for who connected."""
    rows = [row.split() for kind in ("tcp", "tcp6") for row in Path("/proc/net", kind).read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


@contextmanager
def openssl_responder(folder: Path, serials: Sequence[int], revoked: frozenset[int]) -> Iterator[int]:
    """Run `openssl ocsp` over an index of the same certificates; yields its port. Files are `write_authority`'s."""
    write_index(folder / "ocsp.index", serials, revoked)
    port = free_port()
    signer = ("-rsigner", "delegate.pem", "-rkey", "delegate.key", "-CA", "issuing.pem")
    files = ("-index", "ocsp.index", *signer, "-nmin", "60", "-port", str(port))
    command = ["openssl", "ocsp", *(str(folder / one) if (folder / one).exists() else one for one in files)]
    with running(command, port):
        yield port


@contextmanager
def cfssl_responder(folder: Path, answers: Sequence[bytes]) -> Iterator[int]:
    """Run `cfssl ocspserve` over answers signed beforehand, our own; yields its port."""
    (folder / "responses").write_bytes(b"\n".join(base64.b64encode(one) for one in answers) + b"\n")
    port = free_port()
    command = ["cfssl", "ocspserve", f"-port={port}", f"-responses={folder / 'responses'}", "-loglevel=5"]
    with running(command, port):
        yield port


@contextmanager
def nginx_before(folder: Path, office_port: int, static: bytes) -> Iterator[int]:
    """Run nginx as cache before the office, with one static file of the same size; yields its port."""
    port = free_port()
    (folder / "static").mkdir()
    (folder / "static" / "answer").write_bytes(static)
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    user = "user root; " if os.geteuid() == 0 else ""  # else its processes cannot read the folder
    values = {"user": user, "folder": folder, "office": office_port, "port": port}
    configuration.write_text(NGINX.format(**values), "utf-8")
    with running(["nginx", "-c", str(configuration)], port):
        yield port


def write_index(path: Path, serials: Sequence[int], revoked: frozenset[int]) -> None:
    """Write OpenSSL's index of certificates."""
    with path.open("w", encoding="utf-8") as file:
        for serial in serials:
            text = f"{serial:X}"
            text = text if len(text) % 2 == 0 else f"0{text}"
            state = "R\t351231235959Z\t260101000000Z,keyCompromise" if serial in revoked else "V\t351231235959Z\t"
            file.write(f"{state}\t{text}\tunknown\t/CN=bench\n")
    path.with_name(f"{path.name}.attr").write_text("unique_subject = no\n", "utf-8")


def openssl_list_command(folder: Path, now: datetime) -> list[str]:
    """Return the command that makes a revocation list of `folder/ca.index` as OpenSSL does."""
    del now
    (folder / "crlnumber").write_text("02\n", "utf-8")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = bench\n[bench]\ndatabase = {folder}/ca.index\ncrlnumber = {folder}/crlnumber\n"
        "default_md = sha256\ndefault_crl_days = 1\nunique_subject = no\ncrl_extensions = list\n"
        "[list]\nauthorityKeyIdentifier = keyid\n",
        "utf-8",
    )
    files = ("-config", "ca.cnf", "-keyfile", "issuing.key", "-cert", "issuing.pem", "-out", "openssl.crl")
    return ["openssl", "ca", "-gencrl", *(one if one.startswith("-") else str(folder / one) for one in files)]
