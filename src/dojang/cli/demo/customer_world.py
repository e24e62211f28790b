"""The invented customer's surroundings: their ID card, their bank account, their telephone.

Talks to the sandbox as a customer would (statement, handset) and, once, as whoever sets a sandbox up.
"""

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import numpy as np

from dojang.sandbox.specimen.cases import draw_sides, invent_issue_date, last_valid_day
from dojang.sandbox.specimen.document import FlatDocument, Kind
from dojang.sandbox.specimen.people import Person, invent_person
from dojang.sandbox.specimen.photograph import Difficulty, photograph

BANK_CODE = "004"
PATIENCE_S = 40.0


class NothingHappened(Exception):
    """What the customer waited for did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCard:
    """The customer's document: both sides, and when it was issued and ends."""

    kind: Kind
    front: FlatDocument = field(repr=False)
    back: FlatDocument | None = field(repr=False)
    issued_on: date
    expires_on: date | None


class CustomerWorld:
    """One invented customer in one sandbox. Everything follows from the seed."""

    def __init__(self, sandbox_url: str, *, seed: int, kind: Kind, today: date) -> None:
        self._http = httpx.Client(base_url=sandbox_url, timeout=PATIENCE_S, trust_env=False)
        self._rng = np.random.default_rng(seed)
        self.person: Person = invent_person(self._rng, today=today, min_age=20, max_age=64)
        issued_on = invent_issue_date(self._rng, self.person, kind, today=today)
        expires_on = last_valid_day(self.person, kind, issued_on)
        sides = draw_sides(self.person, kind, issued_on=issued_on, expires_on=expires_on)
        self.card = IdCard(kind=kind, front=sides.front, back=sides.back, issued_on=issued_on, expires_on=expires_on)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def rrn(self) -> str:
        """The thirteen digits."""
        return self.person.rrn.replace("-", "")

    @property
    def phone(self) -> str:
        """The telephone's digits."""
        return self.person.phone.replace("-", "")

    @property
    def account(self) -> str:
        """The bank account's digits."""
        return self.person.bank_account.replace("-", "")

    def settle_in(self, *, listening_speed: float = 1.0) -> None:
        """Have the sandbox know this person: account, line, and the card in its issuer's register.

        `listening_speed` divides the time the handset takes to hear a prompt.
        """
        person = self.person
        name, birth_date = person.name.hangul, person.birth_date.isoformat()
        self._post(
            "/sandbox/bank/accounts",
            {"bank_code": BANK_CODE, "number": self.account, "holder_name": name, "birth_date": birth_date},
        )
        self._post(
            "/sandbox/telephony/lines",
            {
                "number": self.phone,
                "owner_name": name,
                "birth_date": birth_date,
                "handset": {"playback_rate": listening_speed},
            },
        )
        self._post("/sandbox/registry/records", self.registry_record())

    def registry_record(self) -> dict[str, Any]:
        """Return what the card's issuer has on record, as the sandbox takes it."""
        person, card = self.person, self.card
        numbers = {
            Kind.RESIDENT_CARD: self.rrn,
            Kind.DRIVER_LICENCE: person.licence_number.replace("-", ""),
            Kind.PASSPORT: person.passport_number_on(card.issued_on),
        }
        record: dict[str, Any] = {
            "kind": card.kind.value,
            "number": numbers[card.kind],
            "name": person.name.hangul,
            "birth_date": person.birth_date.strftime("%Y%m%d"),
            "issued_on": card.issued_on.strftime("%Y%m%d"),
        }
        if card.kind is Kind.DRIVER_LICENCE:
            record["serial"] = person.licence_serial
        if card.expires_on is not None and card.kind is Kind.PASSPORT:
            record["expires_on"] = card.expires_on.strftime("%Y%m%d")
        return record

    def photograph_card(self, difficulty: Difficulty = Difficulty.CLEAN) -> dict[str, bytes]:
        """Take a photograph of each side; every call takes new ones. JPEG by side."""
        taken = {"front": photograph(self.card.front, self._rng, difficulty=difficulty).jpeg}
        if self.card.back is not None:
            taken["back"] = photograph(self.card.back, self._rng, difficulty=difficulty).jpeg
        return taken

    def read_statement(self, *, lines_before: int) -> tuple[int, str]:
        """Wait until the bank statement has a new line; return its amount in won and the depositor's text."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            lines = self.statement()
            if len(lines) > lines_before:
                return int(lines[0]["amount_krw"]), str(lines[0]["text"])
            time.sleep(0.05)
        raise NothingHappened("no deposit arrived")

    def statement(self) -> list[dict[str, Any]]:
        """Return the lines of the bank statement, newest first."""
        found: list[dict[str, Any]] = self._get(f"/bank/statement/{BANK_CODE}/{self.account}.json")["lines"]
        return found

    def answer_call(self, number_on_screen: str) -> list[str]:
        """Wait until the telephone rings, pick up, press the number; return what was heard."""
        call = self._await_call("ringing")
        path = f"/telephony/handset/{self.phone}/calls/{call['call_id']}"
        self._post(f"{path}/answer", {})
        self._await_prompt(path, "press_number")
        self._post(f"{path}/press", {"keys": f"{number_on_screen}#"})
        heard = self._await_prompt(path, "confirmed")
        return [one["prompt"] for one in heard]

    def _await_call(self, state: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            calls = self._get(f"/telephony/handset/{self.phone}/calls?wait_s=5")["calls"]
            for call in calls:
                if call["state"] == state:
                    found: dict[str, Any] = call
                    return found
        raise NothingHappened("the telephone did not ring")

    def _await_prompt(self, path: str, prompt: str) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            heard: list[dict[str, Any]] = self._get(path)["heard"]
            if any(one["prompt"] == prompt for one in heard):
                return heard
            time.sleep(0.05)
        raise NothingHappened(f"the voice never said {prompt}")

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._http.post(path, json=body).raise_for_status()
