"""Where subscribers are reached: the telephone they entered in their newest proofing case, their account's language."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from dojang.adapters.store.identity_proofing.documents import SqlPersonalData
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.tables.identity_proofing import personal_data, proofing_case
from dojang.kernel.ports import FieldCipher


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Digits of a telephone, and "ko" or "en"."""

    phone: str = field(repr=False)
    language: str


class SqlContacts:
    """Looks contacts up on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._personal_data = SqlPersonalData(connection, cipher)

    def find_contact(self, subscriber_id: str) -> Contact | None:
        """Return how the subscriber is reached, or None before they entered a telephone."""
        newest = (
            sa.select(personal_data.c.case_id, account.c.language)
            .join(proofing_case, proofing_case.c.id == personal_data.c.case_id)
            .join(account, account.c.id == proofing_case.c.subscriber_id)
            .where(proofing_case.c.subscriber_id == subscriber_id)
            .order_by(proofing_case.c.opened_at.desc(), proofing_case.c.id.desc())
            .limit(1)
        )
        row = self._connection.execute(newest).one_or_none()
        data = None if row is None else self._personal_data.find_personal_data(row.case_id)
        return None if row is None or data is None else Contact(phone=data.phone, language=row.language)
