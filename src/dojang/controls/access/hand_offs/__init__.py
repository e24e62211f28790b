"""Handing one task of a signed-in person to another device of theirs, by a secret shown as a QR code."""
