"""What an act would change of who reads what, before it is done: the act itself, done and undone in one transaction.

So the forecast is the result: nothing is computed apart from what the act will do. What whoever rehearses may not know
is in no figure and in no list.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from records import clock, permissions
from records.explain import Because
from records.explain_others import neutral
from records.models import (
    AccessRequest,
    ClassificationAct,
    ConvenioNumber,
    Document,
    Expediente,
    Grant,
    Package,
    Recusal,
)
from records.permissions import Actor, Rights, holders_of
from records.services.access import Target, grant_access, renew_grant, revoke_grant
from records.services.classification import approve_act, propose_level
from records.services.recusals import end_recusal, recuse
from records.services.requests import grant_request
from records.services.roles import assign_role, end_role
from records.vocabulary import Action, ActState, Level, Role

#: Reserved pieces and people named one by one, of each kind.
NAMED = 50
#: Pieces up to which everybody is judged over all of them in memory, and a page may rehearse when it is opened.
FEW = 200
Readings = dict[Any, dict[uuid.UUID, str]]


@dataclass(frozen=True)
class Side:
    """What is gained, or lost: distinct pieces and people, reserved pieces with their title, and people by name for
    who keeps all those pieces: nobody else is told who reads what."""

    documents: int
    people: int
    reserved: tuple[Document, ...] = ()
    named: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """What an act changes, from the day `when` on; None: at once."""

    gained: Side
    lost: Side
    when: datetime.date | None = None

    @property
    def nothing(self) -> bool:
        return not (self.gained.people or self.lost.people)


def rehearse(
    act: Callable[[], object],
    *,
    asker: Actor | None,
    people: Iterable[Any],
    pieces: QuerySet[Document],
    when: datetime.date | None = None,
) -> Forecast:
    """What `act` would change of what these people read of these pieces, today or on the later day on which it begins
    to rule (`when`). Raises whatever the act raises.

    `asker` None is an operator, who is told everything.
    """
    known, later = list(people), when if when is not None and when > clock.today() else None
    with transaction.atomic():
        with on_day(later):
            before = readings(known, pieces)
        told = permissions.rights_of(asker) if asker is not None else None
        act()
        with on_day(later):
            after = readings(known, pieces)
        transaction.set_rollback(True)
    return Forecast(side(known, before, after, told), side(known, after, before, told), later)


def on_day(day: datetime.date | None) -> contextlib.AbstractContextManager[None]:
    """What is asked within is asked as the beginning of that day will have it, as far as it is known today."""
    if day is None:
        return contextlib.nullcontext()
    return clock.at(timezone.make_aware(datetime.datetime.combine(day, datetime.time(0, 0, 1))))


def readings(people: Iterable[Any], pieces: QuerySet[Document]) -> Readings:
    """Person → the pieces among these that she reads, with their level: in a constant number of queries where the
    pieces are few, else with one more for each person who holds anything."""
    fresh = get_user_model().objects.filter(pk__in=[one.pk for one in people])
    each, few = permissions.rights_of_each(fresh), list(pieces.order_by()[: FEW + 1])
    if len(few) <= FEW:
        return {
            person: {piece.pk: piece.level for piece in few if rights.reads(piece)} for person, rights in each.items()
        }
    wanted = pieces.order_by().values("pk")
    return {
        person: dict(rights.visible().filter(pk__in=wanted).order_by().values_list("pk", "level"))
        for person, rights in each.items()
    }


def again(thing: Any) -> Any:
    """The row as the database has it, for an act to change in memory: what the page shows stays as it was."""
    return type(thing)._default_manager.get(pk=thing.pk)


def is_brief(pieces: QuerySet[Document]) -> bool:
    """Are these so few that a page may rehearse an act over them when it is opened?"""
    return pieces.order_by()[: FEW + 1].count() <= FEW


def side(people: list[Any], before: Readings, after: Readings, told: Rights | None) -> Side:
    """What is in `after` and was not in `before`, as far as whoever rehearses may know it."""
    fresh = {person: set(after.get(person, {})) - set(before.get(person, {})) for person in after}
    keys = set().union(*fresh.values()) if fresh else set()
    known = keys if told is None else known_of(told, keys)
    gaining = [one for one in people if fresh.get(one.pk, set()) & known]
    told_of = known if told is None else kept_of(told, known)
    named = [one for one in gaining if fresh[one.pk] & told_of]
    levels = {key: level for held in after.values() for key, level in held.items()}
    reserved = [key for key in known if levels.get(key) == Level.RESERVED]
    titled = Document.objects.filter(pk__in=reserved).select_related("expediente").order_by("radicado")
    if told is not None:
        titled = titled.filter(pk__in=told.visible().order_by().values("pk"))
    return Side(len(known), len(gaining), tuple(titled[:NAMED]), tuple(named[:NAMED]))


def known_of(told: Rights, keys: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of these pieces, those that the person may know to be there."""
    rows = Document.objects.filter(pk__in=keys).select_related("expediente")
    return {piece.pk for piece in rows if told.sees(piece)}


