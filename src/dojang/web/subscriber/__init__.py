"""The subscriber's interface: accounts, applications, proofing, devices, certificates, transfers."""

from dojang.web import status
from dojang.web.subscriber import (
    accounts,
    applications,
    authority,
    certificates,
    confirmations,
    devices,
    holding,
    issue_lock,
    notices,
    passkeys,
    proofing,
    recall,
    renewals,
    sessions,
    support,
    transfers,
)

ROUTERS = (
    accounts.router,
    accounts.sessions,
    sessions.router,
    passkeys.router,
    devices.router,
    authority.router,
    applications.router,
    proofing.router,
    recall.router,
    certificates.router,
    confirmations.router,
    holding.router,
    issue_lock.router,
    status.router,
    notices.router,
    support.router,
    support.reports,
    renewals.router,
    transfers.router,
)
