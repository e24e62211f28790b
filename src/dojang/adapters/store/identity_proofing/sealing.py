"""Sealing single values to the place they are stored in: `table.column:record`."""

import json
from collections.abc import Iterable

from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.identity_proofing.model import ProofingFinding


class Sealer:
    """Seals and opens the sealed columns of one table."""

    def __init__(self, cipher: FieldCipher, table: str) -> None:
        self._cipher = cipher
        self._table = table

    def seal(self, value: str | bytes, column: str, record: str) -> bytes:
        """Return the ciphertext of one value."""
        plaintext = value if isinstance(value, bytes) else value.encode()
        return self._cipher.seal(plaintext, context=f"{self._table}.{column}:{record}")

    def open(self, sealed: bytes, column: str, record: str) -> bytes:
        """Return the value. Raises `SealBroken` when it was altered or comes from elsewhere."""
        return self._cipher.open(sealed, context=f"{self._table}.{column}:{record}")

    def seal_if(self, value: str | bytes | None, column: str, record: str) -> bytes | None:
        """Return the ciphertext, or None for None."""
        return None if value is None else self.seal(value, column, record)

    def open_if(self, sealed: bytes | None, column: str, record: str) -> bytes | None:
        """Return the value, or None for None."""
        return None if sealed is None else self.open(sealed, column, record)


def findings_json(findings: Iterable[ProofingFinding]) -> str:
    """Return findings as stored: `[[code, field, detail], …]`."""
    return json.dumps([[one.code, one.field, one.detail] for one in findings], ensure_ascii=False)


def parse_findings(text: str) -> tuple[ProofingFinding, ...]:
    """Return findings as they were."""
    return tuple(ProofingFinding(code=code, field=field, detail=detail) for code, field, detail in json.loads(text))
