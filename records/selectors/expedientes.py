"""Expedientes and their lines, as far as one person may know them.

A line is a piece filed here or one incorporated from another expediente (E10). Who works in the expediente knows
that every line is there; of what she may not read she gets neither id nor title, wherever it was filed.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from records import permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Document, Expediente, Placement
from records.permissions import Actor, Rights
from records.vocabulary import DocumentState, Level, ReadingState

#: Lines of a page.
PAGE = 100
RELATED = ("tipo", "reading", "blob", "annex")


@dataclass(frozen=True)
class DocumentRow:
    """A line of an expediente. A piece its reader may not know by name has no id and no title.

    `home` is the code of the expediente where an incorporated piece was filed, empty for one filed here.
    `entered` is when the piece entered this expediente; `newer` says that the reader reads a later version.
    """

    order: int
    folio_first: int
    folio_last: int
    level: str
    document: uuid.UUID | None = None
    title: str = ""
    tipo: str = ""
    date: datetime.date | None = None
    radicado: str = ""
    reading: str = ""
    reading_label: str = ""
    pages: int = 0
    unreadable: int = 0
    inspected: bool = True
    flags: tuple[str, ...] = ()
    state: str = DocumentState.FILED
    home: str = ""
    version: int = 1
    newer: bool = False
    annex: str = ""
    origin: str = ""
    digest: str = ""
    algorithm: str = "sha256"
    size: int = 0
    extension: str = ""
    entered: datetime.datetime | None = None

    @property
    def hidden(self) -> bool:
        return self.document is None

    @property
    def state_label(self) -> str:
        return str(DocumentState(self.state).label)

    @property
    def annulled(self) -> bool:
        return self.state == DocumentState.ANNULLED


@dataclass(frozen=True)
class Asked:
    """Which lines: from an order on, in one state, of one tipo documental (its code). Empty means any."""

    since: int = 0
    state: str = ""
    tipo: str = ""


@dataclass(frozen=True)
class Lines:
    """A page of lines, and the orders at which the pages around it begin."""

    rows: list[DocumentRow]
    previous: int | None = None
    next: int | None = None


@dataclass(frozen=True)
class Summary:
    """What an expediente holds for one reader: lines, folios, and lines by level and by state."""

    count: int
    folios: int
    levels: dict[str, int]
    states: dict[str, int]


def get_expediente_for(actor: Actor, key: Key) -> Expediente:
    """The expediente, or NotFound: absent and not for this person are the same."""
    related = Expediente.objects.select_related("subserie__serie", "parent", "trd")
    return known(actor, related.filter(pk=as_uuid(key)).first())


def get_expediente_by_code_for(actor: Actor, code: str) -> Expediente:
    return known(actor, Expediente.objects.filter(code=code).first())


def find_parent_for(actor: Actor, expediente: Expediente) -> Expediente | None:
    """The expediente it hangs from, if it has one and this person knows it."""
    if expediente.parent_id is None:
        return None
    return permissions.expedientes_visible_to(actor).filter(pk=expediente.parent_id).first()


def known(actor: Actor, expediente: Expediente | None) -> Expediente:
    if not permissions.sees(actor, expediente or permissions.no_expediente()) or expediente is None:
        raise NotFound
    return expediente


def list_expedientes_for(actor: Actor) -> QuerySet[Expediente]:
    """Expedientes the person knows, by code, with `visible` = how many of the pieces filed in each she reads."""
    condition = permissions.condition_of(permissions.scope_for(actor), "documents__")
    return (
        permissions.expedientes_visible_to(actor)
        .annotate(visible=Count("documents", filter=condition))
        .order_by("code")
    )


# Lines ----------------------------------------------------------------------------------------------------


def lines_for(actor: Actor, expediente: Expediente, asked: Asked | None = None, size: int = PAGE) -> Lines:
    """One page of lines in order; its cost does not depend on how many there are."""
    wanted, rights = asked or Asked(), permissions.rights_of(actor)
    sides = [narrowed(side, rights, wanted) for side in known_lines(rights, expediente)]
    following = (side.filter(order__gte=wanted.since).order_by("order")[: size + 1] for side in sides)
    found = merged(rights, following)
    return Lines(
        found[:size],
        earlier(sides, wanted.since, size) if wanted.since else None,
        found[size].order if len(found) > size else None,
    )


def earlier(sides: list[QuerySet[Any]], since: int, size: int) -> int | None:
    """Where the page before begins: the last `size` orders below."""
    below = [side.filter(order__lt=since).order_by("-order").values_list("order", flat=True)[:size] for side in sides]
    orders = sorted((order for side in below for order in side), reverse=True)[:size]
    return orders[-1] if orders else None


def list_rows_for(actor: Actor, expediente: Expediente) -> list[DocumentRow]:
    """Every line of the expediente in order. Staff of it see that a piece is there without its title."""
    rights = permissions.rights_of(actor)
    return merged(rights, (side.order_by("order") for side in known_lines(rights, expediente)))


def known_lines(rights: Rights, expediente: Expediente) -> list[QuerySet[Any]]:
    """Pieces filed here and pieces incorporated, that this person knows to be here. A placement shows nothing of a
    piece that its own level and expediente do not open."""
    filed: QuerySet[Document] = Document.objects.filter(expediente=expediente)
    placed: QuerySet[Placement] = Placement.objects.filter(expediente=expediente)
    if not rights.is_staff_of(expediente):
        read = rights.visible().order_by()
        filed, placed = read.filter(expediente=expediente), placed.filter(document__in=read.values("pk"))
    if rights.barred:
        filed, placed = filed.exclude(pk__in=rights.barred.documents), placed.filter(rights.not_shut("document"))
    return [filed, placed]


def narrowed(side: QuerySet[Any], rights: Rights, asked: Asked) -> QuerySet[Any]:
    """Lines of the state and the tipo asked for. The tipo of what one does not read is not to be found out."""
    prefix = "document__" if side.model is Placement else ""
    if asked.state:
        side = side.filter(**{f"{prefix}state": asked.state})
    if asked.tipo:
        read = rights.visible().order_by().values("pk")
        side = side.filter(**{f"{prefix}tipo__code": asked.tipo, f"{prefix}pk__in": read})
    return side


def merged(rights: Rights, sides: Iterator[QuerySet[Any]]) -> list[DocumentRow]:
    rows = [row_of(rights, line) for side in sides for line in related(rights, side)]
    return sorted(rows, key=lambda row: row.order)


def related(rights: Rights, side: QuerySet[Any]) -> QuerySet[Any]:
    """The lines with all that a row tells of them."""
    prefix = "document__" if side.model is Placement else ""
    wanted = [f"{prefix}{name}" for name in (*RELATED, *(("expediente",) if prefix else ()))]
    later = rights.visible().filter(previous=OuterRef(f"{prefix}pk")).order_by()
    told: QuerySet[Any] = side.select_related(*wanted).annotate(newer=Exists(later))
    return told


def row_of(rights: Rights, line: Any) -> DocumentRow:
    """A line as this person may know it: the piece is judged where it was filed, the place is this expediente's."""
    piece: Document = line.document if isinstance(line, Placement) else line
    if not rights.reads(piece):
        return DocumentRow(line.order, line.folio_first, line.folio_last, piece.level, state=piece.state)
    return whole_row(line, newer=line.newer)


