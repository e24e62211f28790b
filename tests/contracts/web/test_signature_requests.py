"""Asking for signatures: what comes back is judged by pyHanko, OpenSSL and pdfsig, which fetch nothing."""

import hashlib
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

from builders.edge import founded, open_edge
from builders.signatures import blank_pdf, sign_pdf
from builders.signatures import person as stranger
from builders.signing import BACK, Holder, SigningSite, holder, open_site, register, text
from dojang.lifecycle.reliance.signature_request.assembly import tidy
from dojang.lifecycle.revocation import usecases as revocation
from dojang.pki.certificate import certificate_pem
from dojang.sandbox.shop.signed_pdf import know_virtual_ids

know_virtual_ids()  # as every site does that has pyHanko judge our certificates

TEXT = "계약: 첼로 1대, 3,200,000원".encode()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SigningSite]:
    edge = open_edge(founded(tmp_path))
    yield open_site(edge)
    edge.close()


@pytest.fixture
def person(site: SigningSite) -> Holder:
    return holder(site.edge)


def completed(site: SigningSite, person: Holder, **asked: object) -> tuple[str, bytes]:
    """Ask, sign and assemble; return id and result."""
    answer = site.ask(**asked)
    assert answer.status == 201, answer.content
    request_id = answer.json["id"]
    signed = person.sign_request(request_id)
    assert (signed.status, signed.json["state"]) == (202, "signed")
    site.assemble(request_id)
    assert site.show(request_id).json["state"] == "completed", site.show(request_id).json
    result = site.result(request_id)
    assert result.status == 200
    return request_id, result.content


# --- what comes back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rsa_signing", [True, False])
def test_a_pdf_comes_back_signed_for_the_long_term(site: SigningSite, rsa_signing: bool) -> None:
    person = holder(site.edge, rsa_signing=rsa_signing)
    contract = blank_pdf()
    request_id, signed = completed(
        site, person, kind="pdf", content=text(contract), amount_krw=3_200_000, file_name="계약서.pdf"
    )
    assert signed.startswith(contract)
    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    (embedded,) = reader.embedded_regular_signatures
    assert embedded.sig_object["/Reason"] == "계약 체결 (KRW 3,200,000)"
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "signing_time" not in [one["type"].native for one in embedded.signer_info["signed_attrs"]]
    # what pyHanko may look at is in the document, but for the root
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [x509.Certificate.load(site.edge.office.published.root_der)],
            "allow_fetching": False,
            "revocation_mode": "require",
        }
    )
    status = validate_pdf_signature(embedded, context)
    assert status.bottom_line, status.summary()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    body = {"format": "pdf", "signature": text(signed)}
    ours = site.caller("POST", "/v1/verifications", headers=site.headers, json=body).json
    assert ours["passed"] is True
    assert ours["verifications"][0]["signer"]["serial"] == str(person.serial)
    shown = site.show(request_id).json
    assert shown["signed_by"]["serial"] == str(person.serial)
    assert (shown["pages"], shown["sha256"]) == (1, hashlib.sha256(contract).hexdigest())


def test_pdfsig_finds_the_signature_valid(site: SigningSite, person: Holder, tmp_path: Path) -> None:
    """Of the certificate pdfsig tells nothing that can be used: see docs/divergences.md, and the next test."""
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    _, signed = completed(site, person, kind="pdf", content=text(blank_pdf()))
    altered = signed.replace(b"contract", b"contracT", 1)
    assert altered != signed
    for content, verdict in ((signed, "Signature is Valid."), (altered, "Digest Mismatch.")):
        (tmp_path / "signed.pdf").write_bytes(content)
        command = ["pdfsig", "-nocert", str(tmp_path / "signed.pdf")]
        surroundings = os.environ | {"HOME": str(tmp_path)}  # where it keeps a database of its own
        told = subprocess.run(command, check=False, capture_output=True, text=True, env=surroundings).stdout
        assert f"Signature Validation: {verdict}" in told
        assert "ETSI.CAdES.detached" in told


