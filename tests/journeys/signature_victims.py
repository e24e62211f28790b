"""The other side of `test_signature_requests_killed.py`: as `issuance_victims.py`, but what is killed takes signatures.

Two programs die here: the web process that takes a customer's signature, and the worker that puts it together. The
office is opened before the first fork and its connections are closed before each.
"""

import hashlib
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import issuance_victims
from asn1crypto import cms
from issuance_victims import Countdown, _die_after, _in_child

from builders.edge import founded, open_edge
from builders.signing import Holder, SigningSite, holder, open_site
from dojang.adapters.chance import SystemChance
from dojang.controls.relying_parties.usecases import register_party
from dojang.lifecycle.reliance.signature_request import answering, usecases
from dojang.lifecycle.reliance.signature_request.model import Asked, SignableKind, SignatureRequestState, Terms

issuance_victims.TRACED = ("/reliance/signature_request/", "/adapters/store/store.py", "/store/signature_requests.py")
issuance_victims.STEPS = ("/signature_request/assembly.py", "/signature_request/answering.py")
TEXT = "계약: 첼로 1대".encode()


class SigningVictims:
    """What the commands act on: requests 0 … count-1, opened and prepared, and the customer's signature over each."""

    def __init__(self) -> None:
        self._site: SigningSite
        self._holder: Holder
        self._requests: list[tuple[str, bytes]] = []

    def open(self, count: int, database_url: str, folder: str) -> Any:
        """Found the office and make what is to be signed; returns ids."""
        edge = open_edge(founded(Path(folder)), database_url=database_url)
        site, person = open_site(edge), holder(edge)
        office, now = site.edge.office, site.edge.clock.now()
        party = register_party(
            "견본 상점",
            webhook_uri="https://shop.example/hook",
            actor="operator:1",
            store=office.store,
            chance=office.chance,
            now=now,
        )
        self._site, self._holder = replace(site, registered=party), person
        for number in range(count):
            request = usecases.ask(
                Asked(
                    client_id=party.party.client_id,
                    kind=SignableKind.TEXT,
                    terms=Terms(purpose="계약"),
                    content=TEXT,
                    sha256=hashlib.sha256(TEXT).hexdigest(),
                    idempotency_key=f"order-{number:04}",
                ),
                party_name="견본 상점",
                return_addresses=(),
                store=office.store,
                workshop=office.workshop,
                policy=office.settings.policy.signature_request,
                chance=SystemChance(),
                now=now,
            )
            whose = person.subscriber_id
            answering.open_request(request.id, whose, subject_of=lambda *_: "", store=office.store, now=now)
            prepared = answering.prepare(
                request.id,
                whose,
                certificate_der=person.certificate_der,
                store=office.store,
                workshop=office.workshop,
                now=now,
            )
            self._requests.append((request.id, person.sign(prepared.attributes_der)))
        return [request_id for request_id, _ in self._requests]

    def take(self, index: int, kill_at: int = 0, kill_after_ms: float = 0) -> Any:
        """Take the customer's signature; die before the n-th traced line, or so long after the beginning."""
        return self._mortally(lambda: self._take(index), kill_at, kill_after_ms)

    def assemble(self, index: int, kill_at: int = 0, kill_after_ms: float = 0) -> Any:
        """Carry out the order to put the signature together, or die of it."""
        return self._mortally(lambda: self._site.assemble(self._requests[index][0]), kill_at, kill_after_ms)

    def take_all(self, count: int) -> Any:
        """Take the same signatures again, as customers' devices send them that never had an answer."""

        def child() -> list[str]:
            return [self._take(index).value for index in range(count)]

        return self._in_child(child)

    def assemble_all(self, count: int) -> Any:
        """Carry out every order; returns a digest of each result and how many signatures are in it."""

        def child() -> list[list[Any]]:
            told: list[list[Any]] = []
            for request_id, signature in self._requests[:count]:
                self._site.assemble(request_id)
                result = self._result(request_id)
                signers = cms.ContentInfo.load(result)["content"]["signer_infos"]
                ours = [one["signature"].native == signature for one in signers]
                told.append([hashlib.sha256(result).hexdigest(), ours])
            return told

        return self._in_child(child)

    def _take(self, index: int) -> SignatureRequestState:
        request_id, signature = self._requests[index]
        office = self._site.edge.office
        taken = answering.sign(
            request_id,
            self._holder.subscriber_id,
            signature=signature,
            store=office.store,
            verifier=office.verifier,
            policy=office.settings.policy.signature_request,
            now=self._site.edge.clock.now(),
        )
        return taken.state

    def _result(self, request_id: str) -> bytes:
        found = self._site.edge.office.store.read(lambda tx: tx.signature_requests.find_result(request_id))
        return found or b""

    def _mortally(self, work: Callable[[], object], kill_at: int, kill_after_ms: float) -> Any:
        def child() -> dict[str, Any]:
            countdown = Countdown(kill_at)
            self._site.edge.office.store.read(lambda tx: tx.signature_requests.find_request(""))  # connected and ready
            if kill_after_ms:
                _die_after(kill_after_ms)
            if kill_at:
                sys.settrace(countdown)
            work()
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_REAL, 0)
            return {"lines": countdown.lines, "steps": countdown.steps}

        return self._in_child(child)

    def _in_child(self, work: Callable[[], Any]) -> Any:
        self._site.edge.office.database.dispose()
        return _in_child(work)


def main() -> None:
    """Serve commands until the input ends."""
    victims = SigningVictims()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(victims, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
