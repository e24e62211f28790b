"""Tables of access control: accounts, their sessions and devices, and attempts without one."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

account = sa.Table(
    "account",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login_name", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),  # Argon2id, with its parameters and salt
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", UtcSeconds, nullable=False),
    sa.Column("failed_sign_ins", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcSeconds),
    sa.Column("version", sa.Integer, nullable=False),
)

session = sa.Table(
    "session",
    METADATA,
    sa.Column("token_digest", sa.Text, primary_key=True),  # SHA-256 of the token, hex
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False, index=True),
    sa.Column("ends_at_latest", UtcSeconds, nullable=False),
    sa.Column("method", sa.Text, nullable=False, server_default="password"),
    sa.Column("browser", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("device_id", sa.Text, index=True),
)

device = sa.Table(
    "device",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("digest", sa.Text, nullable=False, index=True),  # keyed, of the client's device id
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sealed_name", sa.LargeBinary, nullable=False),  # people put their names into it
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("first_seen_at", UtcSeconds, nullable=False),
    sa.Column("last_seen_at", UtcSeconds, nullable=False),
    sa.UniqueConstraint("account_id", "digest", name="uq_device_account_digest"),
)

access_attempt = sa.Table(
    "access_attempt",
    METADATA,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),  # a digest
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("ends_at", UtcSeconds, nullable=False, index=True),  # exclusive
)

hand_off = sa.Table(
    "hand_off",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("application_id", sa.Text, nullable=False, index=True),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("secret_digest", sa.Text, nullable=False, unique=True),  # SHA-256 of what the code shows, hex
    sa.Column("token_digest", sa.Text, unique=True),  # SHA-256 of the other device's token, hex
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False, index=True),  # exclusive
)

passkey = sa.Table(
    "passkey",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),  # COSE_Key
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("synced", sa.Boolean, nullable=False),
    sa.Column("added_at", UtcSeconds, nullable=False),
    sa.Column("last_used_at", UtcSeconds),
)

passkey_challenge = sa.Table(
    "passkey_challenge",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # SHA-256 of the challenge, hex
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text),
    sa.Column("expires_at", UtcSeconds, nullable=False, index=True),  # exclusive
)
