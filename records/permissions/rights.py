"""The decision for one person at one moment: check, list, count, search scope and explanation ask it alone (D3)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from records import acting, clock
from records.errors import AccessDenied, NotFound
from records.models import ConvenioNumber, Document, Expediente, Package
from records.permissions.asked import Asked
from records.permissions.granted import CASE_RULES
from records.permissions.ground import Ground, Keys
from records.permissions.kinds import grounds_of
from records.permissions.matrix import (
    ANSWERING,
    CUSTODIAN_ACTS,
    NEVER_ANSWERING,
    NO_CUSTODY,
    OFFICE_ACTS,
    OFFICES,
    READING,
)
from records.permissions.reach import Reach, reach_of, union, within
from records.permissions.recusals import NONE, Barred, barred_of
from records.permissions.roles import holders, roles_now
from records.permissions.sitting import once
from records.permissions.subjects import places_of
from records.vocabulary import AppointmentKind

#: A user of the configured model, or an anonymous one; typed loosely because records knows no user class.
Actor: TypeAlias = Any
OFFICE = "office"
APPOINTED = "appointment_"
CUSTODY = f"{APPOINTED}{AppointmentKind.CUSTODIAN}"
#: Grounds of who works in an expediente, beside the offices that work in all.
WORKING = (APPOINTED, "own_office")


def roles_of(actor: Actor) -> frozenset[str]:
    """Codes of the person's roles; none for somebody anonymous or disabled."""
    if not getattr(actor, "is_active", False) or not actor.is_authenticated:
        return frozenset()
    found = once("roles", actor, lambda: roles_now([actor.pk])[actor.pk])
    acting.note_roles(actor, found)
    return found


def may_answer(person: Actor) -> bool:
    """May this person be named to keep an expediente, or to answer for a reserve? It rests on her roles alone."""
    roles = roles_of(person)
    return bool(getattr(person, "desk_access", False) and roles & ANSWERING and not roles & NEVER_ANSWERING)


def grounds_for(actor: Actor, *, at: datetime.datetime | None = None) -> tuple[Ground, ...]:
    """Everything that lets this person read, now or at a past moment, in a constant number of queries."""
    return rights_of(actor, at=at).grounds


def rights_of(actor: Actor, *, at: datetime.datetime | None = None) -> Rights:
    """The person's roles, now or at a past moment, and her grounds when something needs them: what an act checks
    several times it asks of this."""
    if at is not None:
        return rights_then(actor, at)
    return once("rights", actor, lambda: rights_now(actor))


def rights_now(actor: Actor) -> Rights:
    """As the database has them at this moment."""
    held = roles_of(actor)
    if not getattr(actor, "is_active", False) or not getattr(actor, "desk_access", False):
        return Rights(None, frozenset(), None)
    if held & NO_CUSTODY:
        return Rights(None, held & NO_CUSTODY, None, doer=actor)
    return Rights(actor, held, None)


def rights_then(actor: Actor, at: datetime.datetime) -> Rights:
    """With the roles and the account as they stood; acts are of the present, so nothing can be done with them."""
    held = holders([actor], at) if getattr(actor, "is_authenticated", False) else {}
    return Rights(actor, held[actor.pk], at) if held else Rights(None, frozenset(), at)


