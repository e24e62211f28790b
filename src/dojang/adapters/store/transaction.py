"""The one transaction the whole journey runs in: every step's repositories on one connection."""

from functools import cached_property

import sqlalchemy as sa

from dojang.adapters.store.access import SqlAccounts, SqlAttempts
from dojang.adapters.store.application import SqlApplications
from dojang.adapters.store.contacts import SqlContacts
from dojang.adapters.store.delegates import SqlDelegates
from dojang.adapters.store.delivery import SqlDeliveries, SqlIssuedSets
from dojang.adapters.store.devices import SqlDevices
from dojang.adapters.store.expiry import SqlExpirySchedule
from dojang.adapters.store.hand_offs import SqlHandOffs
from dojang.adapters.store.holdings import SqlHoldings
from dojang.adapters.store.identity_proofing.part import SqlProofingPart
from dojang.adapters.store.issuance import SqlIssuances, SqlSubjects
from dojang.adapters.store.issue_lock import SqlIssueLocks
from dojang.adapters.store.lists import SqlCrls
from dojang.adapters.store.notices import SqlCertificateEnds, SqlNotices
from dojang.adapters.store.outage import SqlBreakers
from dojang.adapters.store.party_events import SqlPartyEvents
from dojang.adapters.store.passkeys import SqlPasskeys
from dojang.adapters.store.recipients import SqlAcceptedSets, SqlAcquaintances
from dojang.adapters.store.relying_parties import SqlParties
from dojang.adapters.store.renewal import SqlRenewals
from dojang.adapters.store.revocation import SqlStandings
from dojang.adapters.store.sealed_values import SqlSealedValues
from dojang.adapters.store.sign_ins import SqlOwners, SqlSignIns
from dojang.adapters.store.signature_requests import SqlSignatureRequests
from dojang.adapters.store.status import SqlStatuses
from dojang.adapters.store.step_up import SqlConfirmations, SqlOwnCertificates, SqlProvenTelephones
from dojang.adapters.store.store import RecordingTransaction
from dojang.adapters.store.support import SqlCourses, SqlTickets
from dojang.adapters.store.timestamping import SqlTimestamps
from dojang.adapters.store.transfer import SqlTransfers
from dojang.adapters.store.webhook_secrets import SqlWebhookSecrets
from dojang.kernel.ports import FieldCipher


