"""Time-stamping for everybody who relies on signatures (RFC 3161): what was there, and when."""
