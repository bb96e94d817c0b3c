"""Text of what a message brings: it follows the message's own pages, so that one search finds the whole unit (C6).

Those pages have no folio of their own: the message is one piece. The text's rendition says which pages are whose.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from records import conf, parsing
from records.errors import CellUnavailable
from records.models import Document
from records.parsing import formats
from records.services.page_cache import PART

#: A message may bring thousands of files: of more than these, or beyond so many pages or bytes, none is read.
MOST_PARTS = 50
MOST_PAGES = 2_000
MOST_BYTES = 200 * 1024 * 1024
PICTURES = frozenset(row.media_type for row in formats.ACCEPTED if row.kind in ("png", "jpeg", "tiff"))


@dataclass(frozen=True)
class Brought:
    """Pages numbered after the message's own, and their `places`: (index of the part, first page, pages)."""

    pages: list[parsing.PageContent] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)


NOTHING = Brought()


def read(document: Document, source: Path, own: parsing.Reading) -> Brought:
    """The text of the attachments that may be read. Raises CellUnavailable; any other fault leaves that part out."""
    if own.outcome == "unreadable":
        return NOTHING
    brought, size = Brought(), 0
    following = max([document.pages, *(page.number for page in own.pages)]) + 1
    for part in readable(parsing.attachments(source, document.media_type)):
        size += part.size
        if size > MOST_BYTES or len(brought.pages) >= MOST_PAGES:
            break
        pages = text_of(source, document.media_type, part)[: MOST_PAGES - len(brought.pages)]
        if any(page.text.strip() for page in pages):
            brought.places.append((part.index, following, len(pages)))
            brought.pages.extend(parsing.PageContent(number, page.text) for number, page in enumerate(pages, following))
            following += len(pages)
    return brought


def readable(listed: parsing.Attachments) -> list[parsing.MailPart]:
    if listed.fault == CellUnavailable.code:
        raise CellUnavailable
    fit = (part for part in listed.parts if not part.refusals and "nested_message" not in part.flags)
    return [part for part in fit if part.media_type in formats.BY_MEDIA_TYPE and part.media_type not in PICTURES][
        :MOST_PARTS
    ]


def text_of(source: Path, media_type: str, part: parsing.MailPart) -> list[parsing.PageContent]:
    try:
        data = parsing.part_bytes(source, media_type, part.index)
    except parsing.PartUnavailable as fault:
        if fault.code == CellUnavailable.code:
            raise CellUnavailable from fault
        return []
    with set_down(data) as path:
        read_part = parsing.read(path, part.media_type)
    if read_part.detail == CellUnavailable.code:
        raise CellUnavailable
    return read_part.pages


@contextlib.contextmanager
def set_down(data: bytes) -> Iterator[Path]:
    """The bytes of a part as a private file of the installation, for as long as the cell looks at it."""
    folder = conf.page_cache()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{PART}{uuid.uuid4().hex}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            sink.write(data)
        yield path
    finally:
        path.unlink(missing_ok=True)
