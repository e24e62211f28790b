"""Process roles as real processes: only the signing role has the key; who serves subscribers asks it over TLS."""

import base64
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import PASSWORD, EdgeOffice, founded, open_edge
from builders.proofing import HONG, Person
from builders.served import free_port
from builders.status import OpenSsl, appoint, issue
from dojang.adapters.secrecy.password_hash import Argon2Hasher
from dojang.config import SETTINGS_VARIABLE, Settings, parse_settings

START_LIMIT_S = 60.0
SECRET = "x" * 40


def tls_files(directory: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine's loopback, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "tls.pem", directory / "tls.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    certificate, key = tls_files(tmp_path)
    secret = tmp_path / "signer.secret"
    secret.write_text(SECRET + "\n", "utf-8")
    ports = free_port(), free_port()
    return parse_settings(
        {
            "data_dir": str(founded(tmp_path)),
            "web": {"port": ports[0]},
            "signer": {
                "url": f"https://127.0.0.1:{ports[1]}",
                "port": ports[1],
                "secret_file": str(secret),
                "tls_certificate_file": str(certificate),
                "tls_key_file": str(key),
                "tls_ca_file": str(certificate),
            },
        }
    )


@pytest.fixture
def proven(settings: Settings, tmp_path: Path) -> Iterator[tuple[EdgeOffice, Person]]:
    """The office's store with a person who has proven who she is, a moment ago."""
    edge = open_edge(settings.data_dir)
    edge.clock.time = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    edge.office = replace(edge.office, hasher=Argon2Hasher())
    person = edge.person("gildong", HONG)
    edge.proofing.prove(person)
    yield edge, person
    edge.close()


@pytest.fixture
def served(settings: Settings, proven: object, tmp_path: Path) -> Iterator[Settings]:
    """The signing role, then the subscribers' role with the CA's keys out of its reach."""
    base = {key: value for key, value in os.environ.items() if not key.startswith("DOJANG_")}
    signer = _start("signer", {**base, SETTINGS_VARIABLE: settings.model_dump_json()}, tmp_path)
    authority = settings.authority.model_copy(update={"passphrase_file": tmp_path / "nowhere"})
    keyless = settings.model_copy(update={"authority": authority})
    subscriber = _start("subscriber", {**base, SETTINGS_VARIABLE: keyless.model_dump_json()}, tmp_path)
    try:
        _await(f"{settings.signer.url}/readyz", trust_of(settings))
        _await(f"{settings.local_url}/readyz")
        yield settings
    finally:
        for one in (subscriber, signer):
            one.terminate()
            one.wait(timeout=120)


def trust_of(settings: Settings) -> ssl.SSLContext:
    """Trust in the signing role's certificate alone."""
    return ssl.create_default_context(cafile=settings.signer.tls_ca_file)


def _start(role: str, environment: dict[str, str], directory: Path) -> "subprocess.Popen[bytes]":
    with (directory / f"{role}.log").open("wb") as log:
        command = [sys.executable, "-m", "dojang.cli", "serve", role]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _await(url: str, trusted: ssl.SSLContext | bool = True) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, verify=trusted, trust_env=False, timeout=5.0).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {url}")


def test_a_subscriber_enrols_where_no_key_is(served: Settings, proven: tuple[EdgeOffice, Person]) -> None:
    edge, person = proven
    request = issuance_request(
        replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id),
        client_keys(0),
        transport_spki_der=edge.office.published.transport_spki_der,
    )
    body = {
        "signing_request": base64.b64encode(request.signing_request_der).decode(),
        "key_management_request": base64.b64encode(request.key_management_request_der).decode(),
        "sealed_r": base64.b64encode(request.sealed_r).decode(),
    }
    path = f"/v1/applications/{person.application_id}/certificates"
    with httpx.Client(base_url=served.local_url, trust_env=False, timeout=30.0) as http:
        session = http.post("/v1/sessions", json={"login_name": "gildong", "password": PASSWORD})
        assert session.status_code == 201, session.text
        headers = {"Authorization": f"Bearer {session.json()['token']}", "Idempotency-Key": "enrol-12345"}
        first = http.post(path, json=body, headers=headers)
        assert first.status_code == 201, first.text
        assert http.post(path, json=body, headers=headers).json() == first.json()
        refused = http.post(path, json={**body, "sealed_r": "AAAA"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "issuance.idempotency_key_reused")
    issued = x509.load_der_x509_certificate(base64.b64decode(first.json()["signing"]["certificate"]))
    issued.verify_directly_issued_by(x509.load_der_x509_certificate(edge.office.published.issuing_der))
    # The signing role lets nobody else in.
    with httpx.Client(base_url=served.signer.url, trust_env=False, verify=trust_of(served)) as http:
        assert http.post("/v1/issuances", json={}).status_code == 401
        assert http.post("/v1/issuances", json={}, headers={"Authorization": "Bearer guess"}).status_code == 401


def test_protocols_answer_with_a_delegates_key_and_never_open_the_cas(settings: Settings, tmp_path: Path) -> None:
    edge = open_edge(settings.data_dir)
    edge.clock.time = datetime.now(UTC).replace(microsecond=0)
    appoint(edge)
    issued = issue(edge)
    edge.close()
    keys = settings.authority_dir / "keys"
    keys.rename(tmp_path / "offline")
    (settings.secrets_dir / "keystore.passphrase").unlink()
    base = {key: value for key, value in os.environ.items() if not key.startswith("DOJANG_")}
    protocols = _start("protocols", {**base, SETTINGS_VARIABLE: settings.model_dump_json()}, tmp_path)
    try:
        _await(f"{settings.local_url}/readyz")
        judge = OpenSsl.of(edge, tmp_path)
        judge.keep_certificate("leaf", issued.signing.certificate_der)
        said = judge.ask(f"{settings.local_url}/ocsp", "leaf.pem")
        assert "Response verify OK" in said
        assert "leaf.pem: good" in said
        assert not keys.exists()
        # What it can reach holds delegates' keys alone.
        assert {one.name.split("-")[0] for one in (settings.delegates_dir / "keys").glob("*.key.pem")} <= {
            "ocsp",
            "tsa",
        }
    finally:
        protocols.terminate()
        protocols.wait(timeout=120)


def test_a_process_told_to_stop_while_it_starts_stops(settings: Settings, tmp_path: Path) -> None:
    """The worker inside is forked and does not listen to signals yet: nobody may wait for it for ever."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DOJANG_")}
    starting = _start("signer", {**environment, SETTINGS_VARIABLE: settings.model_dump_json()}, tmp_path)
    try:
        while not _has_worker(starting.pid):
            assert starting.poll() is None, "it ended by itself"
            time.sleep(0.005)
        starting.terminate()
        starting.wait(timeout=60)
    finally:
        starting.kill()
        starting.wait()


def _has_worker(pid: int) -> bool:
    """Whether a process has forked one like itself."""
    own = Path(f"/proc/{pid}/cmdline").read_bytes()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return any(_command_of(child) == own for child in children)


def _command_of(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # gone meanwhile
        return b""
