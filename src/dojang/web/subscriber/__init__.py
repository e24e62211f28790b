"""The subscriber's interface: accounts, applications, proofing, certificates."""

from dojang.web.subscriber import (
    accounts,
    applications,
    authority,
    certificates,
    holding,
    passkeys,
    proofing,
    renewals,
    sessions,
    support,
)

ROUTERS = (
    accounts.router,
    accounts.sessions,
    sessions.router,
    passkeys.router,
    authority.router,
    applications.router,
    proofing.router,
    certificates.router,
    holding.router,
    support.router,
    support.reports,
    renewals.router,
)
