"""Support (RFC 3647 chapter 2.2, 9.11): failures handed over as tickets, their progress and the office's answers."""
