"""A town for journeys: the real office in its processes, its sandbox neighbours, and customers who walk in.

Everything goes over HTTP or the command line, as it would for anybody. `Town.at_the_desk` alone opens the store
directly: for what only hours or years bring about, it calls a use case with a later time.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from typer.testing import CliRunner, Result

from dojang.bootstrap import Office, open_office
from dojang.cli.customer.device import CertificateOrder, Device
from dojang.cli.customer.office import OfficeClient, OfficeRefused
from dojang.cli.demo.command import demo_settings
from dojang.cli.demo.customer_world import BANK_CODE, CustomerWorld
from dojang.cli.demo.progress import Steps
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.demo.walk import (
    Hands,
    Held,
    answer_telephone,
    automatic_hands,
    enter_data,
    prove_account,
    require,
    show_document,
    walk,
)
from dojang.cli.main import app
from dojang.cli.serve import OfficeProcesses
from dojang.config import SETTINGS_VARIABLE, Policies, ReaderSettings, Settings
from dojang.controls.outage.policy import OutagePolicy
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.pki.validity import day_kst
from dojang.sandbox.specimen.document import Kind

ACCOUNT_PASSWORD = "a long journey begins 4127"
CERTIFICATE_PASSWORD = "Journey!2741dojang"
HURRIED = 200.0
PATIENCE_S = 60.0
_SHORT_NUMBER = 8


def town_settings(directory: Path, **changes: Any) -> Settings:
    """Return the settings of an office below `directory` whose limits leave room for many stories.

    Caps an account and a telephone have, and tries, are the bank's own; pauses and daily caps of a person are lifted. A
    certificate may be renewed from its first day: no interface can make a year pass.
    """
    (directory / "office").mkdir(parents=True, exist_ok=True)
    usual = ProofingPolicy()
    proofing = replace(
        usual,
        document=replace(usual.document, attempts=20, submissions_per_subscriber=100, submissions_per_device=100),
        deposit=replace(
            usual.deposit,
            pause_s=0,
            per_person=100,
            per_device=100,
            inquiries_per_person=100,
            settle_after_s=(0.2, 0.5, 2.0),
        ),
        call=replace(usual.call, pauses_s=(0,), per_person=100, ring_timeout_s=1.0, answer_timeout_s=1.0),
        registry_checks_per_person=100,
    )
    # Outages begin and end within a story.
    outage = OutagePolicy(failures_to_open=3, first_pause_s=1, longest_pause_s=2, probe_s=5)
    chosen = {
        "policy": Policies(proofing=proofing, renewal=RenewalPolicy(window_days=400), outage=outage),
        "reader": ReaderSettings(processes=2),
        **changes,
    }
    return demo_settings(directory).model_copy(update=chosen)


@dataclass(slots=True)
class Town:
    """A running office. `told` collects what nobody may find in logs and store, as `what -> words`."""

    settings: Settings
    processes: OfficeProcesses
    sandbox: "Sandbox"
    log_file: Path
    told: dict[str, set[str]] = field(default_factory=dict, repr=False)
    _reviewer: Reviewer | None = None

    def tell(self, what: str, word: str) -> None:
        """Remember a word that must stay secret."""
        self.told.setdefault(what, set()).add(word)

    def overheard(self, text: str, *, only: str | None = None) -> dict[str, list[str]]:
        """Return the secret words that stand in `text`, by what they are; all of them, or those of the kind `only`.

        A short number counts where it stands by itself: ids, serials and microseconds hold any six digits by chance.
        """
        heard = {
            what: [word for word in words if _stands_in(word, text)]
            for what, words in self.told.items()
            if only in (None, what)
        }
        return {what: words for what, words in heard.items() if words}

    @property
    def reviewer(self) -> Reviewer:
        """The town's reviewer, signed in."""
        if self._reviewer is None:
            self._reviewer = Reviewer(self.settings)
        return self._reviewer

    def dojang(self, *arguments: str) -> Result:
        """Run a `dojang` command with this town's settings."""
        return CliRunner().invoke(app, list(arguments), env={SETTINGS_VARIABLE: self.settings.model_dump_json()})

    @contextmanager
    def at_the_desk(self) -> Iterator[Office]:
        """Open the store directly, for use cases with a time of their own."""
        office = open_office(self.settings)
        try:
            yield office
        finally:
            office.database.dispose()


