"""A contract as a PDF: one page, drawn, so that it looks the same on every machine."""

import io
from datetime import datetime

from PIL import Image, ImageDraw
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject
from pyhanko.pdf_utils.images import pil_image
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from dojang.sandbox.specimen.fonts import SANS, SERIF, font

PAGE_PX = (1240, 1754)  # A4 at 150 dots an inch
WIDTH_PT, HEIGHT_PT = 595, 842
MARGIN_PX = 130
INK = (24, 28, 36)
SOFT = (96, 104, 118)


def contract_pdf(contract_id: str, customer: str, item: str, amount_krw: int, made_at: datetime) -> bytes:
    """Return the contract; names and amounts are shown in Korean, the date as its day."""
    page = Image.new("RGB", PAGE_PX, "white")
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN_PX, 190), "매매계약서", font=font(SERIF, 76), fill=INK)
    draw.text((MARGIN_PX, 300), f"Sales contract  ·  {contract_id}", font=font(SANS, 26), fill=SOFT)
    draw.line((MARGIN_PX, 360, PAGE_PX[0] - MARGIN_PX, 360), fill=INK, width=3)
    facts = [
        ("파는 사람", "견본 상점"),
        ("사는 사람", customer),
        ("물건", item),
        ("금액", f"{amount_krw:,}원"),
        ("계약한 날", made_at.strftime("%Y. %m. %d.")),
    ]
    for row, (label, value) in enumerate(facts):
        y = 430 + row * 84
        draw.text((MARGIN_PX, y), label, font=font(SANS, 32), fill=SOFT)
        draw.text((MARGIN_PX + 260, y - 4), value, font=font(SANS, 38), fill=INK)
    terms = (
        "1. 파는 사람은 대금을 받은 날부터 7일 안에 물건을 보낸다.\n"
        "2. 사는 사람은 물건을 받은 날부터 14일 안에 계약을 무를 수 있다.\n"
        "3. 이 계약은 사는 사람이 공동인증서로 서명한 때에 이루어진다."
    )
    draw.multiline_text((MARGIN_PX, 930), terms, font=font(SERIF, 32), fill=INK, spacing=26)
    draw.text((MARGIN_PX, 1560), "모의 환경의 견본입니다. 실제 계약이 아닙니다.", font=font(SANS, 24), fill=SOFT)
    return _as_pdf(page.convert("L"))


def _as_pdf(drawn: Image.Image) -> bytes:
    """Return a PDF of one page; written by pyHanko, because strict readers object to Pillow's cross-reference table."""
    out = PdfFileWriter()
    picture = DictionaryObject({NameObject("/Page"): pil_image(drawn, out)})
    drawing = StreamObject(stream_data=f"q {WIDTH_PT} 0 0 {HEIGHT_PT} 0 0 cm /Page Do Q".encode())
    resources = DictionaryObject({NameObject("/XObject"): picture})
    out.insert_page(PageObject(out.add_object(drawing), (0, 0, WIDTH_PT, HEIGHT_PT), resources))
    file = io.BytesIO()
    out.write(file)
    return file.getvalue()
