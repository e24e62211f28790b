"""The other side of `test_renewal_killed.py`: as `issuance_victims.py`, but what is killed renews.

Every holder has a certificate that is good and a renewal that is open; the signed requests are made once and sent again
and again, as a client would that never had an answer.
"""

import base64
import json
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import issuance_victims
from issuance_victims import POLICY, Countdown, Victims, _applicant, _described, _die_after, _in_child

from builders.applicants import application_of, certification_request, client_keys, issuance_request, seal_r
from builders.office import NOW
from builders.renewal import CONSENTS, IN_WINDOW, keep_identity
from builders.sql_office import OfficeTransaction, enter
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import open_database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.application import application as application_table
from dojang.lifecycle.application.model import Ration
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.issuance.usecases import complete_prepared, issue
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.renewal.statement import RenewalStatement
from dojang.lifecycle.renewal.usecases import Trust, open_renewal, prove_renewal
from dojang.pki.cms import sign_content

issuance_victims.TRACED = (*issuance_victims.TRACED, "/lifecycle/renewal/", "/adapters/store/renewal.py")
issuance_victims.STEPS = (*issuance_victims.STEPS, "/renewal/usecases.py")


class RenewingVictims(Victims):
    """What the commands act on."""

    def __init__(self) -> None:
        super().__init__()
        self._signed: list[tuple[str, str, bytes]] = []  # renewal, subscriber, signed request

    @property
    def _trust(self) -> Trust:
        return Trust(chain_der=self._office.authority.chain_der)

    def hold(self, count: int, database_url: str, journal: str) -> Any:
        """Make holders 0 … count-1 of a certificate each, with an open renewal, and their signed requests."""
        self._database_url = database_url
        applications = [application_of(_applicant(index), id=f"application-{index}") for index in range(count)]
        for index, application in enumerate(applications):
            self._identities.prove(application, _applicant(index))

        def child() -> list[list[str]]:
            database = open_database(self._database_url)
            enter(database, *applications, at=NOW)
            store = self._open()
            made = []
            for index, application in enumerate(applications):
                request = issuance_request(
                    application,
                    client_keys(index),
                    idempotency_key=f"idempotency-{index}",
                    transport_spki_der=self._office.transport_spki_der,
                )
                old = self._issue(request, store)
                keep_identity(database, application.id, _applicant(index))
                with database.writing() as connection:
                    connection.execute(
                        application_table.update()
                        .where(application_table.c.id == application.id)
                        .values(state="completed", version=1)
                    )
                made.append(self._request(index, count, old, store))
            return made

        told = _in_child(child)
        self._signed = [(renewal, subscriber, base64.b64decode(signed)) for renewal, subscriber, signed in told]
        self._keystore.journal = Path(journal)
        return {"held": len(told)}

    def _request(self, index: int, count: int, old: CertificateSet, store: SqlStore[OfficeTransaction]) -> list[str]:
        renewal = open_renewal(
            old.signing.serial,
            old.subscriber_id,
            years=1,
            consents=CONSENTS,
            store=store,
            trust=self._trust,
            policy=RenewalPolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=IN_WINDOW,
        )
        keys = client_keys(count + index)
        statement = RenewalStatement(
            renewal_id=renewal.application_id,
            predecessor_serial=str(old.signing.serial),
            years=1,
            not_after=renewal.not_after,
            signing_request_der=certification_request(keys.signing),
            key_management_request_der=certification_request(keys.key_management),
            sealed_r=seal_r(keys.r, renewal.application_id, self._office.transport_spki_der),
        )
        signed = sign_content(
            statement.to_json(),
            certificate_der=old.signing.certificate_der,
            sign=client_keys(index).sign,
            now=IN_WINDOW,
        )
        return [renewal.application_id, old.subscriber_id, base64.b64encode(signed).decode()]

    def renew(self, index: int, kill_at: int = 0, kill_after_ms: float = 0) -> Any:
        """Renew for one holder; die before the n-th traced line, or so long after the beginning."""

        def child() -> dict[str, Any]:
            countdown = Countdown(kill_at)
            store = self._open()
            if kill_after_ms:
                _die_after(kill_after_ms)
            if kill_at:
                sys.settrace(countdown)
            issued = self._renew(index, store)
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_REAL, 0)
            return {"lines": countdown.lines, "steps": countdown.steps, **_described(issued)}

        return _in_child(child)

    def renew_all(self, count: int) -> Any:
        """Renew for holders 0 … count-1, one after the other, as their clients ask again."""

        def child() -> list[dict[str, Any]]:
            store = self._open()
            return [_described(self._renew(index, store)) for index in range(count)]

        return _in_child(child)

    def recover_later(self) -> Any:
        """Run the recovery as a worker does at its start."""

        def child() -> dict[str, Any]:
            now = IN_WINDOW + timedelta(seconds=1)
            authority = self._office.authority
            return {"concluded": complete_prepared(store=self._open(), authority=authority, policy=POLICY, now=now)}

        return _in_child(child)

    def _renew(self, index: int, store: SqlStore[OfficeTransaction]) -> CertificateSet:
        renewal_id, subscriber_id, signed = self._signed[index]
        request = prove_renewal(renewal_id, subscriber_id, signed, store=store, trust=self._trust, now=IN_WINDOW)
        return issue(
            request,
            store=store,
            authority=self._office.authority,
            virtual_ids=self._identities,
            policy=POLICY,
            ration=Ration(),
            chance=SystemChance(),
            now=IN_WINDOW,
        )


def main() -> None:
    """Serve commands until the input ends."""
    victims = RenewingVictims()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(getattr(victims, name)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
