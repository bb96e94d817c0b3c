"""Use every engine once, on a file of our own, before the first fork, so that no child pays for first times."""

from __future__ import annotations

import dataclasses
import io
import os
import socket
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf

from . import formats
from .limits import CellLimits

Serve = Callable[[dict[str, Any], socket.socket, int], None]

_PAGE = b"BT /F1 12 Tf 72 720 Td (Custodia) Tj ET"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{formats.DOCX}.main+xml"/></Types>'
)


class Rehearsal:
    """Small files of our own, held in memory, on which the real work is practised."""

    def __init__(self) -> None:
        self.pdf = _in_memory(sample_pdf())
        self.docx = _in_memory(sample_docx())
        self.text = _in_memory(b"Custodia\n")

    def full(self, serve: Serve) -> None:
        """Every operation on every kind: once, in the preloaded parent."""
        for file, kind, operations in (
            (self.pdf, "pdf", ("inspect", "read", "render")),
            (self.docx, "docx", ("inspect", "read")),
            (self.text, "text", ("inspect", "read")),
        ):
            for operation in operations:
                _practise(serve, operation, kind, file)

    def short(self, serve: Serve) -> None:
        """The operation people wait for, in a child that waits: what memory it touches is its own beforehand."""
        _practise(serve, "inspect", "pdf", self.pdf)


def sample_pdf() -> bytes:
    """A PDF of one page with one word."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.pages[0].Contents = pdf.make_stream(_PAGE)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def sample_docx() -> bytes:
    """A DOCX of one paragraph."""
    out = io.BytesIO()
    body = f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>Custodia</w:t></w:r></w:p></w:body></w:document>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def _in_memory(data: bytes) -> int:
    file = os.memfd_create("rehearsal")
    os.write(file, data)
    return file


def _practise(serve: Serve, operation: str, kind: str, file: int) -> None:
    order = {"op": operation, "kind": kind, "extension": f".{kind}", "number": 1, "dpi": 36}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        serve({**order, "limits": dataclasses.asdict(CellLimits())}, theirs, file)
