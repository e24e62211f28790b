"""Clients of the bank: KFTC Open Banking."""
