"""Field keys are rotated while a customer is on the way: web and worker follow the ring, and nobody notices."""

from pathlib import Path

from builders.journey import Customer, Town, running_town, town_settings
from dojang.cli.customer.device import Device
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_up

OFFICER = "keys.officer"


def appoint(town: Town) -> None:
    with town.at_the_desk() as office:
        sign_up(
            OFFICER,
            "an officer's password 44",
            role=Role.OFFICER,
            store=office.store,
            hasher=office.hasher,
            chance=office.chance,
            now=office.clock.now(),
        )


def keys(town: Town, *arguments: str) -> str:
    done = town.dojang("keys", *arguments, "--as", OFFICER)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def sealed(town: Town) -> dict[str, int]:
    return {line.split()[0]: int(line.split()[2]) for line in town.dojang("keys", "list").stdout.splitlines()}


def test_a_key_is_changed_in_the_middle_of_the_road(tmp_path: Path) -> None:
    with running_town(town_settings(tmp_path)) as town:
        appoint(town)
        customer = Customer(town, seed=945).moves_in().applies().is_known()  # web and worker have sealed with key 1
        before = sealed(town)["1"]
        assert before > 5
        assert keys(town, "add").strip() == "2"
        keys(town, "use", "2")
        customer.proves_account()  # sealed by running processes, with the new key
        assert sealed(town)["2"] > 0
        keys(town, "reseal", "--batch", "3")
        keys(town, "retire", "1")
        customer.is_identified()  # what key 1 sealed opens in every process
        held = customer.enrols(Device())
        assert held.delivered.signing_der
        assert list(sealed(town)) == ["2"]
        assert town.dojang("audit", "verify").exit_code == 0
