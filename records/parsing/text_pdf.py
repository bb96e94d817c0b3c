"""Text of a PDF by PDFium, page by page, each word with where it stands on the page.

A word that the page breaks with a hyphen is joined in the text and has two entries, one per line, so that it is both
found and marked. The child only collects; turning corners into fractions of the page image is `boxes`' work in the
caller, while the child reads the next page.
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
_WORD = re.compile(r"\S+")
#: PDFium's mark of a hyphen at the end of a line, where the next line's word follows at once.
_BREAK = "\ufffe"
_BROKEN_WORD = re.compile(rf"(?<=[^\W\d_]){_BREAK}(?=[^\W\d_])")
_CONTROLS = {code: " " for code in (*range(9), 11, *range(14, 32), 127, 0xFFFF, *range(0xD800, 0xE000))}

_pointer, _int = ctypes.c_void_p, ctypes.c_int
_char_box = ctypes.CFUNCTYPE(_int, _pointer, _int, _pointer)(
    ctypes.cast(pdfium_c.FPDFText_GetLooseCharBox, _pointer).value or 0
)


def read(contents: Contents, sink: Sink) -> None:
    """Send all pages from ``order["first"]`` on; a page PDFium refuses is sent empty and makes it *partial*."""
    document, repaired = open_pdf(contents)
    total = len(document)
    sink.say(engine="qpdf+pdfium" if repaired else "pdfium", version=REPAIRED_VERSION if repaired else VERSION)
    sink.say(total=total, **({"partial": "repaired"} if repaired else {}))
    for number in range(contents.order.get("first", 1), total + 1):
        try:
            _read_page(contents, sink, document, number)
        except pdfium.PdfiumError:
            sink.page(number, "")
            sink.say(partial="pages")


def _read_page(contents: Contents, sink: Sink, document: pdfium.PdfDocument, number: int) -> None:
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        raw = _raw_text(textpage, contents.limits.page_chars)
        spans = _spans(raw)
        words = _words(raw) if _BREAK in raw else None
        corners = _corners(textpage, spans, len(raw))
        sink.page(number, _joined(raw), words, corners, matrix=_matrix(page) if spans else None)
    finally:
        textpage.close()
        page.close()


def _raw_text(textpage: pdfium.PdfTextPage, limit: int) -> str:
    count = pdfium_c.FPDFText_CountChars(textpage)
    if count > limit:
        raise Damaged("limits")
    return textpage.get_text_range().translate(_CONTROLS) if count > 0 else ""


def _spans(raw: str) -> list[tuple[int, int]]:
    """First and last character of every piece of a word, pieces being parted by blanks and line-end hyphens."""
    return [match.span() for match in _WORD.finditer(raw.replace(_BREAK, " "))]


def _joined(raw: str) -> str:
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return _BROKEN_WORD.sub("", text).replace(_BREAK, "-") if _BREAK in text else text


def _words(raw: str) -> list[str]:
    """The word each span belongs to, whole: one entry per piece."""
    words = []
    for match in _WORD.finditer(raw):
        pieces = len([piece for piece in match[0].split(_BREAK) if piece])
        words += [_joined(match[0])] * pieces
    return words


def _corners(textpage: pdfium.PdfTextPage, spans: list[tuple[int, int]], length: int) -> array[float]:
    """Left, top, right, bottom, in page units, of the first and of the last character of every span."""
    handle = ctypes.cast(textpage.raw, _pointer).value
    corners = array("f", bytes(32 * len(spans)))
    address = corners.buffer_info()[0]
    drifts = pdfium_c.FPDFText_CountChars(textpage) != length
    for start, end in _char_indexes(textpage, spans) if drifts else spans:
        _char_box(handle, start, address)
        _char_box(handle, end - 1, address + 16)
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
