"""The first schema: everything the journey stores."""

import sqlalchemy as sa
from alembic import op

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "access_attempt",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_access_attempt")),
    )
    op.create_index(op.f("ix_access_attempt_ends_at"), "access_attempt", ["ends_at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login_name", name=op.f("uq_account_login_name")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("subtrees", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_leaf")),
    )
    op.create_index(op.f("ix_audit_leaf_subject_position"), "audit_leaf", ["subject", "position"], unique=False)
    op.create_table(
        "audit_signed_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_signed_head")),
    )
    op.create_table(
        "crl",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("this_update", sa.BigInteger(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("tbs_der", sa.LargeBinary(), nullable=False),
        sa.Column("crl_der", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_crl")),
    )
    op.create_table(
        "person_binding",
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_person_binding")),
    )
    op.create_index(op.f("ix_person_binding_person_key"), "person_binding", ["person_key"], unique=False)
    op.create_table(
        "proofing_limit",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "reference", name=op.f("pk_proofing_limit")),
    )
    op.create_index("ix_proofing_limit_at", "proofing_limit", ["at"], unique=False)
    op.create_index("ix_proofing_limit_key", "proofing_limit", ["kind", "key", "at"], unique=False)
    op.create_index("ix_proofing_limit_reference", "proofing_limit", ["reference"], unique=False)
    op.create_table(
        "subject",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_subject")),
        sa.UniqueConstraint("registered_on", "sequence", name=op.f("uq_subject_registered_on_sequence")),
    )
    op.create_table(
        "succession",
        sa.Column("successor_serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("predecessor_serial", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("statement_der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("successor_serial", name=op.f("pk_succession")),
    )
    op.create_index(op.f("ix_succession_predecessor_serial"), "succession", ["predecessor_serial"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("validity", sa.Text(), nullable=False),
        sa.Column("reissue_reason", sa.Text(), nullable=True),
        sa.Column("predecessor_serial", sa.BigInteger(), nullable=True),
        sa.Column("predecessor_not_after", sa.BigInteger(), nullable=True),
        sa.Column("consents", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_application_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(
        "ix_application_due",
        "application",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
        postgresql_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
    )
    op.create_index("ix_application_subscriber_id", "application", ["subscriber_id", "opened_at"], unique=False)
    op.create_index(
        "uq_application_open",
        "application",
        ["subscriber_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
        postgresql_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
    )
    op.create_table(
        "session",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_latest", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)
    op.create_table(
        "issuance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.Text(), nullable=False),
        sa.Column("predecessor_serial", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_issuance_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuance")),
        sa.UniqueConstraint("application_id", name=op.f("uq_issuance_application_id")),
        sa.UniqueConstraint("subscriber_id", "idempotency_key", name=op.f("uq_issuance_subscriber_id_idempotency_key")),
    )
    op.create_index(
        "ix_issuance_prepared",
        "issuance",
        ["prepared_at"],
        unique=False,
        sqlite_where=sa.text("state = 'prepared'"),
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.create_table(
        "proofing_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_proofing_case_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofing_case")),
        sa.UniqueConstraint("application_id", name=op.f("uq_proofing_case_application_id")),
    )
    op.create_index(
        "ix_proofing_case_unclosed",
        "proofing_case",
        ["application_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'verified', 'refused')"),
        postgresql_where=sa.text("state IN ('open', 'verified', 'refused')"),
    )
    op.create_index(
        "uq_proofing_case_person",
        "proofing_case",
        ["person_key"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'verified') AND person_key IS NOT NULL"),
        postgresql_where=sa.text("state IN ('open', 'verified') AND person_key IS NOT NULL"),
    )
    op.create_table(
        "account_deposit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("inquiry_reference", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("sealed_amount", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_depositor_text", sa.LargeBinary(), nullable=True),
        sa.Column("amount_digest", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_on", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_account_deposit_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_deposit")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_account_deposit_case_id_number")),
        sa.UniqueConstraint("inquiry_reference", name=op.f("uq_account_deposit_inquiry_reference")),
        sa.UniqueConstraint("reference", name=op.f("uq_account_deposit_reference")),
    )
    op.create_index("ix_account_deposit_account_key", "account_deposit", ["account_key", "state"], unique=False)
    op.create_table(
        "ars_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("rung_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_ars_call_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ars_call")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_ars_call_case_id_number")),
    )
    op.create_table(
        "certificate",
        sa.Column("serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuance_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("spki_sha256", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("tbs_der", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(tbs_der IS NULL) <> (certificate_der IS NULL)", name=op.f("ck_certificate_prepared_or_issued")
        ),
        sa.ForeignKeyConstraint(["issuance_id"], ["issuance.id"], name=op.f("fk_certificate_issuance_id")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificate")),
        sa.UniqueConstraint("spki_sha256", name=op.f("uq_certificate_spki_sha256")),
    )
    op.create_index(op.f("ix_certificate_issuance_id"), "certificate", ["issuance_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("issuance_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("signing_serial", sa.BigInteger(), nullable=False),
        sa.Column("predecessor_serial", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("downloaded_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["issuance_id"], ["issuance.id"], name=op.f("fk_delivery_issuance_id")),
        sa.PrimaryKeyConstraint("issuance_id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("application_id", name=op.f("uq_delivery_application_id")),
    )
    op.create_index(op.f("ix_delivery_predecessor_serial"), "delivery", ["predecessor_serial"], unique=False)
    op.create_table(
        "id_document",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sides", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("reader_runs", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_id_document_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_id_document")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_id_document_case_id_number")),
    )
    op.create_table(
        "personal_data",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_birth_date", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_sex", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_rrn", sa.LargeBinary(), nullable=True),
        sa.Column("rrn_typed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_personal_data_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_personal_data")),
    )
    op.create_table(
        "proofing_check",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_proofing_check_case_id")),
        sa.PrimaryKeyConstraint("case_id", "check", name=op.f("pk_proofing_check")),
    )
    op.create_table(
        "proofing_review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Text(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_proofing_review_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofing_review")),
    )
    op.create_index("ix_proofing_review_case_id", "proofing_review", ["case_id"], unique=False)
    op.create_index(
        "ix_proofing_review_open",
        "proofing_review",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "standing",
        sa.Column("issuance_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issuance_id"], ["issuance.id"], name=op.f("fk_standing_issuance_id")),
        sa.PrimaryKeyConstraint("issuance_id", name=op.f("pk_standing")),
    )
    op.create_index(
        "ix_standing_not_after",
        "standing",
        ["not_after"],
        unique=False,
        sqlite_where=sa.text("state <> 'good'"),
        postgresql_where=sa.text("state <> 'good'"),
    )
    op.create_table(
        "verified_identity",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_verified_identity_application_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_verified_identity_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_verified_identity")),
        sa.UniqueConstraint("application_id", name=op.f("uq_verified_identity_application_id")),
    )
    op.create_table(
        "id_document_field",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_read_value", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_crop", sa.LargeBinary(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["id_document.id"], name=op.f("fk_id_document_field_document_id")),
        sa.PrimaryKeyConstraint("document_id", "name", name=op.f("pk_id_document_field")),
    )
    op.create_table(
        "id_document_image",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("sealed_image", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["id_document.id"], name=op.f("fk_id_document_image_document_id")),
        sa.PrimaryKeyConstraint("document_id", "side", "form", name=op.f("pk_id_document_image")),
    )
    op.create_table(
        "registry_inquiry",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["proofing_case.id"], name=op.f("fk_registry_inquiry_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["id_document.id"], name=op.f("fk_registry_inquiry_document_id")),
        sa.PrimaryKeyConstraint("case_id", "attempt", name=op.f("pk_registry_inquiry")),
    )

    audit_head = sa.table("audit_head", sa.column("id"), sa.column("size"), sa.column("frontier", sa.LargeBinary))
    op.bulk_insert(audit_head, [{"id": 1, "size": 0, "frontier": b""}])


def downgrade() -> None:
    """Drop all tables."""
    op.drop_table("registry_inquiry")
    op.drop_table("id_document_image")
    op.drop_table("id_document_field")
    op.drop_table("verified_identity")
    op.drop_index(
        "ix_standing_not_after",
        table_name="standing",
        sqlite_where=sa.text("state <> 'good'"),
        postgresql_where=sa.text("state <> 'good'"),
    )
    op.drop_table("standing")
    op.drop_index(
        "ix_proofing_review_open",
        table_name="proofing_review",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_proofing_review_case_id", table_name="proofing_review")
    op.drop_table("proofing_review")
    op.drop_table("proofing_check")
    op.drop_table("personal_data")
    op.drop_table("id_document")
    op.drop_index(op.f("ix_delivery_predecessor_serial"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_certificate_issuance_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_table("ars_call")
    op.drop_index("ix_account_deposit_account_key", table_name="account_deposit")
    op.drop_table("account_deposit")
    op.drop_index(
        "uq_proofing_case_person",
        table_name="proofing_case",
        sqlite_where=sa.text("state IN ('open', 'verified') AND person_key IS NOT NULL"),
        postgresql_where=sa.text("state IN ('open', 'verified') AND person_key IS NOT NULL"),
    )
    op.drop_index(
        "ix_proofing_case_unclosed",
        table_name="proofing_case",
        sqlite_where=sa.text("state IN ('open', 'verified', 'refused')"),
        postgresql_where=sa.text("state IN ('open', 'verified', 'refused')"),
    )
    op.drop_table("proofing_case")
    op.drop_index(
        "ix_issuance_prepared",
        table_name="issuance",
        sqlite_where=sa.text("state = 'prepared'"),
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.drop_table("issuance")
    op.drop_index(op.f("ix_session_expires_at"), table_name="session")
    op.drop_index(op.f("ix_session_account_id"), table_name="session")
    op.drop_table("session")
    op.drop_index(
        "uq_application_open",
        table_name="application",
        sqlite_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
        postgresql_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
    )
    op.drop_index("ix_application_subscriber_id", table_name="application")
    op.drop_index(
        "ix_application_due",
        table_name="application",
        sqlite_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
        postgresql_where=sa.text("state IN ('proofing', 'identified', 'issued')"),
    )
    op.drop_table("application")
    op.drop_index(op.f("ix_succession_predecessor_serial"), table_name="succession")
    op.drop_table("succession")
    op.drop_table("subject")
    op.drop_index("ix_proofing_limit_reference", table_name="proofing_limit")
    op.drop_index("ix_proofing_limit_key", table_name="proofing_limit")
    op.drop_index("ix_proofing_limit_at", table_name="proofing_limit")
    op.drop_table("proofing_limit")
    op.drop_index(op.f("ix_person_binding_person_key"), table_name="person_binding")
    op.drop_table("person_binding")
    op.drop_table("crl")
    op.drop_table("audit_signed_head")
    op.drop_index(op.f("ix_audit_leaf_subject_position"), table_name="audit_leaf")
    op.drop_table("audit_leaf")
    op.drop_table("audit_head")
    op.drop_table("account")
    op.drop_index(op.f("ix_access_attempt_ends_at"), table_name="access_attempt")
    op.drop_table("access_attempt")
