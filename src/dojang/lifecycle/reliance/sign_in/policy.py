"""What a bank decides about signing in at relying parties, as data. All at least 1."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPolicy:
    """How long a request waits for its signature, a code for its party, and a token is good for; tries of a request."""

    request_minutes: int = 10
    code_seconds: int = 60
    token_seconds: int = 300
    tries: int = 5
