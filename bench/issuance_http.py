"""How many certificates a second the whole office issues over HTTP: `python bench/issuance.py --http`.

The all-in-one office as it is served: web process, worker, sandbox, SQLite. On top of what the in-process figure has
on: HTTP, sessions, JSON and base64, the registration authority's own transaction (RRN opened, virtual ID computed,
audited), and the worker carrying the effects out beside it on the same cores. Applicants are put into the store as
identity proofing would leave them; the load comes from threads of this process, one kept connection each.
"""

import base64
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from builders.applicants import Applicant, application_of, client_keys, issuance_request
from dojang.adapters.store.transaction import SqlTransaction
from dojang.bootstrap import Office, open_office
from dojang.cli.demo.command import demo_settings
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings
from dojang.controls.access.model import Account, Role, Session
from dojang.controls.access.usecases import digest_token
from dojang.lifecycle.application.model import Application
from dojang.lifecycle.identity_proofing import rules as proofing
from dojang.lifecycle.identity_proofing.document import PersonalData
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState, CheckStatus, ProofingCase

BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """One applicant's request, ready to go."""

    path: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class EnrolmentRefused(Exception):
    """The office answered with something else than certificates."""


@dataclass(slots=True)
class HttpDesk:
    """A running office, and applicants put before its counter."""

    settings: Settings
    made: int = 0

    def make(self, count: int) -> list[Enrolment]:
        """Put `count` further identified applicants into the store; return what they will send."""
        office = open_office(self.settings)
        try:
            found: list[Enrolment] = []
            while len(found) < count:
                batch = range(self.made, self.made + min(BATCH, count - len(found)))
                self.made = batch.stop
                found += _enter(office, batch)
            return found
        finally:
            office.database.dispose()

    def run_full(self, enrolments: Iterator[Enrolment], threads: int, seconds: float) -> tuple[int, float, list[float]]:
        """Send as fast as answers come; return sets, seconds and latencies."""
        lock = threading.Lock()
        latencies: list[float] = []
        began = time.perf_counter()

        def serve() -> None:
            connection = _connect(self.settings)
            while time.perf_counter() - began < seconds:
                with lock:
                    enrolment = next(enrolments, None)
                if enrolment is None:
                    return
                start = time.perf_counter()
                _send(connection, enrolment)
                latencies.append(time.perf_counter() - start)

        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(serve) for _ in range(threads)]:
                done.result()
        return len(latencies), time.perf_counter() - began, latencies

    def run_paced(self, enrolments: list[Enrolment], threads: int, sets_per_s: float) -> list[float]:
        """Send at a steady rate; return latencies, counted from when each was due."""
        latencies: list[float] = []
        lock = threading.Lock()
        waiting = iter(enumerate(enrolments))
        began = time.perf_counter() + 0.05

        def serve() -> None:
            connection = _connect(self.settings)
            while True:
                with lock:
                    turn = next(waiting, None)
                if turn is None:
                    return
                due = began + turn[0] / sets_per_s
                time.sleep(max(0.0, due - time.perf_counter()))
                _send(connection, turn[1])
                latencies.append(time.perf_counter() - due)

        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(serve) for _ in range(threads)]:
                done.result()
        return latencies


def office_processes(directory: Path) -> tuple[Settings, OfficeProcesses]:
    """Return settings and processes of an office below `directory`, its ceremony held."""
    (directory / "office").mkdir()
    settings = demo_settings(directory)
    prepare(settings)
    return settings, OfficeProcesses(settings, log_file=directory / "office" / "log.jsonl")


def _connect(settings: Settings) -> http.client.HTTPConnection:
    address = urlsplit(settings.public_url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)


def _send(connection: http.client.HTTPConnection, enrolment: Enrolment) -> None:
    connection.request("POST", enrolment.path, enrolment.body, enrolment.headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 201:
        raise EnrolmentRefused(f"{answer.status} {content[:200]!r}")


def _enter(office: Office, batch: range) -> list[Enrolment]:
    now = office.clock.now()
    people = [(index, *_person(index, now)) for index in batch]

    def work(tx: SqlTransaction) -> None:
        for index, applicant, application in people:
            _put(tx, index, applicant, application, now)

    office.store.transact(work)
    return [_enrolment(index, application, office) for index, _, application in people]


def _person(index: int, now: datetime) -> tuple[Applicant, Application]:
    applicant = Applicant(subscriber_id=f"bench-{index:06d}", rrn=f"{index:06d}1978123")
    return applicant, application_of(applicant, id=f"bench-application-{index:06d}", opened_at=now)


def _put(tx: SqlTransaction, index: int, applicant: Applicant, application: Application, now: datetime) -> None:
    """Leave everything as sign-in and identity proofing would have left it."""
    account = Account(
        id=applicant.subscriber_id,
        login_name=applicant.subscriber_id,
        password_hash="nobody signs in with one",  # noqa: S106 - no password at all
        role=Role.SUBSCRIBER,
        language="ko",
        created_at=now,
    )
    session = Session(
        token_digest=digest_token(_token(index)),
        account_id=account.id,
        role=account.role,
        opened_at=now,
        expires_at=now + timedelta(hours=1),
        ends_at_latest=now + timedelta(hours=1),
    )
    passed = {
        check: CheckStatus(check=check, state=CheckState.PASSED, changed_at=now, evidence_id=f"{check}-{index}")
        for check in Check
    }
    case = ProofingCase(
        id=f"bench-case-{index:06d}",
        application_id=application.id,
        subscriber_id=account.id,
        kind=application.kind,
        state=CaseState.VERIFIED,
        checks=passed,
        opened_at=now,
        expires_at=application.expires_at,
        person_key=applicant.person_key,
        verified_at=now,
    )
    data = PersonalData(
        case_id=case.id,
        name=applicant.name,
        birth_date=now.date(),
        sex="M",
        phone=f"010{index:08d}",
        rrn=applicant.rrn,
        rrn_typed=False,
    )
    tx.accounts.add(account)
    tx.accounts.put_session(session)
    tx.applications.add(application)
    tx.proofing_cases.add(case)
    tx.personal_data.put(data)
    tx.verifications.add(proofing.record_verification(case, name=applicant.name, verified_hours=24, now=now))


def _token(index: int) -> str:
    return f"{index:064x}"


def _enrolment(index: int, application: Application, office: Office) -> Enrolment:
    request = issuance_request(
        application,
        client_keys.__wrapped__(index, rsa_signing=True),
        idempotency_key=f"bench-key-{index:06d}",
        transport_spki_der=office.published.transport_spki_der,
    )
    parts = {
        "signing_request": request.signing_request_der,
        "key_management_request": request.key_management_request_der,
        "sealed_r": request.sealed_r,
    }
    return Enrolment(
        path=f"/v1/applications/{application.id}/certificates",
        body=json.dumps({name: base64.b64encode(part).decode("ascii") for name, part in parts.items()}).encode(),
        headers={
            "Authorization": f"Bearer {_token(index)}",
            "Content-Type": "application/json",
            "Idempotency-Key": request.idempotency_key,
        },
    )
