"""The operators' interface to the audit log, for the role `auditor` alone: one matter, the head, a range to take along.

It reads; nothing can be changed here. Ranges end at heads that are signed already, so this role needs no key.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.audit_subjects import related_subjects
from dojang.controls.access.model import Role
from dojang.controls.audit_log.export import choose_range, write_range
from dojang.controls.audit_log.findings import AuditRangeTooLong
from dojang.controls.audit_log.usecases import enter_export, enter_look
from dojang.web.desk import Now, OfficeDep, operator_with

router = APIRouter(prefix="/v1/operator/audit", tags=["operators"])

AUDITOR = operator_with((Role.AUDITOR,))
AuditorId = Annotated[str, Depends(AUDITOR)]
LONGEST_RANGE = 10_000
LARGEST_ANSWER = 5 * LONGEST_RANGE  # an answer stands in memory: some 15 MB
MEDIA_TYPE = "application/jsonl"


class AuditEntryView(BaseModel):
    """One entry: ids, codes and counts."""

    position: int
    at: datetime
    tag: str
    actor: str
    subject: str
    data: dict[str, str]


class SignedHeadView(BaseModel):
    """The newest signed head, as a checkpoint (C2SP)."""

    size: int
    at: datetime
    checkpoint: str


@router.get("/entries")
def list_audit_entries(
    subject: Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[\w:.-]+$")],
    auditor_id: AuditorId,
    office: OfficeDep,
    now: Now,
    newest: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[AuditEntryView]:
    """List what happened to an application (proofing and certificates with it), a case, an account, a serial number.

    Oldest first, the last `newest` of them. Looking is audited.
    """
    with office.database.reading() as connection:
        subjects = related_subjects(connection, subject)
        entries = AuditLogView(connection).list_entries(*subjects, newest=newest)
    if entries:
        enter_look(subject, actor=f"operator:{auditor_id}", store=office.store, now=now)
    return [
        AuditEntryView(
            position=position, at=one.at, tag=one.tag, actor=one.actor, subject=one.subject, data=dict(one.data)
        )
        for position, one in entries
    ]


@router.get("/head", dependencies=[Depends(AUDITOR)])
def show_audit_head(office: OfficeDep) -> SignedHeadView:
    """Show the newest head that is signed."""
    with office.database.reading() as connection:
        signed = choose_range(AuditLogView(connection), first=0).signed
    return SignedHeadView(size=signed.head.size, at=signed.head.at, checkpoint=signed.note())


@router.get("/range", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
def export_audit_range(
    auditor_id: AuditorId,
    office: OfficeDep,
    now: Now,
    first: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    entries: Annotated[int, Query(ge=1, le=LONGEST_RANGE)] = 1000,
) -> Response:
    """Hand out a range of about so many entries that ends at a signed head, for `dojang audit check`.

    Its first line says at which `size` it ends: begin the next one there. Handing out is audited.
    """
    with office.database.reading() as connection:
        view = AuditLogView(connection)
        chosen = choose_range(view, first=first, near=first + entries)
        if chosen.size - first > LARGEST_ANSWER:
            raise AuditRangeTooLong(entries=chosen.size - first)
        enter_export(chosen, actor=f"operator:{auditor_id}", store=office.store, now=now)
        return Response(b"".join(write_range(view, chosen)), media_type=MEDIA_TYPE)
