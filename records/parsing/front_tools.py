"""PDFs made of PDFs, for the rest of the house. Originals are only read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import formats, front
from .front import Answer
from .held import held, joined
from .limits import MIB
from .same_text import same_pages

PDF = "application/pdf"
#: Of all sources of one PDF together.
MAX_SOURCES, MAX_BYTES = 500, 100 * MIB
MAX_TITLE = 150
#: Of the copy of an image.
MARKED_DPI = 150


@dataclass(frozen=True)
class Made:
    """A PDF that was made of others, and how many pages it has; no ``data`` with a ``fault``.

    ``fault``: empty, else ``damaged``, ``encrypted``, ``active`` (a source acts when it is opened), ``limits``,
    ``text_differs``, ``unreachable`` or ``cell_unavailable``. ``at``: index of the source whose fault it is, -1 when
    it is no single one's.
    """

    data: bytes = b""
    pages: int = 0
    fault: str = ""
    at: int = -1


def merge_pdfs(paths: Sequence[Path | str], titles: Sequence[str] = ()) -> Made:
    """One PDF of all, in order, with a bookmark to the first page of each: its title, else its number from 1.

    At most 500 files of 100 MiB together. Fields and links survive, bookmarks of the sources do not. Never raises for
    what a file holds; raises ValueError for titles that are not one for each path.
    """
    if titles and len(titles) != len(paths):
        raise ValueError("a title for each path")
    if not 0 < len(paths) <= MAX_SOURCES:
        return Made(fault="limits")
    shown = [title[:MAX_TITLE] for title in titles] or [str(number) for number in range(1, len(paths) + 1)]
    try:
        with joined(paths, MAX_BYTES, json.dumps(shown).encode()) as (path, sizes):
            return _made(front.asked(path, {"op": "merge", "kind": "pdf", "sizes": sizes}))
    except OSError:
        return Made(fault="unreachable")
    except ValueError:
        return Made(fault="limits")


def marked_copy(path: Path | str, media_type: str, mark: str) -> Made:
    """A PDF of the whole file, a PDF or an image, with ``mark`` on every page and without attached files.

    Signatures do not survive. Never raises for what a file holds; ``fault`` may be ``no_page_images``.
    """
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None or not row.page_images:
        return Made(fault="no_page_images")
    order = {"op": "marked", "kind": row.kind, "mark": mark, "dpi": MARKED_DPI, "number": 1}
    return _made(front.asked(path, order))


def marked_pdf(data: bytes, mark: str) -> Made:
    """As `marked_copy`, of a PDF in memory."""
    with held(data) as path:
        return marked_copy(path, PDF, mark)


def without_metadata(path: Path | str) -> Made:
    """The same pages without document information, XMP, attached files, or authors and dates of annotations.

    Kept only if a second and a third child, who read the original and the copy, read the same text. Signatures do
    not survive. Never raises for what a file holds.
    """
    made = _made(front.asked(path, {"op": "without_metadata", "kind": "pdf"}))
    if made.fault:
        return made
    with held(made.data) as copy:
        same = same_pages(front.read(path, PDF), front.read(copy, PDF))
    return made if same else Made(fault="text_differs")


def _made(answer: Answer) -> Made:
    fault = answer.fault or ("" if answer.blob.startswith(b"%PDF-") else "damaged")
    at = answer.facts.get("at", -1)
    known = isinstance(at, int) and not isinstance(at, bool)
    return Made(fault=fault, at=at if known else -1) if fault else Made(answer.blob, answer.number("pages"))
