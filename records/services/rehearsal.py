"""What an act would change of who reads what, before it is done: the act itself, done and undone in one transaction.

So the forecast is the result: nothing is computed apart from what the act will do. What whoever rehearses may not know
is in no figure and in no list.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from records import permissions
from records.explain import Because
from records.explain_others import neutral
from records.models import ClassificationAct, ConvenioNumber, Document, Grant, Package
from records.permissions import Actor, Rights, holders_of
from records.services.access import Target, grant_access, revoke_grant
from records.services.classification import approve_act, propose_level
from records.services.roles import assign_role, end_role
from records.vocabulary import Action, ActState, Level, Role

#: Reserved pieces and people named one by one, of each kind.
NAMED = 50
Readings = dict[Any, dict[uuid.UUID, str]]


@dataclass(frozen=True)
class Side:
    """What is gained, or lost: distinct pieces and people, reserved pieces with their title, people by name."""

    documents: int
    people: int
    reserved: tuple[Document, ...] = ()
    named: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Forecast:
    gained: Side
    lost: Side

    @property
    def nothing(self) -> bool:
        return not (self.gained.people or self.lost.people)


def rehearse(
    act: Callable[[], object], *, asker: Actor | None, people: Iterable[Any], pieces: QuerySet[Document]
) -> Forecast:
    """What `act` would change of what these people read of these pieces. Raises whatever the act raises.

    `asker` None is an operator, who is told everything.
    """
    known = list(people)
    with transaction.atomic():
        before = readings(known, pieces)
        told = permissions.rights_of(asker) if asker is not None else None
        act()
        after = readings(known, pieces)
        transaction.set_rollback(True)
    return Forecast(side(known, before, after, told), side(known, after, before, told))


def readings(people: Iterable[Any], pieces: QuerySet[Document]) -> Readings:
    """Person → the pieces among these that she reads, with their level. One query for each person who holds
    anything, and a constant number for all of them to know what they hold."""
    fresh = get_user_model().objects.filter(pk__in=[one.pk for one in people])
    wanted = pieces.order_by().values("pk")
    return {
        person: dict(rights.visible().filter(pk__in=wanted).order_by().values_list("pk", "level"))
        for person, rights in permissions.rights_of_each(fresh).items()
    }


def side(people: list[Any], before: Readings, after: Readings, told: Rights | None) -> Side:
    """What is in `after` and was not in `before`, as far as whoever rehearses may know it."""
    fresh = {person: set(after.get(person, {})) - set(before.get(person, {})) for person in after}
    keys = set().union(*fresh.values()) if fresh else set()
    known = keys if told is None else known_of(told, keys)
    gaining = [one for one in people if fresh.get(one.pk, set()) & known]
    levels = {key: level for held in after.values() for key, level in held.items()}
    reserved = [key for key in known if levels.get(key) == Level.RESERVED]
    titled = Document.objects.filter(pk__in=reserved).select_related("expediente").order_by("radicado")
    if told is not None:
        titled = titled.filter(pk__in=told.visible().order_by().values("pk"))
    return Side(len(known), len(gaining), tuple(titled[:NAMED]), tuple(gaining[:NAMED]))


def known_of(told: Rights, keys: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of these pieces, those that the person may know to be there."""
    rows = Document.objects.filter(pk__in=keys).select_related("expediente")
    return {piece.pk for piece in rows if told.sees(piece)}


def everybody() -> QuerySet[Any]:
    """Everybody who may read anything at all."""
    return get_user_model().objects.filter(is_active=True, desk_access=True).order_by("username")


def of_office(role: str) -> QuerySet[Any]:
    return everybody().filter(pk__in=holders_of({role}))


# Of each act ------------------------------------------------------------------------------------------------


def rehearse_grant(*, actor: Actor, target: Target, person: Any, office: Group | None, **terms: Any) -> Forecast:
    """What a grant, or a renewal by granting again, would change today. Raises as `grant_access`."""
    people = of_office(office.name) if office is not None else [person] if person is not None else []
    act = partial(grant_access, actor=actor, target=target, person=person, office=office, **terms)
    return rehearse(act, asker=actor, people=people, pieces=pieces_of(target))


def rehearse_withdrawal(*, actor: Actor, grant: Grant) -> Forecast:
    people = of_office(grant.office.name) if grant.office is not None else [grant.person]
    return rehearse(
        partial(revoke_grant, actor=actor, grant=grant), asker=actor, people=people, pieces=pieces_of(grant.target)
    )


def pieces_of(target: Target) -> QuerySet[Document]:
    if isinstance(target, Document):
        return Document.objects.filter(pk=target.pk)
    if isinstance(target, Package):
        return Document.objects.filter(batch=target.pk)
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
    number and no name of a piece is in it (ADR 32). Raises as `assign_role` or `end_role`."""
    act = assign_role if given else end_role
    with transaction.atomic():
        before = grounds_told(person)
        act(actor=actor, person=person, role=role, **terms)
        after = grounds_told(person)
        transaction.set_rollback(True)
    opened = permissions.OFFICES.get(Role(role), frozenset())
    return Standing(tuple(level for level in Level if level in opened), fresh(before, after), fresh(after, before))


def grounds_told(person: Any) -> list[Because]:
    grounds = permissions.rights_of(get_user_model().objects.get(pk=person.pk)).grounds
    return list(neutral(ground for ground in grounds if ground.rule not in OF_TODAY))


def fresh(before: list[Because], after: list[Because]) -> tuple[str, ...]:
    """Sentences of what is in `after` alone, each once."""
    return tuple(dict.fromkeys(told.sentence for told in after if told not in before))


def rehearse_level(*, actor: Actor, document: Document, level: str, grounds: Mapping[str, Any]) -> Forecast:
    """What a level would change once it ruled: proposed by this person and approved by another. Raises as
    `propose_level`."""
    return rehearse(
        lambda: bring_in_force(actor, document, level, grounds),
        asker=actor,
        people=everybody(),
        pieces=Document.objects.filter(pk=document.pk),
    )


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
    pieces = Document.objects.filter(pk=act.document_id)
    return rehearse(partial(approve_act, actor=actor, act=act), asker=actor, people=everybody(), pieces=pieces)
