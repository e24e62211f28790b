"""Erasing what a proofing case kept, when the bank's periods are over."""
