"""An office behind its edge, in this process: a real store on SQLite, a ceremony held once, a clock set by hand."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from starlette.types import ASGIApp

from builders.proofing import NOW, EffectLine, Person, ProofingOffice
from dojang.adapters.clock import SystemClock
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.authorities import open_authority, open_keystore
from dojang.bootstrap import Office, SignsHere, open_office
from dojang.cli.ceremony import hold
from dojang.config import Settings, parse_settings
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_in, sign_up
from dojang.controls.audit_log.leaf import Leaf
from dojang.controls.ceremony.spec_file import parse_ceremony
from dojang.web.app import Audience, create_app
from fakes.hasher import PlainHasher
from fakes.identity_proofing import FakeClock

ALL = tuple(Audience)
PASSWORD = "correct horse battery"
ADDRESS = "203.0.113.7"
# The sandbox's ceremony with quicker keys.
CEREMONY = """\
title: 시험용 키 생성 의식
place: 시험실
witnesses: [{name: 견본 참관인, role: 입회}]
root:
  key: ec-p256
  subject: {country: kr, organization: dojang, units: [DojangCA], common_name: Test Root CA}
  crl: {uri: "http://127.0.0.1:8710/crl/root.crl"}
issuing:
  key: rsa-2048
  subject: {country: kr, organization: dojang, units: [DojangCA], common_name: Test CA Class 1}
  real_name: 도장은행
  crl: {uri: "http://127.0.0.1:8710/crl/root.crl"}
  ocsp: "http://127.0.0.1:8710/ocsp"
delegates:
  - label: transport
    key: rsa-2048
    subject: {country: kr, organization: dojang, units: [DojangCA], common_name: Test Transport}
  - label: statement
    key: rsa-2048
    subject: {country: kr, organization: dojang, units: [DojangCA], common_name: Test Statements}
"""


@lru_cache(maxsize=1)
def _founded() -> "tempfile.TemporaryDirectory[str]":
    """Hold the ceremony and make the store, once per process; removed when the process ends."""
    directory = tempfile.TemporaryDirectory(prefix="dojang-founded-")
    settings = Settings(data_dir=Path(directory.name))
    settings.secrets_dir.mkdir(mode=0o700)
    # Not after the day the tests' clocks begin at, whatever day they are run; commands go by the present.
    hold(parse_ceremony(CEREMONY.encode()), settings, min(NOW, SystemClock().now()))
    database = open_office(settings).database
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return directory


def founded(directory: Path) -> Path:
    """Copy a founded office's data directory (store, keys, certificates) below `directory`, and return it."""
    return Path(shutil.copytree(_founded().name, directory / "office"))


def settings_of(data_dir: Path, **changes: Any) -> Settings:
    """Return settings of an office in `data_dir`, `changes` as in the settings file."""
    return parse_settings({"data_dir": str(data_dir), **changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    content: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The problem's code; it must be a problem document."""
        assert self.headers["content-type"] == "application/problem+json", self.content
        return str(self.json["code"])


class Caller:
    """A caller of an ASGI application. An exception out of the application is raised here."""

    def __init__(self, app: ASGIApp, *, token: str = "", address: str = ADDRESS) -> None:
        self.app = app
        self.token = token
        self.address = address

    def signed_in(self, token: str) -> "Caller":
        return Caller(self.app, token=token, address=self.address)

    def at(self, address: str) -> "Caller":
        return Caller(self.app, token=self.token, address=address)

    def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str] | Sequence[tuple[bytes, bytes]] = (), **sent: Any
    ) -> Answer:
        """Send one request; `sent` as httpx takes it (json, content)."""
        authorization = httpx.Headers({"Authorization": f"Bearer {self.token}"} if self.token else {})

        async def exchange() -> Answer:
            transport = httpx.ASGITransport(self.app, client=(self.address, 40000))
            async with httpx.AsyncClient(transport=transport, base_url="http://office.test") as client:
                got = await client.request(
                    method, path, headers=[*authorization.raw, *httpx.Headers(headers).raw], **sent
                )
                return Answer(status=got.status_code, headers=got.headers, content=got.content)

        return asyncio.run(exchange())


@dataclass(slots=True, kw_only=True)
class EdgeOffice:
    """An office, whoever calls it, and identity proofing's world around it."""

    office: Office
    clock: FakeClock
    proofing: ProofingOffice

    def app(self, audiences: Iterable[Audience] = ALL) -> ASGIApp:
        return create_app(self.office, audiences)

    def caller(self, audiences: Iterable[Audience] = ALL) -> Caller:
        return Caller(self.app(audiences))

    def add_account(self, login_name: str, role: Role = Role.SUBSCRIBER) -> str:
        """Open an account and return its id."""
        account = sign_up(
            login_name,
            PASSWORD,
            role=role,
            store=self.office.store,
            hasher=self.office.hasher,
            chance=self.office.chance,
            now=self.clock.now(),
        )
        return account.id

    def token(self, login_name: str) -> str:
        """Open a session and return its token."""
        signed_in = sign_in(
            login_name,
            PASSWORD,
            store=self.office.store,
            hasher=self.office.hasher,
            policy=self.office.settings.policy.access,
            chance=self.office.chance,
            now=self.clock.now(),
        )
        return signed_in.token

    def person(self, login_name: str, like: Person) -> Person:
        """Return the invented person `like` with an account of that login name."""
        return replace(like, subscriber_id=self.add_account(login_name))

    def leaves(self) -> list[Leaf]:
        """The audit log."""
        with self.office.database.reading() as connection:
            return [one.leaf for one in AuditLogView(connection).leaves()]

    def refusals(self) -> list[tuple[str, str, str]]:
        """Refused requests of the audit log: (actor, code, route)."""
        return [
            (one.actor, json.loads(one.data)["code"], json.loads(one.data)["route"])
            for one in self.leaves()
            if one.tag == "web:request:refused"
        ]

    def close(self) -> None:
        self.office.database.dispose()


def open_edge(data_dir: Path, **changes: Any) -> EdgeOffice:
    """Open the office in a founded `data_dir` with the CA's key in process."""
    settings = settings_of(data_dir, **changes)
    opened = open_office(settings)
    proofing = ProofingOffice(make_store=lambda line: _store_of(opened, line), policy=settings.policy.proofing)
    clock = proofing.clock
    clock.time = NOW
    proofing.secrecy = opened.cipher  # type: ignore[assignment]  # the office's own in the place of the fake
    office = replace(opened, clock=clock, hasher=PlainHasher())
    authority = open_authority(settings, office.published, open_keystore(settings))
    office = replace(office, issuing=SignsHere(office.store, authority, settings, clock))
    return EdgeOffice(office=office, clock=clock, proofing=proofing)


def framework_of(served: Any) -> FastAPI:
    """Return the application within what is served: inside the edge, and the short way before it."""
    while not isinstance(served, FastAPI):
        served = served.app
    return served


def _store_of(office: Office, line: EffectLine) -> SqlStore[SqlTransaction]:
    """The office's store as identity proofing's world uses it: its effects stand in the world's own line."""

    def enqueue(_connection: sa.Connection, emissions: Sequence[Emission]) -> None:
        line.enqueue([(one.effect, one.key, one.delay_s) for one in emissions])

    return SqlStore(
        office.database,
        begin=lambda connection: SqlTransaction(connection, office.cipher),
        append=audit_log.append,
        enqueue=enqueue,
    )
