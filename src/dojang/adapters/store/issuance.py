"""Stored issuances, certificates and subject digits.

Statements are prepared: issuance is the busiest path of the house.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.issuance import certificate, issuance, subject
from dojang.adapters.store.tables.revocation import standing
from dojang.kernel.errors import DojangError
from dojang.lifecycle.issuance.model import (
    AlreadyRequested,
    CertificateKind,
    CertificateSet,
    DrawTaken,
    IdempotencyKeyReused,
    Issuance,
    IssuanceState,
    IssuedCertificate,
    KeyCertifiedBefore,
    PreparedCertificate,
    PreparedIssuance,
    RegisteredSubject,
)

_SELECT_BY_ID = sa.select(issuance).where(issuance.c.id == sa.bindparam("id"))
_BY_ID = Prepared(_SELECT_BY_ID)
_BY_ID_LOCKED = Prepared(_SELECT_BY_ID.with_for_update())
_BY_APPLICATION = Prepared(sa.select(issuance).where(issuance.c.application_id == sa.bindparam("application_id")))
_BY_KEY = Prepared(
    sa.select(issuance).where(
        issuance.c.subscriber_id == sa.bindparam("subscriber_id"),
        issuance.c.idempotency_key == sa.bindparam("idempotency_key"),
    )
)
_UNSIGNED = (
    sa.select(issuance.c.id)
    .where(issuance.c.state == "prepared", issuance.c.prepared_at <= sa.bindparam("prepared_before"))
    .order_by(issuance.c.prepared_at, issuance.c.id)
    .limit(sa.bindparam("most"))
)
_CERTIFICATES = Prepared(sa.select(certificate).where(certificate.c.issuance_id == sa.bindparam("issuance_id")))
_PERSON_KEY = Prepared(
    sa.select(issuance.c.person_key)
    .join(certificate, certificate.c.issuance_id == issuance.c.id)
    .where(certificate.c.serial == sa.bindparam("serial"))
)
_SUCCESSOR = delivery.alias("successor")
_LIVE = Prepared(
    sa.select(certificate.c.serial)
    .join(issuance, issuance.c.id == certificate.c.issuance_id)
    .outerjoin(standing, standing.c.issuance_id == issuance.c.id)
    .where(
        issuance.c.person_key == sa.bindparam("person_key"),
        issuance.c.state != "abandoned",
        certificate.c.kind == "signing",
        certificate.c.not_after >= sa.bindparam("at"),
        sa.or_(standing.c.state.is_(None), standing.c.state != "revoked"),
        ~sa.exists().where(_SUCCESSOR.c.predecessor_serial == certificate.c.serial, _SUCCESSOR.c.state == "accepted"),
    )
    .order_by(certificate.c.serial)
)
_ISSUED_SINCE = Prepared(
    sa.select(sa.func.count().label("count"))
    .select_from(issuance)
    .where(issuance.c.person_key == sa.bindparam("person_key"), issuance.c.issued_at >= sa.bindparam("since"))
)
_KINDS_OF_KEYS = sa.select(certificate.c.spki_sha256).where(
    certificate.c.spki_sha256.in_(sa.bindparam("digests", expanding=True)),
    certificate.c.issuance_id != sa.bindparam("issuance_id"),
)
_ADD_ISSUANCE = InsertUnlessThere.into(issuance)
_ADD_CERTIFICATES = InsertUnlessThere.into(certificate)
_ADD_SUBJECT = InsertUnlessThere.into(subject)
_SUBJECT = Prepared(sa.select(subject).where(subject.c.person_key == sa.bindparam("person_key")))
_LOCK_PERSON = Prepared(
    sa.select(subject.c.sequence).where(subject.c.person_key == sa.bindparam("person_key")).with_for_update()
)
_MARK_ISSUED = Prepared(
    issuance.update()
    .where(issuance.c.id == sa.bindparam("issuance_id"), issuance.c.state == "prepared")
    .values(state=sa.bindparam("new_state"), issued_at=sa.bindparam("at"))
)
_PUT_CERTIFICATE = Prepared(
    certificate.update()
    .where(certificate.c.serial == sa.bindparam("of_serial"), certificate.c.certificate_der.is_(None))
    .values(certificate_der=sa.bindparam("der"), tbs_der=None)
)


class SqlSubjects:
    """Implements `lifecycle.issuance.ports.SubjectRegistry` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_subject(self, person_key: str) -> RegisteredSubject | None:
        """See the port."""
        row = _SUBJECT.find(self._connection, person_key=person_key)
        return None if row is None else RegisteredSubject(**row._asdict())

    def lock_person(self, person_key: str) -> None:
        """See the port."""
        _LOCK_PERSON.find(self._connection, person_key=person_key)

    def add_subject(self, new: RegisteredSubject) -> None:
        """See the port."""
        row: dict[str, object] = {
            "person_key": new.person_key,
            "registered_on": new.registered_on,
            "sequence": new.sequence,
        }
        if not _ADD_SUBJECT.run(self._connection, row):
            raise DrawTaken()


