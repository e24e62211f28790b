"""Stored sign-in requests, and whose certificate is whose."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.sign_ins import sign_in_request
from dojang.lifecycle.reliance.sign_in.model import Asked, Proof, SignInRequest, SignInState

_t = sign_in_request.c


class SqlSignIns:
    """Implements `lifecycle.reliance.sign_in.ports.SignInRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_request(self, request_id: str) -> SignInRequest | None:
        """See the port."""
        return self._find(_t.id == request_id)

    def find_by_code(self, code_digest: str) -> SignInRequest | None:
        """See the port."""
        return self._find(_t.code_digest == code_digest)

    def find_by_token(self, token_digest: str) -> SignInRequest | None:
        """See the port."""
        return self._find(_t.token_digest == token_digest)

    def knows_nonce(self, client_id: str, nonce: str) -> bool:
        """See the port."""
        query = sa.select(_t.id).where(_t.client_id == client_id, _t.nonce == nonce).limit(1)
        return self._connection.execute(query).one_or_none() is not None

    def add(self, request: SignInRequest) -> None:
        """See the port."""
        self._connection.execute(sign_in_request.insert().values(**_row(request)))

    def update(self, request: SignInRequest) -> None:
        """See the port."""
        self._connection.execute(sign_in_request.update().where(_t.id == request.id).values(**_row(request)))

    def drop_old(self, before: datetime, limit: int) -> int:
        """See the port."""
        old = sa.select(_t.id).where(_t.made_at < before).limit(limit)
        return self._connection.execute(sign_in_request.delete().where(_t.id.in_(old))).rowcount

    def _find(self, condition: sa.ColumnElement[bool]) -> SignInRequest | None:
        query = for_update(sa.select(sign_in_request).where(condition), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _request(row)


class SqlOwners:
    """Implements `lifecycle.reliance.sign_in.ports.OwnerView` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_owner(self, serial: int) -> str | None:
        """See the port."""
        query = (
            sa.select(issuance.c.subscriber_id)
            .join(certificate, certificate.c.issuance_id == issuance.c.id)
            .where(certificate.c.serial == serial, certificate.c.certificate_der.is_not(None))
        )
        owner: str | None = self._connection.execute(query).scalar_one_or_none()
        return owner

    def find_certificate(self, serial: int) -> bytes | None:
        """See the port."""
        query = sa.select(certificate.c.certificate_der).where(certificate.c.serial == serial)
        found: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return found


def _request(row: sa.Row[Any]) -> SignInRequest:
    proven = row.subscriber_id is not None
    return SignInRequest(
        id=row.id,
        asked=Asked(
            client_id=row.client_id,
            redirect_uri=row.redirect_uri,
            scopes=tuple(row.scopes.split()),
            state=row.party_state,
            nonce=row.nonce,
            code_challenge=row.code_challenge,
        ),
        party_name=row.party_name,
        statement=row.statement,
        made_at=row.made_at,
        expires_at=row.expires_at,
        state=SignInState(row.state),
        tries_left=row.tries_left,
        proof=Proof(subscriber_id=row.subscriber_id, serial=row.serial, proven_at=row.proven_at) if proven else None,
        code_digest=row.code_digest,
        code_expires_at=row.code_expires_at,
        token_digest=row.token_digest,
        token_expires_at=row.token_expires_at,
    )


def _row(request: SignInRequest) -> dict[str, Any]:
    asked, proof = request.asked, request.proof
    return {
        "id": request.id,
        "client_id": asked.client_id,
        "party_name": request.party_name,
        "redirect_uri": asked.redirect_uri,
        "scopes": " ".join(asked.scopes),
        "party_state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": asked.code_challenge,
        "statement": request.statement,
        "made_at": request.made_at,
        "expires_at": request.expires_at,
        "state": request.state.value,
        "tries_left": request.tries_left,
        "subscriber_id": proof.subscriber_id if proof else None,
        "serial": proof.serial if proof else None,
        "proven_at": proof.proven_at if proof else None,
        "code_digest": request.code_digest,
        "code_expires_at": request.code_expires_at,
        "token_digest": request.token_digest,
        "token_expires_at": request.token_expires_at,
    }
