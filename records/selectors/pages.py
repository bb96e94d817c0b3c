"""Pages of a piece as they were read. The caller has decided that the person reads the piece."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max

from records.models import Document, PageText, Part
from records.services.words import Word, unpacked
from records.vocabulary import RenditionKind, TextSource


@dataclass(frozen=True)
class PageRead:
    """Text of one page and its words' boxes; `confidence` (0 to 100) only where it was recognised or tried."""

    number: int
    text: str = ""
    words: list[Word] = field(default_factory=list)
    recognised: bool = False
    confidence: float | None = None


def page_of(document: Document, number: int) -> PageRead:
    """The page as it was read; empty when it was not."""
    row = PageText.objects.filter(document=document, number=number).first()
    if row is None:
        return PageRead(number)
    recognised = row.source == TextSource.OCR
    return PageRead(number, row.text, unpacked(bytes(row.words)), recognised, row.confidence if recognised else None)


def list_page_texts(document: Document, numbers: list[int]) -> list[tuple[int, str]]:
    """(number, text) of these pages of one piece, in order; pages without text are left out."""
    pages = PageText.objects.filter(document=document, number__in=numbers).order_by("number")
    return list(pages.values_list("number", "text"))


def last_page_with_text(document: Document) -> int:
    """Number of the last page that was read; 0 when none was. Formats without pages of their own have these."""
    last: int | None = PageText.objects.filter(document=document).aggregate(last=Max("number"))["last"]
    return last or 0


def confidence_of(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], float]:
    """How sure the text of these pages is, by (document id, page), in one query; written pages are left out."""
    wanted = {(uuid.UUID(str(document)), number) for document, number in places}
    rows = PageText.objects.filter(
        source=TextSource.OCR,
        document__in={document for document, _number in wanted},
        number__in={number for _document, number in wanted},
    )
    told = rows.values_list("document", "number", "confidence")
    return {(str(key), number): sure for key, number, sure in told if sure is not None and (key, number) in wanted}


@dataclass(frozen=True)
class AttachedPage:
    """Where a page of a message's text comes from when it is not the message's own."""

    part: Part
    number: int


def find_attached(document: Document, number: int) -> AttachedPage | None:
    """The attachment that a page beyond the piece's own was read from."""
    if number <= document.pages:
        return None
    text = document.renditions.filter(kind=RenditionKind.TEXT).order_by("-made_at").first()
    for index, first, count in text.parameters.get("attachments", ()) if text else ():
        if first <= number < first + count and (part := document.parts.filter(index=index).first()):
            return AttachedPage(part, number - first + 1)
    return None
