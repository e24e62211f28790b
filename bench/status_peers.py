"""The peers of `bench/status.py`, each answering for the same certificates: OpenSSL, cfssl, nginx, where installed."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_LIMIT_S = 120.0  # on a busy machine; an idle one takes a few seconds

NGINX = """\
{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; open_file_cache max=1000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=ocsp:16m inactive=1h;
  upstream office {{ server 127.0.0.1:{office}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    location /ocsp/ {{
      proxy_pass http://office; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache ocsp; proxy_cache_key $request_uri; proxy_cache_lock on;
    }}
    location /static/ {{ alias {folder}/static/; default_type application/ocsp-response; {headers} }}
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
def running(
    command: Sequence[str], port: int, env: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until the block is left, entered once its port answers; yields its process."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        try:
            _await(port, server)
            yield server
        finally:
            _stop(server)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """End a server and, where it leads a process group as `openssl ocsp -multi` does, everything it started."""
    try:
        leads = os.getpgid(server.pid) == server.pid
    except ProcessLookupError:
        leads = False
    if leads:  # its parent process does not end of a signal to itself alone
        os.killpg(server.pid, signal.SIGKILL)
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()


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
def openssl_responder(
    folder: Path, serials: Sequence[int], revoked: frozenset[int], processes: int
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run `openssl ocsp` over an index of the same certificates; yields it and its port. Files: `write_authority`."""
    write_index(folder / "ocsp.index", serials, revoked)
    port = free_port()
    signer = ("-rsigner", "delegate.pem", "-rkey", "delegate.key", "-CA", "issuing.pem")
    files = ("-index", "ocsp.index", *signer, "-nmin", "60", "-port", str(port), "-multi", str(processes))
    command = ["openssl", "ocsp", *(str(folder / one) if (folder / one).exists() else one for one in files)]
    with running(command, port) as server:
        yield server, port


@contextmanager
def cfssl_responder(folder: Path, answers: Sequence[bytes]) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run `cfssl ocspserve` over answers signed beforehand, our own; yields it and its port."""
    (folder / "responses").write_bytes(b"\n".join(base64.b64encode(one) for one in answers) + b"\n")
    port = free_port()
    command = ["cfssl", "ocspserve", f"-port={port}", f"-responses={folder / 'responses'}", "-loglevel=5"]
    with running(command, port) as server:
        yield server, port


@contextmanager
def nginx_before(
    folder: Path, office_port: int, static: Sequence[bytes], headers: Mapping[str, str]
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run nginx as cache before the office, with static files of the same bytes; yields it and its port."""
    port = free_port()
    (folder / "static").mkdir()
    for number, content in enumerate(static):
        (folder / "static" / str(number)).write_bytes(content)
    folder.chmod(0o755)
    configuration = folder / "nginx.conf"
    user = "user root; " if os.geteuid() == 0 else ""  # else its processes cannot read the folder
    added = " ".join(f'add_header {name} "{value}";' for name, value in headers.items())
    values = {"user": user, "folder": folder, "office": office_port, "port": port, "headers": added}
    configuration.write_text(NGINX.format(**values), "utf-8")
    with running(["nginx", "-c", str(configuration)], port) as server:
        yield server, port


def write_index(path: Path, serials: Sequence[int], revoked: frozenset[int]) -> None:
    """Write OpenSSL's index of certificates."""
    with path.open("w", encoding="utf-8") as file:
        for serial in serials:
            text = f"{serial:X}"
            text = text if len(text) % 2 == 0 else f"0{text}"
            state = "R\t351231235959Z\t260101000000Z,keyCompromise" if serial in revoked else "V\t351231235959Z\t"
            file.write(f"{state}\t{text}\tunknown\t/CN=bench\n")
    path.with_name(f"{path.name}.attr").write_text("unique_subject = no\n", "utf-8")


def openssl_list_command(folder: Path) -> list[str]:
    """Return the command that makes a revocation list of `folder/ca.index` as OpenSSL does."""
    (folder / "crlnumber").write_text("02\n", "utf-8")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = bench\n[bench]\ndatabase = {folder}/ca.index\ncrlnumber = {folder}/crlnumber\n"
        "default_md = sha256\ndefault_crl_days = 1\nunique_subject = no\ncrl_extensions = list\n"
        "[list]\nauthorityKeyIdentifier = keyid\n",
        "utf-8",
    )
    files = ("-config", "ca.cnf", "-keyfile", "issuing.key", "-cert", "issuing.pem", "-out", "openssl.crl")
    return ["openssl", "ca", "-gencrl", *(one if one.startswith("-") else str(folder / one) for one in files)]
