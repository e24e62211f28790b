"""Asking a customer for a signature under a PDF, and fetching what they signed."""

import base64
from typing import Any

from dojang.sandbox.shop.office import Office


def ask(contract_id: str, pdf: bytes, subject: str, purpose: str, amount_krw: int, office: Office) -> dict[str, Any]:
    """Return the request: its `id`, and the `address` to send the customer to. Raises `OfficeRefused`.

    The contract's id is the idempotency key: asked twice, it is one request. Only this customer may sign (`subject`).
    """
    asked = {
        "kind": "pdf",
        "content": base64.b64encode(pdf).decode(),
        "file_name": f"contract-{contract_id}.pdf",
        "purpose": purpose,
        "amount_krw": amount_krw,
        "redirect_uri": f"{office.registration.address}/signed",
        "state": contract_id,
        "subject": subject,
    }
    request: dict[str, Any] = office.ask(
        "POST", "/v1/signature-requests", json=asked, headers={"Idempotency-Key": contract_id}
    ).json()
    return request


def look(request_id: str, office: Office) -> dict[str, Any]:
    """Return where a request stands. Raises `OfficeRefused`."""
    request: dict[str, Any] = office.ask("GET", f"/v1/signature-requests/{request_id}").json()
    return request


def fetch(request_id: str, office: Office) -> bytes:
    """Return the signed PDF of a completed request. Raises `OfficeRefused`."""
    return office.ask("GET", f"/v1/signature-requests/{request_id}/result").content
