"""Webhooks: what the office tells us, and knowing a customer again who has a new certificate.

Source: Standard Webhooks 1.0 for the signature; the statement of succession is CMS SignedData by the office.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from dojang.sandbox.shop.ledger import Ledger
from dojang.sandbox.shop.openssl import OpensslRefused, cms
from dojang.sandbox.shop.registration import Registration

TOLERANCE_S = 300
SUCCESSIONS = ("certificate.renewed", "certificate.reissued")


class WebhookForged(Exception):
    """Not from the office, or not fresh. Its text says which, and nothing of what came."""


def read_event(headers: Mapping[str, str], body: bytes, registration: Registration, now_s: float) -> dict[str, Any]:
    """Return the event of a request that is the office's and fresh. Raises `WebhookForged`.

    Everything is compared before anything is read: the signature covers id, time and every byte of the body.
    """
    secret = base64.b64decode(registration.webhook_secret.removeprefix("whsec_"))
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = f"{event_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()  # two while a secret is being replaced
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise WebhookForged("webhook.forged")
    if not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        raise WebhookForged("webhook.stale")
    event: dict[str, Any] = json.loads(body)
    return event


def take(event: Mapping[str, Any], ledger: Ledger, registration: Registration, now_s: float) -> None:
    """Act on an event. It may come twice, and late: then it changes nothing. Raises `OpensslRefused`.

    A certificate that follows another belongs to the same customer only because the office signed that it does.
    """
    data = event["data"]
    if event["type"] in SUCCESSIONS:
        said = read_statement(base64.b64decode(data["statement"]), registration, now_s)
        ledger.replace_serial(str(said["predecessor_serial"]), str(said["successor_serial"]))
    elif event["type"].startswith("certificate."):
        ledger.note_standing(data["serial"], data["state"], event["sequence"])


def read_statement(statement_der: bytes, registration: Registration, now_s: float) -> dict[str, Any]:
    """Return the office's signed statement that one certificate follows another. Raises `OpensslRefused`.

    The policy matters: every customer has a certificate below the same root and might sign a statement of their own.
    """
    signed = ("-verify", "-binary", "-inform", "DER", "-CAfile", "{root}", "-purpose", "any", "-x509_strict")
    by_the_office = ("-policy", registration.statement_policy, "-policy_check", "-explicit_policy")
    options = (*signed, *by_the_office, "-attime", str(int(now_s)))
    said: dict[str, Any] = json.loads(cms(*options, stdin=statement_der, root=registration.root_pem.encode()))
    if said.get("type") != "dojang.succession.v1":
        raise OpensslRefused()
    return said
