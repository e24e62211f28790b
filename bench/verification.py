"""Verifications a second beside plain pyHanko, and what hostile inputs cost: `python bench/verification.py`.

One office on SQLite; one of its customers signs one content as a bare signature, as CMS (by OpenSSL) and as PDF (by
pyHanko). Each document is verified, in this process and one thread, by our use case (reader in place, register and
root list as statuses), by our use case with its reader in a process of its own (as it is served), and by pyHanko with
its own certvalidator, which is given the same root, issuing CA and revocation lists (and told what the otherName of a
Korean certificate looks like: without that it fails on every one). Then over HTTP: `dojang serve
relying-party`, one process, every verification authenticated, counted and audited in a commit of its own.

Ours does more at each: budgets, policies, the report. Rounds alternate between all of them, and what is told is the
median of their ratios, so that a noisy machine touches all alike. Hostile inputs go through the bounded reader; told is
how long each took and with what word it ended.
"""

import argparse
import asyncio
import base64
import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms as asn1_cms
from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import async_validate_cms_signature, async_validate_pdf_signature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

from builders.applicants import application_of, client_keys, issuance_request  # noqa: E402 - the path comes first
from builders.edge import EdgeOffice, founded, open_edge  # noqa: E402
from builders.proofing import HONG  # noqa: E402
from builders.signatures import blank_pdf, repaint  # noqa: E402
from builders.status import set_clock  # noqa: E402
from dojang.adapters.register_status import RegisterStatus  # noqa: E402
from dojang.adapters.signatures.reader import PooledSignatureReader, make_reading  # noqa: E402
from dojang.adapters.trust_folder import TrustFolder  # noqa: E402
from dojang.authorities import open_authority, open_keystore  # noqa: E402
from dojang.bootstrap import open_list_maker  # noqa: E402
from dojang.config import SETTINGS_VARIABLE, Settings  # noqa: E402
from dojang.controls.relying_parties.policy import PartyPolicy  # noqa: E402
from dojang.controls.relying_parties.usecases import register_party  # noqa: E402
from dojang.kernel.errors import DojangError  # noqa: E402
from dojang.lifecycle.reliance.model import SignatureFormat, SignatureReading, VerificationRequest  # noqa: E402
from dojang.lifecycle.reliance.verification import Verifier, verify  # noqa: E402
from dojang.lifecycle.status.lists import issue_lists  # noqa: E402
from dojang.lifecycle.status.model import ListKind  # noqa: E402
from dojang.lifecycle.status.usecases import read_crl  # noqa: E402
from dojang.pki.certificate import certificate_pem  # noqa: E402
from status_load import run_load  # noqa: E402
from status_peers import free_port, running  # noqa: E402

# asn1crypto fails on the tags inside KISA's identifyData when it is asked for any otherName's value, pyHanko with it.
asn1_x509.AnotherName.native = property(lambda name: bytes(name.contents))

