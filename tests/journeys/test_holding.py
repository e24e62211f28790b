"""Suspended, resumed, locked, unlocked and ended without the device: one customer, one telephone, the real office."""

from datetime import timedelta

import pytest
from cryptography import x509

from builders.journey import Customer, Town, eventually, refusal
from dojang.cli.demo.walk import Held
from dojang.lifecycle.issue_lock.usecases import open_cooled
from dojang.lifecycle.revocation.usecases import end_holds


@pytest.fixture(scope="module")
def customer(town: Town) -> Customer:
    return Customer(town, seed=191).moves_in()


@pytest.fixture(scope="module")
def held(customer: Customer) -> Held:
    return customer.walks()


def serial_of(held: Held) -> str:
    return str(x509.load_der_x509_certificate(held.delivered.signing_der).serial_number)


def listed(customer: Customer, serial: str) -> bool:
    """Whether the newest revocation list, fetched as anybody would, names the serial number."""
    crl = x509.load_der_x509_crl(customer.client.fetch("/crl/issuing.crl"))
    return crl.get_revoked_certificate_by_serial_number(int(serial)) is not None


def state(customer: Customer, serial: str) -> str:
    return next(str(one["state"]) for one in customer.client.certificates() if one["serial"] == serial)


def confirmed(customer: Customer, act: str, target: str) -> str:
    """Ask for a call, pick the telephone up and press the number on the screen; return the confirmation's id."""
    asked = customer.client.request_confirmation(act, target)
    customer.hands.answer_call(asked["number"])
    eventually(lambda: customer.client.confirmation(asked["id"])["state"] == "confirmed")
    return str(asked["id"])


def test_suspended_with_one_request_and_resumed_with_the_key(customer: Customer, held: Held) -> None:
    serial = serial_of(held)
    assert customer.client.suspend(serial)["state"] == "held"
    eventually(lambda: listed(customer, serial))
    assert refusal(lambda: customer.client.resume(serial)).code == "step_up.required"
    signature = held.device.sign(customer.client.act_statement(serial, "resume"))
    assert customer.client.resume(serial, signature=signature)["state"] == "good"
    eventually(lambda: not listed(customer, serial))


def test_locked_nothing_is_applied_for_until_a_call_and_a_day_have_passed(
    town: Town, customer: Customer, held: Held
) -> None:
    del held
    lock = customer.client.lock_issuing()
    assert lock["state"] == "locked"

    def apply() -> object:
        return customer.client.apply(kind="reissue", years=1, reissue_reason="replaced")

    assert refusal(apply).code == "issue_lock.locked"
    assert refusal(lambda: customer.client.unlock_issuing()).code == "step_up.required"
    confirmation = confirmed(customer, "unlock_issuing", lock["id"])
    assert customer.client.unlock_issuing(confirmation=confirmation)["state"] == "cooling"
    assert refusal(apply).code == "issue_lock.locked"
    with town.at_the_desk() as office:  # no interface can make a day pass
        now = office.clock.now() + timedelta(hours=25)
        assert open_cooled(store=office.store, policy=office.settings.policy.issue_lock, now=now) == 1
    assert customer.client.issue_lock()["state"] == "open"
    opened = customer.client.apply(kind="reissue", years=1, reissue_reason="replaced")
    customer.client.cancel(str(opened["id"]))


def test_ended_without_the_device_by_a_call(customer: Customer, held: Held) -> None:
    serial = serial_of(held)
    customer.signs_in()  # from a browser that knows nothing
    assert refusal(lambda: customer.client.revoke(serial, "keyCompromise")).code == "step_up.required"
    confirmation = confirmed(customer, "revoke", serial)
    ended = customer.client.revoke(serial, "keyCompromise", confirmation=confirmation)
    assert (ended["state"], ended["reason"]) == ("revoked", "keyCompromise")
    eventually(lambda: listed(customer, serial))
    signature = held.device.sign(b"anything")
    again = customer.client.revoke(serial, "superseded", signature=signature)
    assert again == ended  # final, and asked again it says the same


def test_what_nobody_resumes_ends_by_itself(town: Town) -> None:
    """Suspended today; six months later, asked of the store directly, it is revoked and on the list."""
    other = Customer(town, seed=92).moves_in()
    serial = serial_of(other.walks())
    ends_at = other.client.suspend(serial)["hold_ends_at"]
    assert ends_at > "2026"
    with town.at_the_desk() as office:
        policy, now = office.settings.policy.revocation, office.clock.now()
        assert end_holds(store=office.store, policy=policy, now=now + timedelta(days=180)) == 0
        assert end_holds(store=office.store, policy=policy, now=now + timedelta(days=185)) == 1
    assert state(other, serial) == "revoked"
    eventually(lambda: any("폐지" in str(one) for one in town.sandbox.messages(other.world.phone)))
