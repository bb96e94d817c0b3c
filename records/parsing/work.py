"""What a child does with its one file: inspect, read, render or probe. Runs inside the cell only."""

from __future__ import annotations

import contextlib
import importlib
import mmap
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

from . import (
    inspection,
    json_text,
    marked,
    page_images,
    parts,
    pdf_tools,
    probe,
    table,
    text_mail,
    text_pdf,
    text_plain,
    text_sheets,
    text_slides,
    text_word,
)
from .contents import Contents, Damaged, Sink

#: Kind of content → the function that reads it, page by page, into the sink.
READERS: dict[str, Callable[[Contents, Sink], None]] = {
    "pdf": text_pdf.read,
    "docx": text_word.read,
    "xlsx": text_sheets.read,
    "pptx": text_slides.read,
    "text": text_plain.read,
    "mail": text_mail.read,
    "png": page_images.read_nothing,
    "jpeg": page_images.read_nothing,
    "tiff": page_images.read_nothing,
}

#: Heavy engines → the module whose ``read`` uses it. Loaded by the cells that say so (`CellLimits.engines`), else by
#: the child that needs one.
ENGINES = {"signatures": "signatures", "pdfa": "pdfa", "ocr": "ocr"}


def load_engines(names: Iterable[str]) -> None:
    """Load engines ahead of need; one that this machine lacks is found missing by who asks for it."""
    for name in names:
        with contextlib.suppress(ImportError, OSError):
            importlib.import_module(f".{ENGINES[name]}", __package__).prepare()


def _heavy(name: str, missing: str) -> Callable[[Contents, Sink], None]:
    """An operation of a heavy engine; raises Damaged(``missing``) where the machine lacks it."""

    def work(contents: Contents, sink: Sink) -> None:
        try:
            module = importlib.import_module(f".{ENGINES[name]}", __package__)
        except (ImportError, OSError) as fault:
            raise Damaged(missing) from fault
        module.read(contents, sink)

    return work


OPERATIONS: dict[str, Callable[[Contents, Sink], None]] = {
    "inspect": inspection.inspect,
    "read": lambda contents, sink: READERS[contents.kind](contents, sink),
    "render": page_images.render,
    "table": table.read,
    "merge": pdf_tools.merge,
    "marked": marked.copy,
    "without_metadata": pdf_tools.without_metadata,
    "json": json_text.read,
    "parts": parts.listed,
    "part": parts.one,
    "signatures": _heavy("signatures", "no_validator"),
    "pdfa": _heavy("pdfa", "no_converter"),
    "ocr": _heavy("ocr", "no_ocr"),
    "probe": probe.probe,
}


def serve(order: dict[str, Any], stream: socket.socket, file: int) -> None:
    """Carry out one order and answer on ``stream``; the last frame is ``{"end": …}``, absent when the child died."""
    sink = Sink(stream)
    try:
        contents = Contents(order, file, mapped(file))
        OPERATIONS[order["op"]](contents, sink)
        sink.end()
    except BrokenPipeError:
        return
    except Damaged as fault:
        sink.fail(fault.code)
    except (MemoryError, RecursionError):
        sink.fail("limits")
    except Exception as fault:  # noqa: BLE001 - any fault of a parser is an answer; the child ends here anyway
        sink.fail("damaged", f"{type(fault).__name__}: {fault}"[:300])


def mapped(file: int) -> mmap.mmap | bytes:
    """All bytes of an open file, mapped privately; raises Damaged("limits") where that cannot be."""
    if os.fstat(file).st_size == 0:
        return b""
    try:
        return mmap.mmap(file, 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError) as fault:
        raise Damaged("limits") from fault
