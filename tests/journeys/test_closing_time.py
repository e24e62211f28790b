"""The office closes: books balance, the audit log holds, and nobody's data lie about in logs or store. Told last."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509

from builders.journey import Customer, Town, json_lines
from dojang.cli.verify import CertificateIsRevoked
from dojang.config import SETTINGS_VARIABLE
from dojang.controls.access.model import Role, RoleRequired
from dojang.controls.access.usecases import sign_up
from dojang.pki.certificate import certificate_pem


@pytest.fixture(scope="module")
def leaver(town: Town) -> Customer:
    """One more customer, who holds a certificate of their own."""
    customer = Customer(town, seed=99).moves_in()
    held = customer.walks()
    (town.settings.data_dir / "leaver.pem").write_bytes(certificate_pem(held.delivered.signing_der))
    return customer


def test_operators_show_revoke_and_verify(town: Town, leaver: Customer) -> None:
    (serial,) = [one["serial"] for one in leaver.client.certificates()]
    pem, crl = town.settings.data_dir / "leaver.pem", town.settings.data_dir / "last.crl"
    assert '"state": "good"' in town.dojang("show", serial).stdout
    assert town.dojang("verify", str(pem), "--fetch").exit_code == 0  # our own OCSP answers

    with town.at_the_desk() as office:
        sign_up(
            "journey-officer",
            "an officer's password 33",
            role=Role.OFFICER,
            store=office.store,
            hasher=office.hasher,
            chance=office.chance,
            now=office.clock.now(),
        )
    by_reviewer = town.dojang("revoke", serial, "--reason", "keyCompromise", "--as", town.reviewer.login_name)
    assert isinstance(by_reviewer.exception, RoleRequired)
    revoked = town.dojang("revoke", serial, "--reason", "keyCompromise", "--as", "journey-officer")
    assert revoked.stdout.strip() == "revoked"
    assert '"reason": "keyCompromise"' in town.dojang("show", serial).stdout

    def lists(crl_der: bytes) -> bool:
        return x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(int(serial)) is not None

    crl.write_bytes(leaver.client.await_published("/crl/issuing.crl", lists))
    for asked in (("--crl", str(crl)), ("--fetch",)):
        refused = town.dojang("verify", str(pem), *asked)
        assert isinstance(refused.exception, CertificateIsRevoked)
    unknown = town.dojang("show", "4242")
    assert getattr(unknown.exception, "code", None) == "status.unknown_serial"


def test_the_banks_books_balance(town: Town, leaver: Customer) -> None:
    books = town.sandbox.get("/sandbox/bank/ledger")
    assert books["balanced"]
    assert books["sum_krw"] == 0
    assert books["deposits"] > 0


def test_the_audit_log_holds(town: Town, leaver: Customer) -> None:
    """With the command as an operator runs it, beside the running office."""
    environment = {SETTINGS_VARIABLE: town.settings.model_dump_json(), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "dojang.cli", "audit", "verify"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) > 50  # entries


def test_no_log_line_holds_anybodys_data(town: Town, leaver: Customer) -> None:
    text = town.log_file.read_text("utf-8")
    assert len(json_lines(text)) > 50
    assert '"event": "request"' in text
    assert town.overheard(text) == {}
    assert "Traceback" not in text


def test_the_store_holds_nothing_in_clear(town: Town, leaver: Customer) -> None:
    """The bytes of SQLite's files: names stand in certificates, which are public; nothing else stands anywhere."""
    files = sorted(town.settings.data_dir.glob("dojang.db*"))
    assert files
    content = b"".join(file.read_bytes() for file in files)
    assert leaver.login.encode() in content  # the judge sees what is there
    assert leaver.name.encode() in content  # in the certificate
    for what in ("rrn", "hyphened", "phone", "account"):
        found = [word for word in town.told.get(what, ()) if word.encode() in content]
        assert not found, what
    # Six digits are somewhere in so many bytes: a deposit's code is looked for in every value.
    values = "\n".join(_values(town.settings.data_dir / "dojang.db"))
    assert leaver.login in values
    assert town.overheard(values, only="deposit code") == {}


def _values(database: Path) -> Iterator[str]:
    """Every value of every table, as text."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in store.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own tables' names
                for value in row:
                    yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def test_names_of_people_without_a_certificate_are_not_in_the_store(town: Town, known: Customer) -> None:
    content = b"".join(file.read_bytes() for file in town.settings.data_dir.glob("dojang.db*"))
    assert known.name.encode() not in content
    assert known.name.encode("utf-16-be") not in content
