"""PDFs nobody is asked to sign, each refused with its code; and one that may be, read in a process of its own."""

import io
from collections.abc import Callable

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from builders.signatures import SIGNED_AT, blank_pdf
from dojang.adapters.signatures.pdf_judging import judge_pdf
from dojang.adapters.signatures.pdf_workshop import PooledPdfWorkshop
from dojang.kernel.errors import DojangError
from dojang.lifecycle.reliance.signature_request.model import (
    DocumentActive,
    DocumentEncrypted,
    DocumentMalformed,
    DocumentSignedBefore,
)


def changed(change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(blank_pdf()))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{name}"): value for name, value in entries.items()})


def in_root(name: str, value: generic.PdfObject) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name(f"/{name}")] = writer.add_object(value)
        writer.update_root()

    return changed(change)


SCRIPT = dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
LAUNCH = dictionary(S=pdf_name("/Launch"), F=pdf_string("calc.exe"))
FIELD = generic.ArrayObject([dictionary(FT=pdf_name("/Sig"), T=pdf_string("here"))])


def encrypted() -> bytes:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(blank_pdf())))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("pdf", "refusal"),
    [
        (lambda: b"", DocumentMalformed),
        (lambda: b"<html>", DocumentMalformed),
        (lambda: b"%PDF-1.7\n", DocumentMalformed),
        (lambda: blank_pdf()[:-200], DocumentMalformed),
        (lambda: b" " + blank_pdf(), DocumentMalformed),
        (encrypted, DocumentEncrypted),
        (lambda: in_root("OpenAction", SCRIPT), DocumentActive),
        (lambda: in_root("AA", dictionary(WC=LAUNCH)), DocumentActive),
        (lambda: in_root("Names", dictionary(EmbeddedFiles=dictionary())), DocumentActive),
        (lambda: in_root("OCProperties", dictionary()), DocumentActive),
        (lambda: in_root("AcroForm", dictionary(XFA=pdf_string("x"))), DocumentActive),
        (lambda: in_root("AcroForm", dictionary(Fields=FIELD)), DocumentSignedBefore),
    ],
)
def test_a_pdf_that_may_show_something_else_is_refused(pdf: Callable[[], bytes], refusal: type[DojangError]) -> None:
    with pytest.raises(refusal):
        judge_pdf(pdf())


def test_links_and_plain_forms_are_no_danger() -> None:
    link = dictionary(S=pdf_name("/URI"), URI=pdf_string("https://shop.example/"))
    assert judge_pdf(in_root("OpenAction", link)) == 1
    assert judge_pdf(in_root("AcroForm", dictionary(Fields=generic.ArrayObject()))) == 1


def test_the_workshop_works_in_processes_of_its_own_and_keeps_the_codes() -> None:
    workshop = PooledPdfWorkshop(workers=1, timeout_s=30)
    try:
        assert workshop.inspect(blank_pdf()) == 1
        with pytest.raises(DocumentActive) as refused:
            workshop.inspect(in_root("OpenAction", SCRIPT))
        assert refused.value.fields["found"] in ("JS", "JavaScript")
        prepared = workshop.prepare(blank_pdf(), reason="계약", signed_at=SIGNED_AT)
        assert len(prepared.digest) == 32
        assert b"/ByteRange" in prepared.before + prepared.after
    finally:
        workshop.close()
