"""Stored documents with their images and values, personal data, and registry inquiries."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.identity_proofing.sealing import Sealer, findings_json, parse_findings
from dojang.adapters.store.tables.identity_proofing import (
    id_document,
    id_document_field,
    id_document_image,
    personal_data,
    registry_inquiry,
)
from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.identity_proofing.document import (
    DocumentState,
    ImageForm,
    InquiryState,
    KeptField,
    PersonalData,
    RegistryInquiry,
    SubmittedDocument,
)
from dojang.lifecycle.identity_proofing.id_document.model import Decision, DocumentKind, FieldName, FieldSource, Side


class SqlIdDocuments:
    """Implements `ports.DocumentRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._images = Sealer(cipher, "id_document_image")
        self._fields = Sealer(cipher, "id_document_field")

    def find_document(self, document_id: str) -> SubmittedDocument | None:
        """See the port."""
        row = self._connection.execute(sa.select(id_document).where(id_document.c.id == document_id)).one_or_none()
        return None if row is None else _document(row)

    def find_latest_document(self, case_id: str) -> SubmittedDocument | None:
        """See the port."""
        query = sa.select(id_document).where(id_document.c.case_id == case_id)
        row = self._connection.execute(query.order_by(id_document.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _document(row)

    def add(self, document: SubmittedDocument) -> None:
        """See the port."""
        of_case = sa.select(sa.func.count()).select_from(id_document).where(id_document.c.case_id == document.case_id)
        number = self._connection.execute(of_case).scalar_one() + 1
        self._connection.execute(id_document.insert().values(number=number, **_document_row(document)))

    def update(self, document: SubmittedDocument) -> None:
        """See the port."""
        statement = id_document.update().where(id_document.c.id == document.id)
        self._connection.execute(statement.values(**_document_row(document)))

    def put_image(self, document_id: str, side: Side, form: ImageForm, image: bytes) -> None:
        """See the port."""
        self._connection.execute(id_document_image.delete().where(_image_place(document_id, side, form)))
        record = f"{document_id}:{side.value}:{form.value}"
        self._connection.execute(
            id_document_image.insert().values(
                document_id=document_id,
                side=side.value,
                form=form.value,
                sealed_image=self._images.seal(image, "image", record),
            )
        )

    def find_image(self, document_id: str, side: Side, form: ImageForm) -> bytes | None:
        """See the port."""
        query = sa.select(id_document_image.c.sealed_image).where(_image_place(document_id, side, form))
        sealed = self._connection.execute(query).scalar_one_or_none()
        return self._images.open_if(sealed, "image", f"{document_id}:{side.value}:{form.value}")

    def drop_images(self, document_id: str, form: ImageForm) -> None:
        """See the port."""
        condition = sa.and_(id_document_image.c.document_id == document_id, id_document_image.c.form == form.value)
        self._connection.execute(id_document_image.delete().where(condition))

    def put_fields(self, document_id: str, fields: Sequence[KeptField]) -> None:
        """See the port."""
        self._connection.execute(id_document_field.delete().where(id_document_field.c.document_id == document_id))
        if fields:
            rows = [self._field_row(document_id, one) for one in fields]
            self._connection.execute(id_document_field.insert(), rows)

    def list_fields(self, document_id: str) -> tuple[KeptField, ...]:
        """See the port."""
        query = sa.select(id_document_field).where(id_document_field.c.document_id == document_id)
        found = {FieldName(row.name): self._field(row) for row in self._connection.execute(query)}
        return tuple(found[name] for name in FieldName if name in found)

    def _field_row(self, document_id: str, kept: KeptField) -> dict[str, Any]:
        record = f"{document_id}:{kept.name.value}"
        return {
            "document_id": document_id,
            "name": kept.name.value,
            "sealed_value": self._fields.seal(kept.value, "value", record),
            "sealed_read_value": self._fields.seal_if(kept.read_value, "read_value", record),
            "sealed_crop": self._fields.seal_if(kept.crop_jpeg, "crop", record),
            "confidence": kept.confidence,
            "source": kept.source.value,
        }

    def _field(self, row: sa.Row[Any]) -> KeptField:
        record = f"{row.document_id}:{row.name}"
        read_value = self._fields.open_if(row.sealed_read_value, "read_value", record)
        return KeptField(
            name=FieldName(row.name),
            value=self._fields.open(row.sealed_value, "value", record).decode(),
            read_value=None if read_value is None else read_value.decode(),
            confidence=row.confidence,
            source=FieldSource(row.source),
            crop_jpeg=self._fields.open_if(row.sealed_crop, "crop", record),
        )


def _image_place(document_id: str, side: Side, form: ImageForm) -> sa.ColumnElement[bool]:
    return sa.and_(
        id_document_image.c.document_id == document_id,
        id_document_image.c.side == side.value,
        id_document_image.c.form == form.value,
    )


def _document(row: sa.Row[Any]) -> SubmittedDocument:
    return SubmittedDocument(
        id=row.id,
        case_id=row.case_id,
        kind=DocumentKind(row.kind),
        state=DocumentState(row.state),
        sides=frozenset(Side(side) for side in row.sides.split(",") if side),
        submitted_at=row.submitted_at,
        decision=None if row.decision is None else Decision(row.decision),
        findings=parse_findings(row.findings),
        reader_runs=row.reader_runs,
        confirmed_at=row.confirmed_at,
    )


def _document_row(document: SubmittedDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "case_id": document.case_id,
        "kind": document.kind.value,
        "state": document.state.value,
        "sides": ",".join(side.value for side in Side if side in document.sides),
        "submitted_at": document.submitted_at,
        "decision": None if document.decision is None else document.decision.value,
        "findings": findings_json(document.findings),
        "reader_runs": document.reader_runs,
        "confirmed_at": document.confirmed_at,
    }


class SqlPersonalData:
    """Implements `ports.PersonalDataRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._sealer = Sealer(cipher, "personal_data")

    def find_personal_data(self, case_id: str) -> PersonalData | None:
        """See the port."""
        query = sa.select(personal_data).where(personal_data.c.case_id == case_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        rrn = self._sealer.open_if(row.sealed_rrn, "rrn", case_id)
        return PersonalData(
            case_id=case_id,
            name=self._sealer.open(row.sealed_name, "name", case_id).decode(),
            birth_date=date.fromisoformat(self._sealer.open(row.sealed_birth_date, "birth_date", case_id).decode()),
            sex=self._sealer.open(row.sealed_sex, "sex", case_id).decode(),
            phone=self._sealer.open(row.sealed_phone, "phone", case_id).decode(),
            rrn=None if rrn is None else rrn.decode(),
            rrn_typed=row.rrn_typed,
        )

    def put(self, data: PersonalData) -> None:
        """See the port."""
        self._connection.execute(personal_data.delete().where(personal_data.c.case_id == data.case_id))
        self._connection.execute(
            personal_data.insert().values(
                case_id=data.case_id,
                sealed_name=self._sealer.seal(data.name, "name", data.case_id),
                sealed_birth_date=self._sealer.seal(data.birth_date.isoformat(), "birth_date", data.case_id),
                sealed_sex=self._sealer.seal(data.sex, "sex", data.case_id),
                sealed_phone=self._sealer.seal(data.phone, "phone", data.case_id),
                sealed_rrn=self._sealer.seal_if(data.rrn, "rrn", data.case_id),
                rrn_typed=data.rrn_typed,
            )
        )


class SqlRegistryInquiries:
    """Implements `ports.InquiryRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_inquiry(self, case_id: str, attempt: int) -> RegistryInquiry | None:
        """See the port."""
        condition = sa.and_(registry_inquiry.c.case_id == case_id, registry_inquiry.c.attempt == attempt)
        row = self._connection.execute(sa.select(registry_inquiry).where(condition)).one_or_none()
        return None if row is None else _inquiry(row)

    def list_inquiries(self, case_id: str) -> tuple[RegistryInquiry, ...]:
        """See the port."""
        query = sa.select(registry_inquiry).where(registry_inquiry.c.case_id == case_id)
        return tuple(_inquiry(row) for row in self._connection.execute(query.order_by(registry_inquiry.c.attempt)))

    def put(self, inquiry: RegistryInquiry) -> None:
        """See the port."""
        place = sa.and_(registry_inquiry.c.case_id == inquiry.case_id, registry_inquiry.c.attempt == inquiry.attempt)
        self._connection.execute(registry_inquiry.delete().where(place))
        self._connection.execute(
            registry_inquiry.insert().values(
                case_id=inquiry.case_id,
                attempt=inquiry.attempt,
                document_id=inquiry.document_id,
                state=inquiry.state.value,
                asked_at=inquiry.asked_at,
                answered_at=inquiry.answered_at,
            )
        )


def _inquiry(row: sa.Row[Any]) -> RegistryInquiry:
    return RegistryInquiry(**row._asdict() | {"state": InquiryState(row.state)})
