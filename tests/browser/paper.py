"""PDFs as the app draws them, and a judge that draws them too: poppler."""

import base64
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Frame, Page

POPPLER = shutil.which("pdftoppm")
SIZE = (119, 168)  # small enough that two programs' edges do not matter
_PIXELS = """
async (sheet) => {
  const canvas = new OffscreenCanvas(sheet.width, sheet.height);
  canvas.getContext("2d").drawImage(sheet, 0, 0);
  const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  return btoa(Array.from(png, (one) => String.fromCharCode(one)).join(""));
}
"""


def drawn_pages(page: "Page | Frame", count: int) -> "list[NDArray[np.float64]]":
    """Return every page on the screen as shades of grey; scrolls to each, as a reader does."""
    sheets = page.locator(".paper__sheet")
    sheets.nth(count - 1).wait_for()
    assert sheets.count() == count
    found = []
    for number in range(count):
        sheets.nth(number).scroll_into_view_if_needed()
        page.locator(".paper__sheet[aria-busy=false]").nth(0).wait_for()
        drawn = sheets.nth(number).locator("xpath=self::*[@aria-busy='false']").locator("canvas")
        drawn.wait_for()
        found.append(_shades(Image.open(BytesIO(base64.b64decode(drawn.evaluate(_PIXELS))))))
    return found


def drawn_by_poppler(pdf: bytes, scratch: Path) -> "list[NDArray[np.float64]]":
    """Return every page as another program draws it."""
    assert POPPLER is not None
    (scratch / "judged.pdf").write_bytes(pdf)
    subprocess.run([POPPLER, "-r", "100", "-png", scratch / "judged.pdf", scratch / "judged"], check=True)
    return [_shades(Image.open(file)) for file in sorted(scratch.glob("judged-*.png"))]


def likeness(one: "NDArray[np.float64]", other: "NDArray[np.float64]") -> float:
    """Return the correlation of two pages: 1 for the same."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _shades(picture: Image.Image) -> "NDArray[np.float64]":
    return np.asarray(picture.convert("L").resize(SIZE, Image.Resampling.BOX), dtype=np.float64)


def pdf_without_typefaces(line: str) -> bytes:
    """Return two pages: Korean and Latin in typefaces the file does not bring along; a turned one with a mask."""
    korean = line.encode("utf-16-be").hex().encode()
    text = b"BT /K 24 Tf 40 700 Td <" + korean + b"> Tj ET BT /H 24 Tf 40 640 Td (Total 1,200) Tj ET"
    shapes = b"0 0 1 rg 50 50 200 200 re f /M gs 1 0 0 rg 300 50 300 300 re f"
    mask = b"0 g 0 0 842 595 re f 1 g 300 50 150 300 re f"  # half of what is red is seen
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</K 5 0 R/H 7 0 R>>>>>>",
        _stream(b"", text),
        b"<</Type/Font/Subtype/Type0/BaseFont/HYGoThic-Medium/Encoding/UniKS-UCS2-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/HYGoThic-Medium"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Korea1)/Supplement 1>>/FontDescriptor<</Type/FontDescriptor"
        b"/FontName/HYGoThic-Medium/Flags 4/Ascent 880/Descent -120/CapHeight 700/StemV 80/ItalicAngle 0"
        b"/FontBBox[0 -148 1001 880]>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 595]/Rotate 90/Contents 9 0 R"
        b"/Resources<</ExtGState<</M <</SMask<</S/Luminosity/G 10 0 R>>>>>>>>>>",
        _stream(b"", shapes),
        _stream(b"/Type/XObject/Subtype/Form/BBox[0 0 842 595]/Group<</S/Transparency/CS/DeviceGray>>", mask),
    )


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def _pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )
