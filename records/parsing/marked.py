"""A PDF of a whole piece that says on every page for whom and for which case it was made.

Runs inside the cell only; the original is read and never written. Files that a PDF carries inside stay out.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any

import pikepdf
from PIL import Image

from . import page_images, pdf_tools
from .contents import Contents, Damaged, Sink
from .marks import LEAN, MOST, drawn_on

#: How much of what is written shows through the mark, and its colour.
OPACITY, INK = 0.22, b"0.47 0.08 0.08 rg"
_FONT = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica-Bold", "/Encoding": "/WinAnsiEncoding"}
_SHADE = {"/Type": "/ExtGState", "/ca": OPACITY}


def copy(contents: Contents, sink: Sink) -> None:
    """Send a PDF of the whole piece with ``order["mark"]`` on every page; raises Damaged."""
    maker = _of_pdf if contents.kind == "pdf" else _of_image
    maker(contents, sink, str(contents.order["mark"])[:MOST])


def _of_pdf(contents: Contents, sink: Sink, mark: str) -> None:
    sheets: dict[tuple[float, float], pikepdf.Pdf] = {}
    with pdf_tools.source(contents, bytes(contents.data)) as pdf:
        pdf_tools.forget_files(pdf)
        for page in pdf.pages:
            size = _size_of(page)
            if size not in sheets:
                sheets[size] = sheet_of(size, mark)
            page.add_overlay(sheets[size].pages[0], None)
        pdf_tools.send(pdf, contents, sink)


def _size_of(page: pikepdf.Page) -> tuple[float, float]:
    """Width and height as the page is shown, in points."""
    left, bottom, right, top = (float(side) for side in page.trimbox)
    width, height = abs(right - left) or 1.0, abs(top - bottom) or 1.0
    return (height, width) if int(page.get("/Rotate", 0)) % 180 else (width, height)


def sheet_of(size: tuple[float, float], mark: str) -> pikepdf.Pdf:
    """A page of this size that holds nothing but the mark."""
    sheet = pikepdf.new()
    page = sheet.add_blank_page(page_size=size)
    page.obj.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(Mark=sheet.make_indirect(pikepdf.Dictionary(_names(_FONT)))),
        ExtGState=pikepdf.Dictionary(Shade=sheet.make_indirect(pikepdf.Dictionary(_names(_SHADE)))),
    )
    page.obj.Contents = sheet.make_stream(b"\n".join(_drawing(size, mark)))
    return sheet


def _names(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: pikepdf.Name(value) if isinstance(value, str) else value for key, value in facts.items()}


def _drawing(size: tuple[float, float], mark: str) -> Iterator[bytes]:
    width, height = size
    letter = max(6.0, width / 46)
    told = mark.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    lean, room = math.radians(LEAN), len(mark) * letter * 0.58 + 4 * letter
    yield b"q /Shade gs " + INK
    for row in range(-int(width / (letter * 7)) - 1, int((height + width) / (letter * 7)) + 1):
        for column in range(int(1.6 * max(size) / room) + 1):
            x = column * room * math.cos(lean)
            y = row * letter * 7 + column * room * math.sin(lean)
            turn = (math.cos(lean), math.sin(lean), -math.sin(lean), math.cos(lean))
            if y <= height and x <= width:
                yield _written(told, letter, turn, x, y)
    yield b"Q q " + INK
    yield _written(told, max(5.0, letter * 0.6), (1, 0, 0, 1), letter, letter)
    yield b"Q"


def _written(told: bytes, letter: float, turn: tuple[float, ...], x: float, y: float) -> bytes:
    matrix = b" ".join(f"{value:.4f}".encode() for value in (*turn, x, y))
    return b"BT /Mark %.2f Tf %s Tm (%s) Tj ET" % (letter, matrix, told)


def _of_image(contents: Contents, sink: Sink, mark: str) -> None:
    """A PDF with a page for each image of the file, as it is shown on the screen."""
    pages: list[Image.Image] = []
    total = page_images.count_pages(contents)
    for number in range(1, total + 1):
        contents.order["number"] = number
        pages.append(drawn_on(page_images.image_of(contents), mark))
        if sum(page.width * page.height for page in pages) > contents.limits.image_pixels:
            raise Damaged("limits")
    out = io.BytesIO()
    dots = max(96.0, pages[0].width / 8.5)
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dots, quality=85)
    if out.tell() > contents.limits.answer_bytes // 2:
        raise Damaged("limits")
    sink.say(pages=total)
    sink.blob(out.getvalue())
