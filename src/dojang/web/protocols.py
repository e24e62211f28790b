"""What anybody may fetch: CA certificates and revocation lists, at the addresses that stand in the certificates."""

from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import StreamingResponse

from dojang.adapters.authority_folder import read_root_list
from dojang.adapters.practice_statement import read_practice_statement
from dojang.bootstrap import Office
from dojang.lifecycle.status import usecases as status
from dojang.lifecycle.status.model import ALL, ListKind, ListScope
from dojang.web.desk import Now, OfficeDep

router = APIRouter(tags=["protocols"])
ROUTERS = (router,)

CERTIFICATE = "application/pkix-cert"
CRL = "application/pkix-crl"
Partition = Annotated[str, Path(pattern=r"^(0|[1-9][0-9]{0,5})$", description="A distribution point's number")]
IMMUTABLE = {"Cache-Control": "public, max-age=86400, immutable"}


@router.get("/ca/issuing.cer", response_class=Response)
def get_issuing_certificate(office: OfficeDep) -> Response:
    """Return the issuing CA's certificate, DER."""
    return Response(office.published.chain_der[0], media_type=CERTIFICATE, headers=IMMUTABLE)


@router.get("/ca/root.cer", response_class=Response)
def get_root_certificate(office: OfficeDep) -> Response:
    """Return the root certificate, DER."""
    return Response(office.published.chain_der[-1], media_type=CERTIFICATE, headers=IMMUTABLE)


@router.get("/crl/root.crl", response_class=Response)
def get_authority_revocation_list(office: OfficeDep) -> Response:
    """Return the root's newest revocation list (ARL), DER, as it lies in the authority's directory."""
    content = read_root_list(office.settings.authority_dir)
    return Response(content, media_type=CRL, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/cps", response_class=Response)
def get_practice_statement(office: OfficeDep) -> Response:
    """Return the certification practice statement: the operator's file, or a sandbox's own short one."""
    content, media_type = read_practice_statement(
        office.settings.authority.cps_file, is_production=office.settings.is_production
    )
    return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/crl/issuing.crl", response_class=Response)
def get_revocation_list(request: Request, office: OfficeDep, now: Now) -> Response:
    """Return the newest complete list of the issuing CA, DER; cacheable for as long as it may go unrevised."""
    return _list(request, office, now, ALL, ListKind.COMPLETE)


@router.get("/crl/issuing.delta.crl", response_class=Response)
def get_delta_list(request: Request, office: OfficeDep, now: Now) -> Response:
    """Return what changed since the oldest complete list that is still valid, DER."""
    return _list(request, office, now, ALL, ListKind.DELTA)


@router.get("/crl/issuing/{partition}.delta.crl", response_class=Response)
def get_partition_delta_list(request: Request, office: OfficeDep, now: Now, partition: Partition) -> Response:
    """Return what changed in one distribution point, DER."""
    return _list(request, office, now, ListScope(partition=int(partition)), ListKind.DELTA)


@router.get("/crl/issuing/{partition}.crl", response_class=Response)
def get_partition_list(request: Request, office: OfficeDep, now: Now, partition: Partition) -> Response:
    """Return the newest complete list of one distribution point, DER."""
    return _list(request, office, now, ListScope(partition=int(partition)), ListKind.COMPLETE)


def _list(request: Request, office: Office, now: datetime, scope: ListScope, kind: ListKind) -> Response:
    crl = status.get_crl(store=office.store, scope=scope, kind=kind)
    etag = f'"{crl.number}-{crl.content_id}"'
    headers = {
        "ETag": etag,
        "Last-Modified": _http_date(crl.this_update),
        "Expires": _http_date(crl.next_update),
        "Cache-Control": f"public, max-age={_fresh_s(crl.next_update, now)}",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    pieces = status.stream_crl(crl, store=office.store)
    if crl.size_bytes <= SENT_WHOLE_BYTES:
        return Response(b"".join(pieces), media_type=CRL, headers=headers)
    return StreamingResponse(pieces, media_type=CRL, headers={**headers, "Content-Length": str(crl.size_bytes)})


SENT_WHOLE_BYTES = 1 << 20
REVISED_AFTER_S = 60  # a revocation is published at once: caches may lag behind by this much


def _fresh_s(next_update: datetime, now: datetime) -> int:
    return max(0, min(REVISED_AFTER_S, int((next_update - now).total_seconds())))


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
