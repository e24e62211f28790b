"""The certificate office on a real database: transactions with every repository of issuance to status."""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from builders.applicants import ProvenIdentities
from dojang.adapters.store import audit_log
from dojang.adapters.store.application import SqlApplications
from dojang.adapters.store.delegates import SqlDelegates
from dojang.adapters.store.delivery import SqlDeliveries, SqlIssuedSets
from dojang.adapters.store.engine import Database
from dojang.adapters.store.expiry import SqlExpirySchedule
from dojang.adapters.store.holdings import SqlHoldings
from dojang.adapters.store.identity_proofing.cases import SqlPersonBindings
from dojang.adapters.store.issuance import SqlIssuances, SqlSubjects
from dojang.adapters.store.issue_lock import SqlIssueLocks
from dojang.adapters.store.lists import SqlCrls
from dojang.adapters.store.party_events import SqlPartyEvents
from dojang.adapters.store.recipients import SqlAcceptedSets, SqlAcquaintances
from dojang.adapters.store.relying_parties import SqlParties
from dojang.adapters.store.renewal import SqlRenewals
from dojang.adapters.store.revocation import SqlStandings
from dojang.adapters.store.sign_ins import SqlOwners
from dojang.adapters.store.status import SqlStatuses
from dojang.adapters.store.step_up import SqlConfirmations, SqlOwnCertificates
from dojang.adapters.store.store import Emission, RecordingTransaction, SqlStore
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.timestamping import SqlTimestamps
from dojang.kernel.effects import Effect
from dojang.lifecycle.application.model import Application


class OfficeTransaction(RecordingTransaction):
    """A transaction of issuance, delivery, revocation and status."""

    def __init__(self, connection: sa.Connection, identities: ProvenIdentities) -> None:
        super().__init__(connection)
        self.identities = identities

    @property
    def applications(self) -> SqlApplications:
        return SqlApplications(self.connection)

    @property
    def subjects(self) -> SqlSubjects:
        return SqlSubjects(self.connection)

    @property
    def issuances(self) -> SqlIssuances:
        return SqlIssuances(self.connection)

    @property
    def issued_sets(self) -> SqlIssuedSets:
        return SqlIssuedSets(self.connection)

    @property
    def party_events(self) -> SqlPartyEvents:
        return SqlPartyEvents(self.connection)

    @property
    def deliveries(self) -> SqlDeliveries:
        return SqlDeliveries(self.connection)

    @property
    def renewals(self) -> SqlRenewals:
        return SqlRenewals(self.connection)

    @property
    def proven_renewals(self) -> SqlRenewals:
        return SqlRenewals(self.connection)

    @property
    def standings(self) -> SqlStandings:
        return SqlStandings(self.connection)

    @property
    def crls(self) -> SqlCrls:
        return SqlCrls(self.connection)

    @property
    def statuses(self) -> SqlStatuses:
        return SqlStatuses(self.connection)

    @property
    def timestamps(self) -> SqlTimestamps:
        return SqlTimestamps(self.connection)

    @property
    def delegates(self) -> SqlDelegates:
        return SqlDelegates(self.connection)

    @property
    def person_bindings(self) -> SqlPersonBindings:
        return SqlPersonBindings(self.connection)

    @property
    def issue_locks(self) -> SqlIssueLocks:
        return SqlIssueLocks(self.connection)

    @property
    def own_certificates(self) -> SqlOwnCertificates:
        return SqlOwnCertificates(self.connection)

    @property
    def confirmations(self) -> SqlConfirmations:
        raise AssertionError("nobody is called in this office: use builders.household")

    @property
    def expiry(self) -> SqlExpirySchedule:
        return SqlExpirySchedule(self.connection)

    @property
    def holdings(self) -> SqlHoldings:
        return SqlHoldings(self.connection)

    @property
    def parties(self) -> SqlParties:
        return SqlParties(self.connection)

    @property
    def owners(self) -> SqlOwners:
        return SqlOwners(self.connection)

    @property
    def acquaintances(self) -> SqlAcquaintances:
        return SqlAcquaintances(self.connection)

    @property
    def accepted_sets(self) -> SqlAcceptedSets:
        return SqlAcceptedSets(self.connection)


class Outbox:
    """What was enqueued; an effect with a key only once, as the queue would have it."""

    def __init__(self) -> None:
        self.emissions: list[Emission] = []
        self._keys: set[tuple[str, str]] = set()

    def __call__(self, _connection: sa.Connection, emissions: Sequence[Emission]) -> None:
        for one in emissions:
            if one.key is not None:
                if (type(one.effect).__name__, one.key) in self._keys:
                    continue
                self._keys.add((type(one.effect).__name__, one.key))
            self.emissions.append(one)

    @property
    def effects(self) -> list[Effect]:
        """The effects alone."""
        return [one.effect for one in self.emissions]


def open_store(
    database: Database,
    identities: ProvenIdentities,
    enqueue: Callable[[sa.Connection, Sequence[Emission]], object],
) -> SqlStore[OfficeTransaction]:
    """Open the store on a migrated database."""
    return SqlStore(
        database,
        begin=lambda connection: OfficeTransaction(connection, identities),
        append=audit_log.append,
        enqueue=enqueue,
    )


def enter(database: Database, *applications: Application, at: datetime) -> None:
    """Store applications and the accounts they belong to."""
    with database.writing() as connection:
        known = set(connection.execute(sa.select(account.c.id)).scalars())
        for subscriber_id in {one.subscriber_id for one in applications} - known:
            connection.execute(
                account.insert().values(
                    id=subscriber_id,
                    login_name=subscriber_id,
                    password_hash="-",
                    role="subscriber",
                    language="ko",
                    created_at=at,
                    failed_sign_ins=0,
                    version=0,
                )
            )
        for one in applications:
            SqlApplications(connection).add(one)
