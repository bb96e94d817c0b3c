"""Use every engine once, on a file of our own, before the first fork, so that no child pays for first times.

A child that waits practises too: memory shared with its parent becomes its own, page by page, when it is first
written, and that is better done before a file is there.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import socket
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image

from . import formats, jail, wire
from .limits import CellLimits

Serve = Callable[[dict[str, Any], socket.socket, int], None]
#: Serves a message and its two descriptors within so many bytes of memory.
ServeMessage = Callable[[bytes, list[int], int], None]

#: Bytes of the heap that a waiting child has already touched.
TOUCHED = 1 << 20
_AMPLE = 1 << 46
#: What people wait for.
_AWAITED = (("docx", "inspect"), ("txt", "inspect"), ("pdf", "inspect"))
_LINE = b"(Custodia documental del programa Offset, convenio marco y derivados, anexo 17.6) Tj 0 -12 Td "
_PAGE = b"BT /F1 10 Tf 72 720 Td " + _LINE * 40 + b"ET"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/word/document.xml" ContentType="{formats.DOCX}.main+xml"/></Types>'
)
_MAIL = b"From: a@example.org\nSubject: Custodia\n\nCustodia\n"


class Rehearsal:
    """Small files of our own, held in memory, on which the real work is practised."""

    def __init__(self) -> None:
        samples = {"pdf": sample_pdf(), "docx": sample_docx(), "txt": b"Custodia\n", "eml": _MAIL}
        images = {kind: sample_image(kind) for kind in ("png", "jpeg", "tiff")}
        self.files = {extension: _in_memory(data) for extension, data in {**samples, **images}.items()}

    def full(self, serve: Serve) -> None:
        """Every operation on every kind: once, in the preloaded parent."""
        for extension in self.files:
            for operation in ("inspect", "read", "render"):
                _practise(serve, self._order(extension, operation), self.files[extension])
        jail.keep_freed_memory()

    def short(self, serve: ServeMessage) -> None:
        """What people wait for, from the order's arrival on, in a child that waits."""
        bytearray(TOUCHED)
        for extension, operation in _AWAITED:
            _practise_message(serve, self._order(extension, operation), self.files[extension])

    def _order(self, extension: str, operation: str) -> dict[str, Any]:
        kind = formats.BY_EXTENSION[f".{extension}"].kind
        return {"op": operation, "kind": kind, "extension": f".{extension}", "number": 1, "dpi": 36}


def sample_pdf() -> bytes:
    """A PDF of one page of text."""
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


def sample_image(kind: str) -> bytes:
    """A small image."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def _in_memory(data: bytes) -> int:
    file = os.memfd_create("rehearsal")
    os.write(file, data)
    return file


def _practise(serve: Serve, order: dict[str, Any], file: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        serve({**order, "limits": dataclasses.asdict(CellLimits())}, theirs, file)


def _practise_message(serve: ServeMessage, order: dict[str, Any], file: int) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    answers, answer = socket.socketpair()
    with ours, theirs, answers, answer:
        wire.send_order(ours, json.dumps(order).encode(), (answer.fileno(), file))
        message, descriptors = wire.receive_order(theirs)
        serve(message, descriptors, _AMPLE)
        os.close(descriptors[1])
