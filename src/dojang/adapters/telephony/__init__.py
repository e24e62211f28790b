"""Clients of the telephone network, and the prompt pack it plays."""
