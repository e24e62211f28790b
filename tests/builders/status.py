"""An office whose delegates are in office, certificates to ask about, and OpenSSL as the one who asks."""

import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import EdgeOffice
from builders.proofing import HONG, Person
from dojang.authorities import open_authority, open_delegating_authority, open_keystore
from dojang.controls.delegates.model import Delegate
from dojang.controls.delegates.usecases import keep_delegates
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.revocation import usecases as revocation
from dojang.pki.certificate import certificate_pem

ACTOR = "operator:operator-1"


def set_clock(edge: EdgeOffice) -> None:
    """Set the office's clock by this machine's: OpenSSL's `ocsp` reads no other."""
    edge.clock.time = datetime.now(UTC).replace(microsecond=0)


def appoint(edge: EdgeOffice) -> tuple[Delegate, ...]:
    """Do what the worker does at its start: make the delegates that are due, and return the new ones."""
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    return keep_delegates(
        store=edge.office.store,
        authority=open_delegating_authority(settings, authority),
        policy=settings.policy.delegates,
        chance=edge.office.chance,
        now=edge.clock.now(),
    )


def issue(edge: EdgeOffice, login_name: str = "gildong", like: Person = HONG, index: int = 0) -> CertificateSet:
    """Take an invented person as far as an issued set."""
    person = edge.person(login_name, like)
    edge.proofing.prove(person)
    application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
    spki_der = edge.office.published.transport_spki_der
    request = issuance_request(application, client_keys(index), transport_spki_der=spki_der)
    return edge.office.issuing.issue(request, edge.clock.now())


def revoke(edge: EdgeOffice, serial: int, reason: str = "keyCompromise") -> None:
    """End a set."""
    revocation.revoke(serial, reason, actor=ACTOR, store=edge.office.store, now=edge.clock.now())


def suspend(edge: EdgeOffice, serial: int) -> None:
    """Put a set on hold."""
    policy = edge.office.settings.policy.revocation
    revocation.suspend(serial, actor=ACTOR, store=edge.office.store, policy=policy, now=edge.clock.now())


def resume(edge: EdgeOffice, serial: int) -> None:
    """Lift the hold."""
    revocation.resume(serial, actor=ACTOR, store=edge.office.store, now=edge.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSsl:
    """OpenSSL in a directory of its own, with the office's certificates as files there."""

    directory: Path

    @classmethod
    def of(cls, edge: EdgeOffice, directory: Path) -> "OpenSsl":
        published = edge.office.published
        (directory / "root.pem").write_bytes(certificate_pem(published.root_der))
        (directory / "issuing.pem").write_bytes(certificate_pem(published.issuing_der))
        return cls(directory=directory)

    def keep(self, name: str, content: bytes) -> str:
        (self.directory / name).write_bytes(content)
        return name

    def keep_certificate(self, name: str, certificate_der: bytes) -> str:
        return self.keep(f"{name}.pem", certificate_pem(certificate_der))

    def __call__(self, *arguments: str) -> str:
        """Run a command and return all it says."""
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.directory, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout + done.stderr

    def ask(self, url: str, *which: str, options: tuple[str, ...] = ()) -> str:
        """Ask a responder for certificates (`name.pem`) or serial numbers (decimal), and return what it makes of it."""
        return self(
            *("ocsp", *options, "-issuer", "issuing.pem", *_asked(which), "-url", url),
            *("-CAfile", "root.pem", "-verify_other", "issuing.pem", "-respout", "response.der"),
        )

    def request(self, *which: str, options: tuple[str, ...] = ("-no_nonce",)) -> bytes:
        """Return an OCSP request in DER."""
        self("ocsp", *options, "-issuer", "issuing.pem", *_asked(which), "-reqout", "request.der")
        return (self.directory / "request.der").read_bytes()


def _asked(which: tuple[str, ...]) -> list[str]:
    return [part for one in which for part in (("-serial", f"0x{int(one):x}") if one.isdigit() else ("-cert", one))]
