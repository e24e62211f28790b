"""The subscriber's interface: accounts, applications, proofing, certificates."""

from dojang.web.subscriber import accounts, applications, authority, certificates, holding, proofing

ROUTERS = (
    accounts.router,
    accounts.sessions,
    authority.router,
    applications.router,
    proofing.router,
    certificates.router,
    holding.router,
)
