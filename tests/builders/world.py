"""An office on one database, and what tests do in it."""

import sqlalchemy as sa

from builders.applicants import (
    HONG,
    Applicant,
    ClientKeys,
    ProvenIdentities,
    application_of,
    client_keys,
    issuance_request,
)
from builders.office import NOW, office
from builders.sql_office import OfficeTransaction, Outbox, enter, open_store
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.tables.application import application as application_table
from dojang.adapters.store.tables.issuance import certificate
from dojang.kernel.ports import Chance
from dojang.lifecycle.application.model import Application, ApplicationState, Ration
from dojang.lifecycle.issuance import assembly
from dojang.lifecycle.issuance.model import CertificateSet, IssuanceRequest
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.recording import record_intent
from dojang.lifecycle.issuance.rules import Admission
from dojang.lifecycle.issuance.usecases import issue

KIM = Applicant(subscriber_id="subscriber-2", name="김다온", rrn="9202022978124")


class World:
    """An office on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.identities = ProvenIdentities()
        self.outbox = Outbox()
        self.store: SqlStore[OfficeTransaction] = open_store(database, self.identities, self.outbox)

    def identified(self, application: Application, applicant: Applicant = HONG) -> Application:
        enter(self.database, application, at=NOW)
        self.identities.prove(application, applicant)
        return application

    def issue(self, request: IssuanceRequest, chance: Chance | None = None) -> CertificateSet:
        return issue(
            request,
            store=self.store,
            authority=office().authority,
            virtual_ids=self.identities,
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=chance or SystemChance(),
            now=NOW,
        )

    def prepare_only(self, application: Application, keys: ClientKeys) -> None:
        """Go as far as step 6 and stop, as a crash would."""
        request = issuance_request(application, keys)
        identity = self.identities.get_verified_identity(application.id, NOW)
        authority = office().authority
        drafted = assembly.draft(
            request,
            Admission(application=application, identity=identity, subject=None),
            assembly.check_keys(request, authority),
            assembly.identify(request, identity, authority, self.identities),
            authority=authority,
            issuance_id="issuance-1",
            chance=SystemChance(),
            now=NOW,
        )
        record_intent(drafted, self.store, ration=Ration(), now=NOW)

    def end(self, application: Application, state: ApplicationState) -> None:
        with self.database.writing() as connection:
            connection.execute(
                application_table.update()
                .where(application_table.c.id == application.id)
                .values(state=state.value, version=application_table.c.version + 1)
            )

    def tags(self) -> list[str]:
        with self.database.reading() as connection:
            return [one.leaf.tag for one in AuditLogView(connection).leaves()]

    def certificates(self) -> int:
        with self.database.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(certificate)).scalar_one()

    def issued(
        self, application: Application | None = None, index: int = 0, applicant: Applicant = HONG
    ) -> CertificateSet:
        """Take an applicant as far as the issued set, the application told of it."""
        application = self.identified(application or application_of(applicant), applicant)
        request = issuance_request(application, client_keys(index), idempotency_key=f"idempotency-{index}")
        made = self.issue(request)
        self.end(application, ApplicationState.ISSUED)
        return made