def kept_of(told: Rights, keys: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of these pieces, those that the person keeps: who reads them by name is told to their custodian alone."""
    return set(Document.objects.filter(pk__in=keys, expediente__in=told.kept()).values_list("pk", flat=True))


def everybody() -> QuerySet[Any]:
    """Everybody who may read anything at all."""
    return get_user_model().objects.filter(is_active=True, desk_access=True).order_by("username")


def of_office(role: str) -> QuerySet[Any]:
    return everybody().filter(pk__in=holders_of({role}))


# Of each act ------------------------------------------------------------------------------------------------


def rehearse_grant(*, actor: Actor, target: Target, person: Any, office: Group | None, **terms: Any) -> Forecast:
    """What a grant, or a renewal by granting again, would change from the day on which it begins. Raises as
    `grant_access`."""
    people = of_office(office.name) if office is not None else [person] if person is not None else []
    act = partial(grant_access, actor=actor, target=target, person=person, office=office, **terms)
    return rehearse(act, asker=actor, people=people, pieces=pieces_of(target), when=terms.get("starts_on"))


def rehearse_renewal(*, actor: Actor, grant: Grant, **terms: Any) -> Forecast:
    """What renewing a grant would change today. Raises as `renew_grant`."""
    return of_grant(partial(renew_grant, actor=actor, grant=grant, **terms), actor, grant)


def rehearse_withdrawal(*, actor: Actor, grant: Grant) -> Forecast:
    """What withdrawing a grant would change, on the day it begins when that is to come. Raises as `revoke_grant`."""
    return of_grant(partial(revoke_grant, actor=actor, grant=grant), actor, grant, grant.starts_on)


def of_grant(act: Callable[[], object], actor: Actor, grant: Grant, when: datetime.date | None = None) -> Forecast:
    people = of_office(grant.office.name) if grant.office is not None else [grant.person]
    return rehearse(act, asker=actor, people=people, pieces=pieces_of(grant.target), when=when)


def rehearse_request(*, actor: Actor, request: AccessRequest, until: datetime.date | None, reason: str) -> Forecast:
    """What granting what somebody asked for would change. Raises as `grant_request`."""
    subject = request.document or request.expediente
    act = partial(grant_request, actor=actor, request=again(request), until=until, reason=reason)
    return rehearse(act, asker=actor, people=[request.person], pieces=pieces_of(subject))  # type: ignore[arg-type]


def rehearse_recusal(*, actor: Actor, person: Any, subject: Document | Expediente, **terms: Any) -> Forecast:
    """What a recusal would shut, from its first day on. Raises as `recuse`."""
    act = partial(recuse, actor=actor, person=person, subject=subject, **terms)
    people = [person] if person is not None else []
    return rehearse(act, asker=actor, people=people, pieces=shut_with(subject), when=terms.get("starts_on"))


def rehearse_recusal_end(*, actor: Actor, recusal: Recusal, act: str) -> Forecast:
    """What ending a recusal would open again. Raises as `end_recusal`."""
    ending = partial(end_recusal, actor=actor, recusal=recusal, act=act)
    pieces = shut_with(recusal.subject)
    return rehearse(ending, asker=actor, people=[recusal.person], pieces=pieces, when=recusal.starts_on)


def shut_with(subject: Document | Expediente) -> QuerySet[Document]:
    """What a recusal over this shuts: of an expediente, also what was incorporated there; and of a piece that it shuts,
    its versions and what takes its place."""
    own = Q(pk=subject.pk) if isinstance(subject, Document) else Q(placements__expediente=subject)
    shut = set(Document.objects.filter(own).order_by().values_list("pk", flat=True))
    kin = shut.union(*permissions.kin_of(shut).values())
    filed = Q() if isinstance(subject, Document) else Q(expediente=subject)
    return Document.objects.filter(filed | Q(pk__in=kin))


def pieces_of(target: Target) -> QuerySet[Document]:
    if isinstance(target, Document):
        return Document.objects.filter(pk=target.pk)
    if isinstance(target, Package):
        return Document.objects.filter(batch=target.pk, expediente=target.expediente)
    if isinstance(target, ConvenioNumber):
        return Document.objects.filter(expediente__convenio_number=target.number)
    return Document.objects.filter(expediente=target)


def rehearse_role(*, asker: Actor | None, person: Any, role: str, given: bool) -> Forecast:
    """What giving a role to a person, or taking it, would change for her, whoever is to do it. To who holds no
    custody content it tells nothing of any piece: only an operator and who knows the pieces get figures."""
    act = assign_role if given else end_role
    return rehearse(
        partial(act, actor=None, person=person, role=role, act="Ensayo"),
        asker=asker,
        people=[person],
        pieces=Document.objects.all(),
    )


#: Grounds that tell of what lies in custody today: of them who manages people is told nothing beforehand.
OF_TODAY = frozenset({"filer", "pending_approval"})


@dataclass(frozen=True)
class Standing:
    """What a role would change for its holder, told without content: levels that it opens by itself everywhere, and
    kinds of ground that she would hold, or hold no more, each said once."""

    levels: tuple[Level, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def rehearse_standing(*, actor: Actor, person: Any, role: str, given: bool, **terms: Any) -> Standing:
    """What giving a role, or ending it, would change of the grounds a person holds, for who manages people: no
    number and no name of a piece is in it (ADR 32); from the day on which a role begins. Whoever asks for a role is
    told as if it were confirmed. Raises as `assign_role` or `end_role`."""
    act = partial(assign_role, by_operator=True) if given else end_role
    begins = terms.get("starts_on")
    later = begins if begins is not None and begins > clock.today() else None
    with transaction.atomic():
        before = grounds_told(person, later)
        act(actor=actor, person=again(person), role=role, **terms)
        after = grounds_told(person, later)
        transaction.set_rollback(True)
    opened = permissions.OFFICES.get(Role(role), frozenset())
    return Standing(tuple(level for level in Level if level in opened), fresh(before, after), fresh(after, before))


def grounds_told(person: Any, day: datetime.date | None) -> list[Because]:
    with on_day(day):
        grounds = permissions.rights_of(again(person)).grounds
    return list(neutral(ground for ground in grounds if ground.rule not in OF_TODAY))


def fresh(before: list[Because], after: list[Because]) -> tuple[str, ...]:
    """Sentences of what is in `after` alone, each once."""
    return tuple(dict.fromkeys(told.sentence for told in after if told not in before))


def rehearse_level(*, actor: Actor, document: Document, level: str, grounds: Mapping[str, Any]) -> Forecast:
    """What a level would change once it ruled: proposed by this person and approved by another. Raises as
    `propose_level`."""
    return rehearse(
        lambda: bring_in_force(actor, again(document), level, grounds),
        asker=actor,
        people=everybody(),
        pieces=moved_with(document),
    )


def moved_with(document: Document) -> QuerySet[Document]:
    """What a level of this piece may open or shut: the piece, and those of its package, which is as strict as its
    strictest part (I6)."""
    own = Q(pk=document.pk)
    return Document.objects.filter(own | Q(batch=document.batch) if document.batch else own)


def bring_in_force(actor: Actor, document: Document, level: str, grounds: Mapping[str, Any]) -> None:
    made = propose_level(actor=actor, document=document, level=level, grounds=grounds)
    if made.state != ActState.PROPOSED:
        return
    others = everybody().filter(pk__in=holders_of(permissions.OFFICE_ACTS[Action.APPROVE_LEVEL]))
    approver = others.exclude(pk__in=(actor.pk, document.filed_by_id)).first()
    if approver is not None:
        approve_act(actor=approver, act=made)


def rehearse_decision(*, actor: Actor, act: ClassificationAct) -> Forecast:
    """What approving a proposal would change. Raises as `approve_act`."""
    pieces = moved_with(act.document)
    return rehearse(partial(approve_act, actor=actor, act=again(act)), asker=actor, people=everybody(), pieces=pieces)
