"""Certificates that relying parties know and are told of: renewed, re-issued, suspended, resumed, revoked."""
