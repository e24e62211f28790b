"""Closing cases whose application has ended, and telling people what cannot wait.

Run on a schedule and safe to repeat: applications end in their own step, which knows nothing of this one.
"""

from datetime import datetime, timedelta

from dojang.kernel.notice import Channel, Notifier
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import person
from dojang.lifecycle.identity_proofing.model import Alert, RaiseAlert
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction

BATCH = 100
LEDGER_KEPT = timedelta(days=31)


def close_ended_cases(*, store: Store[IdentityProofingTransaction], now: datetime) -> int:
    """Close every case whose application is not open any more and purge its codes and originals; return how many."""

    def work(tx: IdentityProofingTransaction) -> int:
        case_ids = tx.proofing_cases.list_case_ids_to_close(BATCH)
        for case_id in case_ids:
            _close(tx, case_id, now)
        return len(case_ids)

    total = 0
    while closed := store.transact(work):
        total += closed
    return total


def drop_old_limits(*, store: Store[IdentityProofingTransaction], now: datetime) -> int:
    """Delete counted acts too old for any limit; return how many."""
    return store.transact(lambda tx: tx.proofing_limits.drop_before(now - LEDGER_KEPT))


def carry_out_raise_alert(
    effect: RaiseAlert,
    *,
    store: Store[IdentityProofingTransaction],
    notifier: Notifier,
    operators_email: str,
    language: str,
) -> None:
    """Tell the operators, and for a disowned call the telephone that was rung. Raises `NeighbourUnavailable`.

    The telephone belongs to whoever answered: it is told what happened, never whose application it was.
    """
    params = {"case": effect.case_id}
    notice_id = f"{effect.case_id}:{effect.alert}"
    notifier.send(
        notice_id=f"{notice_id}:office",
        channel=Channel.EMAIL,
        to=operators_email,
        language=language,
        template=f"{effect.alert}_office",
        params=params,
    )
    if effect.alert != Alert.CALL_DISOWNED.value:
        return
    data = store.read(lambda tx: tx.personal_data.find_personal_data(effect.case_id))
    if data is not None:
        notifier.send(
            notice_id=notice_id,
            channel=Channel.SMS,
            to=data.phone,
            language=language,
            template=effect.alert,
            params={},
        )


def _close(tx: IdentityProofingTransaction, case_id: str, now: datetime) -> None:
    case = tx.proofing_cases.find_case(case_id)
    application = None if case is None else tx.applications.find_application(case.application_id)
    person.close(tx, case_id, now, state=ApplicationState.EXPIRED if application is None else application.state)
