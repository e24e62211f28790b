"""The subscriber's interface: accounts, applications, proofing, certificates."""

from dojang.web.subscriber import accounts, applications, authority, certificates, holding, proofing, support

ROUTERS = (
    accounts.router,
    accounts.sessions,
    authority.router,
    applications.router,
    proofing.router,
    certificates.router,
    holding.router,
    support.router,
    support.reports,
)