class Rights:
    """The decision for one person at one moment; it answers every question from the same grounds.

    Grounds are read from the database once, at the first question that an office alone does not settle.
    """

    def __init__(
        self,
        actor: Actor | None,
        roles: frozenset[str],
        at: datetime.datetime | None,
        *,
        doer: Actor | None = None,
    ) -> None:
        """`actor` None: nothing of custody is hers; `doer` may act all the same, on what is no custody."""
        self.actor, self.roles, self.at, self.doer = actor, roles, at, doer or actor

    @cached_property
    def grounds(self) -> tuple[Ground, ...]:
        if self.actor is None:
            return ()
        return grounds_of(self.asked)[self.actor.pk]

    @cached_property
    def barred(self) -> Barred:
        """What is shut to the person by a recusal, whatever opens it."""
        if self.actor is None:
            return NONE
        return barred_of(self.asked).get(self.actor.pk, NONE)

    @property
    def asked(self) -> Asked:
        person: Any = self.actor
        return Asked({person.pk: self.roles}, self.at or clock.now(), past=self.at is not None)

    def reads(self, document: Document, level: str = "") -> bool:
        """May the person read this piece (at its present level, or at the one given)?"""
        part = self.reached.get(level or document.level)
        return part is not None and part.covers(document)

    def reads_new(self, expediente: Expediente, level: str) -> bool:
        """Would she read a piece of this level filed there now, before any act upon the piece itself?"""
        part = self.reached.get(level)
        return part is not None and part.opens(expediente.pk)

    @cached_property
    def reached(self) -> Reach:
        """The grounds summed up, less what is shut: every answer about reading comes from here."""
        return reach_of(self.grounds, self.barred)

    def reach(self) -> Reach:
        return self.reached

    def visible(self) -> QuerySet[Document]:
        """The pieces the person reads."""
        return within(self.reach())

    def is_staff_everywhere(self) -> bool:
        return any(role in OFFICES for role in self.roles)

    def is_staff_of(self, expediente: Expediente) -> bool:
        return self.is_staff_in(expediente.pk)

    def is_staff_in(self, place: uuid.UUID) -> bool:
        """As `is_staff_of`, by the id of the expediente."""
        if place in self.barred.expedientes:
            return False
        return self.is_staff_everywhere() or place in self.worked()

    def kept(self) -> Keys:
        """Expedientes of which the person is the named custodian today."""
        return self.open_places(CUSTODY)

    def worked(self) -> Keys:
        """Expedientes in which the person works by an appointment, or because her office is the responsible one."""
        return self.open_places(*WORKING)

    def open_places(self, *rules: str) -> Keys:
        """Expedientes named by the grounds whose rule begins so, but those that a recusal shuts."""
        named = union(ground.expedientes for ground in self.grounds if ground.rule.startswith(rules))
        return named - self.barred.expedientes

    def works_in(self, column: str) -> Q:
        """Rows whose `column` names an expediente in which the person works, by office or by appointment."""
        if not self.is_staff_everywhere():
            return Q(**{f"{column}__in": self.worked()})
        everywhere = Q(**{f"{column}__isnull": False})
        shut = self.barred.expedientes
        return everywhere & ~Q(**{f"{column}__in": shut}) if shut else everywhere

    def not_shut(self, document: str) -> Q:
        """Rows whose relation `document` leads to a piece that no recusal shuts to the person."""
        rows = Q()
        if self.barred.expedientes:
            rows &= ~Q(**{f"{document}__expediente__in": self.barred.expedientes})
        return rows & ~Q(**{f"{document}__in": self.barred.documents}) if self.barred.documents else rows

    def but_shut(self, documents: QuerySet[Document]) -> QuerySet[Document]:
        """These pieces, but those that a recusal shuts to the person."""
        if not self.barred:
            return documents
        return documents.exclude(expediente__in=self.barred.expedientes).exclude(pk__in=self.barred.documents)

    def keeps(self, expediente: uuid.UUID | None) -> bool:
        """Is the person the named custodian of this expediente today?"""
        return expediente in self.kept()

    def keeps_all(self, places: Keys) -> bool:
        """Is the person the named custodian of all of these?"""
        return bool(places) and places <= self.kept()

    def sees(self, subject: object) -> bool:
        """Does the person know that the object is there?"""
        if isinstance(subject, Document):
            return self.reads(subject) or self.knows_of(subject)
        if isinstance(subject, Expediente):
            return self.is_staff_of(subject) or self.is_named_for(subject)
        if isinstance(subject, Package | ConvenioNumber):
            return self.works_at(places_of(subject))
        return True

    def knows_of(self, document: Document) -> bool:
        """Staff of an expediente know every piece is there, but one from which they are recused."""
        return self.is_staff_of(document.expediente) and not self.barred.shuts(document)

    def works_at(self, places: Keys) -> bool:
        """Does the person work in one of these expedientes?"""
        known = places - self.barred.expedientes
        return bool(known) and (self.is_staff_everywhere() or not known.isdisjoint(self.worked()))

    def is_named_for(self, expediente: Expediente) -> bool:
        """Does a ground open the expediente, or a piece of it?"""
        named = any(expediente.pk in ground.expedientes for ground in self.grounds)
        return (named and expediente.pk not in self.barred.expedientes) or self.visible().filter(
            expediente=expediente
        ).exists()

    def allows(self, action: str, subject: object = None) -> bool:
        """May the person do this to that? `subject` is a Document, an Expediente, a Package, a convenio or None."""
        if action in READING:
            return isinstance(subject, Document) and self.reads(subject)
        if not self.sees(subject):
            return False
        if action in CUSTODIAN_ACTS:
            return self.keeps_all(places_of(subject))
        return bool(self.roles & OFFICE_ACTS[action])

    def check(self, action: str, subject: object = None) -> None:
        """Raise NotFound when the person may not know the object, AccessDenied when the act is not hers."""
        if self.allows(action, subject):
            self.note(action, subject)
            return
        if subject is not None and (action in READING or not self.sees(subject)):
            raise NotFound
        raise AccessDenied(action=action)

    def note(self, action: str, subject: object) -> None:
        """Leave for the ledger what this decision rests on."""
        ground = self.ground_of(action, subject)
        if self.doer is not None and ground is not None:
            acting.note_ground(self.doer, subject, ground.told())

    def ground_of(self, action: str, subject: object) -> Ground | None:
        """The ground on which an allowed act rests: what opens the piece, the custody, or the office."""
        if action in READING:
            return self.reading_on(subject) if isinstance(subject, Document) else None
        if action in CUSTODIAN_ACTS:
            kept = places_of(subject)
            return next((g for g in self.grounds if g.rule == CUSTODY and not kept.isdisjoint(g.expedientes)), None)
        return next(
            (Ground("office", frozenset(), office=role) for role in sorted(self.roles & OFFICE_ACTS[action])), None
        )

    def reading_on(self, document: Document) -> Ground | None:
        """The ground on which a piece is read: that of a case only when nothing else opens it."""
        opening = [ground for ground in self.grounds if ground.covers(document, document.level)]
        return next((ground for ground in opening if ground.rule not in CASE_RULES), next(iter(opening), None))

    def reads_for_case(self, document: Document) -> uuid.UUID | None:
        """The grant by which a piece is open for a case and on no other ground; None otherwise."""
        ground = self.reading_on(document)
        return ground.act if ground is not None and ground.rule in CASE_RULES else None


