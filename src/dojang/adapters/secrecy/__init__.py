"""Secrecy at rest: field encryption, passwords, and the keys behind them."""
