"""Tables of issuance: issuances, their certificates, and the digits of every person's subject name."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

PREPARED = "state = 'prepared'"
SIGNING = "kind = 'signing'"

issuance = sa.Table(
    "issuance",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("application_id", sa.Text, sa.ForeignKey("application.id"), nullable=False, unique=True),
    sa.Column("subscriber_id", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),  # keyed digest, never the number itself
    sa.Column("idempotency_key", sa.Text, nullable=False),
    sa.Column("request_digest", sa.Text, nullable=False),
    sa.Column("predecessor_serial", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("prepared_at", UtcSeconds, nullable=False),
    sa.Column("issued_at", UtcSeconds),
    sa.UniqueConstraint("subscriber_id", "idempotency_key"),
    sa.Index("ix_issuance_person_key", "person_key"),  # what one person holds is counted at each issue
    # What was prepared and is not signed yet: nearly always empty, read after every start.
    sa.Index(
        "ix_issuance_prepared",
        "prepared_at",
        sqlite_where=sa.text(PREPARED),
        postgresql_where=sa.text(PREPARED),
    ),
)

certificate = sa.Table(
    "certificate",
    METADATA,
    sa.Column("serial", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("issuance_id", sa.Text, sa.ForeignKey("issuance.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("spki_sha256", sa.Text, nullable=False, unique=True),  # a key is certified once
    sa.Column("not_before", UtcSeconds, nullable=False),
    sa.Column("not_after", UtcSeconds, nullable=False),
    sa.Column("tbs_der", sa.LargeBinary),  # linted; until the certificate that contains it is recorded
    sa.Column("certificate_der", sa.LargeBinary),
    sa.CheckConstraint("(tbs_der IS NULL) <> (certificate_der IS NULL)", name="prepared_or_issued"),
    # What ends when: the expiry schedule walks along it.
    sa.Index(
        "ix_certificate_ends",
        "not_after",
        "serial",
        sqlite_where=sa.text(SIGNING),
        postgresql_where=sa.text(SIGNING),
    ),
)

subject = sa.Table(
    "subject",
    METADATA,
    sa.Column("person_key", sa.Text, primary_key=True),
    sa.Column("registered_on", sa.Date, nullable=False),  # KST day
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("registered_on", "sequence"),
)
