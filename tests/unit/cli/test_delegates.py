"""`dojang delegate`: list and revoke, in an officer's name, and what is answered then."""

import pytest
from cryptography.x509 import ocsp

from builders.command import Run
from builders.edge import EdgeOffice
from builders.status import OpenSsl, appoint, issue
from dojang.controls.access.model import Role
from dojang.web.app import Audience


@pytest.fixture(autouse=True)
def staff(office: EdgeOffice) -> None:
    office.add_account("the.officer", Role.OFFICER)
    office.add_account("the.reviewer", Role.REVIEWER)
    appoint(office)


def rows(run: Run) -> list[list[str]]:
    return [line.split()[:2] for line in run("delegate", "list").out.splitlines()]


def test_a_revoked_delegate_is_listed_as_such_and_nobody_answers_until_there_is_another(
    office: EdgeOffice, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    openssl = OpenSsl.of(office, tmp_path_factory.mktemp("openssl"))
    openssl.keep_certificate("leaf", issue(office).signing.certificate_der)
    body = openssl.request("leaf.pem")
    caller = office.caller([Audience.PROTOCOLS])

    def answered() -> ocsp.OCSPResponse:
        sent = {"Content-Type": "application/ocsp-request"}
        return ocsp.load_der_ocsp_response(caller("POST", "/ocsp", content=body, headers=sent).content)

    (first,) = answered().certificates
    assert rows(run) == [["ocsp-1", "issued"], ["tsa-1", "issued"]]
    done = run("delegate", "revoke", "ocsp-1", "--reason", "keyCompromise", "--as", "the.officer")
    assert done.out.strip() == "revoked"
    assert answered().response_status is ocsp.OCSPResponseStatus.TRY_LATER
    assert [one.label for one in appoint(office)] == ["ocsp-2"]
    (second,) = answered().certificates
    assert second.serial_number != first.serial_number
    assert second.public_key() != first.public_key()
    assert rows(run) == [["ocsp-1", "revoked"], ["ocsp-2", "issued"], ["tsa-1", "issued"]]


@pytest.mark.parametrize(
    ("label", "reason", "name", "code"),
    [
        ("ocsp-1", "keyCompromise", "the.reviewer", "access.role_required"),
        ("ocsp-7", "keyCompromise", "the.officer", "delegates.not_found"),
        ("ocsp-1", "certificateHold", "the.officer", "delegates.reason_refused"),
    ],
)
def test_refusals(run: Run, label: str, reason: str, name: str, code: str) -> None:
    done = run("delegate", "revoke", label, "--reason", reason, "--as", name)
    assert done.refusal is not None
    assert done.refusal.code == code
    assert rows(run)[0] == ["ocsp-1", "issued"]