class SqlIssuances:
    """Implements `lifecycle.issuance.ports.IssuanceRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_issuance(self, application_id: str) -> Issuance | None:
        """See the port."""
        row = _BY_APPLICATION.find(self._connection, application_id=application_id)
        return None if row is None else _issuance(row)

    def find_issuance_by_key(self, subscriber_id: str, idempotency_key: str) -> Issuance | None:
        """See the port."""
        row = _BY_KEY.find(self._connection, subscriber_id=subscriber_id, idempotency_key=idempotency_key)
        return None if row is None else _issuance(row)

    def get_prepared(self, issuance_id: str) -> PreparedIssuance:
        """See the port."""
        found = _issuance(_BY_ID.get(self._connection, id=issuance_id))
        kinds = {
            CertificateKind(row.kind): PreparedCertificate(
                issuance_id=row.issuance_id,
                kind=CertificateKind(row.kind),
                serial=row.serial,
                profile=row.profile,
                spki_sha256=row.spki_sha256,
                not_before=row.not_before,
                not_after=row.not_after,
                tbs_der=row.tbs_der or b"",
            )
            for row in _CERTIFICATES.fetch(self._connection, issuance_id=issuance_id)
        }
        return PreparedIssuance(
            issuance=found,
            signing=kinds[CertificateKind.SIGNING],
            key_management=kinds[CertificateKind.KEY_MANAGEMENT],
        )

    def lock_issuance(self, issuance_id: str) -> Issuance:
        """See the port."""
        return _issuance(_BY_ID_LOCKED.get(self._connection, id=issuance_id))

    def list_prepared(self, prepared_before: datetime, limit: int) -> tuple[str, ...]:
        """See the port."""
        parameters = {"prepared_before": prepared_before, "most": limit}
        return tuple(self._connection.execute(_UNSIGNED, parameters).scalars())

    def add_prepared(self, prepared: PreparedIssuance) -> None:
        """See the port."""
        new = prepared.issuance
        if not _ADD_ISSUANCE.run(self._connection, _issuance_row(new)):
            raise self._why_not_added(new)
        rows = [_prepared_row(one) for one in prepared.certificates]
        if _ADD_CERTIFICATES.run(self._connection, *rows) == len(rows):
            return
        parameters = {"digests": [one.spki_sha256 for one in prepared.certificates], "issuance_id": new.id}
        known = set(self._connection.execute(_KINDS_OF_KEYS, parameters).scalars())
        for one in prepared.certificates:
            if one.spki_sha256 in known:
                raise KeyCertifiedBefore(kind=one.kind.value)
        raise DrawTaken()

    def _why_not_added(self, new: Issuance) -> DojangError:
        if self.find_issuance(new.application_id) is not None:
            return AlreadyRequested()
        if self.find_issuance_by_key(new.subscriber_id, new.idempotency_key) is not None:
            return IdempotencyKeyReused()
        return DrawTaken()

    def add_issued(self, changed: Issuance, signing: IssuedCertificate, key_management: IssuedCertificate) -> None:
        """See the port. Raises `RuntimeError` when the issuance was not prepared: a bug, its row is locked."""
        parameters = {"issuance_id": changed.id, "new_state": changed.state.value, "at": changed.issued_at}
        if _MARK_ISSUED.run(self._connection, parameters) != 1:
            raise RuntimeError(f"issuance {changed.id} was not prepared")
        both = (signing, key_management)
        _PUT_CERTIFICATE.run(self._connection, *({"of_serial": one.serial, "der": one.certificate_der} for one in both))

    def get_certificate_set(self, issuance_id: str) -> CertificateSet:
        """See the port."""
        return certificate_set(self._connection, _BY_ID.get(self._connection, id=issuance_id))

    def list_live(self, person_key: str, now: datetime) -> tuple[int, ...]:
        """See the port."""
        return tuple(row.serial for row in _LIVE.fetch(self._connection, person_key=person_key, at=now))

    def count_issued(self, person_key: str, since: datetime) -> int:
        """See the port."""
        return int(_ISSUED_SINCE.get(self._connection, person_key=person_key, since=since).count)

    def find_person_key_by_serial(self, serial: int) -> str | None:
        """See the port."""
        row = _PERSON_KEY.find(self._connection, serial=serial)
        return None if row is None else str(row.person_key)


def certificate_set(connection: sa.Connection, row: Any) -> CertificateSet:
    """Return the issued set of an `issuance` row."""
    kinds = {
        one.kind: IssuedCertificate(
            serial=one.serial,
            kind=CertificateKind(one.kind),
            profile=one.profile,
            spki_sha256=one.spki_sha256,
            not_before=one.not_before,
            not_after=one.not_after,
            certificate_der=one.certificate_der,
        )
        for one in _CERTIFICATES.fetch(connection, issuance_id=row.id)
    }
    return CertificateSet(
        issuance_id=row.id,
        application_id=row.application_id,
        subscriber_id=row.subscriber_id,
        person_key=row.person_key,
        predecessor_serial=row.predecessor_serial,
        issued_at=row.issued_at,
        signing=kinds[CertificateKind.SIGNING],
        key_management=kinds[CertificateKind.KEY_MANAGEMENT],
    )


def _issuance(row: Any) -> Issuance:
    values = row._asdict()
    return Issuance(**values | {"state": IssuanceState(values["state"])})


def _issuance_row(new: Issuance) -> dict[str, object]:
    return {
        "id": new.id,
        "application_id": new.application_id,
        "subscriber_id": new.subscriber_id,
        "person_key": new.person_key,
        "idempotency_key": new.idempotency_key,
        "request_digest": new.request_digest,
        "predecessor_serial": new.predecessor_serial,
        "state": new.state.value,
        "prepared_at": new.prepared_at,
        "issued_at": new.issued_at,
    }


def _prepared_row(new: PreparedCertificate) -> dict[str, object]:
    return {
        "serial": new.serial,
        "issuance_id": new.issuance_id,
        "kind": new.kind.value,
        "profile": new.profile,
        "spki_sha256": new.spki_sha256,
        "not_before": new.not_before,
        "not_after": new.not_after,
        "tbs_der": new.tbs_der,
        "certificate_der": None,
    }