CONTENT = "계약서: 도장은행 정기예금 10,000,000원".encode()
ROUNDS = 5
CLIENTS = 2
WARM_UP_S = 3.0
MANY = 10**9


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A customer with a certificate of the office, and the office's certificates above it."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate_der: bytes
    issuing_der: bytes
    root_der: bytes
    crls_der: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One signed document, as we are asked about it and as pyHanko verifies it (False: it did not pass)."""

    name: str
    request: VerificationRequest = field(repr=False)
    by_pyhanko: Callable[[], bool] = field(repr=False)


@dataclass(frozen=True)
class ReaderHere:
    """The reader without a process of its own."""

    read_any: Callable[[VerificationRequest], tuple[SignatureReading, ...]] = field(default_factory=make_reading)

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return self.read_any(request)


def build_signer(edge: EdgeOffice) -> Signer:
    """Have the office issue to an invented customer, and publish its lists."""
    office = edge.office
    somebody = edge.person("gildong", HONG)
    edge.proofing.prove(somebody)
    application = replace(application_of(), id=somebody.application_id, subscriber_id=somebody.subscriber_id)
    keys = client_keys(0)
    request = issuance_request(application, keys, transport_spki_der=office.published.transport_spki_der)
    issued = office.issuing.issue(request, edge.clock.now())
    set_clock(edge)
    authority = open_authority(office.settings, office.published, open_keystore(office.settings))
    maker = open_list_maker(office, authority)
    # certvalidator wants the delta list wherever the complete one names it; there is no change yet for one to tell.
    alone = replace(maker, authority=replace(maker.authority, delta_uri=None, partition_delta_uri=None))
    made = issue_lists(alone, edge.clock.now())
    complete = next(one for one in made if one.kind is ListKind.COMPLETE)
    return Signer(
        key=keys.signing,
        certificate_der=issued.signing.certificate_der,
        issuing_der=office.published.issuing_der,
        root_der=office.published.root_der,
        crls_der=(read_crl(complete, store=office.store), office.published.root_crl_der),
    )


def build_documents(signer: Signer, folder: Path) -> tuple[Document, ...]:
    """Return the three documents."""
    bare = signer.key.sign(CONTENT, ec.ECDSA(hashes.SHA256()))
    message, pdf = sign_cms(signer, folder), sign_pdf(signer)
    return (
        Document(
            name="bare",
            request=VerificationRequest(
                format=SignatureFormat.PKCS1, signature=bare, content=CONTENT, certificate_der=signer.certificate_der
            ),
            by_pyhanko=lambda: _bare_by_pyhanko(signer, bare),
        ),
        Document(
            name="CMS",
            request=VerificationRequest(format=SignatureFormat.CMS, signature=message),
            by_pyhanko=lambda: _cms_by_pyhanko(signer, message),
        ),
        Document(
            name="PDF",
            request=VerificationRequest(format=SignatureFormat.PDF, signature=pdf),
            by_pyhanko=lambda: _pdf_by_pyhanko(signer, pdf),
        ),
    )


def sign_cms(signer: Signer, folder: Path) -> bytes:
    """Return SignedData with its content inside, made by OpenSSL."""
    key_pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {"key": key_pem, "cert": certificate_pem(signer.certificate_der), "content": CONTENT}
    for name, value in {**files, "above": certificate_pem(signer.issuing_der)}.items():
        (folder / name).write_bytes(value)
    command = "openssl cms -sign -binary -nodetach -in content -signer cert -inkey key -certfile above -outform DER"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=True).stdout


def sign_pdf(signer: Signer) -> bytes:
    """Return a PDF of one page with a PAdES signature, made by pyHanko."""
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(signer.issuing_der))
    key_der = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    by = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(signer.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(key_der),
        cert_registry=store,
    )
    out = io.BytesIO()
    meta = signers.PdfSignatureMetadata(field_name="Signature1", subfilter=fields.SigSeedSubFilter.PADES)
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(blank_pdf())), meta, signer=by, output=out)
    return out.getvalue()


def _context(signer: Signer) -> ValidationContext:
    """Return what pyHanko's validator is given: made anew each time, for it remembers what it validated."""
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(signer.root_der)],
        other_certs=[asn1_x509.Certificate.load(signer.issuing_der)],
        crls=[asn1_crl.CertificateList.load(one) for one in signer.crls_der],
        allow_fetching=False,
        revocation_mode="hard-fail",
    )


def _bare_by_pyhanko(signer: Signer, signature: bytes) -> bool:
    """Its library has no bare signatures: the signature by `cryptography`, the path by its certvalidator."""
    parsed = x509.load_der_x509_certificate(signer.certificate_der)
    key = parsed.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, CONTENT, ec.ECDSA(hashes.SHA256()))
    certificate = asn1_x509.Certificate.load(signer.certificate_der)
    validator = CertificateValidator(certificate, validation_context=_context(signer))
    asyncio.run(validator.async_validate_usage({"digital_signature"}))
    return True


def _cms_by_pyhanko(signer: Signer, message: bytes) -> bool:
    signed = asn1_cms.ContentInfo.load(message)["content"]
    status = asyncio.run(async_validate_cms_signature(signed, validation_context=_context(signer)))
    return bool(status.valid and status.trusted)


def _pdf_by_pyhanko(signer: Signer, pdf: bytes) -> bool:
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    status = asyncio.run(async_validate_pdf_signature(embedded, signer_validation_context=_context(signer)))
    return bool(status.valid and status.trusted and status.intact)


