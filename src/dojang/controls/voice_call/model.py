"""A voice call: what is said, how far it comes and how it ends. Must not know what the call is for, nor whom it is to.

Source: integrations notes, section 5; RFC 4733 for digits.
"""

from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class CallProgress(StrEnum):
    """How far placing a call came."""

    ANSWERED = "answered"
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"  # switched off, no such number, network refuses


class CallEnding(StrEnum):
    """How a call that was placed ended."""

    CONFIRMED = "confirmed"  # the right number was pressed
    WRONG_NUMBER = "wrong_number"  # both tries used, at least one with wrong keys
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    HUNG_UP = "hung_up"  # before an answer
    SILENCE = "silence"  # answered, nothing pressed: perhaps a voicemail
    NOT_REQUESTED = "not_requested"  # 0#: the callee says they did not ask
    INTERRUPTED = "interrupted"  # our side or the network broke off


class Prompt(StrEnum):
    """The sentences of the voice call, by their file stem in the prompt pack (8 kHz mono WAV)."""

    GREETING = "greeting"  # who calls and why: an application
    CONFIRM_REVOCATION = "confirm_revocation"  # who calls and why: ending a certificate
    CONFIRM_RESUMPTION = "confirm_resumption"  # who calls and why: a suspended certificate is to be used again
    CONFIRM_UNLOCK = "confirm_unlock"  # who calls and why: the issue lock is to be opened
    PRESS_NUMBER = "press_number"  # press the number on your screen and #; 0# if you did not ask
    TRY_AGAIN = "try_again"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    NOT_REQUESTED = "not_requested"  # thank you, we have frozen the application
    NOTHING_DONE = "nothing_done"  # thank you, nothing was done; change your password
    GOODBYE = "goodbye"


class HungUp(DojangError):
    """The callee ended the call."""

    code = "ars_call.hung_up"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
