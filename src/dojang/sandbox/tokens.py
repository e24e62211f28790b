"""Access tokens of a simulated neighbour: client credentials in, a bearer out, for as long as KFTC's live (90 days)."""

import hmac
import secrets
import threading
import time

LIFETIME_S = 7_775_999


class Tokens:
    """Issues and checks bearers; safe under concurrent requests."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self, client_id: str, client_secret: str) -> str | None:
        """Return a new bearer, or None when the credentials are wrong."""
        same_id = hmac.compare_digest(client_id.encode(), self._client_id.encode())
        same_secret = hmac.compare_digest(client_secret.encode(), self._client_secret.encode())
        if not (same_id and same_secret):
            return None
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._ends[token] = time.monotonic() + LIFETIME_S
        return token

    def accepts(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header bears a live token."""
        scheme, _, token = authorization.partition(" ")
        with self._lock:
            return scheme == "Bearer" and self._ends.get(token, 0.0) > time.monotonic()

    def revoke_all(self) -> None:
        """Forget every token, as after a restart of the neighbour."""
        with self._lock:
            self._ends.clear()