def per_second(act: Callable[[], bool], seconds: float) -> float:
    """Return how often a second `act` is done, one after the other. Raises `SystemExit` when it does not pass."""
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds or not count:
        if not act():
            raise SystemExit("a document did not pass: nothing to measure")
        count += 1
    return count / took


def in_process(edge: EdgeOffice, documents: tuple[Document, ...], seconds: float) -> dict[str, Any]:
    """Return verifications a second of ours and pyHanko's, in rounds that alternate, and the median of the ratios."""
    office = edge.office
    trust = TrustFolder(office.published, None)
    sources = (RegisterStatus(office.store, office.published),)
    pooled = PooledSignatureReader(workers=1, timeout_s=office.settings.policy.reliance.reading_timeout_s)
    here = Verifier(reader=ReaderHere(), trust=trust, sources=sources)
    served = Verifier(reader=pooled, trust=trust, sources=sources)

    def passes(request: VerificationRequest, verifier: Verifier) -> bool:
        reports = verify(request, verifier=verifier, now=edge.clock.now())
        return bool(reports) and all(one.sub_indication is None for one in reports)

    figures: dict[str, Any] = {}
    try:
        for one in documents:
            acts: dict[str, Callable[[], bool]] = {
                "dojang": lambda one=one: passes(one.request, here),
                "dojang, read in a process of its own": lambda one=one: passes(one.request, served),
                "pyHanko": one.by_pyhanko,
            }
            for act in acts.values():
                act()  # imports and first uses
            rounds = [{name: per_second(act, seconds / ROUNDS) for name, act in acts.items()} for _ in range(ROUNDS)]
            figures[one.name] = _told(rounds)
    finally:
        pooled.close()
    return figures


def _told(rounds: list[dict[str, float]]) -> dict[str, Any]:
    told: dict[str, Any] = {f"{name}, per second": _median(one[name] for one in rounds) for name in rounds[0]}
    for name in rounds[0]:
        if name != "pyHanko":
            told[f"{name} : pyHanko"] = _median(one[name] / one["pyHanko"] for one in rounds)
    return told


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 2)


def over_http(settings: Settings, edge: EdgeOffice, documents: tuple[Document, ...], seconds: float) -> dict[str, Any]:
    """Return verifications a second over HTTP, a commit each. Raises `SystemExit` when one is not answered 200."""
    office = edge.office
    party = register_party("bench", actor="operator:b", store=office.store, chance=office.chance, now=edge.clock.now())
    credentials = base64.b64encode(f"{party.party.client_id}:{party.secret}".encode()).decode()
    figures: dict[str, Any] = {}
    with serving(settings):
        for one in documents:
            sent = _request(one.request, credentials)
            run_load(settings.web.port, [sent], seconds=WARM_UP_S, processes=CLIENTS)  # its readers start
            load, _ = run_load(settings.web.port, [sent], seconds=seconds, processes=CLIENTS)
            if load.failures:
                raise SystemExit(f"{load.failures} verifications over HTTP were not answered")
            figures[f"{one.name}, per second"] = round(load.answers_per_s, 2)
    return figures


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """Run the relying parties' role."""
    environment = {**os.environ, SETTINGS_VARIABLE: settings.model_dump_json()}
    command = [sys.executable, "-m", "dojang.cli", "serve", "relying-party"]
    with running(command, settings.web.port, environment):
        yield


