"""Tables of identity proofing. Columns named `sealed_…` hold ciphertext of `FieldCipher`; `…_key` are blind indexes."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

LIVE = "state IN ('open', 'verified') AND person_key IS NOT NULL"
UNCLOSED = "state IN ('open', 'verified', 'refused')"
REVIEW_OPEN = "state = 'open'"
FROZEN = "state = 'frozen'"
KEEPING = "state = 'closed' AND erased_at IS NULL"

proofing_case = sa.Table(
    "proofing_case",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("application_id", sa.Text, sa.ForeignKey("application.id"), nullable=False, unique=True),
    sa.Column("subscriber_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
    sa.Column("person_key", sa.Text),
    sa.Column("verified_at", UtcSeconds),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("pictures_erased_at", UtcSeconds),
    sa.Column("erased_at", UtcSeconds),  # nothing personal is left of the case
    # One live case per person, whatever races.
    sa.Index(
        "uq_proofing_case_person",
        "person_key",
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    ),
    sa.Index(
        "ix_proofing_case_unclosed",
        "application_id",
        sqlite_where=sa.text(UNCLOSED),
        postgresql_where=sa.text(UNCLOSED),
    ),
    # Whoever is frozen cannot apply anew, whatever account they use.
    sa.Index("ix_proofing_case_frozen", "person_key", sqlite_where=sa.text(FROZEN), postgresql_where=sa.text(FROZEN)),
    # What retention walks along.
    sa.Index(
        "ix_proofing_case_keeping", "expires_at", sqlite_where=sa.text(KEEPING), postgresql_where=sa.text(KEEPING)
    ),
)

proofing_check = sa.Table(
    "proofing_check",
    METADATA,
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), primary_key=True),
    sa.Column("check", sa.Text, primary_key=True),
    sa.Column("position", sa.SmallInteger, nullable=False),  # the policy's order
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", UtcSeconds, nullable=False),
    sa.Column("findings", sa.Text, nullable=False),  # JSON: [[code, field, detail], …]
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("evidence_id", sa.Text),
)

id_document = sa.Table(
    "id_document",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sides", sa.Text, nullable=False),  # "front,back"
    sa.Column("submitted_at", UtcSeconds, nullable=False),
    sa.Column("decision", sa.Text),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("reader_runs", sa.Integer, nullable=False),
    sa.Column("confirmed_at", UtcSeconds),
    sa.Column("number", sa.Integer, nullable=False),  # from 1 within the case: tells the newest
    sa.UniqueConstraint("case_id", "number"),
)

id_document_image = sa.Table(
    "id_document_image",
    METADATA,
    sa.Column("document_id", sa.Text, sa.ForeignKey("id_document.id"), primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("sealed_image", sa.LargeBinary, nullable=False),
)

id_document_field = sa.Table(
    "id_document_field",
    METADATA,
    sa.Column("document_id", sa.Text, sa.ForeignKey("id_document.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sealed_value", sa.LargeBinary, nullable=False),
    sa.Column("sealed_read_value", sa.LargeBinary),
    sa.Column("sealed_crop", sa.LargeBinary),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)

personal_data = sa.Table(
    "personal_data",
    METADATA,
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), primary_key=True),
    sa.Column("sealed_name", sa.LargeBinary, nullable=False),
    sa.Column("sealed_birth_date", sa.LargeBinary, nullable=False),
    sa.Column("sealed_sex", sa.LargeBinary, nullable=False),
    sa.Column("sealed_phone", sa.LargeBinary, nullable=False),
    sa.Column("sealed_rrn", sa.LargeBinary),
    sa.Column("rrn_typed", sa.Boolean, nullable=False),
)

registry_inquiry = sa.Table(
    "registry_inquiry",
    METADATA,
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_id", sa.Text, sa.ForeignKey("id_document.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", UtcSeconds, nullable=False),
    sa.Column("answered_at", UtcSeconds),
)

account_deposit = sa.Table(
    "account_deposit",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), nullable=False),
    sa.Column("bank_code", sa.Text, nullable=False),
    sa.Column("sealed_number", sa.LargeBinary, nullable=False),
    sa.Column("account_key", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("inquiry_reference", sa.Text, nullable=False, unique=True),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    sa.Column("sealed_amount", sa.LargeBinary),  # until the bank is known to have sent it
    sa.Column("sealed_depositor_text", sa.LargeBinary),  # likewise
    sa.Column("amount_digest", sa.Text, nullable=False),
    sa.Column("code_digest", sa.Text, nullable=False),
    sa.Column("requested_at", UtcSeconds, nullable=False),
    sa.Column("sent_on", sa.Text),  # KST day, ISO 8601
    sa.Column("sent_at", UtcSeconds),
    sa.Column("expires_at", UtcSeconds),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("sendings", sa.Integer, nullable=False),
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # from 1 within the case: tells the newest
    sa.UniqueConstraint("case_id", "number"),
    sa.Index("ix_account_deposit_account_key", "account_key", "state"),
)

ars_call = sa.Table(
    "ars_call",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), nullable=False),
    sa.Column("phone_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sealed_number", sa.LargeBinary),  # the number to press, while the call is live
    sa.Column("requested_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
    sa.Column("rung_at", UtcSeconds),
    sa.Column("ended_at", UtcSeconds),
    sa.Column("number", sa.Integer, nullable=False),  # from 1 within the case: tells the newest
    sa.UniqueConstraint("case_id", "number"),
)

proofing_review = sa.Table(
    "proofing_review",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("check", sa.Text, nullable=False),
    sa.Column("evidence_id", sa.Text),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("decided_at", UtcSeconds),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Index("ix_proofing_review_case_id", "case_id"),
    sa.Index(
        "ix_proofing_review_open",
        "opened_at",
        sqlite_where=sa.text(REVIEW_OPEN),
        postgresql_where=sa.text(REVIEW_OPEN),
    ),
)

proofing_limit = sa.Table(
    "proofing_limit",
    METADATA,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("at", UtcSeconds, nullable=False),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Index("ix_proofing_limit_key", "kind", "key", "at"),
    sa.Index("ix_proofing_limit_at", "at"),
    sa.Index("ix_proofing_limit_reference", "reference"),
)

person_binding = sa.Table(
    "person_binding",
    METADATA,
    sa.Column("subscriber_id", sa.Text, primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False, index=True),
    sa.Column("bound_at", UtcSeconds, nullable=False),
)

verified_identity = sa.Table(
    "verified_identity",
    METADATA,
    sa.Column("case_id", sa.Text, sa.ForeignKey("proofing_case.id"), primary_key=True),
    sa.Column("application_id", sa.Text, sa.ForeignKey("application.id"), nullable=False, unique=True),
    sa.Column("subscriber_id", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("sealed_name", sa.LargeBinary, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),  # JSON: {check: evidence id}
    sa.Column("verified_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
)