def scope_for(actor: Actor) -> Reach:
    """What the person reads, level by level; levels with nothing open are left out."""
    return rights_of(actor).reach()


def visible_to(actor: Actor) -> QuerySet[Document]:
    """The pieces this person reads."""
    return rights_of(actor).visible()


def expedientes_visible_to(actor: Actor) -> QuerySet[Expediente]:
    """Expedientes the person works in, and those that hold a piece she reads."""
    rights = rights_of(actor)
    shut = rights.barred.expedientes
    if rights.is_staff_everywhere():
        return Expediente.objects.exclude(pk__in=shut) if shut else Expediente.objects.all()
    own = union(ground.expedientes for ground in rights.grounds) - shut
    holding = rights.visible().order_by().values("expediente")
    return Expediente.objects.filter(Q(pk__in=own) | Q(pk__in=holding))


def is_staff_everywhere(grounds: Iterable[Ground]) -> bool:
    return any(ground.rule == OFFICE for ground in grounds)


def is_custodian_of(actor: Actor, expediente: Expediente) -> bool:
    return rights_of(actor).keeps(expediente.pk)


def allows(actor: Actor, action: str, subject: object = None) -> bool:
    """May this person do this to that?"""
    return rights_of(actor).allows(action, subject)


def sees(actor: Actor, subject: object) -> bool:
    """Does this person know that the object is there?"""
    return rights_of(actor).sees(subject)


def check(actor: Actor, action: str, subject: object = None) -> None:
    """Raise NotFound when the person may not know the object, AccessDenied when the act is not hers."""
    rights_of(actor).check(action, subject)


def check_again(actor: Actor, action: str, subject: object = None) -> None:
    """As `check`, of the person as she is in the database now: receiving may have lasted longer than her office."""
    check(get_user_model().objects.get(pk=actor.pk), action, subject)