@pytest.mark.parametrize("rsa_signing", [True, False])
def test_nss_trusts_the_signer_below_our_root_and_nobody_elses(
    site: SigningSite, tmp_path: Path, rsa_signing: bool
) -> None:
    """The library that pdfsig asks, by its own tool: path and policy, for a signer of messages."""
    if shutil.which("vfychain") is None or shutil.which("certutil") is None:
        pytest.skip("vfychain and certutil (libnss3-tools) are not installed")
    signer, published = holder(site.edge, rsa_signing=rsa_signing), site.edge.office.published
    for name, der in (("leaf", signer.certificate_der), ("ca", published.issuing_der), ("root", published.root_der)):
        (tmp_path / name).write_bytes(certificate_pem(der))
    policy = f"{site.edge.office.settings.authority.arc}.1.1"

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)

    def verdict(database: str, required: str) -> int:
        path = ("-a", "-u", "4", "-o", f"OID.{required}", "leaf", "ca")
        return run("vfychain", "-pp", "-d", f"sql:{database}", *path).returncode

    for database in ("empty", "trusting"):
        (tmp_path / database).mkdir()
        assert run("certutil", "-N", "-d", f"sql:{database}", "--empty-password").returncode == 0
    added = run("certutil", "-A", "-d", "sql:trusting", "-n", "root", "-t", ",C,", "-a", "-i", "root")
    assert added.returncode == 0, added.stderr
    assert verdict("trusting", policy) == 0
    assert verdict("trusting", f"{policy}.9") != 0
    assert verdict("empty", policy) != 0


def test_a_text_comes_back_inside_a_message_that_openssl_verifies(
    site: SigningSite, person: Holder, tmp_path: Path
) -> None:
    _, message = completed(site, person, content=text(TEXT))
    (tmp_path / "message").write_bytes(message)
    published = site.edge.office.published
    (tmp_path / "root").write_bytes(certificate_pem(published.root_der))
    read = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", "message", "-CAfile", "root",
         "-purpose", "any"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    assert read.stdout == TEXT
    shown = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "message"],
        cwd=tmp_path, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    assert "id-smime-aa-timeStampToken" in shown
    body = {"format": "cms", "signature": text(message)}
    (report,) = site.caller("POST", "/v1/verifications", headers=site.headers, json=body).json["verifications"]
    assert report["indication"] == "PASSED"
    assert report["proven_at"] is not None


def test_a_digest_comes_back_as_a_message_without_content(site: SigningSite, person: Holder) -> None:
    digest = hashlib.sha256(TEXT).hexdigest()
    _, message = completed(site, person, kind="digest", content=None, sha256=digest)
    body = {"format": "cms", "signature": text(message), "content": text(TEXT)}
    assert site.caller("POST", "/v1/verifications", headers=site.headers, json=body).json["passed"] is True
    other = body | {"content": text(TEXT + b"0")}
    assert site.caller("POST", "/v1/verifications", headers=site.headers, json=other).json["passed"] is False


def test_the_message_alone_proves_the_status_when_nobody_can_be_asked(site: SigningSite, person: Holder) -> None:
    _, message = completed(site, person, content=text(TEXT))
    signed_data = cms.ContentInfo.load(message)["content"]
    kinds = sorted(choice.name for choice in signed_data["crls"])
    assert kinds == ["crl", "other", "other"]
    answers = [one.chosen["other_rev_info"] for one in signed_data["crls"] if one.name == "other"]
    told = [one["response_bytes"]["response"].parsed["tbs_response_data"]["responses"][0] for one in answers]
    assert {one["cert_status"].name for one in told} == {"good"}
    assert person.serial in [one["cert_id"]["serial_number"].native for one in told]


def test_a_party_is_told_of_the_end_in_its_feed(site: SigningSite, person: Holder) -> None:
    done, _ = completed(site, person)
    declined = site.ask(key="basket-0002").json["id"]
    person.open(declined)
    person.caller("POST", f"/v1/signings/{declined}/refusal")
    feed = site.caller("GET", "/v1/events", headers=site.headers).json
    told = [(one["type"], one["reference"], one["data"]) for one in feed["events"]]
    assert told == [
        ("signature.completed", f"signature:{done}", {"id": done, "state": "completed"}),
        ("signature.declined", f"signature:{declined}", {"id": declined, "state": "declined"}),
    ]


