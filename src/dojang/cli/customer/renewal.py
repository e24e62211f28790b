"""Renewing without a browser: new keys made here, and one statement signed with the old signing key.

Uses nothing of the office but its public HTTP interface, where the statement's form is described.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from dojang.cli.customer.device import DeliveredSet, Device
from dojang.cli.customer.office import OfficeClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What the customer holds once the new set is accepted."""

    renewal_id: str
    device: Device = field(repr=False)
    delivered: DeliveredSet = field(repr=False)
    terms: dict[str, Any]


def renew(office: OfficeClient, serial: str, device: Device, delivered: DeliveredSet, *, years: int = 1) -> Renewed:
    """Renew the certificate `serial` whose keys `device` has, up to acceptance. Raises `OfficeRefused`."""
    opened = open_renewal(office, serial, years)
    new = Device()
    received = office.renew(opened["id"], signed_request(office, opened, new, device, delivered))
    office.await_state(opened["id"], "issued")
    office.accept(opened["id"], new.sign(office.acceptance_statement(opened["id"])))
    office.await_state(opened["id"], "completed")
    return Renewed(renewal_id=opened["id"], device=new, delivered=received, terms=opened)


def open_renewal(office: OfficeClient, serial: str, years: int) -> dict[str, Any]:
    """Agree to what is offered and open the renewal; asked again, the open one is returned."""
    offer = office.offer_renewal(serial)
    return office.open_renewal(serial=serial, years=years, consents=offer["consents"])


def signed_request(office: OfficeClient, opened: dict[str, Any], new: Device, old: Device, held: DeliveredSet) -> bytes:
    """Return the request for the keys of `new`, signed with those of `old`: CMS SignedData, DER."""
    order = new.order(opened["id"], base64.b64decode(office.authority()["transport_key"]))
    statement = {
        "type": "dojang.renewal.v1",
        "renewal": opened["id"],
        "predecessor_serial": opened["predecessor_serial"],
        "years": opened["years"],
        "not_after": opened["not_after"],
        "signing_request": _base64(order.signing_request_der),
        "key_management_request": _base64(order.key_management_request_der),
        "sealed_r": _base64(order.sealed_r),
    }
    return old.sign_document(json.dumps(statement).encode(), held)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
