"""Encrypting to a person, for relying parties: under which certificate.

The office hands out the certificate and nothing else: the letter goes from the party to the person past us, as CMS
EnvelopedData or AuthEnvelopedData of any software.
"""

import base64
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from dojang.controls.relying_parties import usecases as parties
from dojang.lifecycle.reliance.recipient import usecases
from dojang.web.desk import Now, OfficeDep, SerialNumber
from dojang.web.party_desk import Party

router = APIRouter(prefix="/v1", tags=["relying parties"])


class RecipientView(BaseModel):
    """Whom to encrypt to: the key-management certificate and those above it up to the root; base64 of DER.

    `serial` is that of the person's signing certificate now: another one than asked for, when it took its place.
    """

    serial: str
    not_after: datetime
    certificate: str
    chain: list[str]


@router.get("/recipients/{serial}")
def get_recipient(serial: SerialNumber, party: Party, office: OfficeDep, now: Now) -> RecipientView:
    """Tell under which certificate to encrypt to the person whose signing certificate has this serial number.

    Only of people who signed in at the party with the scope "certificate" or whose signature it had verified.
    """
    policy = office.settings.policy
    parties.count_recipient(party, store=office.store, policy=policy.relying_parties, now=now)
    found = usecases.find_recipient(int(serial), party.client_id, store=office.store, policy=policy.recipient, now=now)
    return RecipientView(
        serial=str(found.serial),
        not_after=found.not_after,
        certificate=_text(found.key_management_der),
        chain=[_text(one) for one in (office.published.issuing_der, office.published.root_der)],
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
