"""Delegates: keys that answer for the authority without being its own (RFC 3647 section 4.6.1)."""
