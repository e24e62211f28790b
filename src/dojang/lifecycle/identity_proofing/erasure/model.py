"""What a proofing case still keeps, what is to go, and what keeps it. Ids, times and flags only: nothing is opened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dojang.lifecycle.identity_proofing.model import CaseState


class Portion(StrEnum):
    """How much of a case is erased at once; also the last part of the audit tag."""

    PICTURES = "pictures"  # masked photographs and cuttings
    EVERYTHING = "everything"  # values, personal data, account, telephone, and the pictures if they are still there


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case as erasure sees it.

    `window_ended_at` is the end of its application's window (exclusive bound of the case). `proven` says that
    certificates were issued on it; `last_certificate_ends_at` is the latest `not_after` (inclusive) of any certificate
    of its account, in force or not. `disputed` says that somebody still has to look: a review is open, a support ticket
    about the application is not closed.
    """

    case_id: str
    application_id: str
    state: CaseState
    window_ended_at: datetime
    proven: bool
    last_certificate_ends_at: datetime | None
    disputed: bool
    pictures_erased: bool
    erased: bool
