"""Whether a hold stands, asked by every path that could remove anything, at the moment of removing (R5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from records.errors import UnderHold
from records.models import Document, Expediente, Hold, Placement


def standing() -> QuerySet[Hold]:
    """Holds that nothing lifted."""
    return Hold.objects.filter(lift=None)


def over_expediente(expediente: uuid.UUID) -> bool:
    """Is the expediente held, or a piece of it, or one incorporated in it? Then it does not go as a whole."""
    pieces = Q(document__expediente=expediente) | Q(document__placements__expediente=expediente)
    return standing().filter(Q(expediente=expediente) | pieces).exists()


def over_arrivals(expediente: uuid.UUID) -> bool:
    """Is the expediente itself held? Then nothing that is on its way there is dropped."""
    return standing().filter(expediente=expediente).exists()


def over_documents(documents: QuerySet[Document]) -> bool:
    """Is any of these pieces held by itself, or an expediente in which it lies?"""
    keys = documents.order_by().values("pk")
    places = Q(expediente__documents__in=keys) | Q(expediente__placements__document__in=keys)
    return standing().filter(Q(document__in=keys) | places).exists()


def over_document(key: uuid.UUID | str) -> bool:
    return over_documents(Document.objects.filter(pk=key))


def holds_over_bytes(digest: str) -> bool:
    """Do the bytes of a digest belong to a piece that is held, or to a copy made from one?"""
    return over_documents(Document.objects.filter(Q(blob=digest) | Q(renditions__blob=digest)))


def held_expedientes() -> set[uuid.UUID]:
    """Expedientes that are held by themselves, or of which a piece is."""
    reached = ("expediente", "document__expediente", "document__placements__expediente")
    return {key for row in standing().values_list(*reached) for key in row if key is not None}


def held_documents(keys: Iterable[str]) -> set[str]:
    """Of these ids of pieces, those that a hold reaches."""
    wanted = list(keys)
    held = held_places()
    reached = Q(holds__in=standing()) | Q(expediente__in=held) | Q(placements__expediente__in=held)
    found = Document.objects.filter(reached, pk__in=wanted).values_list("pk", flat=True)
    return {str(key) for key in found}


def over_each(documents: Iterable[Document]) -> dict[uuid.UUID, list[Hold]]:
    """Piece → the holds over it, over its expediente, or over one in which it also lies, in three queries at most."""
    keys = {piece.pk: piece.expediente_id for piece in documents}
    if not keys:
        return {}
    rows = Placement.objects.filter(document__in=keys).order_by().values_list("document", "expediente")
    lying = [*keys.items(), *rows]
    over = Q(document__in=keys) | Q(expediente__in={place for _piece, place in lying})
    found: dict[uuid.UUID, list[Hold]] = {}
    for hold in standing().filter(over).order_by("placed_at"):
        own = [hold.document_id] if hold.document_id else [one for one, place in lying if place == hold.expediente_id]
        for piece in dict.fromkeys(own):
            found.setdefault(piece, []).append(hold)
    return found


def held_places() -> set[uuid.UUID]:
    """Expedientes held by themselves."""
    return set(standing().exclude(expediente=None).values_list("expediente", flat=True))


def check_free(expediente: Expediente | uuid.UUID) -> None:
    """Raise UnderHold where the expediente is held: nothing of it may go now."""
    if over_arrivals(expediente.pk if isinstance(expediente, Expediente) else expediente):
        raise UnderHold
