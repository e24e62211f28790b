"""Whether a PDF may be signed: one that every reader shows alike, that runs nothing, and that nobody signed before.

Runs in a worker process with limits. Whatever the library says of malformed input becomes one of our errors. Sources:
ISO 32000-2 sections 7.5.8.4 (hybrid references), 12.6.4 (actions), 12.7.8 (XFA); "Shadow Attacks" (NDSS 2021).
"""

import io
from collections.abc import Iterator
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from dojang.adapters.signatures.cms_reading import MALFORMED
from dojang.lifecycle.reliance.signature_request.model import (
    DocumentActive,
    DocumentEncrypted,
    DocumentMalformed,
    DocumentSignedBefore,
)

MAX_OBJECTS: Final = 200_000
MAX_PAGES: Final = 2_000
NOT_A_PDF: Final = (*MALFORMED, PdfError, OSError, EOFError, UnicodeError)
# What runs, reaches out or hides: names of action types (12.6.4) and keys that lead to programs or other documents.
_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE", "/GoToR",
     "/SetOCGState", "/Hide", "/Movie", "/Sound", "/Trans"}
)  # fmt: skip
_KEYS: Final = frozenset({"/JS", "/XFA", "/EmbeddedFiles", "/RichMediaContent", "/OCProperties"})
_ANNOTATIONS: Final = frozenset({"/RichMedia", "/Movie", "/Screen", "/3D", "/Sound", "/FileAttachment"})


def judge_pdf(pdf: bytes) -> int:
    """Return the number of pages. Raises `DocumentMalformed`, `DocumentEncrypted`, `DocumentActive`, and its kin."""
    if not pdf.startswith(b"%PDF-"):
        raise DocumentMalformed(reason="not_a_pdf")
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        if reader.encrypted:
            raise DocumentEncrypted()
        if reader.xrefs.hybrid_xrefs_present:
            raise DocumentMalformed(reason="hybrid_references")
        pages = int(reader.root["/Pages"]["/Count"])
        for one in _dictionaries(reader):
            _judge(one)
    except NOT_A_PDF:
        raise DocumentMalformed(reason="structure") from None
    if not 1 <= pages <= MAX_PAGES:
        raise DocumentMalformed(reason="page_count")
    return pages


def _judge(found: generic.DictionaryObject) -> None:
    names = {str(name) for name in found}
    for key in names & _KEYS:
        raise DocumentActive(found=key.removeprefix("/"))
    action = str(found.raw_get("/S")) if "/S" in names else ""
    if action in _ACTIONS:
        raise DocumentActive(found=action.removeprefix("/"))
    kind = str(found.raw_get("/Subtype")) if "/Subtype" in names else ""
    if kind in _ANNOTATIONS and "/Rect" in names:
        raise DocumentActive(found=kind.removeprefix("/"))
    if "/ByteRange" in names or (str(found.raw_get("/FT")) if "/FT" in names else "") == "/Sig":
        raise DocumentSignedBefore()


def _dictionaries(reader: PdfFileReader) -> Iterator[generic.DictionaryObject]:
    """Every dictionary that can be reached from the trailer, streams' among them, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[generic.PdfObject] = [reader.trailer.raw_get(name) for name in reader.trailer]
    for _ in range(MAX_OBJECTS * 10):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, generic.IndirectObject | generic.Reference):
            key = (item.idnum, item.generation)
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > MAX_OBJECTS:
                break
            item = reader.get_object(generic.Reference(*key, pdf=reader))
        if isinstance(item, generic.DictionaryObject):
            yield item
            waiting.extend(item.raw_get(name) for name in item)
        elif isinstance(item, generic.ArrayObject):
            waiting.extend(item.raw_get(index) for index in range(len(item)))
    raise DocumentMalformed(reason="too_many_objects")
