"""Stored contacts and choices; telephones as identity proofing proved them, none of which is stored twice."""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.identity_proofing.documents import SqlPersonalData
from dojang.adapters.store.identity_proofing.sealing import Sealer
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import account
from dojang.adapters.store.tables.identity_proofing import proofing_case
from dojang.adapters.store.tables.notices import contact, notice_preference
from dojang.controls.notices.model import Contact, ContactState, Phone, Preferences, Reach, Topic
from dojang.kernel.notice import Channel
from dojang.kernel.ports import FieldCipher

_MOST_CASES = 50  # a person proves a telephone once a certificate


class SqlContacts:
    """Implements `controls.notices.ports.ContactRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._personal_data = SqlPersonalData(connection, cipher)
        self._values = Sealer(cipher, "contact")

    def find_contact_by_id(self, contact_id: str) -> Contact | None:
        """See the port."""
        query = for_update(sa.select(contact).where(contact.c.id == contact_id), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._contact(row)

    def list_contacts(self, subscriber_id: str) -> tuple[Contact, ...]:
        """See the port."""
        query = (
            sa.select(contact)
            .where(contact.c.subscriber_id == subscriber_id)
            .order_by(contact.c.added_at, contact.c.id)
        )
        return tuple(self._contact(row) for row in self._connection.execute(query))

    def list_active_elsewhere(self, digest: str, subscriber_id: str) -> tuple[Contact, ...]:
        """See the port."""
        query = sa.select(contact).where(
            contact.c.digest == digest,
            contact.c.subscriber_id != subscriber_id,
            contact.c.state == ContactState.ACTIVE.value,
        )
        return tuple(self._contact(row) for row in self._connection.execute(for_update(query, self._connection)))

    def put_contact(self, stored: Contact) -> None:
        """See the port. Raises `RuntimeError` when the stored version is not the one before: a bug, rows are locked."""
        values = {
            "subscriber_id": stored.subscriber_id,
            "channel": stored.channel.value,
            "value": self._values.seal(stored.value, "value", stored.id),
            "digest": stored.digest,
            "state": stored.state.value,
            "added_at": stored.added_at,
            "verified_at": stored.verified_at,
            "ended_at": stored.ended_at,
            "code_number": stored.code_number,
            "code_tries": stored.code_tries,
            "code_expires_at": stored.code_expires_at,
            "version": stored.version,
        }
        if stored.version == 0:
            self._connection.execute(contact.insert().values(id=stored.id, **values))
            return
        done = self._connection.execute(
            contact.update().where(contact.c.id == stored.id, contact.c.version == stored.version - 1).values(**values)
        )
        if done.rowcount != 1:
            raise RuntimeError(f"contact {stored.id} was not at version {stored.version - 1}")

    def list_phones(self, subscriber_id: str) -> tuple[Phone, ...]:
        """See the port."""
        query = (
            sa.select(proofing_case.c.id, proofing_case.c.verified_at)
            .where(proofing_case.c.subscriber_id == subscriber_id, proofing_case.c.verified_at.is_not(None))
            .order_by(proofing_case.c.verified_at.desc(), proofing_case.c.id.desc())
            .limit(_MOST_CASES)
        )
        phones: list[Phone] = []
        for row in self._connection.execute(query).all():
            data = self._personal_data.find_personal_data(row.id)
            if data is None:
                continue
            newer = phones[-1] if phones else None
            if newer is not None and newer.number == data.phone:
                phones[-1] = Phone(id=row.id, number=data.phone, since=row.verified_at, until=newer.until)
            else:
                until = None if newer is None else newer.since
                phones.append(Phone(id=row.id, number=data.phone, since=row.verified_at, until=until))
        return tuple(phones)

    def find_language(self, subscriber_id: str) -> str:
        """See the port."""
        query = sa.select(account.c.language).where(account.c.id == subscriber_id)
        return self._connection.execute(query).scalar_one_or_none() or "ko"

    def find_preferences(self, subscriber_id: str) -> Preferences | None:
        """See the port."""
        query = sa.select(notice_preference).where(notice_preference.c.subscriber_id == subscriber_id)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        if row is None:
            return None
        return Preferences(reach=Reach(row.reach), muted=frozenset(Topic(one) for one in row.muted.split(",") if one))

    def put_preferences(self, subscriber_id: str, preferences: Preferences) -> None:
        """See the port."""
        values = {"reach": preferences.reach.value, "muted": ",".join(sorted(preferences.muted))}
        done = self._connection.execute(
            notice_preference.update().where(notice_preference.c.subscriber_id == subscriber_id).values(**values)
        )
        if not done.rowcount:
            self._connection.execute(notice_preference.insert().values(subscriber_id=subscriber_id, **values))

    def _contact(self, row: Any) -> Contact:
        values = row._asdict()
        return Contact(
            **values
            | {
                "channel": Channel(values["channel"]),
                "state": ContactState(values["state"]),
                "value": self._values.open(values["value"], "value", values["id"]).decode(),
            }
        )
