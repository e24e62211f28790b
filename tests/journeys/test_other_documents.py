"""A driver's licence whose register says no at first, and a passport without a number: both reach a certificate."""

from pathlib import Path

from builders import journey_judges as judges
from builders.journey import CERTIFICATE_PASSWORD, Customer, Town, codes, eventually, refusal, until_parked
from dojang.cli.customer.device import Device
from dojang.cli.demo.walk import Held
from dojang.pki.certificate import certificate_pem
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id
from dojang.pki.npki.virtual_id import verify_virtual_id
from dojang.sandbox.specimen.document import Kind


def judge(town: Town, customer: Customer, held: Held, folder: Path) -> None:
    """OpenSSL, pkilint and pypinksign accept what is held; the virtual ID is this person's."""
    held.device.keep(folder, "dojang", held.delivered, CERTIFICATE_PASSWORD)
    pem = folder / "signing.pem"
    pem.write_bytes(certificate_pem(held.delivered.signing_der))
    assert judges.openssl_verifies(pem, town.settings.authority_dir, judges.SIGNING_POLICY) == ""
    assert judges.pkilint_errors(pem) == []
    pair = judges.pinksign(folder, customer.name, CERTIFICATE_PASSWORD)
    assert pair.verify(pair.sign(b"message"), b"message")
    r = RandomNumber(value=bytes(pair._rand_num.asOctets()))
    verify_virtual_id(get_certificate_virtual_id(held.delivered.signing_der), customer.world.rrn, r)


def registers(town: Town, customer: Customer, **changes: str) -> None:
    """Have the issuer's register say something else of the document."""
    town.sandbox.post("/sandbox/registry/records", **{**customer.world.registry_record(), **changes})


def looks_again(customer: Customer) -> dict[str, object]:
    """Confirm the values read once more, nothing retyped, and return what the registry says to them."""
    assert customer.check("id_document")["state"] == "confirming"
    customer.client.confirm_fields(customer.application_id, {})
    return customer.check("registry")


def test_a_driver_licence_the_register_doubts_at_first(town: Town, tmp_path: Path) -> None:
    """Down, another serial, another name, and then right: the applicant enters everything once."""
    driver = Customer(town, seed=61, kind=Kind.DRIVER_LICENCE).moves_in().applies().shows_document()
    registers(town, driver, serial="ZZZZZZ")
    with town.sandbox.fault("registry", "down"):
        driver.client.send_personal_data(driver.application_id, **driver.data())
        assert codes(until_parked(driver, "registry")) == ["registry_check.unavailable"]
        # The applicant goes on meanwhile: the bank can be asked already.
        driver.proves_account()
    check = driver.check("registry")
    assert (check["state"], codes(check)) == ("retry", ["registry_check.serial_mismatch"])
    registers(town, driver, name="다른이름")
    check = looks_again(driver)
    assert (check["state"], codes(check)) == ("retry", ["registry_check.mismatch"])
    registers(town, driver)
    assert looks_again(driver)["state"] == "passed"
    driver.is_identified()
    judge(town, driver, driver.enrols(Device()), tmp_path)


def test_a_document_reported_lost_ends_the_application_and_tells_the_operators(town: Town) -> None:
    finder = Customer(town, seed=62).moves_in().applies()
    registers(town, finder, state="lost")
    finder.shows_document()
    finder.client.send_personal_data(finder.application_id, **finder.data())
    finder.client.await_state(finder.application_id, "refused")
    check = next(one for one in finder.client.proofing(finder.application_id)["checks"] if one["check"] == "registry")
    assert (check["state"], codes(check)) == ("failed", ["registry_check.lost_or_cancelled"])
    operators = town.settings.neighbours.notice.operators_email
    told = eventually(lambda: [one for one in town.sandbox.messages(operators) if "lost" in one["template"]])
    assert all(finder.world.rrn not in str(one) and finder.name not in str(one) for one in told)


def test_a_passport_without_a_number_is_looked_at_by_an_operator(town: Town, tmp_path: Path) -> None:
    """The number is typed, so a reviewer looks, over the operators' interface, while the customer goes on."""
    traveller = Customer(town, seed=63, kind=Kind.PASSPORT).moves_in().applies().shows_document()
    without = traveller.data()
    refused = refusal(lambda: traveller.client.send_personal_data(traveller.application_id, **without))
    assert refused.code == "identity_proofing.rrn_required"
    traveller.client.send_personal_data(traveller.application_id, **without, rrn=traveller.world.rrn)
    check = traveller.check("personal_data")
    assert (check["state"], codes(check)) == ("review", ["identity_proofing.typed_rrn"])
    traveller.proves_account().answers_telephone()
    assert traveller.client.application(traveller.application_id)["state"] == "proofing"

    subscriber = refusal(lambda: traveller.client.request("GET", "/v1/operator/reviews"))
    assert (subscriber.code, subscriber.problem["status"]) == ("access.role_required", 403)
    listed = town.reviewer.request("GET", "/v1/operator/reviews").json()
    mine = [one for one in listed if [each["code"] for each in one["findings"]] == ["identity_proofing.typed_rrn"]]
    assert len(mine) == 1
    path = f"/v1/operator/reviews/{mine[0]['id']}"
    shown = town.reviewer.request("GET", path).json()
    assert shown["application_id"] == traveller.application_id
    assert traveller.world.rrn not in str(shown)
    assert town.reviewer.request("POST", f"{path}/approval").json()["state"] == "approved"
    again = refusal(lambda: town.reviewer.request("POST", f"{path}/approval"))
    assert again.code == "proofing_review.already_decided"
    traveller.client.await_state(traveller.application_id, "identified")
    judge(town, traveller, traveller.enrols(Device()), tmp_path)
