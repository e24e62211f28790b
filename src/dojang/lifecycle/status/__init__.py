"""Certificate status services (RFC 3647 chapter 4.10): what the CRL says, and what is known of a serial number."""
