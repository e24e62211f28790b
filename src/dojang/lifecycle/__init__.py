"""The subscriber's journey, one step a folder (RFC 3647 chapters 3 and 4). Decisions and use cases; no I/O library."""
