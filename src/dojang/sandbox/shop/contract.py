"""A contract as a PDF: one page, drawn, so that it looks the same on every machine, with its text beneath the drawing.

What is drawn is also there as text that no reader shows, as scanned pages have it: to be searched, copied and read
aloud. Source: ISO 32000-1 9.3.6 (text rendering mode 3), 9.7 (composite fonts), 9.10.3 (ToUnicode).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.images import pil_image
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from dojang.sandbox.specimen.fonts import SANS, SERIF, Typeface, font

PAGE_PX = (1240, 1754)  # A4 at 150 dots an inch
WIDTH_PT, HEIGHT_PT = 595, 842
MARGIN_PX = 130
INK = (24, 28, 36)
SOFT = (96, 104, 118)
_PT = WIDTH_PT / PAGE_PX[0]
# Codes of the font are UTF-16 code units, so that a code means itself.
_TO_UNICODE = b"""\
/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of the page; `x` and `y` are its upper left corner, in pixels as `size` is."""

    x: int
    y: int
    text: str
    face: Typeface = SANS
    size: int = 32
    ink: tuple[int, int, int] = INK


def contract_pdf(contract_id: str, customer: str, item: str, amount_krw: int, made_at: datetime) -> bytes:
    """Return the contract; names and amounts are shown in Korean, the date as its day."""
    lines = tuple(_lines(contract_id, customer, item, amount_krw, made_at))
    page = Image.new("RGB", PAGE_PX, "white")
    draw = ImageDraw.Draw(page)
    draw.line((MARGIN_PX, 360, PAGE_PX[0] - MARGIN_PX, 360), fill=INK, width=3)
    for one in lines:
        draw.text((one.x, one.y), one.text, font=font(one.face, one.size), fill=one.ink)
    return _as_pdf(page.convert("L"), lines)


def _lines(contract_id: str, customer: str, item: str, amount_krw: int, made_at: datetime) -> Iterator[_Line]:
    yield _Line(x=MARGIN_PX, y=190, text="매매계약서", face=SERIF, size=76)
    yield _Line(x=MARGIN_PX, y=300, text=f"Sales contract  ·  {contract_id}", size=26, ink=SOFT)
    facts = [
        ("파는 사람", "견본 상점"),
        ("사는 사람", customer),
        ("물건", item),
        ("금액", f"{amount_krw:,}원"),
        ("계약한 날", made_at.strftime("%Y. %m. %d.")),
    ]
    for row, (label, value) in enumerate(facts):
        y = 430 + row * 84
        yield _Line(x=MARGIN_PX, y=y, text=label, ink=SOFT)
        yield _Line(x=MARGIN_PX + 260, y=y - 4, text=value, size=38)
    terms = (
        "1. 파는 사람은 대금을 받은 날부터 7일 안에 물건을 보낸다.",
        "2. 사는 사람은 물건을 받은 날부터 14일 안에 계약을 무를 수 있다.",
        "3. 이 계약은 사는 사람이 공동인증서로 서명한 때에 이루어진다.",
    )
    for row, term in enumerate(terms):
        yield _Line(x=MARGIN_PX, y=930 + row * 72, text=term, face=SERIF)
    yield _Line(x=MARGIN_PX, y=1560, text="모의 환경의 견본입니다. 실제 계약이 아닙니다.", size=24, ink=SOFT)


def _as_pdf(drawn: Image.Image, lines: Sequence[_Line]) -> bytes:
    """Return a PDF of one page; written by pyHanko, because strict readers object to Pillow's cross-reference table."""
    out = PdfFileWriter()
    out.root[NameObject("/Lang")] = TextStringObject("ko")
    resources = DictionaryObject(
        {
            NameObject("/XObject"): DictionaryObject({NameObject("/Page"): pil_image(drawn, out)}),
            NameObject("/Font"): DictionaryObject({NameObject("/Text"): _font(out)}),
        }
    )
    content = f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /Page Do Q\nBT 3 Tr\n{_text(lines)}ET\n"
    drawing = out.add_object(StreamObject(stream_data=content.encode("ascii")))
    out.insert_page(PageObject(drawing, (0, 0, WIDTH_PT, HEIGHT_PT), resources))
    file = io.BytesIO()
    out.write(file)
    return file.getvalue()


def _text(lines: Sequence[_Line]) -> str:
    """Return the lines as text operators: each as wide as it is drawn, on the drawing's own base line."""
    operators = []
    for one in lines:
        drawn_in = font(one.face, one.size)
        units = one.text.encode("utf-16-be")
        squeezed = 100 * drawn_in.getlength(one.text) / (one.size * len(units) / 2)
        x_pt, y_pt = one.x * _PT, HEIGHT_PT - (one.y + drawn_in.getmetrics()[0]) * _PT
        shown = f"1 0 0 1 {x_pt:.2f} {y_pt:.2f} Tm <{units.hex()}> Tj"
        operators.append(f"/Text {one.size * _PT:.2f} Tf {squeezed:.2f} Tz {shown}\n")
    return "".join(operators)


def _font(out: PdfFileWriter) -> IndirectObject:
    """Return a font without glyphs: nothing of it is ever drawn."""
    name = NameObject("/Unseen")
    described = {
        "/Type": NameObject("/FontDescriptor"),
        "/FontName": name,
        "/Flags": NumberObject(4),
        "/FontBBox": ArrayObject(NumberObject(one) for one in (0, 0, 1000, 1000)),
        "/ItalicAngle": NumberObject(0),
        "/Ascent": NumberObject(880),
        "/Descent": NumberObject(-120),
        "/CapHeight": NumberObject(880),
        "/StemV": NumberObject(80),
    }
    system = {"/Registry": TextStringObject("Adobe"), "/Ordering": TextStringObject("Identity")}
    descendant = {
        "/Type": NameObject("/Font"),
        "/Subtype": NameObject("/CIDFontType2"),
        "/BaseFont": name,
        "/CIDSystemInfo": _dictionary({**system, "/Supplement": NumberObject(0)}),
        "/FontDescriptor": out.add_object(_dictionary(described)),
        "/CIDToGIDMap": NameObject("/Identity"),
        "/DW": NumberObject(1000),
    }
    composite = {
        "/Type": NameObject("/Font"),
        "/Subtype": NameObject("/Type0"),
        "/BaseFont": name,
        "/Encoding": NameObject("/Identity-H"),
        "/DescendantFonts": ArrayObject([out.add_object(_dictionary(descendant))]),
        "/ToUnicode": out.add_object(StreamObject(stream_data=_TO_UNICODE)),
    }
    return out.add_object(_dictionary(composite))


def _dictionary(members: Mapping[str, object]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in members.items()})
