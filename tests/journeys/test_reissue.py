"""A certificate is replaced, then lost, then runs out: re-issue walks the same road and ends the old certificate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from builders import journey_judges as judges
from builders.journey import Customer, Town, eventually, refusal
from dojang.cli.customer.device import DeliveredSet, Device
from dojang.cli.customer.office import OfficeRefused
from dojang.cli.demo.command import serial_of
from dojang.cli.demo.walk import Held
from dojang.lifecycle.application.model import ApplicationKind, ReissueReason
from dojang.lifecycle.application.usecases import ApplicationRequest, quote_terms
from dojang.pki.certificate import certificate_pem


@dataclass(slots=True)
class Holder:
    """A customer and the certificates they came to hold, one after the other."""

    customer: Customer
    first: Held
    folder: Path


@pytest.fixture(scope="module")
def holder(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Holder:
    customer = Customer(town, seed=31).moves_in()
    return Holder(customer, customer.walks(years=1), tmp_path_factory.mktemp("reissue"))


def crl_reason(town: Town, customer: Customer, serial: int) -> x509.ReasonFlags | None:
    """Wait until a serial stands on the published CRL; return its reason."""

    def lists(crl_der: bytes) -> bool:
        return x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(serial) is not None

    crl_der = customer.client.await_published("/crl/issuing.crl", lists)
    (town.settings.data_dir / "crl.der").write_bytes(crl_der)
    entry = x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason


def end_of(delivered: DeliveredSet) -> datetime:
    return x509.load_der_x509_certificate(delivered.signing_der).not_valid_after_utc


def test_replaced_the_old_dies_when_the_new_is_accepted_and_a_statement_links_them(town: Town, holder: Holder) -> None:
    customer, old = holder.customer, holder.first
    old_serial = serial_of(old)
    quoted = customer.client.quote(kind="reissue", years=1, reissue_reason="replaced")
    assert quoted["predecessor_serial"] == str(old_serial)
    assert (quoted["validity"], quoted["predecessor_ends"]) == ("remaining", "on_acceptance")
    assert datetime.fromisoformat(quoted["not_after"]) == end_of(old.delivered)

    customer.applies(kind="reissue", years=1, reissue_reason="replaced").is_known()
    _fills_in_what_is_known(customer)
    customer.is_identified()
    keys_again = customer.order(old.device)
    refused = refusal(lambda: customer.client.enrol(customer.application_id, keys_again, idempotency_key="old-keys"))
    assert refused.code == "issuance.key_certified_before"
    states = {one["serial"]: one["state"] for one in customer.client.certificates()}
    assert states[str(old_serial)] == "good"  # it lives until the new one is accepted
    new = customer.enrols(Device())
    assert crl_reason(town, customer, old_serial) is x509.ReasonFlags.superseded
    assert end_of(new.delivered) == end_of(old.delivered)
    before, after = (x509.load_der_x509_certificate(one.delivered.signing_der) for one in (old, new))
    assert before.subject == after.subject
    _judge_with_openssl(town, holder, old, new)
    _judge_succession(town, holder, old, new)


def _fills_in_what_is_known(customer: Customer) -> None:
    """Telephone and account need not be typed again; the account is proven again all the same."""
    known = customer.client.applicant()
    assert (known["name"], known["birth_date"], known["phone"]) == (customer.name, customer.born, customer.world.phone)
    assert known["account"].endswith(customer.world.account[-4:])
    assert customer.world.account not in str(known)
    assert customer.world.rrn not in str(known)
    lines_before = len(customer.world.statement())
    customer.client.send_known_account(customer.application_id)
    amount_krw, text = customer.hands.read_statement(lines_before)
    assert customer.check("account_deposit")["state"] == "confirming"
    customer.client.confirm_deposit(customer.application_id, amount_krw, text)


def _judge_with_openssl(town: Town, holder: Holder, old: Held, new: Held) -> None:
    checked = ("-crl_check", "-CRLfile", town.settings.data_dir / "crl.der")
    for name, held in (("old", old), ("new", new)):
        (holder.folder / f"{name}.pem").write_bytes(certificate_pem(held.delivered.signing_der))
    authority = town.settings.authority_dir
    assert judges.openssl_verifies(holder.folder / "new.pem", authority, judges.SIGNING_POLICY, *checked) == ""
    complaint = judges.openssl_verifies(holder.folder / "old.pem", authority, judges.SIGNING_POLICY, *checked)
    assert "certificate revoked" in complaint


def _judge_succession(town: Town, holder: Holder, old: Held, new: Held) -> None:
    def statement() -> bytes | None:
        try:
            return holder.customer.client.succession(str(serial_of(new)))
        except OfficeRefused:
            return None

    signed = holder.folder / "succession.p7m"
    signed.write_bytes(eventually(statement))
    said = judges.openssl_verifies_message(signed, town.settings.authority_dir)
    assert str(serial_of(old)) in said
    assert str(serial_of(new)) in said
    assert holder.customer.world.rrn not in said


def test_lost_the_old_is_suspended_before_anybody_proves_anything_and_revoked_when_they_have(
    town: Town, holder: Holder
) -> None:
    customer = holder.customer
    current = next(one["serial"] for one in customer.client.certificates() if one["state"] == "good")
    quoted = customer.client.quote(kind="reissue", years=1, reissue_reason="lost")
    assert quoted["predecessor_ends"] == "at_once"
    customer.applies(kind="reissue", years=1, reissue_reason="lost")
    assert crl_reason(town, customer, int(current)) is x509.ReasonFlags.certificate_hold
    assert customer.client.application(customer.application_id)["state"] == "proofing"
    customer.client.cancel(customer.application_id)

    def state() -> str:
        return str(next(one["state"] for one in customer.client.certificates() if one["serial"] == current))

    assert state() == "held"  # giving up does not bring it back: its owner resumes it, with a further proof
    assert refusal(lambda: customer.client.resume(current)).code == "step_up.required"
    customer.applies(kind="reissue", years=1, reissue_reason="lost").is_known().is_identified()
    eventually(lambda: state() == "revoked" or None)

    def compromised(crl_der: bytes) -> bool:
        entry = x509.load_der_x509_crl(crl_der).get_revoked_certificate_by_serial_number(int(current))
        assert entry is not None
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise

    customer.client.await_published("/crl/issuing.crl", compromised)
    customer.client.cancel(customer.application_id)


def test_a_certificate_that_ran_out_is_issued_anew(town: Town, holder: Holder) -> None:
    """Two years from now, asked of the store directly: no interface can make a year pass."""
    customer = holder.customer
    with town.at_the_desk() as office:
        account = office.store.read(lambda tx: tx.accounts.find_by_login_name(customer.login))
        assert account is not None
        later = office.clock.now() + timedelta(days=730)
        request = ApplicationRequest(
            subscriber_id=account.id,
            kind=ApplicationKind.REISSUE,
            years=3,
            consents=(),
            reissue_reason=ReissueReason.EXPIRED,
        )
        quoted = quote_terms(request, store=office.store, policy=office.settings.policy.application, now=later)
    assert quoted.validity.value == "anew"
    assert (quoted.not_after - later).days in (3 * 365 - 1, 3 * 365, 3 * 365 + 1)


def test_one_may_revoke_ones_own_and_nobody_elses(town: Town, holder: Holder) -> None:
    stranger = Customer(town, seed=32).signs_up()
    serial = str(serial_of(holder.first))
    refused = refusal(lambda: stranger.client.revoke(serial, "keyCompromise"))
    assert refused.code == "revocation.certificate_not_found"
    said_twice = holder.customer.client.revoke(serial, "unspecified")
    assert (said_twice["state"], said_twice["reason"]) == ("revoked", "superseded")  # the first reason stands
