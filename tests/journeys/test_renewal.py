"""A certificate is renewed with its own key: nobody proves anything again, and the old one dies last."""

from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509

from builders import journey_judges as judges
from builders.journey import CERTIFICATE_PASSWORD, Customer, Town, eventually, refusal
from dojang.cli.customer.device import DeliveredSet, Device
from dojang.cli.customer.office import OfficeRefused
from dojang.cli.customer.renewal import open_renewal, renew, signed_request
from dojang.cli.demo.command import serial_of
from dojang.cli.demo.walk import Held
from dojang.pki.certificate import certificate_pem
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id
from dojang.pki.npki.virtual_id import verify_virtual_id
from dojang.pki.validity import not_after_years


@pytest.fixture(scope="module")
def customer(town: Town) -> Customer:
    return Customer(town, seed=161).moves_in()


@pytest.fixture(scope="module")
def first(customer: Customer) -> Held:
    return customer.walks(years=1)


def parsed(delivered: DeliveredSet) -> x509.Certificate:
    return x509.load_der_x509_certificate(delivered.signing_der)


def listed(customer: Customer, serial: int) -> x509.RevokedCertificate | None:
    crl = x509.load_der_x509_crl(customer.client.fetch("/crl/issuing.crl"))
    return crl.get_revoked_certificate_by_serial_number(serial)


def test_renewed_the_same_holder_gets_the_years_on_top(
    town: Town, customer: Customer, first: Held, tmp_path: Path
) -> None:
    serial = str(serial_of(first))
    quoted = customer.client.offer_renewal(serial)
    assert [one["years"] for one in quoted["offers"]] == [1, 3]
    opened = open_renewal(customer.client, serial, 1)
    request = signed_request(customer.client, opened, new := Device(), first.device, first.delivered)
    received = customer.client.renew(opened["id"], request)
    assert customer.client.renew(opened["id"], request) == received  # the answer was lost: asked again
    customer.client.await_state(opened["id"], "issued")

    before, after = parsed(first.delivered), parsed(received)
    assert after.subject.public_bytes() == before.subject.public_bytes()
    assert after.not_valid_after_utc == not_after_years(before.not_valid_after_utc, 1)
    assert datetime.fromisoformat(opened["not_after"]) == after.not_valid_after_utc
    states = {one["serial"]: one["state"] for one in customer.client.certificates()}
    assert states[serial] == "good"
    assert listed(customer, int(serial)) is None  # it lives until the new one is accepted

    customer.client.accept(opened["id"], new.sign(customer.client.acceptance_statement(opened["id"])))
    entry = eventually(lambda: listed(customer, int(serial)))
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded
    _judge_with_openssl(town, customer, first.delivered, received, tmp_path)
    _judge_succession(town, customer, int(serial), after.serial_number, tmp_path)
    _judge_identity(customer, new, received, tmp_path)


def _judge_with_openssl(town: Town, customer: Customer, old: DeliveredSet, new: DeliveredSet, folder: Path) -> None:
    (folder / "crl.der").write_bytes(customer.client.fetch("/crl/issuing.crl"))
    authority = town.settings.authority_dir
    checked = ("-crl_check", "-CRLfile", folder / "crl.der")
    for name, one in (("old", old), ("new", new)):
        (folder / f"{name}.pem").write_bytes(certificate_pem(one.signing_der))
    assert judges.openssl_verifies(folder / "new.pem", authority, judges.SIGNING_POLICY, *checked) == ""
    assert "certificate revoked" in judges.openssl_verifies(
        folder / "old.pem", authority, judges.SIGNING_POLICY, *checked
    )
    subjects = {
        judges.openssl("x509", "-in", folder / f"{name}.pem", "-noout", "-subject", "-nameopt", "RFC2253,utf8").stdout
        for name in ("old", "new")
    }
    assert len(subjects) == 1


def _judge_succession(town: Town, customer: Customer, old: int, new: int, folder: Path) -> None:
    def statement() -> bytes | None:
        try:
            return customer.client.succession(str(new))
        except OfficeRefused:
            return None

    (folder / "succession.p7m").write_bytes(eventually(statement))
    said = judges.openssl_verifies_message(folder / "succession.p7m", town.settings.authority_dir)
    assert str(old) in said
    assert str(new) in said
    assert customer.world.rrn not in said


def _judge_identity(customer: Customer, device: Device, delivered: DeliveredSet, folder: Path) -> None:
    """Nobody was asked for the number again, and it still makes the virtual ID, with the R that is in the new key."""
    device.keep(folder, "dojang", delivered, CERTIFICATE_PASSWORD)
    kept = judges.pinksign(folder, customer.name, CERTIFICATE_PASSWORD)
    r = RandomNumber(value=bytes(kept._rand_num.asOctets()))
    verify_virtual_id(get_certificate_virtual_id(delivered.signing_der), customer.world.rrn, r)


def test_what_was_renewed_cannot_be_renewed_again_nor_by_somebody_else(customer: Customer, first: Held) -> None:
    serial = str(serial_of(first))
    assert refusal(lambda: customer.client.offer_renewal(serial)).code == "renewal.succeeded"
    stranger = Customer(customer.town, seed=162).signs_up()
    current = next(one["serial"] for one in customer.client.certificates() if one["state"] == "good")
    assert refusal(lambda: stranger.client.offer_renewal(current)).code == "renewal.not_found"


def test_an_open_renewal_is_cancelled_and_begun_anew(town: Town) -> None:
    """With keys lost half way: what was made is revoked, the present certificate stays, and one may begin anew."""
    customer = Customer(town, seed=163).moves_in()
    held = customer.walks(years=1)
    serial = str(serial_of(held))
    opened = open_renewal(customer.client, serial, 1)
    request = signed_request(customer.client, opened, Device(), held.device, held.delivered)
    lost = customer.client.renew(opened["id"], request)
    customer.client.await_state(opened["id"], "issued")
    other = signed_request(customer.client, opened, Device(), held.device, held.delivered)
    assert refusal(lambda: customer.client.renew(opened["id"], other)).code == "renewal.already_signed"
    customer.client.cancel(opened["id"])
    eventually(lambda: listed(customer, parsed(lost).serial_number))
    second = open_renewal(customer.client, serial, 3)
    assert second["id"] != opened["id"]
    assert refusal(lambda: customer.client.renew(second["id"], request)).code == "renewal.replayed"
    customer.client.cancel(second["id"])
    done = renew(customer.client, serial, held.device, held.delivered, years=1)
    assert parsed(done.delivered).subject == parsed(held.delivered).subject
