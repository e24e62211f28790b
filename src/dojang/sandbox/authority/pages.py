"""The misbehaving authority over HTTP: its certificates, lists and answers, the list of its customers, the folder.

Lists and answers are for whoever verifies; the page and the archive for the developer behind it.
"""

import base64
import binascii
import html
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from dojang.sandbox import clock
from dojang.sandbox.answer import CLOSED, page
from dojang.sandbox.authority.branches import NEVER_GIVEN, NOT_ONE_OF_OURS, PASSWORD, Question, questions
from dojang.sandbox.authority.house import PUBLISHING, Rank
from dojang.sandbox.authority.office import AuthorityOffice

MAX_OCSP_BYTES: Final = 8192
ARCHIVE: Final = "dojang-sandbox-customers.zip"


def protocol_router(authority: AuthorityOffice) -> APIRouter:
    """Return what certificates point to: lists, OCSP, and the certificates to trust while testing."""
    router = APIRouter()

    @router.get("/certificates.pem")
    def certificates() -> Response:
        return Response(authority.trusted_pem(), media_type="application/pem-certificate-chain")

    @router.get("/crl/{rank}.crl")
    def crl(rank: Rank) -> Response:
        if rank not in PUBLISHING:
            raise HTTPException(404, "this authority publishes nothing")
        return Response(authority.statements.crl(rank, clock.now()), media_type="application/pkix-crl")

    @router.post("/ocsp/{rank}")
    async def ocsp(rank: Rank, request: Request) -> Response:
        asked = await request.body()
        return await run_in_threadpool(_answer, authority, rank, asked)

    @router.get("/ocsp/{rank}/{encoded:path}")
    def ocsp_by_address(rank: Rank, encoded: Annotated[str, PathParameter(max_length=MAX_OCSP_BYTES)]) -> Response:
        try:
            return _answer(authority, rank, base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            raise HTTPException(400, "not base64") from None

    return router


def admin_router(authority: AuthorityOffice) -> APIRouter:
    """Return the endpoints below `/sandbox/authority`: the page of customers and the archive."""
    router = APIRouter()

    @router.get("/customers")
    def customers() -> Response:
        return page("시험 고객 (misbehaving customers)", _listed(), policy=CLOSED)

    @router.get("/customers.zip")
    def archive() -> Response:
        disposition = {"Content-Disposition": f'attachment; filename="{ARCHIVE}"'}
        return Response(_archive(authority), media_type="application/zip", headers=disposition)

    return router


def _answer(authority: AuthorityOffice, rank: Rank, request_der: bytes) -> Response:
    answer_der = authority.statements.ocsp(rank, request_der, clock.now())
    return Response(answer_der, media_type="application/ocsp-response")


def _archive(authority: AuthorityOffice) -> bytes:
    from dojang.sandbox.authority.kit import write_kit  # pyHanko is slow to load and seldom wanted

    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = Path(name)
        write_kit(authority, folder, clock.now())
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            archive.write(file, file.relative_to(folder))
    return packed.getvalue()


_INTRODUCTION: Final = """<p>이용기관이 모든 경우를 시험할 수 있도록, 저마다 한 가지가 잘못된 시험 고객이에요.
모의 환경에서만 믿는 인증기관이 발급했어요.
<br>Test customers of an authority that only a sandbox office trusts, each wrong in one way.</p>
<p><a href="customers.zip">서명과 열쇠 모두 내려받기 · download everything (zip)</a><br>
비밀번호 · password: <code>{password}</code></p>"""

_HEAD: Final = """<table><thead><tr><th>고객 · customer</th><th>서명 · signature</th>
<th>나와야 하는 답 · what must come back</th></tr></thead><tbody>"""


def _listed() -> str:
    rows = "".join(map(_row, questions()))
    never = "".join(f"<li><code>{name}</code>: {html.escape(why)}</li>" for name, why in NEVER_GIVEN.items())
    return f"{_INTRODUCTION.format(password=html.escape(PASSWORD))}{_HEAD}{rows}</tbody></table><ul>{never}</ul>"


def _row(question: Question) -> str:
    customer, verdict = question.customer, question.verdict
    who = f"<code>{customer.flaw}</code><br>{html.escape(customer.ko)}<br>{html.escape(customer.en)}"
    answer = verdict.error or " ".join(one for one in (verdict.indication, verdict.sub_indication) if one)
    signing_in = "" if customer.sign_in == NOT_ONE_OF_OURS else f"<br>sign-in: {customer.sign_in}"
    return (
        f"<tr><td>{who}</td><td><code>{question.name}</code></td><td><code>{html.escape(answer)}</code>"
        f"{signing_in if question.name == 'pkcs1' else ''}</td></tr>"
    )
