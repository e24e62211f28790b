"""The call's transition table and what each ending means for the check. Pure."""

from collections.abc import Mapping

from dojang.lifecycle.identity_proofing.ars_call.model import CallState
from dojang.lifecycle.identity_proofing.errors import CheckOutOfTurn
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode as Code
from dojang.lifecycle.identity_proofing.model import (
    AttemptFailed,
    Check,
    CheckEvent,
    CheckPassed,
    EvidenceRefused,
    ProofingFinding,
)

C = CallState
_ENDINGS = (
    C.CONFIRMED,
    C.WRONG_NUMBER,
    C.NO_ANSWER,
    C.BUSY,
    C.DECLINED,
    C.UNREACHABLE,
    C.HUNG_UP,
    C.SILENCE,
    C.NOT_REQUESTED,
    C.INTERRUPTED,
    C.ABANDONED,
)
TRANSITIONS: Mapping[CallState, frozenset[CallState]] = {
    C.REQUESTED: frozenset({C.RINGING, C.NOT_OWNER, C.EXPIRED, C.INTERRUPTED, C.ABANDONED}),
    C.RINGING: frozenset(_ENDINGS),
    # The call had been given up, yet the line was open: only `0#` still counts.
    C.ABANDONED: frozenset({C.NOT_REQUESTED}),
    C.INTERRUPTED: frozenset({C.NOT_REQUESTED}),
}

_FINDINGS = {
    C.WRONG_NUMBER: Code.CALL_WRONG_NUMBER,
    C.NO_ANSWER: Code.CALL_NO_ANSWER,
    C.BUSY: Code.CALL_BUSY,
    C.DECLINED: Code.CALL_DECLINED,
    C.UNREACHABLE: Code.CALL_UNREACHABLE,
    C.HUNG_UP: Code.CALL_HUNG_UP,
    C.SILENCE: Code.CALL_SILENCE,
    C.NOT_REQUESTED: Code.CALL_NOT_REQUESTED,
    C.NOT_OWNER: Code.CALL_NOT_YOUR_LINE,
    C.INTERRUPTED: Code.CALL_INTERRUPTED,
    C.EXPIRED: Code.CALL_EXPIRED,
}
FREE_OF_CHARGE = frozenset({C.INTERRUPTED, C.EXPIRED})  # our side's or the network's doing: no try, no count


def require_ending(state: CallState, ending: CallState) -> CallState:
    """Return `ending` when a call at `state` may go there. Raises `CheckOutOfTurn`."""
    if ending not in TRANSITIONS.get(state, frozenset()):
        raise CheckOutOfTurn(check=Check.ARS_CALL.value, state=state.value)
    return ending


def event_of_ending(ending: CallState, call_id: str) -> CheckEvent:
    """Return what the ending means for the check."""
    if ending is C.CONFIRMED:
        return CheckPassed(evidence_id=call_id)
    findings = (ProofingFinding(code=_FINDINGS[ending].value),)
    if ending is C.NOT_OWNER:
        return EvidenceRefused(findings=findings)
    return AttemptFailed(findings=findings, burns_try=ending not in FREE_OF_CHARGE)
