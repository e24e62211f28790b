"""Operator review: what doubtful evidence waits for, and the decision about it."""
