"""The one negative ground: what a recusal shuts, it shuts on every route, whatever opens it (I11).

A recusal over an expediente shuts what was filed there and what was incorporated there from elsewhere. What it shuts
of a piece it shuts of every version of it, and of what it replaced or took its place: the same paper, filed again.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from records import clock
from records.models import Annulment, Document, Placement, Recusal
from records.permissions.asked import Asked
from records.permissions.ground import NOTHING, Keys


@dataclass(frozen=True)
class Barred:
    """Expedientes and pieces that are as absent for a person."""

    expedientes: Keys = NOTHING
    documents: Keys = NOTHING

    def shuts(self, document: Document) -> bool:
        return document.expediente_id in self.expedientes or document.pk in self.documents

    def __bool__(self) -> bool:
        return bool(self.expedientes or self.documents)


NONE = Barred()


def standing(asked: Asked) -> Any:
    """Recusals of these people that stand at the moment asked about."""
    lasting = Q(until=None) | Q(until__gte=asked.day)
    rows = Recusal.objects.filter(lasting, person__in=asked.people, starts_on__lte=asked.day).order_by()
    if not asked.past:
        return rows.filter(end=None)
    return rows.filter(noted_at__lte=asked.moment).exclude(end__ended_at__lte=asked.moment)


def barred_of(asked: Asked) -> dict[Any, Barred]:
    """What is shut to each of these people, in four queries at most."""
    rows = list(standing(asked).values_list("person", "expediente", "document"))
    inside = placed_in({place for _person, place, _piece in rows if place}, asked)
    shut: dict[Any, tuple[set[uuid.UUID], set[uuid.UUID]]] = {}
    for person, place, piece in rows:
        places, pieces = shut.setdefault(person, (set(), set()))
        places |= {place} if place else set()
        pieces |= {piece} if piece else inside.get(place, set())
    kin = kin_of(set[uuid.UUID]().union(*(pieces for _places, pieces in shut.values())))
    return {
        person: Barred(frozenset(places), frozenset(pieces.union(*(kin[one] for one in pieces if one in kin))))
        for person, (places, pieces) in shut.items()
    }


def kin_of(pieces: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Piece → itself, its versions and replacements, however many steps away; pieces that have none are left out."""
    if not pieces:
        return {}
    homes = Document.objects.filter(pk__in=pieces).order_by().values("expediente")
    versions = Document.objects.filter(expediente__in=homes, previous__isnull=False).order_by()
    replaced = Annulment.objects.filter(document__expediente__in=homes, replaced_by__isnull=False).order_by()
    kin: dict[Any, set[Any]] = {}
    for one, other in (*versions.values_list("pk", "previous"), *replaced.values_list("document", "replaced_by")):
        joined = kin.get(one, {one}) | kin.get(other, {other})
        kin.update(dict.fromkeys(joined, joined))
    return kin


def placed_in(places: Iterable[uuid.UUID], asked: Asked) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Expediente → pieces incorporated there from elsewhere."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = Placement.objects.filter(expediente__in=places).order_by()
    if asked.past:
        rows = rows.filter(placed_at__lte=asked.moment)
    for place, piece in rows.values_list("expediente", "document") if places else ():
        found.setdefault(place, set()).add(piece)
    return found


def standing_recusals(person: Any, at: datetime.datetime | None = None) -> list[Recusal]:
    """The acts that shut something to a person, now or at a past moment."""
    asked = Asked({person.pk: frozenset()}, at or clock.now(), past=at is not None)
    return list(standing(asked).select_related("document", "expediente"))
