"""Text of a PDF by PDFium, page by page, each word with where it stands on the page.

The child only collects: raw text and the corners of each piece of a word. Joining words that a line end parts and
turning corners into fractions of the page image is `words`' work in the caller, while the child reads the next page.
"""

from __future__ import annotations

import ctypes
import re
from array import array

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from .contents import Contents, Damaged, Sink
from .pdf_document import REPAIRED_VERSION, VERSION, open_pdf

_DEVICE = 1_000_000
#: A document of fewer pages is read by one child.
MIN_SHARED = 8
#: A piece of a word: what lies between blanks, controls and PDFium's marks of a hyphen at a line end.
WORD = re.compile(r"[^\s\ufffe\x00-\x08\x0b\x0e-\x1f\x7f]+")

_pointer, _int = ctypes.c_void_p, ctypes.c_int
#: Called twice a word: without letting go of the interpreter's lock, which nobody else here wants.
_char_box = ctypes.PYFUNCTYPE(_int, _pointer, _int, _pointer)(
    ctypes.cast(pdfium_c.FPDFText_GetLooseCharBox, _pointer).value or 0
)


def read(contents: Contents, sink: Sink) -> None:
    """Send the pages of this order's share; a page PDFium refuses is sent empty and makes the answer *partial*."""
    document, repaired = open_pdf(contents)
    total = min(len(document), contents.limits.pages)
    start, stop = share(total, contents.order.get("part", 0), contents.order.get("parts", 1))
    sink.say(engine="qpdf+pdfium" if repaired else "pdfium", version=REPAIRED_VERSION if repaired else VERSION)
    sink.say(start=start, stop=stop, **({"partial": "repaired"} if repaired else {}))
    if total < len(document):
        sink.say(partial="limits")
    for number in range(contents.order.get("first", start), stop):
        try:
            _read_page(contents, sink, document, number)
        except pdfium.PdfiumError:
            sink.page(number, "")
            sink.say(partial="pages")


def share(total: int, part: int, parts: int) -> tuple[int, int]:
    """First page of a part and the page after its last; a short document is all of the first part."""
    if total < MIN_SHARED:
        return (1, total + 1) if part == 0 else (total + 1, total + 1)
    return total * part // parts + 1, total * (part + 1) // parts + 1


def _read_page(contents: Contents, sink: Sink, document: pdfium.PdfDocument, number: int) -> None:
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        raw = _raw_text(textpage, contents.limits.page_chars)
        spans = [match.span() for match in WORD.finditer(raw)]
        sink.page(number, raw, _corners(textpage, spans, len(raw)), _matrix(page) if spans else None)
    finally:
        textpage.close()
        page.close()


def _raw_text(textpage: pdfium.PdfTextPage, limit: int) -> str:
    count = pdfium_c.FPDFText_CountChars(textpage)
    if count > limit:
        raise Damaged("limits")
    return textpage.get_text_range() if count > 0 else ""


def _corners(textpage: pdfium.PdfTextPage, spans: list[tuple[int, int]], length: int) -> array[float]:
    """Left, top, right, bottom, in page units, of the first and of the last character of every span."""
    handle = ctypes.cast(textpage.raw, _pointer).value
    corners = array("f", bytes(32 * len(spans)))
    address = corners.buffer_info()[0]
    box = _char_box
    drifts = pdfium_c.FPDFText_CountChars(textpage) != length
    for start, end in _char_indexes(textpage, spans) if drifts else spans:
        box(handle, start, address)
        box(handle, end - 1, address + 16)
        address += 32
    return corners


def _char_indexes(textpage: pdfium.PdfTextPage, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in PDFium's own count of characters, which may hold some that the text does not show."""
    index = pdfium_c.FPDFText_GetCharIndexFromTextIndex
    return [(max(index(textpage, start), 0), max(index(textpage, end - 1), 0) + 1) for start, end in spans]


def _matrix(page: pdfium.PdfPage) -> list[float]:
    """(a, b, c, d, e, f): page units to fractions of the page as shown, crop box and rotation applied."""
    width, height = (max(side, 1.0) for side in page.get_size())
    origin, right, up = (_shown(page, x, y) for x, y in ((0.0, 0.0), (width, 0.0), (0.0, height)))
    return [
        (right[0] - origin[0]) / width,
        (right[1] - origin[1]) / width,
        (up[0] - origin[0]) / height,
        (up[1] - origin[1]) / height,
        origin[0],
        origin[1],
    ]


def _shown(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = _int(), _int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, ctypes.byref(across), ctypes.byref(down))
    return across.value / _DEVICE, down.value / _DEVICE
