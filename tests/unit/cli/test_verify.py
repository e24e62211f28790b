"""`dojang verify`: files as people have them, judged with an office's root and status data at hand."""

from pathlib import Path

import pytest

from builders.command import Run
from builders.edge import EdgeOffice
from builders.signatures import SIGNED_AT, blank_pdf, openssl_cms, person, sign_pdf
from dojang.controls.access.model import Role
from dojang.pki.certificate import certificate_pem

AT = ("--at", SIGNED_AT.strftime("%Y-%m-%dT%H:%M:%S"))
CONTENT = b"signed away from any office"


@pytest.fixture
def trusting(config: Path, tmp_path: Path) -> Path:
    """The office's settings, with the test hierarchy's root among those it trusts."""
    roots = tmp_path / "roots"
    roots.mkdir()
    (roots / "test.pem").write_bytes(certificate_pem(person().house.root_der))
    config.write_text(config.read_text("utf-8") + f'[reliance]\ntrusted_roots_dir = "{roots}"\n', "utf-8")
    return roots


def written(directory: Path, name: str, content: bytes) -> Path:
    (directory / name).write_bytes(content)
    return directory / name


def test_a_pdf_is_verified_with_the_roots_the_office_trusts(run: Run, trusting: Path, tmp_path: Path) -> None:
    signed = written(tmp_path, "contract.pdf", sign_pdf(person(), blank_pdf()))
    done = run("verify", signed, *AT, "--without-status")
    assert (done.code, "PASSED" in done.out, "Signature1" in done.out) == (0, True, True)
    open_question = run("verify", signed, *AT)
    assert (open_question.code, "TRY_LATER" in open_question.out) == (3, True)


def test_a_document_that_was_changed_fails(run: Run, trusting: Path, tmp_path: Path) -> None:
    changed = sign_pdf(person(), blank_pdf()).replace(b"(contract)", b"(CONTRACT)")
    done = run("verify", written(tmp_path, "contract.pdf", changed), *AT, "--without-status")
    assert (done.code, "HASH_FAILURE" in done.out) == (1, True)


def test_a_detached_message_wants_its_content(run: Run, trusting: Path, tmp_path: Path) -> None:
    message = written(tmp_path, "signature.p7s", openssl_cms(person(), CONTENT, tmp_path))
    content = written(tmp_path, "content.bin", CONTENT)
    assert run("verify", message, "--content", content, *AT, "--without-status").code == 0
    missing = run("verify", message, *AT).refusal
    assert missing is not None
    assert missing.code == "reliance.signed_content_needed"


def test_a_bare_signature_wants_content_and_certificate(run: Run, trusting: Path, tmp_path: Path) -> None:
    who = person()
    chain = certificate_pem(who.certificate_der) + certificate_pem(who.house.issuing_der)
    signature = written(tmp_path, "signature.bin", who.sign(CONTENT))
    beside = (
        "--content", written(tmp_path, "content.bin", CONTENT),
        "--certificate", written(tmp_path, "who.pem", chain),
    )  # fmt: skip
    assert run("verify", signature, *beside, *AT, "--without-status").code == 0
    signature.write_bytes(who.sign(b"other"))
    done = run("verify", signature, *beside, *AT, "--without-status")
    assert (done.code, "SIG_CRYPTO_FAILURE" in done.out) == (1, True)


def test_strangers_are_not_vouched_for(run: Run, office: EdgeOffice, tmp_path: Path) -> None:
    signed = written(tmp_path, "contract.pdf", sign_pdf(person(), blank_pdf()))
    done = run("verify", signed, *AT, "--without-status")
    assert (done.code, "NO_CERTIFICATE_CHAIN_FOUND" in done.out) == (3, True)


def test_what_is_no_signature_is_refused(run: Run, office: EdgeOffice, tmp_path: Path) -> None:
    for name, content in (("a.pdf", blank_pdf()), ("b.p7s", b"junk"), ("c.p7s", b"")):
        refusal = run("verify", written(tmp_path, name, content)).refusal
        assert refusal is not None
        assert refusal.code == "reliance.signature_unreadable"


def test_a_root_that_cannot_be_read_is_named(run: Run, trusting: Path, tmp_path: Path) -> None:
    (trusting / "broken.pem").write_text("not a certificate")
    refusal = run("verify", written(tmp_path, "contract.pdf", sign_pdf(person(), blank_pdf()))).refusal
    assert refusal is not None
    assert (refusal.code, refusal.fields) == ("reliance.trust_unreadable", {"file": "broken.pem"})


def test_relying_parties_are_registered_listed_barred_and_given_new_secrets(run: Run, office: EdgeOffice) -> None:
    assert run("relying-party", "add", "견본 상점", "--as", "nobody").refusal is not None
    office.add_account("the.officer", Role.OFFICER)
    asked = ("--as", "the.officer")
    added = run("relying-party", "add", "견본 상점", "--redirect", "https://shop.example/back", *asked)
    client_id, secret = (line.split()[1] for line in added.out.splitlines())
    assert len(secret) == 64
    assert run("relying-party", "list").out == f"{client_id}  active  견본 상점\n"
    assert run("relying-party", "bar", client_id, *asked).out == "barred\n"
    assert run("relying-party", "admit", client_id, *asked).out == "active\n"
    renewed = run("relying-party", "renew-secret", client_id, *asked).out.splitlines()[1].split()[1]
    assert renewed != secret
    assert all(secret not in one.data for one in office.leaves())
    for address in ("http://shop.example/back", "https://a:b@shop.example/", "https://shop.example/#x", "ftp://x", "x"):
        refusal = run("relying-party", "add", "x", "--redirect", address, *asked).refusal
        assert refusal is not None
        assert refusal.code == "relying_party.address_refused"
    unknown = run("relying-party", "bar", "nobody", *asked).refusal
    assert unknown is not None
    assert unknown.code == "relying_party.not_found"


def test_an_officer_says_where_a_party_is_told_of_events(run: Run, office: EdgeOffice) -> None:
    office.add_account("the.officer", Role.OFFICER)
    asked = ("--as", "the.officer")
    added = run("relying-party", "add", "견본 상점", "--webhook", "https://shop.example/hook", *asked).out.splitlines()
    client_id, first = added[0].split()[1], added[2].split()
    assert first[0] == "webhook_secret"
    renewed = run("relying-party", "renew-webhook-secret", client_id, *asked).out.split()[1]
    assert renewed.startswith("whsec_")
    assert renewed != first[1]
    assert run("relying-party", "resume-webhook", client_id, *asked).out == "resumed\n"
    assert run("relying-party", "set-webhook", client_id, "--to", "http://10.0.0.1/", *asked).refusal is not None
    assert run("relying-party", "set-webhook", client_id, *asked).code == 0
    refused = run("relying-party", "renew-webhook-secret", client_id, *asked).refusal
    assert refused is not None
    assert refused.code == "party_events.no_webhook"
    assert run("relying-party", "set-webhook", client_id, "--to", "https://shop.example/new", *asked).out == ""
