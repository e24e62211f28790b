"""One certificate through all its years: issued, announced, renewed, suspended, ended by nobody; beside it, one let go.

The whole office, worker and neighbours live through it: they are stopped, and started again at a later time by
libfaketime. OpenSSL, at the same time, judges what is published.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from builders import journey_judges as judges
from builders.journey import Customer, Town, eventually, refusal, running_town, town_settings
from builders.leap import LIBRARIES, leapt
from dojang.cli.customer.device import DeliveredSet
from dojang.cli.customer.renewal import renew
from dojang.config import Settings
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.pki.certificate import certificate_pem
from dojang.pki.validity import KST, not_after_years

A_TICK_S = 90.0  # the expiry tick comes once a minute
pytestmark = pytest.mark.skipif(not LIBRARIES and not os.environ.get("CI"), reason="libfaketime is not installed")


def signing(delivered: DeliveredSet) -> x509.Certificate:
    return x509.load_der_x509_certificate(delivered.signing_der)


def morning(day: datetime, days: int = 0) -> datetime:
    """Return a moment of a Korean day when notices go out, shortly before a minute is full."""
    return day.astimezone(KST).replace(hour=10, minute=4, second=42, microsecond=0) + timedelta(days=days)


@contextmanager
def office_at(moment: datetime, settings: Settings, *customers: Customer) -> Iterator[Town]:
    """Run the town at a later time; whoever was signed in signs in again."""
    with leapt(moment), running_town(settings) as town:
        for customer in customers:
            customer.town = town
            customer.signs_in()
        yield town


def told(town: Town, customer: Customer, template: str) -> int:
    """Return how often the customer was told."""
    return sum(template in str(one["template"]) for one in town.sandbox.messages(customer.world.phone))


def state(customer: Customer, serial: int) -> str:
    return next(str(one["state"]) for one in customer.client.certificates() if one["serial"] == str(serial))


def published(customer: Customer, delivered: DeliveredSet, settings: Settings, folder: Path) -> tuple[str, str]:
    """Return what OpenSSL says of a certificate: of its path with the revocation list, and asking by OCSP."""
    certificate, crl = folder / "one.pem", folder / "crl.der"
    certificate.write_bytes(certificate_pem(delivered.signing_der))
    crl.write_bytes(customer.client.fetch("/crl/issuing.crl"))
    authority = settings.authority_dir
    path = judges.openssl_verifies(certificate, authority, judges.SIGNING_POLICY, "-crl_check", "-CRLfile", crl)
    issuer, root = authority / "issuing.pem", authority / "root.pem"
    asked = ("-issuer", issuer, "-cert", certificate, "-CAfile", root, "-verify_other", issuer)
    answer = judges.openssl("ocsp", "-url", f"{settings.public_url}/ocsp", "-no_nonce", *asked)
    assert "Response verify OK" in answer.stderr, answer.stderr
    assert "WARNING" not in answer.stdout + answer.stderr  # its times are of now
    return path, answer.stdout


def until_told(town: Town, customer: Customer, template: str, times: int) -> None:
    eventually(lambda: told(town, customer, template) >= times, timeout_s=A_TICK_S)
    assert told(town, customer, template) == times


def test_one_certificate_from_issue_to_its_end(tmp_path: Path) -> None:
    settings = town_settings(tmp_path)
    bank_hours = settings.policy.model_copy(update={"renewal": RenewalPolicy()})
    settings = settings.model_copy(update={"policy": bank_hours})

    with running_town(settings) as town:
        owner, idle = (Customer(town, seed=seed).moves_in() for seed in (211, 212))
        held, let_go = owner.walks(years=1), idle.walks(years=1)
        first, last = signing(held.delivered), signing(let_go.delivered)
        assert refusal(lambda: owner.client.offer_renewal(str(first.serial_number))).code == "renewal.too_early"
    end = first.not_valid_after_utc

    for days, soon, tomorrow in ((30, 1, 0), (7, 2, 0)):
        with office_at(morning(end, -days), settings, owner, idle) as town:
            for one in (owner, idle):
                until_told(town, one, "certificate_expires_soon", soon)
                assert told(town, one, "certificate_expires_tomorrow") == tomorrow

    with office_at(morning(end, -1), settings, owner, idle) as town:
        until_told(town, owner, "certificate_expires_tomorrow", 1)
        assert told(town, owner, "certificate_expires_soon") == 2
        renewed = renew(owner.client, str(first.serial_number), held.device, held.delivered)
        second = signing(renewed.delivered)
        assert second.not_valid_after_utc == not_after_years(end, 1)
        eventually(lambda: "revoked" in published(owner, held.delivered, settings, tmp_path)[0])
        until_told(town, owner, "certificate_revoked", 1)
        assert "superseded" in published(owner, held.delivered, settings, tmp_path)[1]
        path, answer = published(owner, renewed.delivered, settings, tmp_path)
        assert (path, "one.pem: good" in answer) == ("", True)
        hold = owner.client.suspend(str(second.serial_number))
        eventually(lambda: "revoked" in published(owner, renewed.delivered, settings, tmp_path)[0])
        assert "certificateHold" in published(owner, renewed.delivered, settings, tmp_path)[1]
    hold_ends = datetime.fromisoformat(hold["hold_ends_at"])

    with office_at(morning(last.not_valid_after_utc, 1), settings, owner, idle) as town:
        until_told(town, idle, "certificate_expired", 1)
        assert told(town, owner, "certificate_expired") == 0  # theirs was renewed
        assert "expired" in published(idle, let_go.delivered, settings, tmp_path)[0]
        refused = refusal(lambda: idle.client.offer_renewal(str(last.serial_number)))
        assert refused.code == "renewal.too_late"
        assert "재발급" in refused.problem["next"]
        opened = idle.client.apply(kind="reissue", years=1, reissue_reason="expired")
        idle.client.cancel(str(opened["id"]))

    with office_at(morning(hold_ends, -7) + timedelta(days=1), settings, owner) as town:
        until_told(town, owner, "hold_ending", 1)
        assert state(owner, second.serial_number) == "held"

    with office_at(morning(hold_ends, 1), settings, owner) as town:
        eventually(lambda: state(owner, second.serial_number) == "revoked", timeout_s=A_TICK_S)
        eventually(lambda: "cessationOfOperation" in published(owner, renewed.delivered, settings, tmp_path)[1])
        assert "revoked" in published(owner, renewed.delivered, settings, tmp_path)[0]
        until_told(town, owner, "certificate_revoked", 2)
        assert told(town, owner, "hold_ending") == 1