@contextmanager
def running_town(settings: Settings) -> Iterator[Town]:
    """Run an office and its sandbox."""
    log_file = settings.data_dir / "log.jsonl"
    with OfficeProcesses(settings, log_file=log_file) as processes:
        town = Town(settings, processes, Sandbox(settings.sandbox_url), log_file)
        yield town


class Sandbox:
    """The neighbours, as whoever set the sandbox up steers them."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False)

    def post(self, path: str, /, **body: Any) -> dict[str, Any]:
        """Steer something."""
        done: dict[str, Any] = self._http.post(path, json=body).raise_for_status().json()
        return done

    def get(self, path: str) -> dict[str, Any]:
        """Look something up."""
        found: dict[str, Any] = self._http.get(path).raise_for_status().json()
        return found

    @contextmanager
    def fault(self, neighbour: str, kind: str, **more: Any) -> Iterator[None]:
        """Have a neighbour misbehave, until the block ends."""
        self.post(f"/sandbox/{neighbour}/fault", kind=kind, **more)
        try:
            yield
        finally:
            self._http.delete(f"/sandbox/{neighbour}/fault").raise_for_status()

    def open_account(self, number: str, *, holder: str, born: str, **more: Any) -> None:
        """Open a bank account of an invented person."""
        body = {"bank_code": BANK_CODE, "number": number, "holder_name": holder, "birth_date": born, **more}
        self.post("/sandbox/bank/accounts", **body)

    def connect_line(self, number: str, *, owner: str, born: str, **handset: Any) -> None:
        """Connect a telephone whose handset behaves as told."""
        script = {"playback_rate": HURRIED, **handset}
        self.post("/sandbox/telephony/lines", number=number, owner_name=owner, birth_date=born, handset=script)

    def messages(self, recipient: str) -> list[dict[str, Any]]:
        """Return what arrived in a mailbox."""
        found: list[dict[str, Any]] = self.get(f"/mailbox/box/{recipient}.json")["messages"]
        return found


class Customer:
    """One invented customer: their world, their session with the office, their application under way."""

    def __init__(
        self, town: Town, *, seed: int, kind: Kind = Kind.RESIDENT_CARD, login: str = "", base_url: str = ""
    ) -> None:
        self.town = town
        self.login = login or f"journey-{seed}"
        self.device_id = f"device-{self.login}"
        self.world = CustomerWorld(town.settings.sandbox_url, seed=seed, kind=kind, today=day_kst(datetime.now(UTC)))
        self.client = OfficeClient(base_url or town.settings.public_url, device_id=self.device_id)
        self.hands: Hands = automatic_hands(self.world, lambda: town.reviewer.approve_all())
        self.application_id = ""
        self.steps = Steps(Console(quiet=True))
        for what, word in (("rrn", self.world.rrn), ("phone", self.world.phone), ("account", self.world.account)):
            town.tell(what, word)
        town.tell("hyphened", self.world.person.rrn)
        town.tell("hyphened", self.world.person.phone)
        town.tell("name", self.name)

    @property
    def name(self) -> str:
        """The customer's name."""
        return self.world.person.name.hangul

    @property
    def born(self) -> str:
        """The birth date, ISO 8601."""
        return self.world.person.birth_date.isoformat()

    def moves_in(self) -> "Customer":
        """Have the sandbox know them, and open an account with the office."""
        self.world.settle_in(listening_speed=HURRIED)
        return self.signs_up()

    def signs_up(self) -> "Customer":
        """Open an account with the office, and a session."""
        self.client.sign_up(self.login, ACCOUNT_PASSWORD)
        return self.signs_in()

    def signs_in(self) -> "Customer":
        """Open a session, from a fresh connection: whatever the browser knew is gone."""
        self.client = OfficeClient(str(self.client.base_url), device_id=self.device_id)
        self.client.sign_in(self.login, ACCOUNT_PASSWORD)
        return self

    def applies(self, **asked: Any) -> "Customer":
        """Open an application; a new certificate for one year unless told otherwise."""
        self.application_id = str(self.client.apply(**{"kind": "new", "years": 1, **asked})["id"])
        return self

    def shows_document(self) -> "Customer":
        """Photograph the document and confirm what was read."""
        show_document(self.client, self.world, self.application_id, self.steps)
        return self

    def is_known(self) -> "Customer":
        """Show the document and say who they are; the registry agrees."""
        self.shows_document()
        enter_data(self.client, self.world, self.application_id)
        require(self.check("registry"), "passed")
        return self

    def proves_account(self) -> "Customer":
        """Have the micro-deposit confirmed."""
        prove_account(self.client, self.world, self.hands, self.application_id)
        return self

    def answers_telephone(self) -> "Customer":
        """Be called and press the number."""
        answer_telephone(self.client, self.hands, self.application_id)
        return self

    def is_identified(self) -> "Customer":
        """Prove whatever is left, to the end of proofing."""
        states = {one["check"]: one["state"] for one in self.client.proofing(self.application_id)["checks"]}
        if states["account_deposit"] != "passed":
            self.proves_account()
        if states["ars_call"] != "passed":
            self.answers_telephone()
        if "review" in states.values():  # a photograph that only looks like a copy: somebody looks, and believes it
            self.town.reviewer.approve_all()
        self.client.await_state(self.application_id, "identified")
        return self

    def walks(self, **asked: Any) -> Held:
        """Take the whole road in one go."""
        asked = {"kind": "new", "years": 1, **asked}
        return walk(self.client, self.world, self.hands, self.steps, label="walk", **asked)

    def sends(self, photographs: Mapping[str, bytes], *, kind: str = "") -> dict[str, Any]:
        """Hand photographs in; return the document check once somebody has looked."""
        for side, jpeg in photographs.items():
            self.client.send_photograph(self.application_id, kind or self.world.card.kind.value, side, jpeg)
        return self.check("id_document")

    def data(self, **changes: Any) -> dict[str, Any]:
        """Return what they would enter about themselves."""
        person = self.world.person
        entered = {"name": self.name, "birth_date": self.born, "sex": person.sex.value, "phone": self.world.phone}
        return {**entered, **changes}

    def check(self, name: str, *, timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """Return a check once nobody works at it any more."""
        return self.client.await_check(self.application_id, name, timeout_s=timeout_s)

    def enrols(self, device: Device, *, order: CertificateOrder | None = None, key: str = "the-first-time") -> Held:
        """Have both certificates issued, and accept them."""
        delivered = self.client.enrol(self.application_id, order or self.order(device), idempotency_key=key)
        self.client.await_state(self.application_id, "issued")
        statement = self.client.acceptance_statement(self.application_id)
        self.client.accept(self.application_id, device.sign(statement))
        self.client.await_state(self.application_id, "completed")
        return Held(application_id=self.application_id, device=device, delivered=delivered, terms={})

    def order(self, device: Device, *, label: str = "") -> CertificateOrder:
        """Return what the device sends; R is sealed for this application unless `label` names another."""
        transport_spki_der = base64.b64decode(self.client.authority()["transport_key"])
        return device.order(label or self.application_id, transport_spki_der)


def codes(check: Mapping[str, Any]) -> list[str]:
    """Return the codes of a check's findings, after seeing to it that each has words for the person."""
    for one in check["findings"]:
        assert one["title"], one
        assert one["next"], one
    return [str(one["code"]) for one in check["findings"]]


def refusal(act: Callable[[], object]) -> OfficeRefused:
    """Return the office's refusal of `act`, after seeing to it that it is a whole problem document."""
    try:
        act()
    except OfficeRefused as refused:
        problem = refused.problem
        assert {"type", "title", "status", "detail", "code", "next"} <= problem.keys(), problem
        assert problem["type"].endswith(problem["code"])
        return refused
    raise AssertionError("it was allowed")


def eventually(look: Callable[[], Any], *, timeout_s: float = PATIENCE_S) -> Any:
    """Look again and again until there is something; return it."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def until_parked(customer: Customer, name: str) -> dict[str, Any]:
    """Wait until a check is parked because a neighbour is away; return it."""

    def look() -> dict[str, Any] | None:
        checks = customer.client.proofing(customer.application_id)["checks"]
        found: dict[str, Any] = next(one for one in checks if one["check"] == name)
        return found if found["state"] == "parked" else None

    parked: dict[str, Any] = eventually(look)
    return parked


def _stands_in(word: str, text: str) -> bool:
    if word.isdecimal() and len(word) <= _SHORT_NUMBER:
        return re.search(rf"(?<![0-9A-Za-z.]){word}(?![0-9A-Za-z])", text) is not None
    return word in text


def json_lines(text: str) -> list[dict[str, Any]]:
    """Parse one JSON object a line."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
