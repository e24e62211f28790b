"""Registering the sandbox's shop, as an officer registers any site: in a sandbox, before the neighbours start.

What a site is given is written to a file that the sandbox reads; the office keeps only a digest of it. The same
office at the same addresses registers its shop once.
"""

import json
from pathlib import Path
from typing import Any

from dojang.bootstrap import open_office
from dojang.config import Settings
from dojang.controls.party_events import webhooks
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import AddressRefused
from dojang.controls.relying_parties.rules import check_address
from dojang.pki.certificate import certificate_pem

NAME = "견본 상점"
ACTOR = "system"
STATEMENT_POLICY = "2.5"  # profiles/statement.toml


def register_shop(settings: Settings) -> None:
    """Register the shop beside the sandbox, unless that was done.

    Does nothing where no sandbox runs beside us, or where its address is none that people may be sent to.
    """
    address = f"{settings.sandbox_url}/shop"
    if not settings.has_sandbox_beside or not _may_be_sent_to(address):
        return
    file = settings.shop_file
    office = open_office(settings)
    try:
        known = {one.client_id for one in parties.list_parties(store=office.store)}
        if _is_current(file, {"issuer": settings.public_url, "address": address}, known):
            return
        now = office.clock.now()
        registration = parties.register_party(
            NAME,
            redirect_uris=[f"{address}/back", f"{address}/signed"],
            webhook_uri=f"{address}/events",
            actor=ACTOR,
            store=office.store,
            chance=office.chance,
            now=now,
        )
        client_id = registration.party.client_id
        webhook = webhooks.renew_webhook_secret(
            client_id,
            actor=ACTOR,
            store=office.store,
            chance=office.chance,
            policy=settings.policy.party_events,
            now=now,
        )
        given = {
            "issuer": settings.public_url,
            "address": address,
            "client_id": client_id,
            "secret": registration.secret,
            "webhook_secret": webhook.secret,
            "statement_policy": f"{settings.authority.arc}.{STATEMENT_POLICY}",
            "root_pem": certificate_pem(office.published.root_der).decode(),
        }
    finally:
        office.database.dispose()
    file.touch(mode=0o600)
    file.write_text(json.dumps(given, ensure_ascii=False), "utf-8")


def _may_be_sent_to(address: str) -> bool:
    try:
        check_address(address, "redirect_uri")
    except AddressRefused:
        return False
    return True


def _is_current(file: Path, wanted: dict[str, str], known: set[str]) -> bool:
    try:
        given: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return given.get("client_id") in known and all(given.get(name) == value for name, value in wanted.items())
