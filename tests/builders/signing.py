"""A party that asks for signatures, its office, and a customer whose device signs: in this process, real store."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import Answer, Caller, EdgeOffice
from builders.proofing import HONG, Person
from dojang.adapters.signatures.pdf_workshop import Inspect, Job, KeepEvidence, Prepare, Work, make_workshop
from dojang.adapters.signatures.reader import make_reading
from dojang.authorities import open_authority, open_delegating_authority, open_keystore
from dojang.controls.delegates.usecases import keep_delegates
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import Registration
from dojang.lifecycle.reliance.model import SignatureReading, VerificationRequest
from dojang.lifecycle.reliance.signature_request.assembly import Bench, carry_out_assemble_signature
from dojang.lifecycle.reliance.signature_request.model import AssembleSignature
from dojang.lifecycle.reliance.signature_request.ports import PreparedPdf
from dojang.pki.advanced_signature import StatusValues
from dojang.signatures import open_signature_bench

BACK = "https://shop.example/signed?from=dojang"


@dataclass(frozen=True)
class ReaderHere:
    """The reader without a process of its own."""

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return make_reading()(request)


@dataclass(frozen=True)
class WorkshopHere:
    """The PDF workshop without a process of its own."""

    work: Callable[[Job], Work] = field(default_factory=make_workshop)

    def inspect(self, pdf: bytes) -> int:
        pages = self.work(Inspect(pdf=pdf))
        assert isinstance(pages, int)
        return pages

    def prepare(self, pdf: bytes, *, reason: str, signed_at: datetime) -> PreparedPdf:
        prepared = self.work(Prepare(pdf=pdf, reason=reason, signed_at=signed_at))
        assert isinstance(prepared, PreparedPdf)
        return prepared

    def keep_evidence(self, pdf: bytes, evidence: StatusValues) -> bytes:
        kept = self.work(KeepEvidence(pdf=pdf, evidence=evidence))
        assert isinstance(kept, bytes)
        return kept


@dataclass(frozen=True)
class Holder:
    """Somebody with an account and a certificate of the office's; their device signs."""

    subscriber_id: str
    caller: Caller
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate_der: bytes
    serial: int

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def open(self, request_id: str) -> Answer:
        return self.caller("POST", f"/v1/signings/{request_id}/opening")

    def prepare(self, request_id: str, certificate_der: bytes | None = None) -> Answer:
        body = {"certificate": text(certificate_der or self.certificate_der)}
        return self.caller("POST", f"/v1/signings/{request_id}/preparation", json=body)

    def hand_in(self, request_id: str, signature: bytes) -> Answer:
        return self.caller("POST", f"/v1/signings/{request_id}/signature", json={"signature": text(signature)})

    def sign_request(self, request_id: str) -> Answer:
        """Open, prepare, look and sign, as the device does."""
        assert self.open(request_id).status == 200
        return self.hand_in(request_id, self.sign(self.checked_attributes(request_id)))

    def checked_attributes(self, request_id: str) -> bytes:
        """Return what is to be signed, once its digest is that of the document shown."""
        shown = self.caller("GET", f"/v1/signings/{request_id}").json
        prepared = self.prepare(request_id).json
        attributes = base64.b64decode(prepared["attributes"])
        digest = bytes.fromhex(shown["sha256"])
        if shown["kind"] != "digest":
            document = self.caller("GET", f"/v1/signings/{request_id}/document").content
            assert hashlib.sha256(document).hexdigest() == shown["sha256"]
            before, after = base64.b64decode(prepared["before"]), base64.b64decode(prepared["after"])
            digest = hashlib.sha256(document + before + after).digest()
        assert digest in attributes
        return attributes


@dataclass(frozen=True)
class SigningSite:
    """A registered party and how it asks."""

    edge: EdgeOffice
    registered: Registration
    caller: Caller
    bench: Bench

    @property
    def client_id(self) -> str:
        return self.registered.party.client_id

    @property
    def headers(self) -> dict[str, str]:
        pair = f"{self.client_id}:{self.registered.secret}".encode()
        return {"Authorization": f"Basic {text(pair)}"}

    def ask(self, *, key: str = "basket-0001", **changes: Any) -> Answer:
        body: dict[str, Any] = {
            "kind": "text",
            "content": text("계약: 첼로 1대".encode()),
            "purpose": "계약 체결",
            "redirect_uri": BACK,
            "state": "basket-7",
        }
        sent = {name: value for name, value in (body | changes).items() if value is not None}
        return self.caller("POST", "/v1/signature-requests", headers=self.headers | {"Idempotency-Key": key}, json=sent)

    def show(self, request_id: str) -> Answer:
        return self.caller("GET", f"/v1/signature-requests/{request_id}", headers=self.headers)

    def result(self, request_id: str) -> Answer:
        return self.caller("GET", f"/v1/signature-requests/{request_id}/result", headers=self.headers)

    def assemble(self, request_id: str) -> None:
        """Do what the worker does with the order."""
        effect = AssembleSignature(request_id=request_id)
        carry_out_assemble_signature(effect, store=self.edge.office.store, bench=self.bench, clock=self.edge.clock)

    def later(self, **by: int) -> None:
        self.edge.clock.time = self.edge.clock.now() + timedelta(**by)

    def tags(self) -> list[str]:
        """What the audit log says of signature requests, in order."""
        found = [one.tag for one in self.edge.leaves()]
        return [one.rpartition(":")[2] for one in found if one.startswith("reliance:signature_request:")]


def open_site(edge: EdgeOffice) -> SigningSite:
    """Return a party of an office with delegates, at this very moment: the ceremony's lists are of today."""
    edge.clock.time = datetime.now(UTC).replace(microsecond=0)
    workshop = WorkshopHere()
    verifier = replace(edge.office.verifier, reader=ReaderHere())
    office = replace(edge.office, verifier=verifier, workshop=workshop)
    authority = open_authority(office.settings, office.published, open_keystore(office.settings))
    keep_delegates(
        store=office.store,
        authority=open_delegating_authority(office.settings, authority),
        policy=office.settings.policy.delegates,
        chance=office.chance,
        now=edge.clock.now(),
    )
    edge = replace(edge, office=office)
    bench = open_signature_bench(
        office.settings, office.published, store=office.store, workshop=workshop, verifier=verifier
    )
    return SigningSite(edge, register(edge), edge.caller(), bench)


def register(edge: EdgeOffice, name: str = "견본 상점") -> Registration:
    """Register one more party."""
    office = edge.office
    return parties.register_party(
        name, redirect_uris=[BACK], actor="operator:1", store=office.store, chance=office.chance, now=edge.clock.now()
    )


def holder(
    edge: EdgeOffice, *, login_name: str = "gildong", who: Person = HONG, index: int = 0, rsa_signing: bool = True
) -> Holder:
    """Have the office issue for an invented person."""
    person = edge.person(login_name, who)
    edge.proofing.prove(person)
    application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
    keys = client_keys(index, rsa_signing=rsa_signing)
    request = issuance_request(application, keys, transport_spki_der=edge.office.published.transport_spki_der)
    issued = edge.office.issuing.issue(request, edge.clock.now())
    return Holder(
        subscriber_id=person.subscriber_id,
        caller=edge.caller().signed_in(edge.token(login_name)),
        key=keys.signing,
        certificate_der=issued.signing.certificate_der,
        serial=issued.signing.serial,
    )


def text(value: bytes) -> str:
    """Base64."""
    return base64.b64encode(value).decode()
