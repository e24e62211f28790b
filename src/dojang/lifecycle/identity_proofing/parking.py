"""A check whose neighbour is known to be away is parked before anything of its work begins: no run, no try, no call.

What the applicant handed in stays, and the work goes on by itself when the neighbour is back.
"""

from datetime import datetime

from dojang.kernel.effects import Effect
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import reading, registry
from dojang.lifecycle.identity_proofing.account_deposit import account
from dojang.lifecycle.identity_proofing.ars_call import placing
from dojang.lifecycle.identity_proofing.model import (
    CheckRegistry,
    ExamineDocument,
    InquireOwnership,
    PlaceCall,
    SendDeposit,
    SettleDeposit,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction

_Parked = ExamineDocument | CheckRegistry | InquireOwnership | SendDeposit | SettleDeposit | PlaceCall


def park_effect(
    effect: Effect, *, store: Store[IdentityProofingTransaction], policy: ProofingPolicy, now: datetime
) -> None:
    """Park the check that `effect` works for, if that is still wanted; other effects are none of this step's."""

    def work(tx: IdentityProofingTransaction) -> None:
        if isinstance(effect, ExamineDocument):
            reading.park(tx, effect, policy=policy, now=now)
        elif isinstance(effect, CheckRegistry):
            registry.park(tx, effect, policy, now)
        elif isinstance(effect, InquireOwnership | SendDeposit | SettleDeposit):
            account.park(tx, effect.deposit_id, policy, now)
        elif isinstance(effect, PlaceCall):
            placing.park(tx, effect.call_id, policy, now)

    if isinstance(effect, _Parked):
        store.transact(work)
