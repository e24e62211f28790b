"""A whole office on one database with the customers of a household: proofing, issuing, telephone, confirmations.

Every repository is the real one; neighbours are fakes under contract. Effects wait in line for `pump`.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from builders.applicants import ClientKeys, client_keys, issuance_request
from builders.office import office as ca
from builders.proofing import EffectLine, Person, ProofingOffice, application_of
from builders.sql_office import enter
from dojang.adapters.chance import SystemChance
from dojang.adapters.registration_authority import RegistrationAuthority
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import open_key_ring
from dojang.adapters.store import audit_log
from dojang.adapters.store.application import SqlApplications
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.audit_log.leaf import Leaf
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.party_events.model import SpreadEvents
from dojang.controls.step_up import calling, requesting
from dojang.controls.step_up.model import Act, AlertDisowned, ExpireConfirmation, PlaceConfirmationCall
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.step_up.requesting import ConfirmationView
from dojang.kernel.effects import Effect
from dojang.lifecycle.application.model import Application, Ration, RevokeCertificate, SuspendPredecessor
from dojang.lifecycle.issuance import usecases as issuance
from dojang.lifecycle.issuance.authority import CertificateAuthority
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import IssueCrl
from dojang.lifecycle.revocation.policy import RevocationPolicy


class Household(ProofingOffice):
    """The office and its customers. `notices` are what owners were told, in order."""

    def __init__(self, database: Database, directory: Path, *, step_up: StepUpPolicy | None = None) -> None:
        self.database = database
        self.cipher = RingFieldCipher(ring=open_key_ring(directory / "fields.keys"), chance=SystemChance())
        self.step_up = step_up or StepUpPolicy()
        self.notices: list[NotifySubscriber] = []
        super().__init__(make_store=self._store_of)
        self.secrecy = self.cipher  # type: ignore[assignment]  # the real one in the fake's place

    def _store_of(self, line: EffectLine) -> SqlStore[SqlTransaction]:
        def enqueue(_connection: sa.Connection, emissions: Sequence[Emission]) -> None:
            line.enqueue([(one.effect, one.key, one.delay_s) for one in emissions])

        return SqlStore(
            self.database,
            begin=lambda connection: SqlTransaction(connection, self.cipher),
            append=audit_log.append,
            enqueue=enqueue,
        )

    def carry_out(self, effect: Effect) -> None:
        """What the worker does."""
        now = self.clock.now()
        match effect:
            case PlaceConfirmationCall():
                calling.carry_out_place_call(
                    effect, store=self.store, voice=self.voice, policy=self.step_up, clock=self.clock
                )
            case ExpireConfirmation():
                calling.expire_confirmation(effect, store=self.store, policy=self.step_up, now=now)
            case AlertDisowned():
                calling.carry_out_alert_disowned(
                    effect, notifier=self.mailbox, operators_email="operators@example.test", language="ko"
                )
            case NotifySubscriber():
                self.notices.append(effect)
            case RevokeCertificate():
                actor = f"application:{effect.application_id}"
                revocation.revoke(effect.serial, effect.reason, actor=actor, store=self.store, now=now)
            case SuspendPredecessor():
                revocation.suspend_for_reissue(
                    effect.serial,
                    application_id=effect.application_id,
                    store=self.store,
                    policy=RevocationPolicy(),
                    now=now,
                )
            case IssueCrl() | SpreadEvents():  # nobody reads lists here, and no party watches
                pass
            case _:
                super().carry_out(effect)

    def apply(self, person: Person, *, number: str = "") -> None:
        """Open an account for whoever has none, and their application."""
        now = self.clock.now()
        enter(self.database, application_of(person, number=number, now=now), at=now)

    def certified(self, person: Person, keys: ClientKeys | None = None) -> CertificateSet:
        """Take a person as far as an issued set."""
        self.prove(person)
        return self.issue(person, keys or client_keys(0))

    def issue(
        self,
        person: Person,
        keys: ClientKeys,
        *,
        idempotency_key: str = "idempotency-1",
        authority: CertificateAuthority | None = None,
    ) -> CertificateSet:
        """Have the set of an identified person issued."""
        request = issuance_request(self.application(person), keys, idempotency_key=idempotency_key)
        return issuance.issue(
            request,
            store=self.store,
            authority=authority or ca().authority,
            virtual_ids=RegistrationAuthority(self.store, self.clock),
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=self.clock.now(),
        )

    def application(self, person: Person) -> Application:
        """Return the person's application as stored."""
        with self.database.reading() as connection:
            found = SqlApplications(connection).find_application(person.application_id)
        assert found is not None
        return found

    def ask(self, person: Person, act: Act, target: object) -> ConfirmationView:
        """Ask for a confirmation call."""
        return requesting.request_confirmation(
            person.subscriber_id,
            act,
            str(target),
            store=self.store,
            secrecy=self.cipher,
            policy=self.step_up,
            chance=SystemChance(),
            now=self.clock.now(),
        )

    def answers(self, person: Person, *presses: str) -> None:
        """Have the person's telephone press these keys, one item a question, in calls that come."""
        self.voice.connect(person.phone, person.name, person.birth_date, presses=presses)
        self.pump()

    def confirmed(self, person: Person, act: Act, target: object) -> str:
        """Ask for a call and press the number on the screen; return the confirmation's id."""
        asked = self.ask(person, act, target)
        self.answers(person, f"{asked.number}#")
        return asked.id

    def shown(self, person: Person, confirmation_id: str) -> ConfirmationView:
        """Return a confirmation as its owner sees it."""
        return requesting.get_confirmation(
            confirmation_id, person.subscriber_id, store=self.store, now=self.clock.now()
        )

    def told(self, template: str) -> int:
        """Return how often a notice was sent."""
        return sum(one.template == template for one in self.notices)

    def leaves(self) -> list[Leaf]:
        """The audit log."""
        with self.database.reading() as connection:
            return [one.leaf for one in AuditLogView(connection).leaves()]

    def tags(self) -> list[str]:
        """Tags of the audit log."""
        return [one.tag for one in self.leaves()]

    def at(self, moment: datetime) -> None:
        """Let it be later, and carry out what became due."""
        self.clock.time = moment
        self.pump()
