"""What the office knows of somebody it identified before, so that a re-issue need not be typed again.

Shown to the signed-in owner alone, each look audited; never the resident registration number, the account masked. None
of it proves anything: every check is passed anew. Source: npki notes section 6 (re-issue repeats the proofing).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases
from dojang.lifecycle.identity_proofing.account_deposit.account import submit_account
from dojang.lifecycle.identity_proofing.account_deposit.model import Deposit, DepositState
from dojang.lifecycle.identity_proofing.errors import NothingKnown
from dojang.lifecycle.identity_proofing.masking import masked_account
from dojang.lifecycle.identity_proofing.model import ProofingCase
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownApplicant:
    """From the newest verified case. `sex` is "M" or "F"; `account` is masked; it and `bank_code` may be None."""

    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    phone: str = field(repr=False)
    bank_code: str | None
    account: str | None


def recall_applicant(subscriber_id: str, *, store: Store[IdentityProofingTransaction], now: datetime) -> KnownApplicant:
    """Return what the subscriber entered when they were last identified. Raises `NothingKnown`."""

    def work(tx: IdentityProofingTransaction) -> KnownApplicant:
        case = _newest(tx, subscriber_id)
        data = tx.personal_data.find_personal_data(case.id)
        if data is None:
            raise NothingKnown()
        deposit = _confirmed(tx, case)
        cases.record(tx, case, "applicant:recalled", actor=cases.by_subscriber(subscriber_id), now=now)
        return KnownApplicant(
            name=data.name,
            birth_date=data.birth_date,
            sex=data.sex,
            phone=data.phone,
            bank_code=deposit.account.bank_code if deposit else None,
            account=masked_account(deposit.account.number) if deposit else None,
        )

    return store.transact(work)


def submit_known_account(
    application_id: str,
    subscriber_id: str,
    *,
    device_id: str,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> str:
    """Take the account that was confirmed last time for this application's deposit; return the deposit's id.

    Raises `NothingKnown` and what `submit_account` raises.
    """

    def find(tx: IdentityProofingTransaction) -> Deposit:
        deposit = _confirmed(tx, _newest(tx, subscriber_id))
        if deposit is None:
            raise NothingKnown()
        return deposit

    known = store.read(find).account
    return submit_account(
        application_id,
        subscriber_id,
        bank_code=known.bank_code,
        number=known.number,
        device_id=device_id,
        store=store,
        secrecy=secrecy,
        policy=policy,
        chance=chance,
        now=now,
    )


def _newest(tx: IdentityProofingTransaction, subscriber_id: str) -> ProofingCase:
    case = tx.proofing_cases.find_newest_verified_case(subscriber_id)
    if case is None or case.person_key != tx.person_bindings.find_person_key(subscriber_id):
        raise NothingKnown()
    return case


def _confirmed(tx: IdentityProofingTransaction, case: ProofingCase) -> Deposit | None:
    deposit = tx.account_deposits.find_latest_deposit(case.id)
    return deposit if deposit is not None and deposit.state is DepositState.CONFIRMED else None