def test_who_signed_may_be_written_to_and_nobody_else(site: SigningSite, person: Holder) -> None:
    def recipient() -> tuple[int, str]:
        answer = site.caller("GET", f"/v1/recipients/{person.serial}", headers=site.headers)
        return answer.status, answer.json.get("code", "")

    declined = site.ask(key="basket-0002").json["id"]
    person.open(declined)
    person.caller("POST", f"/v1/signings/{declined}/refusal")
    signed = site.ask().json["id"]
    person.sign_request(signed)
    assert recipient() == (404, "recipient.unknown"), "neither opening nor signing alone tells the party who it is"
    site.assemble(signed)
    with site.edge.office.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT client_id, subscriber_id, source FROM acquaintance").all()
    assert kept == [(site.client_id, person.subscriber_id, "signature")]


# --- who asks, and how -----------------------------------------------------------------------------------------------


def test_the_whole_road_is_audited_and_says_nothing_of_the_content(site: SigningSite, person: Holder) -> None:
    request_id, _ = completed(site, person)
    assert site.tags() == ["asked", "opened", "prepared", "signed", "completed", "fetched"]
    log = " ".join(f"{one.subject} {one.data}" for one in site.edge.leaves())
    assert request_id in log
    assert "계약" not in log
    with site.edge.office.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM signature_request_part").all()
    assert all("첼로".encode() not in bytes(row.sealed) and b"contract" not in bytes(row.sealed) for row in kept)


def test_the_same_key_is_the_same_request(site: SigningSite) -> None:
    first, again = site.ask(), site.ask()
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    other = site.ask(purpose="다른 계약")
    assert (other.status, other.code) == (409, "signature_request.idempotency_key_reused")
    assert site.ask(key="basket-0002").json["id"] != first.json["id"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"redirect_uri": "https://evil.example/"}, 422, "signature_request.return_address_unknown"),
        ({"expires_in_minutes": 100_000}, 422, "signature_request.wait_too_long"),
        ({"kind": "pdf"}, 422, "signature_document.malformed"),
        ({"content": text(b"\xff\xfe")}, 422, "signature_document.malformed"),
        ({"content": text(b"  ")}, 422, "signature_document.malformed"),
        ({"content": text("pay 1\u202e0001".encode())}, 422, "signature_document.malformed"),
        ({"content": text(b"a" * 200_001)}, 413, "signature_document.too_large"),
        ({"content": "not base64"}, 400, "request.malformed"),
        ({"kind": "digest"}, 400, "request.malformed"),
        ({"sha256": "0" * 64}, 400, "request.malformed"),
        ({"purpose": ""}, 400, "request.malformed"),
        ({"purpose": "a\nb"}, 400, "request.malformed"),
        ({"amount_krw": -1}, 400, "request.malformed"),
        ({"surplus": 1}, 400, "request.malformed"),
        ({"key": "short"}, 400, "request.malformed"),
    ],
)
def test_what_cannot_be_asked_has_a_code_and_is_audited(
    site: SigningSite, changes: dict[str, object], status: int, code: str
) -> None:
    answer = site.ask(**changes)  # type: ignore[arg-type]  # some are wrong on purpose
    assert (answer.status, answer.code) == (status, code)
    assert site.edge.refusals()[-1][:2] == (f"relying_party:{site.client_id}", code)


def test_a_party_sees_its_own_requests_only(site: SigningSite) -> None:
    request_id = site.ask().json["id"]
    other = SigningSite(site.edge, register(site.edge, "다른 상점"), site.caller, site.bench)
    assert (other.show(request_id).status, other.show(request_id).code) == (404, "signature_request.not_found")
    assert other.result(request_id).status == 404
    assert site.show("0" * 32).status == 404


def test_a_party_has_a_quota(site: SigningSite) -> None:
    answers = [site.ask(key=f"basket-{number:04}").status for number in range(61)]
    assert answers == [201] * 60 + [429]


