"""Grounds of suppliers and receptors: what is theirs, and nothing else of their convenio (I7).

A supplier's own material is what it produced, what it signs and what its people filed. A receptor reads its own
project, but not what is restricted there for somebody's intellectual property or trade secret.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from records.models import ClassificationAct, Document, OrganisationMember, Tie
from records.permissions.asked import Asked, Held
from records.permissions.ground import Ground
from records.permissions.levels import levels_then
from records.permissions.matrix import NOT_RESERVED
from records.vocabulary import ActState, Level, OrganisationKind, Reason, Role, TieKind

#: Which role speaks for which kind of organisation.
SPEAKING: Mapping[str, str] = {OrganisationKind.SUPPLIER: Role.SUPPLIER, OrganisationKind.RECEPTOR: Role.RECEPTOR}
#: What of a project is not its receptor's.
OF_OTHERS = (Reason.IP, Reason.TRADE_SECRET)


@dataclass(frozen=True)
class Membership:
    """Of a person in an organisation, by the id of its act."""

    person: Any
    organisation: uuid.UUID
    act: uuid.UUID


def by_own(asked: Asked) -> Iterator[Held]:
    if not asked.with_any(SPEAKING.values()):
        return
    for kind, find in (
        (OrganisationKind.SUPPLIER, supplied),
        (OrganisationKind.RECEPTOR, received),
    ):
        members = list(members_of(asked, kind))
        theirs = find({one.organisation for one in members}, asked) if members else {}
        for one in members:
            if pieces := theirs.get(one.organisation):
                yield one.person, Ground(f"own_{kind}", NOT_RESERVED, documents=frozenset(pieces), act=one.act)


def members_of(asked: Asked, kind: str) -> Iterator[Membership]:
    """Who of these people speaks for an organisation of this kind at the moment asked about."""
    lasting = Q(until=None) | Q(until__gte=asked.day)
    people = asked.with_any({SPEAKING[kind]})
    rows = OrganisationMember.objects.filter(lasting, person__in=people, organisation__kind=kind)
    rows = rows.filter(starts_on__lte=asked.day).order_by()
    for person, organisation, key in ended_or_not(rows, asked, "noted_at").values_list("person", "organisation", "pk"):
        yield Membership(person, organisation, key)


def ended_or_not(rows: Any, asked: Asked, noted: str) -> Any:
    if not asked.past:
        return rows.filter(end=None)
    return rows.filter(**{f"{noted}__lte": asked.moment}).exclude(end__ended_at__lte=asked.moment)


Found = dict[uuid.UUID, set[uuid.UUID]]


def supplied(suppliers: set[uuid.UUID], asked: Asked) -> Found:
    """Supplier → pieces that it produced or signs, and pieces that somebody filed while of it."""
    found: Found = {}
    ties = ended_or_not(Tie.objects.filter(organisation__in=suppliers).exclude(document=None), asked, "tied_at")
    for organisation, piece in ties.order_by().values_list("organisation", "document"):
        found.setdefault(organisation, set()).add(piece)
    for organisation, piece in filed_by(suppliers, asked):
        found.setdefault(organisation, set()).add(piece)
    return found


def filed_by(suppliers: set[uuid.UUID], asked: Asked) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """(supplier, piece) of what its people filed in the days in which they were of it."""
    rows = OrganisationMember.objects.filter(organisation__in=suppliers).order_by().select_related("end")
    spells = [(one.person_id, one.organisation_id, one.starts_on, last_day(one)) for one in rows]
    pieces = Document.objects.filter(filed_by__in={person for person, *_rest in spells}).order_by()
    if asked.past:
        pieces = pieces.filter(filed_at__lte=asked.moment)
    for filer, piece, moment in pieces.values_list("filed_by", "pk", "filed_at"):
        for person, organisation, first, last in spells:
            if person == filer and first <= day_of(moment) and (last is None or day_of(moment) <= last):
                yield organisation, piece


def day_of(moment: Any) -> Any:
    return timezone.localdate(moment)


def last_day(member: OrganisationMember) -> Any:
    end = getattr(member, "end", None)
    days = [day for day in (member.until, day_of(end.ended_at) if end else None) if day is not None]
    return min(days, default=None)


def received(receptors: set[uuid.UUID], asked: Asked) -> Found:
    """Receptor → pieces of its project's expediente, but what is restricted for the property of others."""
    ties = Tie.objects.filter(organisation__in=receptors, kind=TieKind.RECEIVES)
    places: dict[uuid.UUID, set[uuid.UUID]] = {}
    for organisation, place in (
        ended_or_not(ties, asked, "tied_at").order_by().values_list("organisation", "expediente")
    ):
        places.setdefault(place, set()).add(organisation)
    found: Found = {}
    for place, piece in openable(places, asked) if places else ():
        for organisation in places[place]:
            found.setdefault(organisation, set()).add(piece)
    return found


def openable(places: Iterable[uuid.UUID], asked: Asked) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """(expediente, piece) of what is restricted there for other reasons than the property of others."""
    pieces = Document.objects.filter(expediente__in=places).order_by()
    if asked.past:
        listed = list(pieces.only("pk", "expediente_id", "filed_at"))
        stood = levels_then(listed, asked.moment)
        reasons = {key: held.reason for key, held in stood.items() if held.level == Level.RESTRICTED}
        yield from ((one.expediente_id, one.pk) for one in listed if reasons.get(one.pk, Reason.IP) not in OF_OTHERS)
        return
    acts = ClassificationAct.objects.filter(document__in=pieces.values("pk"), state=ActState.IN_FORCE)
    ours = acts.filter(level=Level.RESTRICTED).exclude(reason__in=OF_OTHERS).exclude(reason="")
    yield from pieces.filter(pk__in=ours.values("document")).values_list("expediente", "pk")
