"""Certificate renewal (RFC 3647 chapters 4.6 and 4.7): a successor asked for with the key that is still valid."""
