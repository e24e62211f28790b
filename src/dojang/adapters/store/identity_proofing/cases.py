"""Stored cases, reviews, bindings and verifications."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.identity_proofing.sealing import Sealer, findings_json, parse_findings
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.application import OPEN, application
from dojang.adapters.store.tables.identity_proofing import (
    FROZEN,
    LIVE,
    UNCLOSED,
    person_binding,
    proofing_case,
    proofing_check,
    proofing_review,
    verified_identity,
)
from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.identity_proofing import rules
from dojang.lifecycle.identity_proofing.errors import NotVerified, OtherPersonsAccount, PersonAlreadyApplying
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckState,
    CheckStatus,
    ProofingCase,
    VerificationRecord,
    VerifiedIdentity,
)
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem, ReviewState, ReviewSubject

_COLUMNS = tuple(one for one in proofing_case.c if one.name not in ("pictures_erased_at", "erased_at"))


class SqlProofingCases:
    """Implements `ports.CaseRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_case(self, case_id: str) -> ProofingCase | None:
        """See the port."""
        return self._find(proofing_case.c.id == case_id, lock=True)

    def find_case_of(self, application_id: str) -> ProofingCase | None:
        """See the port."""
        return self._find(proofing_case.c.application_id == application_id, lock=True)

    def find_live_case_of_person(self, person_key: str, *, other_than: str) -> ProofingCase | None:
        """See the port."""
        condition = sa.and_(
            proofing_case.c.person_key == person_key, proofing_case.c.id != other_than, sa.text(f"proofing_case.{LIVE}")
        )
        return self._find(condition, lock=False)

    def find_frozen_case_of_person(self, person_key: str) -> ProofingCase | None:
        """See the port."""
        oldest = (
            sa.select(proofing_case.c.id)
            .where(proofing_case.c.person_key == person_key, sa.text(f"proofing_case.{FROZEN}"))
            .order_by(proofing_case.c.opened_at, proofing_case.c.id)
            .limit(1)
        )
        return self._find(proofing_case.c.id == oldest.scalar_subquery(), lock=False)

    def list_frozen(self, limit: int) -> tuple[ProofingCase, ...]:
        """See the port."""
        query = (
            sa.select(proofing_case.c.id)
            .where(sa.text(f"proofing_case.{FROZEN}"))
            .order_by(proofing_case.c.opened_at, proofing_case.c.id)
            .limit(limit)
        )
        ids = self._connection.execute(query).scalars().all()
        found = (self._find(proofing_case.c.id == one, lock=False) for one in ids)
        return tuple(one for one in found if one is not None)

    def find_newest_verified_case(self, subscriber_id: str) -> ProofingCase | None:
        """See the port."""
        newest = (
            sa.select(proofing_case.c.id)
            .where(
                proofing_case.c.subscriber_id == subscriber_id,
                proofing_case.c.verified_at.is_not(None),
                proofing_case.c.state.in_([CaseState.VERIFIED.value, CaseState.CLOSED.value]),
                proofing_case.c.erased_at.is_(None),
            )
            .order_by(proofing_case.c.verified_at.desc(), proofing_case.c.id.desc())
            .limit(1)
        )
        return self._find(proofing_case.c.id == newest.scalar_subquery(), lock=False)

    def list_case_ids_to_close(self, limit: int) -> tuple[str, ...]:
        """See the port."""
        query = (
            sa.select(proofing_case.c.id)
            .join(application, application.c.id == proofing_case.c.application_id)
            .where(sa.text(f"proofing_case.{UNCLOSED}"), sa.text(f"NOT application.{OPEN}"))
            .order_by(proofing_case.c.id)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def add(self, case: ProofingCase) -> None:
        """See the port."""
        self._connection.execute(proofing_case.insert().values(**_case_row(case)))
        self._connection.execute(proofing_check.insert(), _check_rows(case))

    def update(self, case: ProofingCase) -> None:
        """See the port. Raises `RuntimeError` when the stored version is not the one before: a bug, rows are locked."""
        statement = (
            proofing_case.update()
            .where(proofing_case.c.id == case.id, proofing_case.c.version == case.version - 1)
            .values(**_case_row(case))
        )
        try:
            with self._connection.begin_nested():
                done = self._connection.execute(statement)
        except sa.exc.IntegrityError:
            raise PersonAlreadyApplying() from None
        if done.rowcount != 1:
            raise RuntimeError(f"proofing case {case.id} was not at version {case.version - 1}")
        for row in _check_rows(case):
            condition = sa.and_(proofing_check.c.case_id == case.id, proofing_check.c.check == row["check"])
            self._connection.execute(proofing_check.update().where(condition).values(**row))

    def _find(self, condition: sa.ColumnElement[bool], *, lock: bool) -> ProofingCase | None:
        query = sa.select(*_COLUMNS).where(condition)
        row = self._connection.execute(for_update(query, self._connection) if lock else query).one_or_none()
        if row is None:
            return None
        checks = sa.select(proofing_check).where(proofing_check.c.case_id == row.id).order_by(proofing_check.c.position)
        statuses = [_status(one) for one in self._connection.execute(checks)]
        return ProofingCase(
            **row._asdict()
            | {
                "kind": ApplicationKind(row.kind),
                "state": CaseState(row.state),
                "checks": {status.check: status for status in statuses},
            }
        )


def _case_row(case: ProofingCase) -> dict[str, Any]:
    return {
        "id": case.id,
        "application_id": case.application_id,
        "subscriber_id": case.subscriber_id,
        "kind": case.kind.value,
        "state": case.state.value,
        "opened_at": case.opened_at,
        "expires_at": case.expires_at,
        "person_key": case.person_key,
        "verified_at": case.verified_at,
        "version": case.version,
    }


def _check_rows(case: ProofingCase) -> list[dict[str, Any]]:
    return [
        {
            "case_id": case.id,
            "check": status.check.value,
            "position": position,
            "state": status.state.value,
            "changed_at": status.changed_at,
            "findings": findings_json(status.findings),
            "tries": status.tries,
            "evidence_id": status.evidence_id,
        }
        for position, status in enumerate(case.checks.values())
    ]


def _status(row: sa.Row[Any]) -> CheckStatus:
    return CheckStatus(
        check=Check(row.check),
        state=CheckState(row.state),
        changed_at=row.changed_at,
        findings=parse_findings(row.findings),
        tries=row.tries,
        evidence_id=row.evidence_id,
    )


class SqlReviews:
    """Implements `ports.ReviewRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_review(self, review_id: str) -> ReviewItem | None:
        """See the port."""
        query = sa.select(proofing_review).where(proofing_review.c.id == review_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _review(row)

    def list_open_reviews(self, limit: int) -> tuple[ReviewItem, ...]:
        """See the port."""
        query = sa.select(proofing_review).where(proofing_review.c.state == ReviewState.OPEN.value)
        return self._list(query.limit(limit))

    def list_reviews_of_case(self, case_id: str) -> tuple[ReviewItem, ...]:
        """See the port."""
        return self._list(sa.select(proofing_review).where(proofing_review.c.case_id == case_id))

    def add(self, review: ReviewItem) -> None:
        """See the port."""
        self._connection.execute(proofing_review.insert().values(**_review_row(review)))

    def update(self, review: ReviewItem) -> None:
        """See the port."""
        statement = proofing_review.update().where(proofing_review.c.id == review.id)
        self._connection.execute(statement.values(**_review_row(review)))

    def _list(self, query: sa.Select[Any]) -> tuple[ReviewItem, ...]:
        ordered = query.order_by(proofing_review.c.opened_at, proofing_review.c.id)
        return tuple(_review(row) for row in self._connection.execute(ordered))


def _review(row: sa.Row[Any]) -> ReviewItem:
    return ReviewItem(
        **row._asdict()
        | {
            "subject": ReviewSubject(row.subject),
            "check": Check(row.check),
            "findings": parse_findings(row.findings),
            "state": ReviewState(row.state),
            "reason": None if row.reason is None else RejectionReason(row.reason),
        }
    )


def _review_row(review: ReviewItem) -> dict[str, Any]:
    return {
        "id": review.id,
        "case_id": review.case_id,
        "subject": review.subject.value,
        "check": review.check.value,
        "evidence_id": review.evidence_id,
        "findings": findings_json(review.findings),
        "state": review.state.value,
        "opened_at": review.opened_at,
        "decided_at": review.decided_at,
        "decided_by": review.decided_by,
        "reason": None if review.reason is None else review.reason.value,
    }


class SqlPersonBindings:
    """Implements `ports.PersonBindings` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_person_key(self, subscriber_id: str) -> str | None:
        """See the port."""
        query = sa.select(person_binding.c.person_key).where(person_binding.c.subscriber_id == subscriber_id)
        return self._connection.execute(query).scalar_one_or_none()

    def bind(self, subscriber_id: str, person_key: str, at: datetime) -> None:
        """See the port."""
        bound = self.find_person_key(subscriber_id)
        if bound not in (None, person_key):
            raise OtherPersonsAccount()
        if bound is None:
            values = {"subscriber_id": subscriber_id, "person_key": person_key, "bound_at": at}
            self._connection.execute(person_binding.insert().values(**values))


class SqlVerifications:
    """Implements `ports.VerificationRepository` on one connection, and issuance's `VerifiedIdentities`."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._sealer = Sealer(cipher, "verified_identity")

    def find_verification(self, application_id: str) -> VerificationRecord | None:
        """See the port."""
        query = sa.select(verified_identity).where(verified_identity.c.application_id == application_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return VerificationRecord(
            case_id=row.case_id,
            application_id=row.application_id,
            subscriber_id=row.subscriber_id,
            person_key=row.person_key,
            name=self._sealer.open(row.sealed_name, "name", row.case_id).decode(),
            evidence={Check(check): evidence_id for check, evidence_id in json.loads(row.evidence).items()},
            verified_at=row.verified_at,
            expires_at=row.expires_at,
        )

    def get_verified_identity(self, application_id: str, now: datetime) -> VerifiedIdentity:
        """Return the proof behind an application. Raises `NotVerified`, `VerificationExpired`."""
        record = self.find_verification(application_id)
        case = SqlProofingCases(self._connection).find_case_of(application_id)
        if record is None or case is None:
            raise NotVerified()
        return rules.affirm(record, case, now)

    def add(self, record: VerificationRecord) -> None:
        """See the port."""
        self._connection.execute(
            verified_identity.insert().values(
                case_id=record.case_id,
                application_id=record.application_id,
                subscriber_id=record.subscriber_id,
                person_key=record.person_key,
                sealed_name=self._sealer.seal(record.name, "name", record.case_id),
                evidence=json.dumps({check.value: evidence_id for check, evidence_id in record.evidence.items()}),
                verified_at=record.verified_at,
                expires_at=record.expires_at,
            )
        )
