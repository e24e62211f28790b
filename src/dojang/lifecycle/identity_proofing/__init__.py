"""Identity proofing: required checks and their evidence, until they prove a `VerifiedIdentity` (RFC 3647 ch. 3.2)."""
