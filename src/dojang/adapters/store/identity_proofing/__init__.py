"""Stored proofing cases and their evidence. Personal values are sealed one by one, each to its own place."""
