"""The demo bank's reviewer: an operator who believes every customer of the sandbox, over the operators' interface."""

import secrets
from typing import Self

from dojang.bootstrap import open_office
from dojang.cli.customer.office import OfficeClient
from dojang.config import Settings
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_up


class Reviewer(OfficeClient):
    """One reviewer's session; the account is opened with `login_name`, its password forgotten with this object."""

    def __init__(self, settings: Settings, *, login_name: str = "demo-reviewer") -> None:
        super().__init__(settings.public_url)
        self.login_name = login_name
        password = secrets.token_urlsafe(24)
        office = open_office(settings)
        try:
            sign_up(
                login_name,
                password,
                role=Role.REVIEWER,
                store=office.store,
                hasher=office.hasher,
                chance=office.chance,
                now=office.clock.now(),
            )
        finally:
            office.database.dispose()
        self.sign_in(login_name, password)

    def __enter__(self) -> Self:
        return self

    def approve_all(self) -> int:
        """Look at every open review and approve it; return how many there were."""
        open_reviews = self.request("GET", "/v1/operator/reviews").json()
        for one in open_reviews:
            self.request("GET", f"/v1/operator/reviews/{one['id']}")
            self.request("POST", f"/v1/operator/reviews/{one['id']}/approval")
        return len(open_reviews)
