"""Stored deposits and calls, and the ledger of counted acts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.identity_proofing.sealing import Sealer
from dojang.adapters.store.tables.identity_proofing import account_deposit, ars_call, proofing_limit
from dojang.kernel.ports import FieldCipher
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositState
from dojang.lifecycle.identity_proofing.ars_call.model import ArsCall, CallState
from dojang.lifecycle.identity_proofing.neighbours import BankAccount
from dojang.lifecycle.identity_proofing.ports import LimitKind


class SqlAccountDeposits:
    """Implements `ports.DepositRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._sealer = Sealer(cipher, "account_deposit")

    def find_deposit(self, deposit_id: str) -> Deposit | None:
        """See the port."""
        query = sa.select(account_deposit).where(account_deposit.c.id == deposit_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._deposit(row)

    def find_latest_deposit(self, case_id: str) -> Deposit | None:
        """See the port."""
        query = sa.select(account_deposit).where(account_deposit.c.case_id == case_id)
        row = self._connection.execute(query.order_by(account_deposit.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else self._deposit(row)

    def count_persons(self, account_key: str, *, besides: str) -> int:
        """See the port."""
        query = sa.select(sa.func.count(sa.distinct(account_deposit.c.person_key))).where(
            account_deposit.c.account_key == account_key,
            account_deposit.c.state == DepositState.CONFIRMED.value,
            account_deposit.c.person_key != besides,
        )
        return int(self._connection.execute(query).scalar_one())

    def add(self, deposit: Deposit) -> None:
        """See the port."""
        of_case = account_deposit.c.case_id == deposit.case_id
        counted = sa.select(sa.func.count()).select_from(account_deposit).where(of_case)
        number = self._connection.execute(counted).scalar_one() + 1
        self._connection.execute(account_deposit.insert().values(number=number, **self._row(deposit)))

    def update(self, deposit: Deposit) -> None:
        """See the port."""
        statement = account_deposit.update().where(account_deposit.c.id == deposit.id)
        self._connection.execute(statement.values(**self._row(deposit)))

    def _deposit(self, row: sa.Row[Any]) -> Deposit:
        amount = self._sealer.open_if(row.sealed_amount, "amount", row.id)
        text = self._sealer.open_if(row.sealed_depositor_text, "depositor_text", row.id)
        # Blank once retention has erased it.
        number = self._sealer.open(row.sealed_number, "number", row.id).decode() if row.sealed_number else ""
        return Deposit(
            id=row.id,
            case_id=row.case_id,
            account=BankAccount(bank_code=row.bank_code, number=number),
            account_key=row.account_key,
            person_key=row.person_key,
            state=DepositState(row.state),
            inquiry_reference=row.inquiry_reference,
            reference=row.reference,
            amount_krw=None if amount is None else int(amount),
            depositor_text=None if text is None else text.decode(),
            amount_digest=row.amount_digest,
            code_digest=row.code_digest,
            requested_at=row.requested_at,
            sent_on=None if row.sent_on is None else date.fromisoformat(row.sent_on),
            sent_at=row.sent_at,
            expires_at=row.expires_at,
            tries=row.tries,
            sendings=row.sendings,
            turns=row.turns,
        )

    def _row(self, deposit: Deposit) -> dict[str, Any]:
        amount = None if deposit.amount_krw is None else str(deposit.amount_krw)
        return {
            "id": deposit.id,
            "case_id": deposit.case_id,
            "bank_code": deposit.account.bank_code,
            "sealed_number": self._sealer.seal(deposit.account.number, "number", deposit.id),
            "account_key": deposit.account_key,
            "person_key": deposit.person_key,
            "state": deposit.state.value,
            "inquiry_reference": deposit.inquiry_reference,
            "reference": deposit.reference,
            "sealed_amount": self._sealer.seal_if(amount, "amount", deposit.id),
            "sealed_depositor_text": self._sealer.seal_if(deposit.depositor_text, "depositor_text", deposit.id),
            "amount_digest": deposit.amount_digest,
            "code_digest": deposit.code_digest,
            "requested_at": deposit.requested_at,
            "sent_on": None if deposit.sent_on is None else deposit.sent_on.isoformat(),
            "sent_at": deposit.sent_at,
            "expires_at": deposit.expires_at,
            "tries": deposit.tries,
            "sendings": deposit.sendings,
            "turns": deposit.turns,
        }


class SqlArsCalls:
    """Implements `ports.CallRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._sealer = Sealer(cipher, "ars_call")

    def find_call(self, call_id: str) -> ArsCall | None:
        """See the port."""
        row = self._connection.execute(sa.select(ars_call).where(ars_call.c.id == call_id)).one_or_none()
        return None if row is None else self._call(row)

    def find_latest_call(self, case_id: str) -> ArsCall | None:
        """See the port."""
        query = sa.select(ars_call).where(ars_call.c.case_id == case_id).order_by(ars_call.c.number.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._call(row)

    def add(self, call: ArsCall) -> None:
        """See the port."""
        counted = sa.select(sa.func.count()).select_from(ars_call).where(ars_call.c.case_id == call.case_id)
        number = self._connection.execute(counted).scalar_one() + 1
        self._connection.execute(ars_call.insert().values(number=number, **self._row(call)))

    def update(self, call: ArsCall) -> None:
        """See the port."""
        self._connection.execute(ars_call.update().where(ars_call.c.id == call.id).values(**self._row(call)))

    def _call(self, row: sa.Row[Any]) -> ArsCall:
        number = self._sealer.open_if(row.sealed_number, "number", row.id)
        return ArsCall(
            id=row.id,
            case_id=row.case_id,
            phone_key=row.phone_key,
            state=CallState(row.state),
            number=None if number is None else number.decode(),
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            rung_at=row.rung_at,
            ended_at=row.ended_at,
        )

    def _row(self, call: ArsCall) -> dict[str, Any]:
        return {
            "id": call.id,
            "case_id": call.case_id,
            "phone_key": call.phone_key,
            "state": call.state.value,
            "sealed_number": self._sealer.seal_if(call.number, "number", call.id),
            "requested_at": call.requested_at,
            "expires_at": call.expires_at,
            "rung_at": call.rung_at,
            "ended_at": call.ended_at,
        }


class SqlLimits:
    """Implements `ports.LimitLedger` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_times(self, kind: LimitKind, key: str, since: datetime) -> tuple[datetime, ...]:
        """See the port."""
        self._exclude_others(kind, key)
        query = sa.select(proofing_limit.c.at).where(_counted(kind, key, since)).order_by(proofing_limit.c.at)
        return tuple(self._connection.execute(query).scalars())

    def total(self, kind: LimitKind, key: str, since: datetime) -> int:
        """See the port."""
        self._exclude_others(kind, key)
        query = sa.select(sa.func.coalesce(sa.func.sum(proofing_limit.c.amount), 0)).where(_counted(kind, key, since))
        return int(self._connection.execute(query).scalar_one())

    def add(self, kind: LimitKind, key: str, *, at: datetime, reference: str, amount: int = 1) -> None:
        """See the port."""
        values = {"kind": kind.value, "key": key, "at": at, "reference": reference, "amount": amount}
        self._connection.execute(proofing_limit.insert().values(**values))

    def remove(self, reference: str, kinds: Sequence[LimitKind]) -> None:
        """See the port."""
        named = [kind.value for kind in kinds]
        condition = sa.and_(proofing_limit.c.reference == reference, proofing_limit.c.kind.in_(named))
        self._connection.execute(proofing_limit.delete().where(condition))

    def drop_before(self, before: datetime) -> int:
        """See the port."""
        return self._connection.execute(proofing_limit.delete().where(proofing_limit.c.at < before)).rowcount

    def _exclude_others(self, kind: LimitKind, key: str) -> None:
        """Keep two transactions from both finding room; SQLite's writers exclude each other anyway."""
        if self._connection.dialect.name == "postgresql" and not is_reading(self._connection):
            lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{kind.value}:{key}", 0))
            self._connection.execute(sa.select(lock))


def _counted(kind: LimitKind, key: str, since: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(proofing_limit.c.kind == kind.value, proofing_limit.c.key == key, proofing_limit.c.at >= since)
