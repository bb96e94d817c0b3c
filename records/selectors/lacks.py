"""Which of the expedientes in a person's charge lack something at their stage: what «Faltantes» says, of many at once.

Each answer is that of `checklist.checklist_for`: same duties, same pieces read, same lines. Of the pieces only their
tipos are asked for, so the cost follows neither how many expedientes lack something nor how many lines each has.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import QuerySet

from records import permissions
from records.models import Document, Expediente, Placement, TipoDocumental
from records.permissions import Rights
from records.selectors.checklist import Checklist, Line, Piece, duties, filled, line_of, sorted_out
from records.vocabulary import Action, DocumentState, ExpedienteState

#: How many expedientes are looked at, those opened first before the others.
LOOKED_AT = 200
FILERS = permissions.OFFICE_ACTS[Action.FILE]
#: Codes of the tipos of which each expediente holds pieces.
Held: TypeAlias = Mapping[uuid.UUID, frozenset[str]]


@dataclass(frozen=True)
class Lack:
    """An expediente, and the duties of its stage for which the person reads no piece."""

    expediente: Expediente
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Lacks:
    """`rows`: what lacks something, opened first before; `left`: how many in charge were not looked at."""

    rows: tuple[Lack, ...] = ()
    left: int = 0


def in_charge(rights: Rights) -> QuerySet[Expediente]:
    """Open expedientes: all of them for the office that files, and for others those of which they are custodian."""
    opened = Expediente.objects.filter(state=ExpedienteState.OPEN, trd__isnull=False)
    return opened.filter(rights.works_in("pk")) if rights.roles & FILERS else opened.filter(pk__in=rights.kept())


def has_charge(rights: Rights) -> bool:
    return bool(rights.roles & FILERS or rights.kept())


def lacks_of(rights: Rights) -> Lacks:
    """What the expedientes in charge lack, in a constant number of queries."""
    rows = in_charge(rights)
    looked_at = list(rows.order_by("opened_on", "code")[:LOOKED_AT])
    left = rows.count() - len(looked_at) if len(looked_at) == LOOKED_AT else 0
    lacking = (Lack(one, lines) for one, lines in missing_in(rights, looked_at) if lines)
    return Lacks(tuple(lacking), left)


def missing_in(rights: Rights, expedientes: Sequence[Expediente]) -> Iterable[tuple[Expediente, tuple[Line, ...]]]:
    """What each lacks now without conditions, as `Checklist.missing` has it."""
    return ((one, checklist.missing) for one, checklist in checklists_in(rights, expedientes))


def checklists_in(rights: Rights, expedientes: Sequence[Expediente]) -> Iterable[tuple[Expediente, Checklist]]:
    """The checklist of each, in a constant number of queries; it tells no more of pieces than that they are there."""
    tipos = tipos_by_version({one.trd_id for one in expedientes})
    pieces = Pieces.read_by(rights, expedientes)
    for one in expedientes:
        held = pieces.of(one)
        lines = [filled(line_of(t, demand), t, one, held) for t, demand in duties(tipos[one.trd_id], one.kind)]
        yield one, sorted_out(lines, one, whole=True)


def tipos_by_version(versions: set[int | None]) -> Mapping[int | None, list[TipoDocumental]]:
    found: dict[int | None, list[TipoDocumental]] = defaultdict(list)
    for tipo in TipoDocumental.objects.filter(trd__in=versions).order_by("name"):
        found[tipo.trd_id].append(tipo)
    return found


@dataclass(frozen=True)
class Pieces:
    """Tipos of the pieces in force that the person reads, by where they lie, and who is whose child."""

    homes: Held
    placed: Held
    children: Mapping[uuid.UUID, Sequence[uuid.UUID]]

    @classmethod
    def read_by(cls, rights: Rights, expedientes: Sequence[Expediente]) -> Pieces:
        keys = [one.pk for one in expedientes]
        children: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for child, parent in Expediente.objects.filter(parent__in=keys).order_by().values_list("pk", "parent"):
            if parent:
                children[parent].append(child)
        around = {*keys, *(one.parent_id for one in expedientes), *(c for found in children.values() for c in found)}
        return cls(homes_of(rights, around), placed_in(rights, keys), children)

    def of(self, expediente: Expediente) -> Mapping[str, Sequence[Piece]]:
        """One piece by tipo and place: the checklist only asks whether there are any."""
        found: dict[str, list[Piece]] = defaultdict(list)
        for held, key in ((self.homes, expediente.pk), (self.placed, expediente.pk), *self.around(expediente)):
            for tipo in held.get(key, ()):
                found[tipo].append(Piece(tipo, key, "", own=key == expediente.pk))
        return found

    def around(self, expediente: Expediente) -> Iterator[tuple[Held, uuid.UUID]]:
        """What lies in the one above and in those below."""
        for key in (expediente.parent_id, *self.children.get(expediente.pk, ())):
            if key:
                yield self.homes, key


def read_of(rights: Rights) -> QuerySet[Document]:
    """Pieces in force that the person reads."""
    return rights.visible().exclude(state=DocumentState.ANNULLED).order_by()


def homes_of(rights: Rights, keys: Iterable[uuid.UUID | None]) -> Held:
    rows = read_of(rights).filter(expediente__in=[key for key in keys if key])
    return grouped(rows.values_list("expediente", "tipo__code").distinct())


def placed_in(rights: Rights, keys: Sequence[uuid.UUID]) -> Held:
    """Pieces of others that were placed there: a placement lets nobody read."""
    rows = Placement.objects.filter(expediente__in=keys, document__in=read_of(rights).values("pk")).order_by()
    return grouped(rows.values_list("expediente", "document__tipo__code").distinct())


def grouped(rows: Iterable[tuple[uuid.UUID, str]]) -> Held:
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for key, tipo in rows:
        found[key].add(tipo)
    return {key: frozenset(tipos) for key, tipos in found.items()}
