"""Operators' commands: accounts, reviews, certificates, audit; each on a real store."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from builders.applicants import application_of, client_keys, issuance_request
from builders.command import Run
from builders.edge import PASSWORD, EdgeOffice
from builders.hierarchy import hierarchy
from builders.proofing import HONG, Person, examination_of
from dojang.controls.access.model import Role
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, Severity
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode as DocumentFinding
from dojang.lifecycle.identity_proofing.id_document.model import Decision, FieldName
from dojang.lifecycle.identity_proofing.model import Check, CheckState
from dojang.pki.certificate import certificate_pem

SECRETS = ("900101-2978124", "9001012978124", "2978124", HONG.phone)


# --- accounts ---


def test_an_operator_is_added_and_can_sign_in(run: Run, office: EdgeOffice) -> None:
    added = run("operator", "add", "the.officer", "officer", answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.code == 0
    account = office.office.store.read(lambda tx: tx.accounts.find_by_login_name("the.officer"))
    assert account is not None
    assert account.role is Role.OFFICER
    assert added.out.splitlines()[-1] == account.id
    assert PASSWORD not in added.out
    assert account.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("name", "role", "password", "code", "refusal"),
    [
        ("the.one", "subscriber", PASSWORD, 2, None),
        ("the.one", "king", PASSWORD, 2, None),
        ("x", "officer", PASSWORD, 1, "access.login_name_unsuitable"),
        ("the.one", "officer", "short", 1, "access.password_unsuitable"),
    ],
)
def test_an_operator_that_cannot_be_added(
    run: Run, name: str, role: str, password: str, code: int, refusal: str | None
) -> None:
    done = run("operator", "add", name, role, answers=f"{password}\n{password}\n")
    assert done.code == code
    assert (done.refusal.code if done.refusal else None) == refusal


def test_a_name_is_added_once(run: Run) -> None:
    twice = [run("operator", "add", "the.one", "auditor", answers=f"{PASSWORD}\n{PASSWORD}\n") for _ in range(2)]
    assert [one.code for one in twice] == [0, 1]
    assert twice[1].refusal is not None
    assert twice[1].refusal.code == "access.login_name_taken"


# --- reviews ---


@pytest.fixture
def doubtful(office: EdgeOffice) -> Person:
    """A person whose document an operator must look at."""
    office.add_account("the.reviewer", Role.REVIEWER)
    office.add_account("the.officer", Role.OFFICER)
    person = office.person("gildong", HONG)
    office.proofing.settle_in(person)
    doubt = Finding(code=DocumentFinding.LOW_CONFIDENCE, field=FieldName.NAME, severity=Severity.REVIEW)
    office.proofing.reader.shown[person.front] = examination_of(person, decision=Decision.REVIEW, findings=(doubt,))
    office.proofing.apply(person)
    office.proofing.photograph(person)
    office.proofing.confirm(person)
    return person


def test_a_review_is_listed_shown_and_approved(run: Run, office: EdgeOffice, doubtful: Person, tmp_path: Path) -> None:
    (listed,) = [json.loads(line) for line in run("review", "list").out.splitlines()]
    assert listed.keys() == {"id", "check", "subject", "state", "findings", "opened_at"}
    assert (listed["check"], listed["state"]) == ("id_document", "open")
    shown = run("review", "show", listed["id"], "--as", "the.reviewer", "--pictures", tmp_path / "pictures")
    detail = json.loads(shown.out)
    assert detail["document"]["name"]["value"] == doubtful.name
    assert not any(secret in shown.out for secret in SECRETS)
    assert list((tmp_path / "pictures").glob("*.jpg"))
    assert (tmp_path / "pictures").stat().st_mode & 0o077 == 0
    approved = run("review", "approve", listed["id"], "--as", "the.reviewer")
    assert json.loads(approved.out)["state"] == "approved"
    assert run("review", "list").out == ""
    office.proofing.pump()
    assert office.proofing.state(doubtful, Check.ID_DOCUMENT) is CheckState.PASSED
    tags = [one.tag for one in office.leaves() if one.actor.startswith("operator:")]
    assert len(tags) >= 2  # looking and deciding


def test_a_review_is_rejected_with_a_reason(run: Run, office: EdgeOffice, doubtful: Person) -> None:
    review_id = json.loads(run("review", "list").out)["id"]
    assert run("review", "reject", review_id, "--as", "the.reviewer").code == 2  # no reason
    assert run("review", "reject", review_id, "--as", "the.reviewer", "--reason", "mood").code == 2
    reasons = run("review", "reject", "--help").out
    reason = next(word for word in ("unreadable", "altered", "not_the_applicant", "other") if word in reasons)
    rejected = run("review", "reject", review_id, "--as", "the.reviewer", "--reason", reason)
    assert json.loads(rejected.out)["state"] == "rejected"
    again = run("review", "approve", review_id, "--as", "the.reviewer")
    assert again.refusal is not None
    assert again.refusal.code == "proofing_review.already_decided"


@pytest.mark.parametrize("name", ["the.officer", "gildong", "nobody"])
def test_only_a_reviewer_decides(run: Run, doubtful: Person, name: str) -> None:
    review_id = json.loads(run("review", "list").out)["id"]
    for command in (("show",), ("approve",), ("reject", "--reason", "unreadable")):
        done = run("review", command[0], review_id, "--as", name, *command[1:])
        assert done.code in (1, 2)
        assert done.code == 2 or (done.refusal is not None and done.refusal.code == "access.role_required")


def test_a_review_that_is_not_there(run: Run, doubtful: Person) -> None:
    done = run("review", "show", "none", "--as", "the.reviewer")
    assert done.refusal is not None
    assert done.refusal.code == "proofing_review.not_found"


# --- certificates ---


@pytest.fixture
def identified(office: EdgeOffice) -> Person:
    office.add_account("the.officer", Role.OFFICER)
    person = office.person("gildong", HONG)
    office.proofing.prove(person)
    return person


def issued(run: Run, office: EdgeOffice, person: Person, directory: Path) -> list[Path]:
    """Issue from files and return where the certificates lie."""
    application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
    spki_der = office.office.published.transport_spki_der
    request = issuance_request(application, client_keys(0), transport_spki_der=spki_der)
    for name, content in (
        ("signing.p10", request.signing_request_der),
        ("key-management.p10", request.key_management_request_der),
        ("r.bin", request.sealed_r),
    ):
        if not (directory / name).exists():
            (directory / name).write_bytes(content)
    done = run(
        "issue",
        person.application_id,
        "--signing-request",
        directory / "signing.p10",
        "--key-management-request",
        directory / "key-management.p10",
        "--sealed-r",
        directory / "r.bin",
        "--subscriber",
        person.subscriber_id,
        "--out",
        directory / "certificates",
    )
    assert done.code == 0, done.err
    return [Path(line) for line in done.out.splitlines()]


def test_issue_show_verify_revoke(run: Run, office: EdgeOffice, identified: Person, tmp_path: Path) -> None:
    signing, key_management = issued(run, office, identified, tmp_path)
    assert issued(run, office, identified, tmp_path) == [signing, key_management]  # again: the same
    certificate = x509.load_pem_x509_certificate(signing.read_bytes())
    serial = certificate.serial_number
    ca = office.office.settings.authority_dir
    if openssl := shutil.which("openssl"):
        judged = subprocess.run(
            [openssl, "verify", "-CAfile", ca / "root.pem", "-untrusted", ca / "issuing.pem", signing],
            capture_output=True,
            text=True,
            check=False,
        )
        assert judged.returncode == 0, judged.stderr + judged.stdout
    shown = json.loads(run("show", serial).out)
    assert shown["serial"] == str(serial)
    assert shown["state"] == "good"
    at = certificate.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%S")
    verified = run("verify", signing, "--at", at, "--without-status")
    assert (verified.code, "홍가람" in verified.out) == (0, True)
    unasked = run("verify", signing, "--at", at)
    assert (unasked.code, "홍가람" in unasked.out) == (3, True)
    assert run("verify", signing, "--at", "2001-01-01T00:00:00").refusal is not None
    assert run("revoke", serial, "--reason", "keyCompromise", "--as", "gildong").refusal is not None
    assert run("revoke", serial, "--reason", "boredom", "--as", "the.officer").refusal is not None
    assert run("revoke", serial, "--reason", "keyCompromise", "--as", "the.officer").out == "revoked\n"
    assert run("revoke", serial, "--reason", "superseded", "--as", "the.officer").out == "revoked\n"
    shown = json.loads(run("show", serial).out)
    assert (shown["state"], shown["reason"]) == ("revoked", "keyCompromise")  # the first revocation stands


def test_suspend_and_resume(run: Run, office: EdgeOffice, identified: Person, tmp_path: Path) -> None:
    signing, _ = issued(run, office, identified, tmp_path)
    serial = x509.load_pem_x509_certificate(signing.read_bytes()).serial_number
    asked = ("--reason", "suspectedMisuse", "--as", "the.officer")
    assert run("suspend", serial, "--reason", "boredom", "--as", "the.officer").code == 2
    assert run("suspend", serial, "--reason", "suspectedMisuse", "--as", "gildong").refusal is not None
    assert run("suspend", serial, *asked).out == "held\n"
    assert json.loads(run("show", serial).out)["reason"] == "certificateHold"
    assert run("resume", serial, "--reason", "suspicionCleared", "--as", "the.officer").out == "good\n"
    refused = run("resume", serial, *asked).refusal
    assert refused is not None
    assert refused.code == "revocation.not_held"
    told = [one for one in office.leaves() if one.tag.startswith("revocation:")]
    assert [one.tag.rpartition(":")[2] for one in told] == ["suspended", "resumed", "refused"]
    assert json.loads(told[0].data)["why"] == "suspectedMisuse"


def test_nothing_is_issued_without_proof(run: Run, office: EdgeOffice, tmp_path: Path) -> None:
    person = office.person("gildong", HONG)
    office.proofing.apply(person)
    with pytest.raises(AssertionError):
        issued(run, office, person, tmp_path)
    assert "issuance:request:refused" in [one.tag for one in office.leaves()]


def test_a_serial_nobody_issued(run: Run) -> None:
    done = run("show", 4711)
    assert done.refusal is not None
    assert done.refusal.code == "status.unknown_serial"


def test_a_foreign_certificate_does_not_verify(run: Run, office: EdgeOffice, tmp_path: Path) -> None:
    path = tmp_path / "foreign.pem"
    path.write_bytes(certificate_pem(hierarchy().issuing_der))
    done = run("verify", path)
    assert done.code == 1
    assert done.refusal is not None
    assert done.refusal.code.startswith("pki.")


# --- audit ---


def test_a_sound_log_is_verified_listed_and_headed(run: Run, office: EdgeOffice) -> None:
    account_id = office.add_account("gildong")
    office.token("gildong")
    note = run("audit", "head").out
    assert note.splitlines()[0] == "dojang/dojang"
    assert note.splitlines()[1] == "2"
    verified = run("audit", "verify")
    assert (verified.code, "2 entries" in verified.out) == (0, True)
    lines = [json.loads(line) for line in run("audit", "list", account_id).out.splitlines()]
    assert [(one["position"], one["tag"]) for one in lines] == [
        (0, "access:account:opened"),
        (1, "access:session:opened"),
    ]
    assert lines[0].keys() == {"position", "at", "tag", "actor", "subject", "data"}
    assert run("audit", "list", "nobody").out == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_leaf SET actor = 'operator:somebody-else' WHERE position = 0",
        "DELETE FROM audit_leaf WHERE position = 1",
        "DELETE FROM audit_leaf",
        "UPDATE audit_leaf SET tag = 'access:session:closed' WHERE position = 1",
    ],
)
def test_a_tampered_log_is_found_with_exit_code_1(run: Run, office: EdgeOffice, statement: str) -> None:
    office.add_account("gildong")
    office.token("gildong")
    run("audit", "head")
    with office.office.database.writing() as connection:
        for table in ("audit_leaf", "audit_node", "audit_head", "audit_signed_head"):
            for (trigger,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
            ).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        connection.exec_driver_sql(statement)
    done = run("audit", "verify")
    assert done.code == 1
    assert done.refusal is not None
    assert done.refusal.code == "audit.log_broken"
    assert done.refusal.fields


def test_what_happened_to_an_application_includes_its_proofing(run: Run, identified: Person) -> None:
    lines = [json.loads(line) for line in run("audit", "list", identified.application_id).out.splitlines()]
    tags = {one["tag"] for one in lines}
    assert {"identity_proofing:case:opened", "identity_proofing:ars_call:passed"} <= tags
    assert {one["subject"] for one in lines} > {identified.application_id}
    assert [one["position"] for one in lines] == sorted(one["position"] for one in lines)
