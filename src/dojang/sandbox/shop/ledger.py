"""What the shop remembers: visitors, customers, contracts; small documents by kind and key."""

import json
import secrets
from typing import Any

from dojang.sandbox.state import State

_TABLE = """
CREATE TABLE IF NOT EXISTS shop_document (
    kind TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL, file BLOB, PRIMARY KEY (kind, key)
)
"""

Document = dict[str, Any]


class Ledger:
    """The shop's books over the sandbox's memory."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as connection:
            connection.execute(_TABLE)

    # ---- visitors: what their cookie stands for

    def find_visit(self, token: str) -> Document | None:
        """Return what is known of the visitor with this cookie, or None."""
        return self._find("visit", token)

    def open_visit(self, visit: Document) -> str:
        """Remember a visitor and return their cookie; a new one at every sign-in, so that nobody knows it before."""
        token = secrets.token_urlsafe(32)
        self._put("visit", token, {"form": secrets.token_urlsafe(16), **visit})
        return token

    def close_visit(self, token: str) -> None:
        """Forget a visitor."""
        with self._state.transaction() as connection:
            connection.execute("DELETE FROM shop_document WHERE kind = 'visit' AND key = ?", (token,))

    # ---- customers: known by their subject, whatever certificate they hold now

    def find_customer(self, subject: str) -> Document | None:
        """Return the customer, or None."""
        return self._find("customer", subject)

    def meet(self, subject: str, name: str, serial: str, standing: str = "good", sequence: int = 0) -> None:
        """Note that a customer has this certificate, and how it stood at the office's event number `sequence`."""
        before = self._find("customer", subject) or {"formerly": []}
        formerly = [one for one in (*before["formerly"], before.get("serial")) if one not in (None, serial)]
        now = {"name": name, "serial": serial, "standing": standing, "sequence": sequence, "formerly": formerly}
        self._put("customer", subject, now)

    def replace_serial(self, predecessor: str, successor: str) -> None:
        """Note that a customer's certificate was followed by another. Twice is as good as once."""
        for subject, customer in self._all("customer"):
            if customer["serial"] == predecessor:
                self.meet(subject, customer["name"], successor)

    def note_standing(self, serial: str, standing: str, sequence: int) -> None:
        """Note how a customer's certificate stands; older news than what is known is not taken."""
        for subject, customer in self._all("customer"):
            if customer["serial"] == serial and sequence > customer["sequence"]:
                self._put("customer", subject, {**customer, "standing": standing, "sequence": sequence})

    # ---- contracts

    def put_contract(self, contract_id: str, contract: Document, pdf: bytes) -> None:
        """Store a contract with its PDF, signed or not yet."""
        self._put("contract", contract_id, contract, pdf)

    def find_contract(self, contract_id: str, subject: str) -> tuple[Document, bytes] | None:
        """Return a customer's own contract, or None."""
        found = self._find("contract", contract_id)
        if found is None or found["subject"] != subject:
            return None
        with self._state.transaction() as connection:
            query = "SELECT file FROM shop_document WHERE kind = 'contract' AND key = ?"
            return found, bytes(connection.execute(query, (contract_id,)).fetchone()["file"])

    def list_contracts(self, subject: str) -> list[tuple[str, Document]]:
        """Return a customer's contracts, the newest first."""
        found = [(key, one) for key, one in self._all("contract") if one["subject"] == subject]
        return sorted(found, key=lambda one: str(one[1]["made_at"]), reverse=True)

    def _find(self, kind: str, key: str) -> Document | None:
        with self._state.transaction() as connection:
            query = "SELECT document FROM shop_document WHERE kind = ? AND key = ?"
            row = connection.execute(query, (kind, key)).fetchone()
        return None if row is None else json.loads(row["document"])

    def _all(self, kind: str) -> list[tuple[str, Document]]:
        with self._state.transaction() as connection:
            rows = connection.execute("SELECT key, document FROM shop_document WHERE kind = ?", (kind,)).fetchall()
        return [(row["key"], json.loads(row["document"])) for row in rows]

    def _put(self, kind: str, key: str, document: Document, file: bytes | None = None) -> None:
        with self._state.transaction() as connection:
            connection.execute(
                "INSERT INTO shop_document VALUES (?, ?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document, file = excluded.file",
                (kind, key, json.dumps(document, ensure_ascii=False), file),
            )
