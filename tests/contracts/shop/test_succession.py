"""The sandbox's shop believes the office's statements of succession, and nobody else's."""

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.applicants import application_of, client_keys
from builders.hierarchy import OPERATOR
from builders.office import NOW, office
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.lifecycle.application.model import ApplicationKind, ApplicationState, ReissueReason
from dojang.lifecycle.delivery import rules
from dojang.lifecycle.delivery.usecases import accept, get_succession, state_succession
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.pki.certificate import certificate_pem
from dojang.sandbox.shop.events import read_statement, take
from dojang.sandbox.shop.ledger import Ledger
from dojang.sandbox.shop.openssl import OpensslRefused
from dojang.sandbox.shop.registration import Registration
from dojang.sandbox.state import State

NOW_S = NOW.timestamp()


@pytest.fixture
def registration() -> Registration:
    return Registration(
        issuer="", address="", client_id="", secret="", webhook_secret="",
        statement_policy=f"{OPERATOR.arc}.2.5",
        root_pem=certificate_pem(office().root_der).decode(),
    )  # fmt: skip


@pytest.fixture
def succeeded(database: Database) -> tuple[CertificateSet, CertificateSet, bytes]:
    """A set, the one re-issued in its place, and the office's statement about them."""
    world = World(database)

    def take_in(issued: CertificateSet, index: int) -> CertificateSet:
        signature = client_keys(index).sign(rules.acceptance_statement(issued))
        accept(issued.application_id, "subscriber-1", signature, store=world.store, now=NOW)
        return issued

    old = take_in(world.issued(), 0)
    world.end(application_of(), ApplicationState.COMPLETED)
    again = application_of(id="application-2", kind=ApplicationKind.REISSUE, reason=ReissueReason.REPLACED)
    new = take_in(world.issued(replace(again, predecessor_serial=old.signing.serial), index=1), 1)
    signer = office().statement_signer
    state_succession("application-2", store=world.store, signer=signer, issuer_name="cn=Issuing CA", now=NOW)
    return old, new, get_succession(new.signing.serial, store=world.store).statement_der


def test_a_customer_is_known_after_a_reissue(
    succeeded: tuple[CertificateSet, CertificateSet, bytes], registration: Registration
) -> None:
    old, new, statement_der = succeeded
    ledger = Ledger(State())
    ledger.meet("subject-1", "홍가람", str(old.signing.serial))
    data = {"serial": "1", "successor_serial": "2", "statement": base64.b64encode(statement_der).decode()}
    take({"type": "certificate.reissued", "sequence": 1, "data": data}, ledger, registration, NOW_S)
    customer = ledger.find_customer("subject-1")
    assert customer is not None
    assert (customer["serial"], customer["formerly"]) == (str(new.signing.serial), [str(old.signing.serial)])


def test_a_statement_by_a_customer_is_not_the_offices(
    succeeded: tuple[CertificateSet, CertificateSet, bytes], registration: Registration, tmp_path: Path
) -> None:
    _, new, genuine = succeeded
    assert read_statement(genuine, registration, NOW_S)["type"] == "dojang.succession.v1"
    key = client_keys(1).signing
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "own.pem").write_bytes(certificate_pem(new.signing.certificate_der))
    (tmp_path / "issuing.pem").write_bytes(certificate_pem(office().issuing_der))
    said = {"type": "dojang.succession.v1", "predecessor_serial": 1, "successor_serial": new.signing.serial}
    command = "openssl cms -sign -binary -nodetach -outform DER -signer own.pem -inkey key.pem -certfile issuing.pem"
    forged = subprocess.run(
        command.split(), cwd=tmp_path, input=json.dumps(said).encode(), capture_output=True, check=True
    )
    with pytest.raises(OpensslRefused):
        read_statement(forged.stdout, registration, NOW_S)
    assert read_statement(forged.stdout, replace(registration, statement_policy=f"{OPERATOR.arc}.1.1"), NOW_S)
    with pytest.raises(OpensslRefused):
        read_statement(genuine[:-1] + bytes([genuine[-1] ^ 1]), registration, NOW_S)
