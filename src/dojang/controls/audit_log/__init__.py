"""The audit log (RFC 3647 5.4): a Merkle tree of everything that happened, its signed heads, and how to check both."""