def test_there_is_no_result_before_it_is_completed(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    assert site.result(request_id).code == "signature_request.not_ready"
    person.sign_request(request_id)
    assert site.result(request_id).json["fields"] == {"state": "signed"}


# --- the customer ---------------------------------------------------------------------------------------------------


def test_a_customer_sees_who_asks_for_what(site: SigningSite, person: Holder) -> None:
    asked = site.ask(amount_krw=3_200_000).json
    assert asked["address"] == f"{site.edge.office.settings.public_url}/s/{asked['id']}"
    shown = person.open(asked["id"]).json
    assert (shown["party"], shown["purpose"], shown["amount_krw"]) == ("견본 상점", "계약 체결", 3_200_000)
    assert (shown["state"], shown["return_host"], shown["location"]) == ("bound", "shop.example", None)
    document = person.caller("GET", f"/v1/signings/{asked['id']}/document")
    assert hashlib.sha256(document.content).hexdigest() == shown["sha256"]
    assert document.headers["content-disposition"] == "attachment"


def test_a_request_belongs_to_whoever_opens_it_first(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    other_token = (site.edge.add_account("someone.else"), site.edge.token("someone.else"))[1]
    other = person.caller.signed_in(other_token)
    assert other("GET", f"/v1/signings/{request_id}").code == "signature_request.somebody_elses"
    assert person.open(request_id).status == 200
    assert person.open(request_id).status == 200
    for method, path in (("POST", "/opening"), ("GET", ""), ("GET", "/document"), ("POST", "/refusal")):
        refused = other(method, f"/v1/signings/{request_id}{path}")
        assert (refused.status, refused.code) == (403, "signature_request.somebody_elses")


def test_a_party_may_ask_a_certain_customer(site: SigningSite, person: Holder) -> None:
    request_id, _ = completed(site, person)
    subject = site.show(request_id).json["signed_by"]["subject"]
    again = site.ask(key="basket-0002", subject=subject).json["id"]
    assert person.open(again).status == 200
    elsewhere = site.ask(key="basket-0003", subject="0" * 64).json["id"]
    assert person.open(elsewhere).code == "signature_request.somebody_elses"


def test_a_customer_may_decline_and_the_party_learns_it(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    declined = person.caller("POST", f"/v1/signings/{request_id}/refusal").json
    assert declined["state"] == "declined"
    assert declined["location"].startswith(f"{BACK}&signature_request={request_id}&state=basket-7&iss=")
    assert site.show(request_id).json["state"] == "declined"
    assert person.prepare(request_id).code == "signature_request.over"


def test_only_ones_own_certificate_signs(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    for certificate_der in (stranger().certificate_der, b"junk"):
        refused = person.prepare(request_id, certificate_der)
        assert (refused.status, refused.code) == (422, "signature_request.certificate_not_own")
    # another's serial number on a certificate that is not ours: found, but it does not verify
    forged = person.prepare(request_id, stranger(serial=person.serial).certificate_der)
    assert forged.status == 200
    signed = person.hand_in(request_id, person.sign(b"whatever"))
    assert signed.code == "signature_request.signature_refused"


def test_wrong_signatures_are_counted_and_spend_the_request(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    assert person.hand_in(request_id, b"early").code == "signature_request.nothing_prepared"
    person.prepare(request_id)
    left = [person.hand_in(request_id, person.sign(b"x")).json["fields"]["tries_left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert person.hand_in(request_id, person.sign(b"x")).code == "signature_request.over"
    shown = site.show(request_id).json
    assert (shown["state"], shown["reason"]) == ("failed", "signature_request.tries_spent")


def test_a_signature_for_one_request_is_none_for_another(site: SigningSite, person: Holder) -> None:
    first, second = site.ask().json["id"], site.ask(key="basket-0002", purpose="다른 계약").json["id"]
    for one in (first, second):
        person.open(one)
    over_first = person.sign(person.checked_attributes(first))
    person.checked_attributes(second)
    assert person.hand_in(second, over_first).code == "signature_request.signature_refused"


def test_the_same_signature_again_is_answered_as_before(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    signature = person.sign(person.checked_attributes(request_id))
    assert person.hand_in(request_id, signature).status == 202
    assert person.hand_in(request_id, signature).status == 202
    site.assemble(request_id)
    assert person.hand_in(request_id, signature).json["state"] == "completed"
    site.assemble(request_id)  # an order that comes twice does nothing the second time
    assert site.tags().count("completed") == 1


def test_a_preparation_grows_old_and_a_newer_one_takes_its_place(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    old = person.sign(person.checked_attributes(request_id))
    site.later(minutes=10)
    person = replace(person, caller=person.caller.signed_in(site.edge.token("gildong")))  # the session ended meanwhile
    assert person.hand_in(request_id, old).code == "signature_request.nothing_prepared"
    fresh = person.sign(person.checked_attributes(request_id))
    assert person.hand_in(request_id, fresh).status == 202


def test_a_suspended_certificate_signs_nothing(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.open(request_id)
    attributes = person.checked_attributes(request_id)
    office = site.edge.office
    revocation.suspend(person.serial, actor="operator:1", store=office.store, now=site.edge.clock.now(),
                       policy=office.settings.policy.revocation)  # fmt: skip
    assert person.hand_in(request_id, person.sign(attributes)).code == "signature_request.signature_refused"


def test_a_certificate_that_ends_before_the_timestamp_fails_the_request(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    assert person.sign_request(request_id).status == 202
    office = site.edge.office
    revocation.revoke(person.serial, "keyCompromise", actor="operator:1", store=office.store, now=site.edge.clock.now())
    site.assemble(request_id)
    shown = site.show(request_id).json
    assert (shown["state"], shown["reason"]) == ("failed", "signature_request.status_withheld")


# --- time -----------------------------------------------------------------------------------------------------------


def clean_up(site: SigningSite) -> None:
    office = site.edge.office
    tidy(store=office.store, policy=office.settings.policy.signature_request, now=site.edge.clock.now())


def test_a_request_runs_out(site: SigningSite, person: Holder) -> None:
    request_id = site.ask(expires_in_minutes=5).json["id"]
    person.open(request_id)
    site.later(minutes=5)
    assert site.show(request_id).json["state"] == "expired"
    assert person.prepare(request_id).code == "signature_request.over"
    clean_up(site)
    clean_up(site)
    assert site.tags().count("expired") == 1
    progress = site.caller("GET", f"/v1/signings/{request_id}/progress").json
    assert progress["state"] == "expired"
    assert progress["location"].startswith(BACK)


def test_documents_are_deleted_when_their_time_has_passed(site: SigningSite, person: Holder) -> None:
    request_id, _ = completed(site, person)
    site.later(hours=72, seconds=1)
    clean_up(site)
    gone = site.result(request_id)
    assert (gone.status, gone.code) == (410, "signature_request.document_gone")
    with site.edge.office.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM signature_request_part").scalar_one() == 0
    assert site.show(request_id).json["state"] == "completed"
    assert site.tags()[-1] == "erased"


def test_an_order_that_got_lost_is_given_again_and_given_up_after_a_day(site: SigningSite, person: Holder) -> None:
    request_id = site.ask().json["id"]
    person.sign_request(request_id)

    def orders() -> int:
        with site.edge.office.database.reading() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(*) FROM workflow_status WHERE workflow_uuid LIKE 'AssembleSignature:%'"
            )
            return int(found.scalar_one())

    assert orders() == 1
    clean_up(site)
    assert orders() == 1
    site.later(seconds=61)
    clean_up(site)
    clean_up(site)
    assert orders() == 2
    site.edge.clock.time += timedelta(hours=24)
    clean_up(site)
    shown = site.show(request_id).json
    assert (shown["state"], shown["reason"]) == ("failed", "signature_request.too_late")


# --- documents nobody is asked to sign -------------------------------------------------------------------------------


def test_a_pdf_signed_before_is_refused(site: SigningSite) -> None:
    answer = site.ask(kind="pdf", content=text(sign_pdf(stranger(), blank_pdf())))
    assert (answer.status, answer.code) == (422, "signature_document.signed_before")


def test_the_largest_pdf_is_read_and_a_larger_one_is_not(site: SigningSite) -> None:
    limit = site.edge.office.settings.policy.signature_request.max_pdf_bytes
    beyond = site.ask(kind="pdf", content=text(b"%PDF-1.7" + bytes(limit)))
    assert (beyond.status, beyond.code) == (413, "signature_document.too_large")
