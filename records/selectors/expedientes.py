"""Expedientes and their rows, as far as one person may know them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from records import permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Document, Expediente
from records.permissions import Actor, Ground
from records.vocabulary import Level, ReadingState


@dataclass(frozen=True)
class DocumentRow:
    """A line of an expediente. A piece its reader may not know by name has no id and no title."""

    order: int
    folio_first: int
    folio_last: int
    level: str
    document: uuid.UUID | None = None
    title: str = ""
    tipo: str = ""
    date: date | None = None
    radicado: str = ""
    reading: str = ""
    reading_label: str = ""
    pages: int = 0
    inspected: bool = True
    flags: tuple[str, ...] = ()

    @property
    def hidden(self) -> bool:
        return self.document is None


def get_expediente_for(actor: Actor, key: Key) -> Expediente:
    """The expediente, or NotFound: absent and not for this person are the same."""
    expediente = Expediente.objects.select_related("subserie__serie", "parent").filter(pk=as_uuid(key)).first()
    return known(actor, expediente)


def get_expediente_by_code_for(actor: Actor, code: str) -> Expediente:
    return known(actor, Expediente.objects.filter(code=code).first())


def find_parent_for(actor: Actor, expediente: Expediente) -> Expediente | None:
    """The expediente it hangs from, if it has one and this person knows it."""
    if expediente.parent_id is None:
        return None
    return permissions.expedientes_visible_to(actor).filter(pk=expediente.parent_id).first()


def known(actor: Actor, expediente: Expediente | None) -> Expediente:
    if expediente is None or not permissions.sees(actor, expediente):
        raise NotFound
    return expediente


def list_expedientes_for(actor: Actor) -> QuerySet[Expediente]:
    """Expedientes the person knows, by code, with `visible` = how many pieces she reads in each."""
    condition = visible_condition(actor)
    return (
        permissions.expedientes_visible_to(actor)
        .annotate(visible=Count("documents", filter=condition))
        .order_by("code")
    )


def visible_condition(actor: Actor) -> Q:
    """The reach as a condition on the `documents` relation."""
    total = Q(pk__in=[])
    for level, part in permissions.scope_for(actor).items():
        places = Q(documents__expediente__in=part.expedientes) | Q(documents__pk__in=part.documents)
        total |= Q(documents__level=level) & (Q() if part.whole else places)
    return total


def list_rows_for(actor: Actor, expediente: Expediente) -> list[DocumentRow]:
    """Lines of the expediente in order. Staff of it see that a piece is there without its title."""
    grounds = permissions.grounds_for(actor)
    staff = permissions.is_staff_of(grounds, expediente)
    pieces = (
        Document.objects.filter(expediente=expediente)
        if staff
        else permissions.within(permissions.reach_of(grounds)).filter(expediente=expediente)
    )
    return [row_of(piece, grounds) for piece in pieces.select_related("tipo", "reading").order_by("order")]


def row_of(piece: Document, grounds: tuple[Ground, ...]) -> DocumentRow:
    if not any(ground.covers(piece, piece.level) for ground in grounds):
        return DocumentRow(piece.order, piece.folio_first, piece.folio_last, piece.level)
    return DocumentRow(
        piece.order,
        piece.folio_first,
        piece.folio_last,
        piece.level,
        piece.pk,
        piece.title,
        piece.tipo.name,
        piece.date,
        piece.radicado,
        piece.reading.state,
        str(ReadingState(piece.reading.state).label),
        piece.pages,
        piece.inspected,
        tuple(piece.flags),
    )


def level_mix(rows: list[DocumentRow]) -> dict[str, int]:
    """How many pieces of each level the lines show, in the vocabulary's order; levels without any are left out."""
    counts = {level: sum(1 for row in rows if row.level == level) for level in Level.values}
    return {level: count for level, count in counts.items() if count}