class SqlTransaction(SqlProofingPart, RecordingTransaction):
    """Offers what each step's transaction port asks for; `cipher` seals the fields that are kept encrypted."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        super().__init__(connection)
        self.cipher = cipher

    @cached_property
    def accounts(self) -> SqlAccounts:
        """Accounts and sessions."""
        return SqlAccounts(self.connection)

    @cached_property
    def sealed_values(self) -> SqlSealedValues:
        """Every sealed value."""
        return SqlSealedValues(self.connection, self.cipher)

    @cached_property
    def devices(self) -> SqlDevices:
        """Devices of accounts."""
        return SqlDevices(self.connection, self.cipher)

    @cached_property
    def transfers(self) -> SqlTransfers:
        """Transfer slots."""
        return SqlTransfers(self.connection)

    @cached_property
    def attempts(self) -> SqlAttempts:
        """Attempts without a session."""
        return SqlAttempts(self.connection)

    @cached_property
    def passkeys(self) -> SqlPasskeys:
        """Passkeys and their challenges."""
        return SqlPasskeys(self.connection)

    @cached_property
    def hand_offs(self) -> SqlHandOffs:
        """Hand-offs to other devices."""
        return SqlHandOffs(self.connection)

    @cached_property
    def applications(self) -> SqlApplications:
        """Applications."""
        return SqlApplications(self.connection)

    @cached_property
    def holdings(self) -> SqlHoldings:
        """Certificates held, seen from before issuance."""
        return SqlHoldings(self.connection)

    @cached_property
    def subjects(self) -> SqlSubjects:
        """Subject name digits."""
        return SqlSubjects(self.connection)

    @cached_property
    def issuances(self) -> SqlIssuances:
        """Issuances."""
        return SqlIssuances(self.connection)

    @cached_property
    def issued_sets(self) -> SqlIssuedSets:
        """Certificate sets, read only."""
        return SqlIssuedSets(self.connection)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        """Deliveries."""
        return SqlDeliveries(self.connection)

    @cached_property
    def renewals(self) -> SqlRenewals:
        """Renewals."""
        return SqlRenewals(self.connection)

    @cached_property
    def proven_renewals(self) -> SqlRenewals:
        """Proven renewals, as issuance asks for them."""
        return self.renewals

    @cached_property
    def standings(self) -> SqlStandings:
        """Standings."""
        return SqlStandings(self.connection)

    @cached_property
    def crls(self) -> SqlCrls:
        """CRLs."""
        return SqlCrls(self.connection)

    @cached_property
    def statuses(self) -> SqlStatuses:
        """Serial numbers."""
        return SqlStatuses(self.connection)

    @cached_property
    def timestamps(self) -> SqlTimestamps:
        """Time-stamps."""
        return SqlTimestamps(self.connection)

    @cached_property
    def delegates(self) -> SqlDelegates:
        """Delegates."""
        return SqlDelegates(self.connection)

    @cached_property
    def issue_locks(self) -> SqlIssueLocks:
        """Issue locks."""
        return SqlIssueLocks(self.connection)

    @cached_property
    def confirmations(self) -> SqlConfirmations:
        """Confirmations by telephone."""
        return SqlConfirmations(self.connection, self.cipher)

    @cached_property
    def proven_telephones(self) -> SqlProvenTelephones:
        """Telephones that were proven."""
        return SqlProvenTelephones(self.connection, self.cipher)

    @cached_property
    def own_certificates(self) -> SqlOwnCertificates:
        """Signing certificates by their owner."""
        return SqlOwnCertificates(self.connection)

    @cached_property
    def contacts(self) -> SqlContacts:
        """Where subscribers are reached, and what they chose."""
        return SqlContacts(self.connection, self.cipher)

    @cached_property
    def breakers(self) -> SqlBreakers:
        """Neighbours' breakers."""
        return SqlBreakers(self.connection)

    @cached_property
    def tickets(self) -> SqlTickets:
        """Support tickets."""
        return SqlTickets(self.connection, self.cipher)

    @cached_property
    def courses(self) -> SqlCourses:
        """What happened to an application, for support."""
        return SqlCourses(self.connection)

    @cached_property
    def notices(self) -> SqlNotices:
        """Notices and how far they are."""
        return SqlNotices(self.connection)

    @cached_property
    def expiry(self) -> SqlExpirySchedule:
        """Certificates in the order they end."""
        return SqlExpirySchedule(self.connection)

    @cached_property
    def certificate_ends(self) -> SqlCertificateEnds:
        """Ends of certificates, as notices see them."""
        return SqlCertificateEnds(self.connection)

    @cached_property
    def parties(self) -> SqlParties:
        """Relying parties."""
        return SqlParties(self.connection)

    @cached_property
    def party_events(self) -> SqlPartyEvents:
        """Events for relying parties."""
        return SqlPartyEvents(self.connection)

    @cached_property
    def webhook_secrets(self) -> SqlWebhookSecrets:
        """Secrets of webhooks."""
        return SqlWebhookSecrets(self.connection, self.cipher)

    @cached_property
    def sign_ins(self) -> SqlSignIns:
        """Sign-in requests of relying parties."""
        return SqlSignIns(self.connection)

    @cached_property
    def signature_requests(self) -> SqlSignatureRequests:
        """Signature requests of relying parties."""
        return SqlSignatureRequests(self.connection, self.cipher)

    @cached_property
    def owners(self) -> SqlOwners:
        """Whose certificate is whose."""
        return SqlOwners(self.connection)

    @cached_property
    def acquaintances(self) -> SqlAcquaintances:
        """Which relying party knows whom."""
        return SqlAcquaintances(self.connection)

    @cached_property
    def accepted_sets(self) -> SqlAcceptedSets:
        """Certificate sets people have accepted."""
        return SqlAcceptedSets(self.connection)
