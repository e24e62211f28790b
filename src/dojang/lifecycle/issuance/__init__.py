"""Certificate issuance (RFC 3647 chapter 4.3): VerifiedIdentity and keys, serial, linted, signed, stored."""
