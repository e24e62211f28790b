"""The other side of `test_issuance_killed.py`: a process that forks issuing children and lets them be killed.

Started once: keys and imports are made before the first fork, so that a child costs milliseconds. The child that is to
die runs under a tracer and kills itself (SIGKILL, nothing is cleaned up) before the n-th line it would run of the code
between request and answer. Production code has no hook for this. Commands and answers are JSON, one a line.
"""

import hashlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from builders.applicants import Applicant, ProvenIdentities, application_of, client_keys, issuance_request
from builders.office import NOW, Office, found_office
from builders.sql_office import OfficeTransaction, enter, open_store
from dojang.adapters.chance import SystemChance
from dojang.adapters.effects.queue import EffectQueue
from dojang.adapters.effects.registry import EffectRegistry
from dojang.adapters.store.engine import open_database
from dojang.adapters.store.store import SqlStore
from dojang.controls.notices.model import NotifySubscriber
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    Application,
    ExpireApplication,
    Ration,
    RevokeCertificate,
)
from dojang.lifecycle.issuance.model import CertificateSet, IssuanceRequest
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import complete_prepared, issue
from dojang.pki.keystore import Mechanism
from fakes.memory_keystore import MemoryKeyStore

EFFECTS = EffectRegistry({"office": [AdvanceApplication, ExpireApplication, NotifySubscriber, RevokeCertificate]})
POLICY = IssuancePolicy(recovery_grace_s=0)
TRACED = ("/lifecycle/issuance/", "/adapters/store/store.py", "/adapters/store/issuance.py", "/pki/signer.py")
STEPS = ("/issuance/usecases.py", "/issuance/recording.py")
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND

Tracer = Callable[[FrameType, str, Any], Any]


class JournalingKeyStore(MemoryKeyStore):
    """Writes the digest of everything the CA key signs to a file, on disk before the signature is handed out."""

    journal: Path | None = None

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """Sign and remember."""
        signature = super().sign(label, data, mechanism)
        if self.journal is not None and label == "issuing":
            descriptor = os.open(self.journal, APPEND, 0o600)
            os.write(descriptor, hashlib.sha256(data).hexdigest().encode() + b"\n")
            os.fsync(descriptor)
            os.close(descriptor)
        return signature


class Countdown:
    """A tracer that counts lines of the traced files and kills its own process before the n-th."""

    def __init__(self, kill_at: int) -> None:
        self.lines = 0
        self.steps: list[int] = []  # those lines that orchestrate: the steps themselves
        self._kill_at = kill_at

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> Tracer | None:
        if event == "call":
            return self if any(part in frame.f_code.co_filename for part in TRACED) else None
        if event == "line":
            self.lines += 1
            if frame.f_code.co_filename.endswith(STEPS):
                self.steps.append(self.lines)
            if self.lines == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


class Victims:
    """What the commands act on."""

    def __init__(self) -> None:
        self._keystore = JournalingKeyStore()
        self._office: Office = found_office(self._keystore)
        self._identities = ProvenIdentities()
        self._requests: list[IssuanceRequest] = []
        self._database_url = ""

    def enter(self, count: int, database_url: str, journal: str) -> Any:
        """Make applicants 0 … count-1, their applications, their keys, and the requests they send and send again."""
        self._database_url = database_url
        self._keystore.journal = Path(journal)
        applications = [_application(index) for index in range(count)]
        for index, application in enumerate(applications):
            self._identities.prove(application, _applicant(index))
        self._requests = [
            issuance_request(
                application,
                client_keys(index),
                idempotency_key=f"idempotency-{index}",
                transport_spki_der=self._office.transport_spki_der,
            )
            for index, application in enumerate(applications)
        ]

        def child() -> dict[str, Any]:
            enter(open_database(self._database_url), *applications, at=NOW)
            return {"entered": count}

        return _in_child(child)

    def issue(self, index: int, kill_at: int = 0, kill_after_ms: float = 0) -> Any:
        """Issue for one applicant; die before the n-th traced line, or so long after the beginning."""

        def child() -> dict[str, Any]:
            countdown = Countdown(kill_at)
            store = self._open()
            if kill_after_ms:
                _die_after(kill_after_ms)
            if kill_at:
                sys.settrace(countdown)
            issued = self._issue(self._requests[index], store)
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_REAL, 0)
            return {"lines": countdown.lines, "steps": countdown.steps, **_described(issued)}

        return _in_child(child)

    def issue_together(self, indices: list[int], kill_after_ms: float) -> Any:
        """Issue for several at once, sharing commits, and die so long after the beginning."""

        def child() -> dict[str, Any]:
            store = self._open()
            _die_after(kill_after_ms)
            with ThreadPoolExecutor(len(indices)) as pool:
                made = list(pool.map(lambda index: self._issue(self._requests[index], store), indices))
            signal.setitimer(signal.ITIMER_REAL, 0)
            return {"issued": len(made)}

        return _in_child(child)

    def issue_to_all(self, count: int) -> Any:
        """Issue for applicants 0 … count-1, one after the other, as their clients ask again."""

        def child() -> list[dict[str, Any]]:
            store = self._open()
            return [_described(self._issue(request, store)) for request in self._requests[:count]]

        return _in_child(child)

    def recover(self) -> Any:
        """Run the recovery as a worker does at its start."""

        def child() -> dict[str, Any]:
            now = NOW + timedelta(seconds=1)
            authority = self._office.authority
            return {"concluded": complete_prepared(store=self._open(), authority=authority, policy=POLICY, now=now)}

        return _in_child(child)

    def _issue(self, request: IssuanceRequest, store: SqlStore[OfficeTransaction]) -> CertificateSet:
        return issue(
            request,
            store=store,
            authority=self._office.authority,
            virtual_ids=self._identities,
            policy=POLICY,
            ration=Ration(),
            chance=SystemChance(),
            now=NOW,
        )

    def _open(self) -> SqlStore[OfficeTransaction]:
        """Open the store, connected and ready: what is killed is issuing, not connecting."""
        database = open_database(self._database_url)
        queue = EffectQueue(database=database, registry=EFFECTS, chance=SystemChance())
        store = open_store(database, self._identities, queue.enqueue_all)
        store.read(lambda tx: tx.issuances.find_issuance(""))
        return store


def _die_after(milliseconds: float) -> None:
    # The default action of SIGALRM ends the process at once, in the middle of whatever C code is running.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)


def _applicant(index: int) -> Applicant:
    return Applicant(subscriber_id=f"subscriber-{index}", name="홍가람", rrn=f"900101197{index:04d}")


def _application(index: int) -> Application:
    return application_of(_applicant(index), id=f"application-{index}")


def _described(issued: CertificateSet) -> dict[str, Any]:
    both = issued.signing.certificate_der + issued.key_management.certificate_der
    return {
        "serials": [issued.signing.serial, issued.key_management.serial],
        "sha256": hashlib.sha256(both).hexdigest(),
    }


def _in_child(work: Callable[[], Any]) -> Any:
    """Run work in a forked child; return its answer, or how it ended without one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "wb") as stream:
                stream.write(json.dumps(work()).encode())
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(70)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"killed": os.WTERMSIG(status)}
    return json.loads(told) if told else {"failed": os.waitstatus_to_exitcode(status)}


def main() -> None:
    """Serve commands until the input ends."""
    victims = Victims()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(victims, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
