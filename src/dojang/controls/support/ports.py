"""What support needs of the store: its tickets, and what is known of an application's course."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dojang.controls.support.model import Situation, Ticket, TicketState
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Transaction


class TicketRepository(Protocol):
    """Stored tickets. Messages are sealed."""

    def find_by_case_id(self, case_id: str) -> Ticket | None:
        """Return the ticket, locked until the transaction ends, or None."""
        ...

    def find_by_failure_key(self, failure_key: str) -> Ticket | None:
        """Return the live ticket of that failure, locked until the transaction ends, or None."""
        ...

    def list_of(self, subscriber_id: str, limit: int) -> Sequence[Ticket]:
        """Return a person's newest tickets, newest first."""
        ...

    def count_opened(self, subscriber_id: str, since: datetime) -> int:
        """Return how many the person opened since then (inclusive)."""
        ...

    def list_in(self, state: TicketState, limit: int) -> Sequence[Ticket]:
        """Return tickets in `state`, the longest unchanged first."""
        ...

    def list_unchanged(self, state: TicketState, before: datetime, limit: int) -> Sequence[Ticket]:
        """Return tickets in `state` that were last changed before then, locked until the transaction ends."""
        ...

    def add(self, ticket: Ticket) -> bool:
        """Store a new ticket; False, and nothing stored, when its case id or its failure key is taken."""
        ...

    def update(self, ticket: Ticket) -> None:
        """Store a changed ticket and its new messages."""
        ...

    def drop_closed(self, before: datetime, limit: int) -> int:
        """Delete tickets closed before then, messages too; return how many."""
        ...


class CourseView(Protocol):
    """What the office knows of an application's course, for the timeline."""

    def find_situation(self, application_id: str, subscriber_id: str) -> Situation | None:
        """Return where the person's own application stands, None when it is not theirs."""
        ...

    def list_entries(self, subject: str, limit: int) -> Sequence[AuditEntry]:
        """Return the newest audit entries about an application (those of its proofing too) or an account."""
        ...


class SupportTransaction(Transaction, Protocol):
    """A transaction with what support reads and stores."""

    @property
    def tickets(self) -> TicketRepository:
        """Tickets."""
        ...

    @property
    def courses(self) -> CourseView:
        """What happened."""
        ...
