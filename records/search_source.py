"""What of a piece may be indexed and shown, as plain values; `cms.wiring` hands them to the search room."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from records import permissions, stages
from records.convenios.api import suppliers_of
from records.keys import as_uuid
from records.models import Document, PageText
from records.permissions import Actor, Reach
from records.selectors.documents import page_texts
from records.selectors.index_rows import office_of
from records.vocabulary import DocumentState, Level, ReadingState

__all__ = ["CustodyCard", "CustodyEntry", "cards", "confirmed", "entries", "iter_ids", "page_texts", "reach"]


@dataclass(frozen=True)
class CustodyEntry:
    """Everything searchable of a piece. `level` decides in which index it lies; no person is in it (D4)."""

    id: str
    level: str
    expediente: str
    title: str
    pages: tuple[str, ...]
    date: datetime.date
    folio_first: int
    facets: Mapping[str, str]


@dataclass(frozen=True)
class CustodyCard:
    """What a list shows of a piece its reader may know."""

    id: str
    title: str
    level: str
    level_label: str
    expediente: str
    tipo: str
    date: datetime.date
    folio_first: int
    pages: int
    reading: str
    note: str
    has_images: bool


def entries(keys: Iterable[str]) -> Iterator[CustodyEntry]:
    """Index entries of the given ids; ids that no longer exist are simply absent."""
    wanted = [as_uuid(key) for key in keys]
    documents = list(Document.objects.filter(pk__in=wanted).select_related("expediente", "tipo"))
    texts, suppliers = pages_of(wanted), suppliers_of({document.expediente.convenio_number for document in documents})
    return (
        entry_of(document, texts.get(str(document.pk), {}), suppliers.get(document.expediente.convenio_number, ""))
        for document in documents
    )


def pages_of(keys: list[uuid.UUID]) -> dict[str, dict[int, str]]:
    pages: dict[str, dict[int, str]] = {}
    for document, number, text in PageText.objects.filter(document__in=keys).values_list("document", "number", "text"):
        pages.setdefault(str(document), {})[number] = text
    return pages


def entry_of(document: Document, texts: dict[int, str], supplier: str = "") -> CustodyEntry:
    """`supplier`: that of the convenio. A person's own tie to a piece is no fact of it here: only its keeper knows."""
    last = max(texts, default=0)
    expediente = document.expediente
    return CustodyEntry(
        id=str(document.pk),
        level=document.level,
        expediente=str(document.expediente_id),
        title=document.title,
        pages=tuple(texts.get(number, "") for number in range(1, last + 1)),
        date=document.date,
        folio_first=document.folio_first,
        facets={
            "tipo": document.tipo.name,
            "convenio": expediente.convenio_number,
            "expediente": expediente.code,
            "proveedor": supplier,
            "phase": stages.label_of(expediente.kind, expediente.stage),
            "office": office_of(expediente),
            "year": str(document.date.year),
            "level": document.level,
        },
    )


def iter_ids() -> Iterator[str]:
    return (str(key) for key in Document.objects.order_by().values_list("pk", flat=True).iterator(chunk_size=2000))


def reach(actor: Actor) -> Reach:
    return permissions.scope_for(actor)


def confirmed(keys: Iterable[str], actor: Actor) -> set[str]:
    """Of these ids, the ones the database lets this person read now."""
    permissions.read_anew()  # the engine took its time, and this is the word that counts
    visible = permissions.visible_to(actor).filter(pk__in=[as_uuid(key) for key in keys]).order_by()
    return {str(key) for key in visible.values_list("pk", flat=True)}


def cards(keys: Iterable[str], actor: Actor) -> dict[str, CustodyCard]:
    """Cards of the pieces among these ids that the database lets this person read now."""
    permissions.read_anew()
    visible = permissions.visible_to(actor).filter(pk__in=[as_uuid(key) for key in keys])
    return {str(piece.pk): card_of(piece) for piece in visible.select_related("expediente", "tipo", "reading")}


def card_of(piece: Document) -> CustodyCard:
    return CustodyCard(
        id=str(piece.pk),
        title=piece.title,
        level=piece.level,
        level_label=str(Level(piece.level).label),
        expediente=piece.expediente.code,
        tipo=piece.tipo.name,
        date=piece.date,
        folio_first=piece.folio_first,
        pages=piece.pages,
        reading=str(ReadingState(piece.reading.state).label),
        note=note_of(piece),
        has_images=piece.media_type in ("application/pdf", "image/png", "image/jpeg", "image/tiff"),
    )


def note_of(piece: Document) -> str:
    """What a reader must know before opening it: that it no longer counts, or how its text came about."""
    if piece.state == DocumentState.ANNULLED:
        return str(DocumentState.ANNULLED.label)
    return str(_("Texto reconocido")) if piece.reading.ocr_pages else ""
