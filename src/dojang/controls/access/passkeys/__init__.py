"""Passkeys: signing in with a WebAuthn credential beside the password, which always remains."""
