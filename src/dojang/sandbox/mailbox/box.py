"""What the simulated notice provider was given, by recipient; and the templates it renders them with."""

import json
import re
from dataclasses import dataclass

from dojang.sandbox.clock import korean_time
from dojang.sandbox.state import State

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mailbox_message (
  notice_id TEXT PRIMARY KEY, channel TEXT NOT NULL, recipient TEXT NOT NULL, language TEXT NOT NULL,
  template TEXT NOT NULL, params TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mailbox_unreachable (
  channel TEXT NOT NULL, recipient TEXT NOT NULL, PRIMARY KEY (channel, recipient)) STRICT;
CREATE TABLE IF NOT EXISTS mailbox_text (
  notice_id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mailbox_template (
  template TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (template, language)) STRICT;
"""
_VARIABLE = re.compile(r"#\{([a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notice as delivered; `text` as it was sent, else that of a registered template, else None."""

    notice_id: str
    channel: str
    recipient: str
    language: str
    template: str
    params: dict[str, str]
    at: str
    text: str | None = None


class Mailbox:
    """All messages, in the sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as db:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                db.execute(statement)

    def accept(
        self,
        *,
        notice_id: str,
        channel: str,
        recipient: str,
        language: str,
        template: str,
        params: dict[str, str],
        text: str = "",
    ) -> bool:
        """Deliver a notice once; False when the recipient cannot be reached on this channel."""
        row = (notice_id, channel, recipient, language, template, json.dumps(params, ensure_ascii=False), korean_time())
        with self._state.transaction() as db:
            known = db.execute("SELECT 1 FROM mailbox_message WHERE notice_id=?", (notice_id,)).fetchone()
            if known is not None:
                return True
            unreachable = db.execute(
                "SELECT 1 FROM mailbox_unreachable WHERE channel=? AND recipient=?", (channel, recipient)
            ).fetchone()
            if unreachable is not None:
                return False
            db.execute("INSERT INTO mailbox_message VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if text:
                db.execute("INSERT INTO mailbox_text VALUES (?, ?)", (notice_id, text))
        return True

    def set_unreachable(self, channel: str, recipient: str) -> None:
        """Let no notice reach this recipient on this channel."""
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO mailbox_unreachable VALUES (?, ?)", (channel, recipient))

    def put_template(self, template: str, language: str, text: str) -> None:
        """Register a template; its variables are written `#{name}`."""
        with self._state.transaction() as db:
            db.execute("INSERT OR REPLACE INTO mailbox_template VALUES (?, ?, ?)", (template, language, text))

    def recipients(self) -> list[str]:
        """Return everybody who got something."""
        with self._state.transaction() as db:
            rows = db.execute("SELECT DISTINCT recipient FROM mailbox_message ORDER BY recipient").fetchall()
        return [row["recipient"] for row in rows]

    def messages(self, recipient: str) -> list[Message]:
        """Return a recipient's messages, newest first."""
        with self._state.transaction() as db:
            rows = db.execute(
                "SELECT m.*, t.text AS registered, s.text AS sent FROM mailbox_message m"
                " LEFT JOIN mailbox_template t USING (template, language) LEFT JOIN mailbox_text s USING (notice_id)"
                " WHERE recipient=? ORDER BY m.rowid DESC",
                (recipient,),
            ).fetchall()
        found = []
        for row in rows:
            fields = {key: row[key] for key in row.keys() if key not in ("params", "registered", "sent")}  # noqa: SIM118 - sqlite3.Row
            params = json.loads(row["params"])
            text = row["sent"] or (None if row["registered"] is None else _render(row["registered"], params))
            found.append(Message(**fields, params=params, text=text))
        return found


def _render(text: str, params: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: params.get(match[1], match[0]), text)
