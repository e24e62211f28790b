"""Deleting what closed cases kept. Rows go, or lose their sealed values; nothing is opened, no key is needed.

SQLite overwrites what it deletes (`engine.prepare_sqlite_connection`); PostgreSQL gives dead rows' room back at the
next vacuum.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.identity_proofing import (
    KEEPING,
    account_deposit,
    ars_call,
    id_document,
    id_document_field,
    id_document_image,
    personal_data,
    proofing_case,
    proofing_review,
    verified_identity,
)
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.support import support_ticket
from dojang.lifecycle.identity_proofing.erasure.model import KeptCase, Portion
from dojang.lifecycle.identity_proofing.model import CaseState
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy

_CASE = proofing_case.c
_PROVEN = sa.exists().where(issuance.c.application_id == _CASE.application_id)
_LAST_END = (
    sa.select(sa.func.max(certificate.c.not_after))
    .join(issuance, issuance.c.id == certificate.c.issuance_id)
    .where(issuance.c.subscriber_id == _CASE.subscriber_id)
    .scalar_subquery()
)
_DISPUTED = sa.or_(
    sa.exists().where(proofing_review.c.case_id == _CASE.id, proofing_review.c.state == "open"),
    sa.exists().where(support_ticket.c.application_id == _CASE.application_id, support_ticket.c.state != "closed"),
)


class SqlKeptEvidence:
    """Implements `erasure.ports.KeptEvidence` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_due(self, policy: RetentionPolicy, now: datetime, limit: int) -> tuple[str, ...]:
        """See the port."""
        before = now - timedelta(days=policy.proven_days)
        due = sa.or_(
            sa.and_(_ended(policy.unproven_days, now), ~_PROVEN),
            sa.and_(_ended(policy.pictures_days, now), _PROVEN, _CASE.pictures_erased_at.is_(None)),
            sa.and_(_ended(policy.proven_days, now), _PROVEN, before >= _LAST_END),
        )
        query = sa.select(_CASE.id).where(sa.text(f"proofing_case.{KEEPING}"), due, ~_DISPUTED)
        return tuple(self._connection.execute(query.order_by(_CASE.expires_at, _CASE.id).limit(limit)).scalars())

    def find_kept(self, case_id: str) -> KeptCase | None:
        """See the port."""
        locked = for_update(sa.select(_CASE.id).where(_CASE.id == case_id), self._connection)
        if self._connection.execute(locked).one_or_none() is None:
            return None
        query = sa.select(
            proofing_case,
            _PROVEN.label("proven"),
            sa.type_coerce(_LAST_END, certificate.c.not_after.type).label("last_end"),
            _DISPUTED.label("disputed"),
        ).where(_CASE.id == case_id)
        row = self._connection.execute(query).one()
        return KeptCase(
            case_id=row.id,
            application_id=row.application_id,
            state=CaseState(row.state),
            window_ended_at=row.expires_at,
            proven=bool(row.proven),
            last_certificate_ends_at=row.last_end,
            disputed=bool(row.disputed),
            pictures_erased=row.pictures_erased_at is not None,
            erased=row.erased_at is not None,
        )

    def erase(self, case_id: str, portion: Portion, at: datetime) -> Mapping[str, int]:
        """See the port."""
        documents = sa.select(id_document.c.id).where(id_document.c.case_id == case_id).scalar_subquery()
        of_documents = id_document_field.c.document_id.in_(documents)
        steps: dict[str, sa.Delete | sa.Update] = {
            "id_document_image": id_document_image.delete().where(id_document_image.c.document_id.in_(documents))
        }
        marks: dict[str, datetime] = {"pictures_erased_at": at}
        if portion is Portion.PICTURES:
            cuttings = sa.and_(of_documents, id_document_field.c.sealed_crop.is_not(None))
            steps["id_document_field"] = id_document_field.update().where(cuttings).values(sealed_crop=None)
        else:
            # Deposits stay as digests: how many persons an account has served is counted over them.
            blank = {"sealed_number": b"", "sealed_amount": None, "sealed_depositor_text": None}
            steps |= {
                "id_document_field": id_document_field.delete().where(of_documents),
                "personal_data": personal_data.delete().where(personal_data.c.case_id == case_id),
                "account_deposit": account_deposit.update().where(account_deposit.c.case_id == case_id).values(**blank),
                "ars_call": ars_call.delete().where(ars_call.c.case_id == case_id),
                "verified_identity": verified_identity.delete().where(verified_identity.c.case_id == case_id),
            }
            marks["erased_at"] = at
        gone = {table: self._connection.execute(step).rowcount for table, step in steps.items()}
        self._connection.execute(proofing_case.update().where(_CASE.id == case_id).values(**marks))
        return {table: count for table, count in gone.items() if count}


def _ended(days: int, now: datetime) -> sa.ColumnElement[bool]:
    return _CASE.expires_at <= now - timedelta(days=days)
