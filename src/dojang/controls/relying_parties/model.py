"""Relying parties (이용기관): sites that verify, sign people in and ask for signatures.

A party is registered by the bank's officers and proves itself by a secret it was given once. Must not know what parties
ask for. Source: RFC 6749 section 2 (client registration and authentication).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class PartyState(StrEnum):
    """Whether a relying party is served."""

    ACTIVE = "active"  # the party: ask
    BARRED = "barred"  # an officer: lift it


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """A registered party. `secret_digest` is SHA-256 of its secret, hex; `redirect_uris` are compared byte by byte."""

    client_id: str
    name: str
    secret_digest: str = field(repr=False)
    redirect_uris: tuple[str, ...] = ()
    webhook_uri: str | None = None
    state: PartyState = PartyState.ACTIVE
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A party and its secret, which nobody can look up again."""

    party: RelyingParty
    secret: str = field(repr=False)


class PartyNotFound(DojangError):
    """No relying party is registered under this client id."""

    code: ClassVar[str] = "relying_party.not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class PartyRefused(DojangError):
    """Client id and secret do not belong together, or the party is barred."""

    code: ClassVar[str] = "relying_party.refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AddressRefused(DojangError):
    """A redirect or webhook address is not https (loopback may be http), or has a fragment or credentials; `field`."""

    code: ClassVar[str] = "relying_party.address_refused"
    fault: ClassVar[Fault] = Fault.OPERATOR


class QuotaSpent(DojangError):
    """The party asked for more than it may in this window; `retry_after_s` seconds until the next one."""

    code: ClassVar[str] = "relying_party.quota_spent"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