def whole_row(line: Any, *, newer: bool = False) -> DocumentRow:
    """A line with all that is told of its piece: who may know it has been decided."""
    placed = isinstance(line, Placement)
    piece: Document = line.document if isinstance(line, Placement) else line
    return DocumentRow(
        order=line.order,
        folio_first=line.folio_first,
        folio_last=line.folio_last,
        level=piece.level,
        home=piece.expediente.code if placed else "",
        newer=newer,
        entered=line.placed_at if placed else piece.filed_at,
        **facts_of(piece),
    )


def facts_of(piece: Document) -> dict[str, Any]:
    """What a row tells of a piece its reader reads, wherever it lies."""
    return {
        "document": piece.pk,
        "title": piece.title,
        "tipo": piece.tipo.name,
        "date": piece.date,
        "radicado": piece.radicado,
        "reading": piece.reading.state,
        "reading_label": str(ReadingState(piece.reading.state).label),
        "pages": piece.pages,
        "unreadable": piece.reading.unreadable_pages,
        "inspected": piece.inspected,
        "flags": tuple(piece.flags),
        "state": piece.state,
        "version": piece.version,
        "annex": piece.annex.key if piece.annex else "",
        "origin": piece.get_origin_display(),
        "digest": piece.blob_id,
        "algorithm": piece.blob.algorithm,
        "size": piece.blob.size,
        "extension": piece.extension,
    }


def summary_of(actor: Actor, expediente: Expediente) -> Summary:
    """How much the expediente holds as far as this person knows it, in two queries."""
    rights = permissions.rights_of(actor)
    levels, states, count, folios = dict.fromkeys(Level.values, 0), dict.fromkeys(DocumentState.values, 0), 0, 0
    for side in known_lines(rights, expediente):
        for level, state, lines, leaves in counted(side):
            levels[level] += lines
            states[state] += lines
            count, folios = count + lines, folios + leaves
    return Summary(count, folios, without_zeros(levels), without_zeros(states))


def counted(side: QuerySet[Any]) -> Iterator[tuple[str, str, int, int]]:
    prefix = "document__" if side.model is Placement else ""
    groups = side.order_by().values_list(f"{prefix}level", f"{prefix}state")
    yield from groups.annotate(lines=Count("pk"), leaves=Sum(F("folio_last") - F("folio_first") + 1))


def without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {code: count for code, count in counts.items() if count}


def list_tipos_in(actor: Actor, expediente: Expediente) -> list[tuple[str, str]]:
    """(code, name) of the tipos documentales of the lines this person reads, for the filter of the list."""
    rights = permissions.rights_of(actor)
    read = rights.visible().order_by()
    here = Q(expediente=expediente) | Q(placements__expediente=expediente)
    tipos = read.filter(here).values_list("tipo__code", "tipo__name").distinct()
    return sorted(tipos, key=lambda tipo: tipo[1])


def list_read_in(actor: Actor, expediente: Expediente) -> QuerySet[Document]:
    """Pieces filed here that this person reads and that count, the last ones first."""
    read = permissions.visible_to(actor).filter(expediente=expediente).exclude(state=DocumentState.ANNULLED)
    return read.order_by("-order")


def list_placements_of(actor: Actor, document: Document) -> QuerySet[Placement]:
    """Where else a piece lies, among the expedientes this person knows."""
    known_ones = permissions.expedientes_visible_to(actor).order_by().values("pk")
    placements = document.placements.filter(expediente__in=known_ones)
    return placements.select_related("expediente", "placed_by").order_by("expediente__code")
