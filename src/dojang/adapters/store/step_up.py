"""Stored confirmations, the telephones that were proven, and signing certificates by their owner."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.identity_proofing.documents import SqlPersonalData
from dojang.adapters.store.identity_proofing.sealing import Sealer
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.identity_proofing import verified_identity
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing
from dojang.adapters.store.tables.step_up import confirmation
from dojang.controls.step_up.model import (
    FREE_OF_CHARGE,
    Act,
    Confirmation,
    ConfirmationState,
    OwnCertificate,
    ProvenTelephone,
)
from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.identity_proofing.model import Check


class SqlConfirmations:
    """Implements `controls.step_up.ports.ConfirmationRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._sealer = Sealer(cipher, "confirmation")

    def find_confirmation(self, confirmation_id: str) -> Confirmation | None:
        """See the port."""
        query = sa.select(confirmation).where(confirmation.c.id == confirmation_id)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else self._confirmation(row)

    def list_since(self, subscriber_id: str, since: datetime) -> tuple[Confirmation, ...]:
        """See the port."""
        self._exclude_others(subscriber_id)
        query = (
            sa.select(confirmation)
            .where(confirmation.c.subscriber_id == subscriber_id, confirmation.c.requested_at >= since)
            .order_by(confirmation.c.requested_at, confirmation.c.id)
        )
        return tuple(self._confirmation(row) for row in self._connection.execute(query))

    def list_requested_to(self, phone_key: str, since: datetime) -> tuple[datetime, ...]:
        """See the port."""
        self._exclude_others(phone_key)
        query = (
            sa.select(confirmation.c.requested_at)
            .where(
                confirmation.c.phone_key == phone_key,
                confirmation.c.requested_at >= since,
                confirmation.c.state.not_in([one.value for one in FREE_OF_CHARGE]),
            )
            .order_by(confirmation.c.requested_at)
        )
        return tuple(self._connection.execute(query).scalars())

    def add(self, new: Confirmation) -> None:
        """See the port."""
        self._connection.execute(confirmation.insert().values(**self._row(new)))

    def update(self, changed: Confirmation) -> None:
        """See the port."""
        self._connection.execute(
            confirmation.update().where(confirmation.c.id == changed.id).values(**self._row(changed))
        )

    def _exclude_others(self, key: str) -> None:
        """Keep two transactions from both finding room; SQLite's writers exclude each other anyway."""
        if self._connection.dialect.name == "postgresql" and not is_reading(self._connection):
            lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"confirmation:{key}", 0))
            self._connection.execute(sa.select(lock))

    def _confirmation(self, row: sa.Row[Any]) -> Confirmation:
        number = self._sealer.open_if(row.sealed_number, "number", row.id)
        return Confirmation(
            id=row.id,
            subscriber_id=row.subscriber_id,
            act=Act(row.act),
            target=row.target,
            phone_key=row.phone_key,
            state=ConfirmationState(row.state),
            number=None if number is None else number.decode(),
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            rung_at=row.rung_at,
            ended_at=row.ended_at,
        )

    def _row(self, one: Confirmation) -> dict[str, Any]:
        return {
            "id": one.id,
            "subscriber_id": one.subscriber_id,
            "act": one.act.value,
            "target": one.target,
            "phone_key": one.phone_key,
            "state": one.state.value,
            "sealed_number": self._sealer.seal_if(one.number, "number", one.id),
            "requested_at": one.requested_at,
            "expires_at": one.expires_at,
            "rung_at": one.rung_at,
            "ended_at": one.ended_at,
        }


class SqlProvenTelephones:
    """Implements `controls.step_up.ports.ProvenTelephones`: the telephone of the newest identity whose call passed."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._personal_data = SqlPersonalData(connection, cipher)

    def find_telephone(self, subscriber_id: str) -> ProvenTelephone | None:
        """See the port."""
        newest = (
            sa.select(verified_identity.c.case_id)
            .where(
                verified_identity.c.subscriber_id == subscriber_id,
                verified_identity.c.evidence.contains(f'"{Check.ARS_CALL.value}"'),
            )
            .order_by(verified_identity.c.verified_at.desc(), verified_identity.c.case_id.desc())
            .limit(1)
        )
        case_id = self._connection.execute(newest).scalar_one_or_none()
        data = None if case_id is None else self._personal_data.find_personal_data(case_id)
        if data is None:
            return None
        return ProvenTelephone(phone=data.phone, name=data.name, birth_date=data.birth_date)


class SqlOwnCertificates:
    """Implements `controls.step_up.ports.OwnCertificates` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_own(self, serial: int, subscriber_id: str) -> OwnCertificate | None:
        """See the port."""
        query = (
            sa.select(
                certificate.c.serial,
                certificate.c.certificate_der,
                certificate.c.not_after,
                sa.func.coalesce(standing.c.state, "good").label("state"),
            )
            .join(issuance, issuance.c.id == certificate.c.issuance_id)
            .outerjoin(standing, standing.c.issuance_id == certificate.c.issuance_id)
            .where(
                certificate.c.serial == serial,
                certificate.c.kind == "signing",
                certificate.c.certificate_der.is_not(None),
                issuance.c.subscriber_id == subscriber_id,
            )
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else OwnCertificate(**row._asdict())
