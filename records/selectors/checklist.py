"""What an expediente has and still lacks at its stage, as far as one person may know (B7; offset policy, art. 18).

The duties are those of its version of the schedule. A piece satisfies the duty of its tipo unless it was annulled.
Only pieces that the person reads count: the tipo of any other is not to be found out, so that it is as if it were not
there. Staff, who see its place in the expediente, are told in general that such pieces may cover something.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from records import permissions, stages
from records.models import Document, Expediente, TipoDocumental
from records.permissions import Actor, Rights
from records.schedules import Demand, demand_from
from records.vocabulary import DocumentState

ALWAYS, WHEN, EACH = "always", "when", "each"
#: Duties in the order in which a list tells them.
DUTIES = (ALWAYS, EACH, WHEN)


@dataclass(frozen=True)
class Line:
    """A duty. `act` says which act supplies the piece, `note` of what there is one each, or what the case is.

    `count` is how many pieces of it the person reads, `document` the last of them.
    """

    tipo_code: str
    tipo_name: str
    article: str
    stage: str
    duty: str
    note: str
    document: uuid.UUID | None = None
    act: str = ""
    stage_label: str = ""
    count: int = 0
    state: str = ""

    @property
    def demanded(self) -> bool:
        """Is it due whatever happens, and not only if its case arises?"""
        return self.duty != WHEN


@dataclass(frozen=True)
class Checklist:
    """`now`: due at this stage or before, and not there; `later`: due at a later one; `present`: what is there.

    `whole` is False for whoever knows only some pieces: what she does not find may be there all the same. `unread`:
    she knows that the expediente holds pieces in force that she does not read, whatever they are.
    """

    now: tuple[Line, ...] = ()
    later: tuple[Line, ...] = ()
    present: tuple[Line, ...] = ()
    whole: bool = True
    unread: bool = False

    @property
    def missing(self) -> tuple[Line, ...]:
        """What is due now without conditions."""
        return tuple(line for line in self.now if line.demanded)

    @property
    def conditional(self) -> tuple[Line, ...]:
        return tuple(line for line in self.now if not line.demanded)


@dataclass(frozen=True)
class Piece:
    """A piece that the person reads; `own` tells the expediente's from those of the one above or below it."""

    tipo: str
    document: uuid.UUID
    state: str
    own: bool


def checklist_for(actor: Actor, expediente: Expediente) -> Checklist:
    """The checklist of an expediente, in a constant number of queries, however many pieces it has."""
    rights = permissions.rights_of(actor)
    tipos = list(TipoDocumental.objects.filter(trd=expediente.trd_id).order_by("name"))
    pieces, whole = by_tipo(read_pieces(rights, expediente)), rights.is_staff_of(expediente)
    lines = [filled(line_of(tipo, demand), tipo, expediente, pieces) for tipo, demand in duties(tipos, expediente.kind)]
    return replace(sorted_out(lines, expediente, whole=whole), unread=whole and holds_unread(rights, expediente))


def duties(tipos: Iterable[TipoDocumental], kind: str) -> list[tuple[TipoDocumental, Demand]]:
    """Every demand of a kind with its tipo, along the course of the kind."""
    found = [(tipo, demand) for tipo in tipos for demand in map(demand_from, tipo.demands) if demand.kind == kind]
    return sorted(found, key=lambda pair: (stages.position_of(kind, pair[1].stage), DUTIES.index(pair[1].duty)))


def line_of(tipo: TipoDocumental, demand: Demand) -> Line:
    return Line(
        tipo_code=tipo.code,
        tipo_name=tipo.name,
        article=demand.article,
        stage=demand.stage,
        duty=demand.duty,
        note=demand.note,
        act=demand.act or tipo.producer,
        stage_label=stages.label_of(demand.kind, demand.stage),
    )


def filled(line: Line, tipo: TipoDocumental, expediente: Expediente, pieces: Mapping[str, Sequence[Piece]]) -> Line:
    """The line with what is there: a tipo that this kind does not admit is looked for above and below as well."""
    beyond = expediente.kind not in tipo.kinds
    found = [piece for piece in pieces.get(tipo.code, ()) if piece.own or beyond]
    shown = found[-1] if found else None
    return replace(
        line,
        count=len(found),
        document=shown.document if shown else None,
        state=str(DocumentState(shown.state).label) if shown and shown.state else "",
    )


def sorted_out(lines: Iterable[Line], expediente: Expediente, *, whole: bool) -> Checklist:
    groups: dict[str, list[Line]] = {"now": [], "later": [], "present": []}
    for line in lines:
        due = stages.has_come(expediente.kind, line.stage, expediente.stage)
        groups["present" if line.count else "now" if due else "later"].append(line)
    now, later, present = (tuple(found) for found in groups.values())
    return Checklist(now, later, present, whole=whole)


def read_pieces(rights: Rights, expediente: Expediente) -> list[Piece]:
    """Pieces in force that the person reads and that are in the expediente, were placed in it, or lie in the one above
    or below it."""
    around = Q(expediente__parent=expediente) | Q(expediente=expediente.parent_id)
    near = in_force().filter(held_by(expediente) | around, pk__in=rights.visible().order_by().values("pk"))
    rows = near.order_by("filed_at", "pk").values_list(
        "pk", "tipo__code", "state", "expediente", "placements__expediente"
    )
    return [Piece(tipo, key, state, expediente.pk in (home, placed)) for key, tipo, state, home, placed in rows]


def holds_unread(rights: Rights, expediente: Expediente) -> bool:
    """Does a piece in force lie in it, or was one placed in it, that the person does not read and may know of?"""
    read = rights.visible().order_by().values("pk")
    return rights.but_shut(in_force()).filter(held_by(expediente)).exclude(pk__in=read).exists()


def in_force() -> QuerySet[Document]:
    return Document.objects.exclude(state=DocumentState.ANNULLED)


def held_by(expediente: Expediente) -> Q:
    return Q(expediente=expediente) | Q(placements__expediente=expediente)


def by_tipo(pieces: Iterable[Piece]) -> Mapping[str, Sequence[Piece]]:
    """Pieces by tipo, each once: one that was placed in several expedientes comes with each of them."""
    found: dict[str, dict[uuid.UUID, Piece]] = defaultdict(dict)
    for piece in pieces:
        held = found[piece.tipo].get(piece.document)
        found[piece.tipo][piece.document] = piece if held is None or piece.own else held
    return {tipo: list(rows.values()) for tipo, rows in found.items()}
