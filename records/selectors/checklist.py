"""What an expediente has and still lacks at its stage, as far as one person may know (B7; offset policy, art. 18).

The duties are those of its version of the schedule. A piece satisfies the duty of its tipo unless it was annulled.
Whoever may only know that a piece is there learns no more than that; to whom it is unknown, it is not there.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

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

    `count` is how many pieces of it the person may know of, `document` the last of those she reads; with pieces and
    no document she only knows that they are there.
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

    `whole` is False for whoever knows only some pieces: what she does not find may be there all the same.
    """

    now: tuple[Line, ...] = ()
    later: tuple[Line, ...] = ()
    present: tuple[Line, ...] = ()
    whole: bool = True

    @property
    def missing(self) -> tuple[Line, ...]:
        """What is due now without conditions."""
        return tuple(line for line in self.now if line.demanded)

    @property
    def conditional(self) -> tuple[Line, ...]:
        return tuple(line for line in self.now if not line.demanded)


@dataclass(frozen=True)
class Piece:
    """A piece as the list needs it; `own` tells the expediente's from those of the one above or below it."""

    tipo: str
    document: uuid.UUID
    state: str
    own: bool
    read: bool


def checklist_for(actor: Actor, expediente: Expediente) -> Checklist:
    """The checklist of an expediente, in a constant number of queries, however many pieces it has."""
    rights = permissions.rights_of(actor)
    tipos = list(TipoDocumental.objects.filter(trd=expediente.trd_id).order_by("name"))
    pieces = by_tipo(known_pieces(rights, expediente))
    lines = [filled(line_of(tipo, demand), tipo, expediente, pieces) for tipo, demand in duties(tipos, expediente.kind)]
    return sorted_out(lines, expediente, whole=rights.is_staff_of(expediente))


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
    shown = next((piece for piece in reversed(found) if piece.read), None)
    return replace(
        line,
        count=len(found),
        document=shown.document if shown else None,
        state=str(DocumentState(shown.state).label) if shown else "",
    )


def sorted_out(lines: Iterable[Line], expediente: Expediente, *, whole: bool) -> Checklist:
    groups: dict[str, list[Line]] = {"now": [], "later": [], "present": []}
    for line in lines:
        due = stages.has_come(expediente.kind, line.stage, expediente.stage)
        groups["present" if line.count else "now" if due else "later"].append(line)
    return Checklist(**{name: tuple(found) for name, found in groups.items()}, whole=whole)


def known_pieces(rights: Rights, expediente: Expediente) -> list[Piece]:
    """Pieces in force that are in the expediente, were placed in it, or lie in the one above or below it."""
    own = Q(expediente=expediente) | Q(placements__expediente=expediente)
    around = Q(expediente__parent=expediente) | Q(expediente=expediente.parent_id)
    near = Document.objects.filter(own | around).exclude(state=DocumentState.ANNULLED)
    rows = near.order_by("filed_at", "pk").values_list(
        "pk", "tipo__code", "state", "expediente", "placements__expediente"
    )
    readable = set(rights.visible().filter(pk__in=near.order_by().values("pk")).order_by().values_list("pk", flat=True))
    found = list(rows)
    staffed = {key for key in {row[3] for row in found} if rights.is_staff_of(Expediente(pk=key))}
    return [
        Piece(tipo, key, state, expediente.pk in (home, placed), key in readable)
        for key, tipo, state, home, placed in found
        if key in readable or home in staffed
    ]


def by_tipo(pieces: Iterable[Piece]) -> Mapping[str, Sequence[Piece]]:
    """Pieces by tipo, each once: one that was placed in several expedientes comes with each of them."""
    found: dict[str, dict[uuid.UUID, Piece]] = defaultdict(dict)
    for piece in pieces:
        held = found[piece.tipo].get(piece.document)
        found[piece.tipo][piece.document] = piece if held is None or piece.own else held
    return {tipo: list(rows.values()) for tipo, rows in found.items()}
