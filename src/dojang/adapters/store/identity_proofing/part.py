"""The part of a transaction that identity proofing needs: its repositories on the transaction's connection."""

from functools import cached_property

import sqlalchemy as sa

from dojang.adapters.store.identity_proofing.cases import (
    SqlPersonBindings,
    SqlProofingCases,
    SqlReviews,
    SqlVerifications,
)
from dojang.adapters.store.identity_proofing.contacts import SqlAccountDeposits, SqlArsCalls, SqlLimits
from dojang.adapters.store.identity_proofing.documents import SqlIdDocuments, SqlPersonalData, SqlRegistryInquiries
from dojang.adapters.store.identity_proofing.erasure import SqlKeptEvidence
from dojang.kernel.ports import FieldCipher


class SqlProofingPart:
    """To be inherited by a transaction, which sets `connection` and `cipher` before anything is asked of it."""

    connection: sa.Connection
    cipher: FieldCipher

    @cached_property
    def proofing_cases(self) -> SqlProofingCases:
        """Proofing cases."""
        return SqlProofingCases(self.connection)

    @cached_property
    def id_documents(self) -> SqlIdDocuments:
        """Submitted documents."""
        return SqlIdDocuments(self.connection, self.cipher)

    @cached_property
    def personal_data(self) -> SqlPersonalData:
        """What applicants entered."""
        return SqlPersonalData(self.connection, self.cipher)

    @cached_property
    def registry_inquiries(self) -> SqlRegistryInquiries:
        """Questions to registries."""
        return SqlRegistryInquiries(self.connection)

    @cached_property
    def account_deposits(self) -> SqlAccountDeposits:
        """Micro-deposits."""
        return SqlAccountDeposits(self.connection, self.cipher)

    @cached_property
    def ars_calls(self) -> SqlArsCalls:
        """Voice calls."""
        return SqlArsCalls(self.connection, self.cipher)

    @cached_property
    def reviews(self) -> SqlReviews:
        """Review items."""
        return SqlReviews(self.connection)

    @cached_property
    def proofing_limits(self) -> SqlLimits:
        """Counted acts."""
        return SqlLimits(self.connection)

    @cached_property
    def person_bindings(self) -> SqlPersonBindings:
        """Accounts and their persons."""
        return SqlPersonBindings(self.connection)

    @cached_property
    def verifications(self) -> SqlVerifications:
        """Records of concluded cases."""
        return SqlVerifications(self.connection, self.cipher)

    @cached_property
    def kept_evidence(self) -> SqlKeptEvidence:
        """What closed cases still keep."""
        return SqlKeptEvidence(self.connection)

    @cached_property
    def identities(self) -> SqlVerifications:
        """Verified identities, as issuance asks for them."""
        return self.verifications
