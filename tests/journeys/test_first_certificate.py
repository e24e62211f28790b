"""A customer with a resident card takes the whole road, and what they hold at its end satisfies everybody else's tools.

Everything they send passes a recording proxy. On the way they try to enrol with everything that must be refused.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pypinksign
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from builders import journey_judges as judges
from builders.journey import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, Customer, Town, refusal
from builders.journey_orders import request_der, rsa_key, wrong_orders
from builders.journey_proxy import Recorder, recording_proxy
from dojang.cli.customer.device import CertificateOrder, DeliveredSet, Device
from dojang.cli.demo.walk import Held
from dojang.pki.certificate import certificate_pem
from dojang.pki.npki.errors import VirtualIdMismatch
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id
from dojang.pki.npki.virtual_id import verify_virtual_id
from dojang.pki.validity import day_kst

KEY = "the-first-time"
R_ATTRIBUTE = "1.2.410.200004.10.1.1.3"


@dataclass(slots=True)
class Road:
    """The whole road once taken: what is held, what was kept as files, what went over the wire, what was refused."""

    customer: Customer
    held: Held
    folder: Path
    authority: Path
    recorder: Recorder
    repeated: DeliveredSet
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)  # what was tried -> expected code, code met

    @property
    def pinksign(self) -> pypinksign.PinkSign:
        """The pair as pypinksign finds it in the folder."""
        return judges.pinksign(self.folder, self.customer.name, CERTIFICATE_PASSWORD)


def refused_code(customer: Customer, order: CertificateOrder, *, key: str = KEY) -> str:
    return refusal(lambda: customer.client.enrol(customer.application_id, order, idempotency_key=key)).code


@pytest.fixture(scope="module")
def road(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    folder = tmp_path_factory.mktemp("customer")
    device, refused = Device(), {}
    with recording_proxy(town.settings.public_url) as recorder:
        customer = Customer(town, seed=21, base_url=recorder.url).moves_in().applies()
        order = customer.order(device)
        refused["not identified"] = ("application.out_of_turn", refused_code(customer, order))
        customer.is_known().is_identified()
        for what, wrong, code in wrong_orders(customer, order):
            refused[what] = (code, refused_code(customer, wrong))
        refused["key too short"] = ("request.malformed", refused_code(customer, order, key="short"))
        held = customer.enrols(device, order=order, key=KEY)
        repeated = customer.client.enrol(customer.application_id, order, idempotency_key=KEY)
        other = replace(order, signing_request_der=request_der(rsa_key()))
        refused["other content"] = ("issuance.idempotency_key_reused", refused_code(customer, other))
        refused["other key"] = ("issuance.already_requested", refused_code(customer, order, key="another-key"))
        authority = town.settings.authority_dir
        device.keep(folder, "dojang", held.delivered, CERTIFICATE_PASSWORD)
        device.export(folder / "certificate.p12", held.delivered, CERTIFICATE_PASSWORD)
        for name, der in (("signing", held.delivered.signing_der), ("km", held.delivered.key_management_der)):
            (folder / f"{name}.pem").write_bytes(certificate_pem(der))
        yield Road(customer, held, folder, authority, recorder, repeated, refused)


def test_openssl_builds_both_paths_strictly_and_under_their_policies(road: Road) -> None:
    assert judges.openssl_verifies(road.folder / "signing.pem", road.authority, judges.SIGNING_POLICY) == ""
    assert judges.openssl_verifies(road.folder / "km.pem", road.authority, judges.KEY_MANAGEMENT_POLICY) == ""
    # The judge can say no: the key-management certificate is not issued under the signing policy.
    assert judges.openssl_verifies(road.folder / "km.pem", road.authority, judges.SIGNING_POLICY) != ""


def test_pypinksign_finds_the_folder_and_signs(road: Road) -> None:
    pair = road.pinksign
    message = b"a contract"
    assert pair.verify(pair.sign(message), message)
    assert not pair.verify(pair.sign(message), b"another contract")


def test_the_certificate_says_what_was_ordered(road: Road) -> None:
    pair = road.pinksign
    assert pair.cert_type_oid() == judges.SIGNING_POLICY
    name, digits = str(pair.cn()).split("()")
    assert name == road.customer.name
    assert digits[:15] == "0999041" + day_kst(datetime.now(UTC)).strftime("%Y%m%d")
    certificate = x509.load_der_x509_certificate(road.held.delivered.signing_der)
    until = certificate.not_valid_after_utc
    assert (until - datetime.now(UTC)).days in (364, 365)
    assert pair.valid_date()[1].date() == until.date()
    listed = {one["serial"]: one for one in road.customer.client.certificates()}
    assert listed[str(certificate.serial_number)]["state"] == "good"


def test_the_virtual_id_matches_the_right_number_and_r_only(road: Road) -> None:
    """R as pypinksign finds it in the key file; the RRN from the card; both wrong ones fail."""
    r = RandomNumber(value=bytes(road.pinksign._rand_num.asOctets()))
    virtual_id = get_certificate_virtual_id(road.held.delivered.signing_der)
    rrn = road.customer.world.rrn
    verify_virtual_id(virtual_id, rrn, r)
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, rrn[:-1] + str((int(rrn[-1]) + 1) % 10), r)
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, rrn, RandomNumber(value=r.value[:-1] + bytes([r.value[-1] ^ 1])))


def test_openssl_opens_the_pkcs12_and_r_is_in_it(road: Road) -> None:
    arguments = ("pkcs12", "-in", road.folder / "certificate.p12", "-passin", "stdin", "-nodes")
    opened = judges.openssl(*arguments, stdin=CERTIFICATE_PASSWORD + "\n")
    assert opened.returncode == 0, opened.stderr
    assert R_ATTRIBUTE in opened.stdout
    key = load_pem_private_key(opened.stdout[opened.stdout.index("-----BEGIN PRIVATE KEY") :].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certified = [x509.load_der_x509_certificate(one).public_key() for one in _both(road.held.delivered)]
    assert key.public_key() in certified
    refused = judges.openssl(*arguments, stdin="Wrong!password1\n")
    assert refused.returncode != 0


def test_pypinksign_signs_with_the_pkcs12(road: Road) -> None:
    pair = pypinksign.PinkSign(
        p12_data=(road.folder / "certificate.p12").read_bytes(), prikey_password=CERTIFICATE_PASSWORD.encode()
    )
    assert pair.verify(pair.sign(b"message"), b"message")


def test_a_message_signed_with_pypinksign_verifies_with_openssl_and_with_dojang(town: Town, road: Road) -> None:
    signed = road.folder / "pinksign.p7m"
    signed.write_bytes(road.pinksign.pkcs7_signed_msg(b"signed elsewhere"))
    assert judges.openssl_verifies_message(signed, road.authority) == "signed elsewhere"
    verified = town.dojang("verify", str(signed), "--fetch")
    assert verified.exit_code == 0, verified.output
    assert road.customer.name in verified.stdout


def test_pkilint_finds_no_error(road: Road) -> None:
    issuing = road.authority / "issuing.pem"
    for name in ("signing.pem", "km.pem"):
        assert judges.pkilint_errors(road.folder / name) == []
        assert judges.pkilint_chain_errors(issuing, road.folder / name) == []


def test_every_wrong_order_met_its_own_code(road: Road) -> None:
    assert len(road.refused) > 10
    for what, (due, met) in road.refused.items():
        assert met == due, what


def test_the_same_request_again_brought_the_same_certificates(road: Road) -> None:
    assert road.repeated == road.held.delivered
    assert len(road.customer.client.certificates()) == 1


def test_no_secret_of_the_customer_ever_left_the_device(road: Road) -> None:
    """Every header and body of the whole road, and everything base64 inside it, beside keys, R and password."""
    signing_pkcs8, key_management_pkcs8 = road.held.device._pkcs8()
    needles = {"R": road.held.device._r.value, "password": CERTIFICATE_PASSWORD.encode()}
    for name, pkcs8 in (("signing", signing_pkcs8), ("key management", key_management_pkcs8)):
        key = load_der_private_key(pkcs8, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        numbers = key.private_numbers()
        for part, number in (("d", numbers.d), ("p", numbers.p), ("q", numbers.q)):
            needles[f"{name} {part}"] = number.to_bytes((number.bit_length() + 7) // 8, "big")
    sent = [haystack for one in road.recorder.requests for haystack in (*_headers(one.headers), *_opened(one.body))]
    assert len(road.recorder.requests) > 30
    assert any(ACCOUNT_PASSWORD.encode() in one for one in sent)  # the judge sees what is there
    for what, needle in needles.items():
        forms = (needle, base64.b64encode(needle).rstrip(b"="), needle.hex().encode())
        assert not any(form in one for form in forms for one in sent), what


def test_no_secret_stands_in_an_address(road: Road) -> None:
    secrets = (road.customer.world.rrn, road.customer.world.phone, road.customer.world.account, road.customer.name)
    assert not any(secret in one.path for secret in secrets for one in road.recorder.requests)


def _both(delivered: DeliveredSet) -> tuple[bytes, bytes]:
    return delivered.signing_der, delivered.key_management_der


def _headers(headers: dict[str, str]) -> list[bytes]:
    return [f"{name}: {value}".encode() for name, value in headers.items()]


def _opened(body: bytes) -> list[bytes]:
    """Return a body and, when it is JSON, each of its texts decoded from base64 too."""
    try:
        content = json.loads(body)
    except ValueError:
        return [body]
    found = [body]
    for text in content.values() if isinstance(content, dict) else []:
        if isinstance(text, str):
            try:
                found.append(base64.b64decode(text, validate=True))
            except ValueError:
                continue
    return found
