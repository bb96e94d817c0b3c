"""PDF/A copies, for the rest of the house. The original is only read; a copy is kept only if it says the same."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import formats, front, office, workroom
from .answers import Converted, Reading
from .same_text import same_pages, same_words

PDF = "application/pdf"


def to_pdfa(path: Path | str, media_type: str) -> Converted:
    """A PDF/A copy of the file at ``path``; its ``fault`` says why there is none. Never raises for what a file holds.

    A PDF is the same page by page; a Word document holds the same words (`same_text.same_words`).
    """
    maker = _MAKERS.get(media_type)
    if maker is None:
        return Converted(fault="no_converter")
    made = maker.make(path)
    if made.fault:
        return made
    with _held(made.data) as copy:
        same = maker.same(front.read(path, media_type), front.read(copy, PDF))
    return replace(made, same_text=True) if same else replace(made, data=b"", fault="text_differs")


@dataclass(frozen=True)
class _Maker:
    """How a format becomes PDF/A, and what *the same text* means for it."""

    make: Callable[[Path | str], Converted]
    same: Callable[[Reading, Reading], bool]


def _of_pdf(path: Path | str, written_as_pdfa: bool = False) -> Converted:
    answer = workroom.asked(path, {"op": "pdfa", "kind": "pdf", "written_as_pdfa": written_as_pdfa})
    engine, version, profile = (str(answer.facts.get(name, "")) for name in ("engine", "version", "profile"))
    fault = answer.fault or ("" if answer.blob.startswith(b"%PDF-") else "damaged")
    return Converted(b"" if fault else answer.blob, engine, version, profile, fault)


def _of_document(path: Path | str) -> Converted:
    """Printed by LibreOffice where what it is was seen beforehand; then made conformant as any PDF."""
    version = office.engine_version()
    if not version:
        return Converted(fault="no_converter")
    found = front.inspect(path, "documento.docx")
    if found.refusals or not found.inspected or found.media_type != formats.DOCX:
        return Converted(engine=office.ENGINE, engine_version=version, fault=_why(found.flags, found.refusals))
    printed = office.printed(path, front.cell_limits())
    if printed.fault:
        return Converted(engine=office.ENGINE, engine_version=version, fault=printed.fault)
    with _held(printed.data) as copy:
        made = _of_pdf(copy, written_as_pdfa=True)
    return replace(made, engine=office.ENGINE, engine_version=f"{version} · {made.engine} {made.engine_version}")


def _why(flags: tuple[str, ...], refusals: tuple[str, ...]) -> str:
    if "encrypted" in refusals:
        return "encrypted"
    return next((code for code in ("limits", "cell_unavailable") if code in flags), "damaged")


@contextlib.contextmanager
def _held(data: bytes) -> Iterator[str]:
    """A path under which ``data`` can be read, in memory, for as long as the block lasts."""
    descriptor = os.memfd_create("copy", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


_MAKERS = {PDF: _Maker(_of_pdf, same_pages), formats.DOCX: _Maker(_of_document, same_words)}