def _request(request: VerificationRequest, credentials: str) -> bytes:
    values = {"signature": request.signature, "content": request.content, "certificate": request.certificate_der}
    given = {name: base64.b64encode(one).decode() for name, one in values.items() if one is not None}
    body = json.dumps({"format": request.format.value, **given}).encode()
    head = (
        "POST /v1/verifications HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n"
        f"Authorization: Basic {credentials}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def hostile_inputs(documents: tuple[Document, ...], max_bytes: int) -> Mapping[str, VerificationRequest]:
    """Return inputs made to cost more than they should."""
    message, pdf = (one.request.signature for one in documents if one.name != "bare")
    key = ec.generate_private_key(ec.SECP256R1())
    forest = tuple(_same_named(number, key) for number in range(64))
    changed = pdf
    for _ in range(100):
        changed = repaint(changed)
    return {
        "junk of the largest size": VerificationRequest(
            format=SignatureFormat.PDF, signature=hashlib.shake_256(b"junk").digest(max_bytes)
        ),
        "a PDF changed a hundred times since": VerificationRequest(format=SignatureFormat.PDF, signature=changed),
        "a PDF that ends ten thousand times": VerificationRequest(
            format=SignatureFormat.PDF, signature=pdf + b"\nstartxref\n9\n%%EOF" * 10_000
        ),
        "sets within sets, a hundred thousand deep": VerificationRequest(
            format=SignatureFormat.CMS, signature=b"\x31\x80" * 100_000
        ),
        "a message beside 64 issuers of one name": VerificationRequest(
            format=SignatureFormat.CMS, signature=message, certificates_der=forest
        ),
        "a stranger below 64 issuers of one name": VerificationRequest(
            format=SignatureFormat.PKCS1,
            signature=key.sign(CONTENT, ec.ECDSA(hashes.SHA256())),
            content=CONTENT,
            certificate_der=forest[0],
            certificates_der=forest[1:],
        ),
        "a message cut off in the middle": VerificationRequest(
            format=SignatureFormat.CMS, signature=message[: len(message) // 2]
        ),
    }


def _same_named(number: int, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return one of many CA certificates of one key and one name: each may have been issued by any other."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "one of many")])
    moment = datetime(2026, 1, 1)  # noqa: DTZ001 - X.509 builders take naive UTC
    builder = x509.CertificateBuilder(name, name, key.public_key(), number + 1, moment, moment + timedelta(days=9999))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def hostile(edge: EdgeOffice, documents: tuple[Document, ...]) -> dict[str, Any]:
    """Return for each hostile input the seconds it took and how it ended, the allowance beside them."""
    office, policy = edge.office, edge.office.settings.policy.reliance
    pooled = PooledSignatureReader(workers=1, timeout_s=policy.reading_timeout_s)
    trust, sources = TrustFolder(office.published, None), (RegisterStatus(office.store, office.published),)
    verifier = Verifier(reader=pooled, trust=trust, sources=sources)
    figures: dict[str, Any] = {"allowed for reading, s": policy.reading_timeout_s}
    try:
        verify(documents[0].request, verifier=verifier, now=edge.clock.now())  # its process starts
        for name, request in hostile_inputs(documents, policy.max_bytes).items():
            began = time.perf_counter()
            try:
                reports = verify(request, verifier=verifier, now=edge.clock.now())
                ended = ", ".join(one.sub_indication or one.indication for one in reports)
            except DojangError as refused:
                ended = refused.code
            figures[name] = {"seconds": round(time.perf_counter() - began, 2), "ended": ended}
    finally:
        pooled.close()
    return figures


def report(figures: dict[str, Any]) -> None:
    """Print what was found, and keep it as JSON."""
    for part, found in figures.items():
        print(part)
        for name, one in found.items():
            print(f"  {name:45} {one if isinstance(one, float) else json.dumps(one)}")
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "verification.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each figure")
    parser.add_argument("--smoke", action="store_true", help="small numbers, to see that everything runs")
    chosen = parser.parse_args()
    seconds = 0.5 if chosen.smoke else chosen.seconds
    with tempfile.TemporaryDirectory(prefix="dojang-bench-") as name:
        folder = Path(name)
        edge = open_edge(founded(folder / "office"), web={"port": free_port()})
        signer = build_signer(edge)
        documents = build_documents(signer, folder)
        settings = edge.office.settings
        # The figure is what verifying costs, not what one party is allowed.
        unlimited = settings.policy.model_copy(update={"relying_parties": PartyPolicy(verifications_per_minute=MANY)})
        figures = {f"in process, {document}": found for document, found in in_process(edge, documents, seconds).items()}
        figures["over HTTP"] = over_http(settings.model_copy(update={"policy": unlimited}), edge, documents, seconds)
        figures["hostile inputs"] = hostile(edge, documents)
        edge.close()
    report(figures)


if __name__ == "__main__":
    main()
