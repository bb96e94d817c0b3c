"""Every kind of ground, one row each: how it is found for one person or for many, now or as of a past moment.

A finder asks the database a number of questions that depends neither on how many people are asked about nor on how
much they hold. Whoever adds a reason to read adds a row to KINDS, and nothing else in the house changes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from records.models import (
    Appointment,
    ClassificationAct,
    Document,
    Expediente,
)
from records.permissions.asked import Asked, Finder, Held
from records.permissions.granted import GRANT_RULES, by_grant
from records.permissions.ground import Ground
from records.permissions.matrix import ALL, APPOINTMENTS, OFFICE_ACTS, OFFICES, OWNERS
from records.permissions.own import SPEAKING, by_own
from records.vocabulary import Action, ActState, Level


def by_law(asked: Asked) -> Iterator[Held]:
    ground = Ground("public_by_law", frozenset({Level.PUBLIC}), everywhere=True)
    return ((person, ground) for person in asked.roles)


def by_office(asked: Asked) -> Iterator[Held]:
    for person, held in asked.roles.items():
        for role, levels in OFFICES.items():
            if role in held:
                yield person, Ground("office", levels, everywhere=True, office=role)


def by_own_office(asked: Asked) -> Iterator[Held]:
    """Who is of the office responsible for an expediente, where that office does not open everything."""
    owners = set().union(*asked.roles.values()) & OWNERS.keys()
    places = Expediente.objects.filter(office__in=owners).order_by()
    if asked.past:
        places = places.filter(created_at__lte=asked.moment)
    owned: dict[str, set[uuid.UUID]] = {}
    for office, key in places.values_list("office", "pk") if owners else ():
        owned.setdefault(office, set()).add(key)
    for office, keys in owned.items():
        ground = Ground("own_office", OWNERS[office], frozenset(keys), office=office)
        yield from ((person, ground) for person in asked.with_any({office}))


def by_appointment(asked: Asked) -> Iterator[Held]:
    held = Appointment.objects.filter(
        person__in=asked.people, starts_on__lte=asked.day, ends_on__gte=asked.day, appointed_at__lte=asked.moment
    )
    held = held.exclude(end__ended_at__lte=asked.moment) if asked.past else held.filter(end=None)
    for person, key, kind, place in held.order_by().values_list("person", "pk", "kind", "expediente"):
        yield person, Ground(f"appointment_{kind}", APPOINTMENTS[kind], frozenset({place}), act=key)


def by_pending(asked: Asked) -> Iterator[Held]:
    """Who may approve reads a piece while its proposal waits, unless she proposed or filed it."""
    approvers = asked.with_any(OFFICE_ACTS[Action.APPROVE_LEVEL])
    rows = waiting(asked).annotate(filer=F("document__filed_by")).only("pk", "document_id", "proposed_by_id")
    for act in rows if approvers else ():
        ground = Ground("pending_approval", ALL, documents=frozenset({act.document_id}), act=act.pk)
        yield from ((one, ground) for one in approvers if one not in (act.proposed_by_id, act.filer))


def waiting(asked: Asked) -> Any:
    if not asked.past:
        return ClassificationAct.objects.filter(state=ActState.PROPOSED)
    undecided = Q(state=ActState.PROPOSED) | Q(decided_at__gt=asked.moment)
    return ClassificationAct.objects.filter(undecided, proposed_at__lte=asked.moment)


def by_filing(asked: Asked) -> Iterator[Held]:
    """Who filed a piece reads it until it has a level; an office that reads all such pieces needs no list."""
    reading_all = {role for role, levels in OFFICES.items() if Level.UNCLASSIFIED in levels}
    others = [person for person, held in asked.roles.items() if held.isdisjoint(reading_all)]
    mine = Document.objects.filter(filed_by__in=others).order_by()
    # By who filed: a quarter of all custody may have this level.
    rows = mine.filter(filed_at__lte=asked.moment) if asked.past else mine.filter(level__unindexed=Level.UNCLASSIFIED)
    filed: dict[Any, set[uuid.UUID]] = {}
    for person, key in rows.values_list("filed_by", "pk") if others else ():
        filed.setdefault(person, set()).add(key)
    for person, keys in filed.items():
        yield person, Ground("filer", frozenset({Level.UNCLASSIFIED}), documents=frozenset(keys))


@dataclass(frozen=True)
class Kind:
    """A kind of ground: the rules under which explanation and ledger know it, and how it is found."""

    rules: tuple[str, ...]
    find: Finder


#: In the order in which an explanation tells them.
KINDS: tuple[Kind, ...] = (
    Kind(("public_by_law",), by_law),
    Kind(("office",), by_office),
    Kind(("own_office",), by_own_office),
    Kind(tuple(f"appointment_{kind}" for kind in APPOINTMENTS), by_appointment),
    Kind(tuple(sorted(GRANT_RULES)), by_grant),
    Kind(tuple(f"own_{kind}" for kind in SPEAKING), by_own),
    Kind(("pending_approval",), by_pending),
    Kind(("filer",), by_filing),
)


def grounds_of(asked: Asked) -> dict[Any, tuple[Ground, ...]]:
    """Everything that lets each of these people read."""
    held: dict[Any, list[Ground]] = {person: [] for person in asked.roles}
    for kind in KINDS if held else ():
        for person, ground in kind.find(asked):
            held[person].append(ground)
    return {person: tuple(grounds) for person, grounds in held.items()}
