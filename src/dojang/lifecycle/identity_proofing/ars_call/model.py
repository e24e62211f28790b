"""A voice call: states and refusals. The number to press exists in clear only while the call is live."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class CallState(StrEnum):
    """Where a call stands, and who acts next."""

    REQUESTED = "requested"  # a worker asks whose line it is, then rings
    RINGING = "ringing"  # the applicant answers and presses the number
    CONFIRMED = "confirmed"  # nobody
    WRONG_NUMBER = "wrong_number"  # the applicant asks for another call
    NO_ANSWER = "no_answer"  # the applicant asks for another call
    BUSY = "busy"  # the applicant asks for another call
    DECLINED = "declined"  # the applicant asks for another call
    UNREACHABLE = "unreachable"  # the applicant; switched off or no such number
    HUNG_UP = "hung_up"  # the applicant asks for another call
    SILENCE = "silence"  # the applicant asks for another call; perhaps a voicemail answered
    NOT_REQUESTED = "not_requested"  # an operator: 0# froze the application
    NOT_OWNER = "not_owner"  # the applicant enters a telephone of their own
    INTERRUPTED = "interrupted"  # the applicant asks for another call; our side broke off, no try burned
    EXPIRED = "expired"  # the applicant asks for another call
    ABANDONED = "abandoned"  # nobody; the case ended or the telephone changed


LIVE_CALL = frozenset({CallState.REQUESTED, CallState.RINGING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArsCall:
    """One call. `number` is to be pressed and None once the call is over; `expires_at` is exclusive."""

    id: str
    case_id: str
    phone_key: str
    state: CallState
    number: str | None = field(repr=False)
    requested_at: datetime
    expires_at: datetime
    rung_at: datetime | None = None
    ended_at: datetime | None = None


class CallInProgress(DojangError):
    """A call is under way."""

    code = "ars_call.in_progress"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CallTooSoon(DojangError):
    """Calls need a growing pause between them; `retry_after_s` says how long."""

    code = "ars_call.too_soon"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyCalls(DojangError):
    """The day's cap is reached; `scope` (telephone, person) and `retry_after_s` say more."""

    code = "ars_call.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CallOutsideHours(DojangError):
    """Calls are placed from `from_hour` to `until_hour` (KST, exclusive) only."""

    code = "ars_call.outside_hours"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
