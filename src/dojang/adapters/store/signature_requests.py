"""Stored signature requests, and their documents sealed part by part."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.signature_requests import signature_request, signature_request_part
from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.reliance.signature_request.model import (
    Preparation,
    SignableKind,
    SignatureRequest,
    SignatureRequestState,
    Terms,
)

S = SignatureRequestState
_INSERT = InsertUnlessThere.into(signature_request)
_t = signature_request.c
_p = signature_request_part.c
_TERMS, _DOCUMENT, _PREPARATION, _RESULT = "terms", "document", "preparation", "result"
_BYTES = ("certificate_der", "attributes_der", "before", "after", "signature")


class SqlSignatureRequests:
    """Implements `lifecycle.reliance.signature_request.ports.SignatureRequestRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def find_request(self, request_id: str) -> SignatureRequest | None:
        """See the port."""
        return self._find(_t.id == request_id)

    def find_by_key(self, client_id: str, idempotency_key: str) -> SignatureRequest | None:
        """See the port."""
        return self._find(sa.and_(_t.client_id == client_id, _t.idempotency_key == idempotency_key))

    def add(self, request: SignatureRequest, document: bytes | None) -> bool:
        """See the port."""
        if _INSERT.run(self._connection, {**_row(request), "erased": False}) != 1:
            return False
        if request.terms is not None:
            self._save(request.id, _TERMS, json.dumps(asdict(request.terms), ensure_ascii=False).encode())
        if document is not None:
            self._save(request.id, _DOCUMENT, document)
        return True

    def update(self, request: SignatureRequest) -> None:
        """See the port."""
        self._connection.execute(signature_request.update().where(_t.id == request.id).values(**_row(request)))

    def find_document(self, request_id: str) -> bytes | None:
        """See the port."""
        return self._open(request_id, _DOCUMENT)

    def find_preparation(self, request_id: str) -> Preparation | None:
        """See the port."""
        kept = self._open(request_id, _PREPARATION)
        return None if kept is None else _preparation(json.loads(kept))

    def save_preparation(self, request_id: str, preparation: Preparation) -> None:
        """See the port."""
        self._drop(request_id, _PREPARATION)
        self._save(request_id, _PREPARATION, json.dumps(_written(preparation)).encode())

    def find_result(self, request_id: str) -> bytes | None:
        """See the port."""
        return self._open(request_id, _RESULT)

    def save_result(self, request_id: str, result: bytes) -> None:
        """See the port."""
        self._drop(request_id, _RESULT)
        self._save(request_id, _RESULT, result)

    def list_run_out(self, now: datetime, limit: int) -> Sequence[str]:
        """See the port."""
        waiting = _t.state.in_((S.OPEN.value, S.BOUND.value))
        query = sa.select(_t.id).where(waiting, _t.expires_at <= now).order_by(_t.expires_at, _t.id).limit(limit)
        return self._connection.execute(query).scalars().all()

    def list_signed_before(self, moment: datetime, limit: int) -> Sequence[str]:
        """See the port."""
        signed = _t.state == S.SIGNED.value
        query = sa.select(_t.id).where(signed, _t.signed_at < moment).order_by(_t.signed_at, _t.id).limit(limit)
        return self._connection.execute(query).scalars().all()

    def erase_ended_before(self, moment: datetime, limit: int) -> Sequence[str]:
        """See the port."""
        query = sa.select(_t.id).where(_t.erased.is_(False), _t.ended_at < moment).order_by(_t.ended_at, _t.id)
        ids = self._connection.execute(for_update(query.limit(limit), self._connection)).scalars().all()
        self._connection.execute(signature_request_part.delete().where(_p.request_id.in_(ids)))
        self._connection.execute(signature_request.update().where(_t.id.in_(ids)).values(erased=True))
        return ids

    def _find(self, condition: sa.ColumnElement[bool]) -> SignatureRequest | None:
        query = for_update(sa.select(signature_request).where(condition), self._connection)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        terms = self._open(row.id, _TERMS)
        return replace(_request(row), terms=None if terms is None else Terms(**json.loads(terms)))

    def _save(self, request_id: str, part: str, content: bytes) -> None:
        sealed = self._cipher.seal(content, context=_context(request_id, part))
        values = {"request_id": request_id, "part": part, "sealed": sealed}
        self._connection.execute(signature_request_part.insert().values(**values))

    def _open(self, request_id: str, part: str) -> bytes | None:
        query = sa.select(_p.sealed).where(_p.request_id == request_id, _p.part == part)
        sealed = self._connection.execute(query).scalar_one_or_none()
        return None if sealed is None else self._cipher.open(bytes(sealed), context=_context(request_id, part))

    def _drop(self, request_id: str, part: str) -> None:
        self._connection.execute(signature_request_part.delete().where(_p.request_id == request_id, _p.part == part))


def _context(request_id: str, part: str) -> str:
    return f"signature_request_part.sealed:{request_id}:{part}"


def _written(preparation: Preparation) -> dict[str, Any]:
    values = asdict(preparation)
    for name in _BYTES:
        values[name] = None if values[name] is None else base64.b64encode(values[name]).decode()
    return values | {"prepared_at": int(preparation.prepared_at.timestamp())}


def _preparation(values: dict[str, Any]) -> Preparation:
    read = {name: None if values[name] is None else base64.b64decode(values[name]) for name in _BYTES}
    return Preparation(**values | read | {"prepared_at": datetime.fromtimestamp(values["prepared_at"], UTC)})


def _request(row: sa.Row[Any]) -> SignatureRequest:
    values = {name: value for name, value in row._asdict().items() if name != "erased"}
    read = {"kind": SignableKind(row.kind), "state": SignatureRequestState(row.state)}
    return SignatureRequest(**values | read)


def _row(request: SignatureRequest) -> dict[str, Any]:
    names = (column.name for column in signature_request.columns if column.name != "erased")
    values = {name: getattr(request, name) for name in names}
    return values | {"kind": request.kind.value, "state": request.state.value}
