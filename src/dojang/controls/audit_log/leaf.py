"""An audit entry as bytes: the canonical encoding that is hashed into the tree.

The encoding is one JSON object in RFC 8785 canonical form (no white space, keys sorted by UTF-16 code units, shortest
escapes, UTF-8) with exactly these members:

    {"actor":"…","at":"2026-11-23T01:38:28Z","data":{…},"subject":"…","tag":"…","v":1}

`data` maps strings to strings; `at` is UTC in whole seconds; `v` is the version of this encoding. The position is not a
member: the tree holds the order.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from dojang.kernel.audit import AuditEntry

ENCODING_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An entry as stored: `data` is its canonical JSON text, taken into the hash letter for letter."""

    tag: str
    at: datetime
    actor: str
    subject: str
    data: str

    def encode(self) -> bytes:
        """Return the canonical encoding, UTF-8."""
        return (
            f'{{"actor":{_text(self.actor)},"at":"{format_time(self.at)}","data":{self.data},'
            f'"subject":{_text(self.subject)},"tag":{_text(self.tag)},"v":{ENCODING_VERSION}}}'
        ).encode()

    def to_entry(self) -> AuditEntry:
        """Return the entry. Raises `ValueError` when the stored text is no entry."""
        data = json.loads(self.data)
        if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
            raise ValueError("audit data is an object of strings")
        return AuditEntry(tag=self.tag, at=self.at, actor=self.actor, subject=self.subject, data=data)


def leaf_of(entry: AuditEntry) -> Leaf:
    """Return the entry in the form that is stored and hashed.

    Raises `ValueError` for a time that is naive or not in whole seconds, for data other than strings, and for text that
    UTF-8 cannot carry.
    """
    if not all(isinstance(value, str) for value in entry.data.values()):
        raise ValueError("audit data holds strings only")
    pairs = sorted(entry.data.items(), key=lambda pair: pair[0].encode("utf-16-be"))
    data = json.dumps(dict(pairs), ensure_ascii=False, separators=(",", ":"))
    leaf = Leaf(tag=entry.tag, at=entry.at, actor=entry.actor, subject=entry.subject, data=data)
    leaf.encode()  # refuses lone surrogates here, before anything is written
    return leaf


def format_time(moment: datetime) -> str:
    """Return RFC 3339 in UTC with a final Z. Raises `ValueError` for a naive time or a fraction of a second."""
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError("times are timezone-aware and in whole seconds")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """Return the time that `format_time` wrote. Raises `ValueError` for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
