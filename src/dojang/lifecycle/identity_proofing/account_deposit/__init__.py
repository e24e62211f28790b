"""The account check: whose account it is, a micro-deposit with a one-time code, and its confirmation."""
