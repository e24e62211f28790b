"""A password hash that is none: quick, and under the same contract as Argon2id."""

import hashlib
import hmac
import secrets


class PlainHasher:
    """`PasswordHasher` for tests."""

    def hash(self, password: str) -> str:
        """Return a salted digest."""
        salt = secrets.token_hex(8)
        return f"{salt}${hashlib.sha256((salt + password).encode()).hexdigest()}"

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare."""
        salt, _, digest = (password_hash or "$").partition("$")
        found = hashlib.sha256((salt + password).encode()).hexdigest()
        return password_hash is not None and hmac.compare_digest(digest, found)
