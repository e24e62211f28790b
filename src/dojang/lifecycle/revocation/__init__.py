"""Certificate revocation and suspension (RFC 3647 chapter 4.9): the end of a certificate, and why."""
