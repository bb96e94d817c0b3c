"""Who may: one decision, from which check, list, count, search scope, download and explanation derive (D3).

The decision is the list of *grounds* a person holds: each says what it opens (levels; everything, one
expediente or one piece) and on what act it rests. Nothing else in the house asks guardian.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from records import acting, clock
from records.errors import AccessDenied, NotFound
from records.models import (
    Appointment,
    ClassificationAct,
    Document,
    DocumentUserPermission,
    Expediente,
    ExpedienteUserPermission,
    Grant,
)
from records.vocabulary import Action, ActState, AppointmentKind, Level, Role

#: A user of the configured model, or an anonymous one; typed loosely because records knows no user class.
Actor: TypeAlias = Any
Levels: TypeAlias = frozenset[str]

ALL: Levels = frozenset(Level.values)
CLASSED: Levels = ALL - {Level.UNCLASSIFIED}
NOT_RESERVED: Levels = frozenset((Level.PUBLIC, Level.RESTRICTED))

#: What an office opens by itself, everywhere (matrix of roles; reserved pieces never by office).
OFFICES: Mapping[str, Levels] = {
    Role.CONTRACTS_GROUP: NOT_RESERVED | {Level.UNCLASSIFIED},
    Role.CONTRACTS_HEAD: NOT_RESERVED,
    Role.SECRETARY_GENERAL: NOT_RESERVED,
}
#: What an appointment by name opens, in its expediente.
APPOINTMENTS: Mapping[str, Levels] = {
    AppointmentKind.CUSTODIAN: ALL,
    AppointmentKind.SUPERVISOR: NOT_RESERVED,
}
#: A grant on a piece opens it also when reserved; one on an expediente never opens reserved pieces.
GRANTED: tuple[tuple[Any, str, Levels, str], ...] = (
    (DocumentUserPermission, "grant_document", CLASSED, "document"),
    (ExpedienteUserPermission, "grant_expediente", NOT_RESERVED, "expediente"),
)
#: Acts an office may do wherever it sees the object. Acts of a custodian are in CUSTODIAN_ACTS.
OFFICE_ACTS: Mapping[str, frozenset[str]] = {
    Action.OPEN_EXPEDIENTE: frozenset({Role.CONTRACTS_GROUP}),
    Action.FILE: frozenset({Role.CONTRACTS_GROUP}),
    Action.REGISTER: frozenset({Role.CONTRACTS_GROUP}),
    Action.ANNUL: frozenset({Role.CONTRACTS_GROUP}),
    Action.ADVANCE_EXPEDIENTE: frozenset({Role.CONTRACTS_GROUP}),
    Action.REOPEN_EXPEDIENTE: frozenset({Role.CONTRACTS_HEAD}),
    Action.ISSUE_INDEX: frozenset({Role.CONTRACTS_GROUP}),
    Action.LOAD_TRD: frozenset({Role.CONTRACTS_GROUP}),
    Action.APPROVE_TRD: frozenset({Role.CONTRACTS_HEAD}),
    Action.HANDLE_QUARANTINE: frozenset({Role.CONTRACTS_GROUP}),
    Action.PROPOSE_LEVEL: frozenset({Role.CONTRACTS_GROUP}),
    Action.APPROVE_LEVEL: frozenset({Role.CONTRACTS_HEAD}),
    Action.PUBLISH: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
    Action.READ_LEDGER: frozenset({Role.AUDITOR}),
    Action.ACKNOWLEDGE_ROLLBACK: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
    Action.VERIFY: frozenset({Role.CONTRACTS_GROUP, Role.AUDITOR}),
    Action.LIFT_HOLD: frozenset({Role.CONTRACTS_HEAD}),
}
CUSTODIAN_ACTS: frozenset[str] = frozenset(
    {
        *(Action.GRANT, Action.EXPLAIN_OTHERS, Action.CLOSE_EXPEDIENTE, Action.PLACE_HOLD),
        Action.ISSUE_CERTIFICATE,
    }
)
READING: frozenset[str] = frozenset({Action.VIEW, Action.DOWNLOAD})
#: Segregation of duties: who manages people holds no custody content, whatever else she is.
NO_CUSTODY: frozenset[str] = frozenset({Role.ADMINISTRATOR})
#: Who may answer for pieces, by custody of an expediente or for a reserve: staff of these roles and of none of the
#: others, which belong to outsiders or watch over the rest.
ANSWERING: frozenset[str] = frozenset({*OFFICES, Role.SUPERVISOR})
NEVER_ANSWERING: frozenset[str] = NO_CUSTODY | {Role.SUPPLIER, Role.AUDITOR}


@dataclass(frozen=True)
class Ground:
    """One reason why a person reads something.

    Without expediente and document it opens its levels everywhere. `act` is the id of the grant,
    appointment or decision relied on, `office` the role.
    """

    rule: str
    levels: Levels
    expediente: uuid.UUID | None = None
    document: uuid.UUID | None = None
    act: uuid.UUID | None = None
    office: str = ""

    @property
    def whole(self) -> bool:
        return self.expediente is None and self.document is None

    def told(self) -> dict[str, str]:
        """As the ledger keeps it: the rule, and the act or the office relied on."""
        act = {"act": str(self.act)} if self.act else {}
        return {"rule": self.rule, **act, **({"office": self.office} if self.office else {})}

    def covers(self, document: Document, level: str) -> bool:
        if level not in self.levels:
            return False
        return self.whole or self.document == document.pk or self.expediente == document.expediente_id


@dataclass(frozen=True)
class LevelReach:
    """What of one level is open: everything, some expedientes, some pieces."""

    whole: bool = False
    expedientes: frozenset[uuid.UUID] = frozenset()
    documents: frozenset[uuid.UUID] = frozenset()

    def condition(self, level: str) -> Q:
        places = Q(expediente__in=self.expedientes) | Q(pk__in=self.documents)
        return Q(level=level) if self.whole else Q(level=level) & places

    def __bool__(self) -> bool:
        return self.whole or bool(self.expedientes or self.documents)


Reach: TypeAlias = Mapping[str, LevelReach]


def roles_of(actor: Actor) -> frozenset[str]:
    """Codes of the person's roles; none for somebody anonymous or disabled."""
    if not getattr(actor, "is_active", False) or not actor.is_authenticated:
        return frozenset()
    roles = frozenset(actor.groups.values_list("name", flat=True))
    acting.note_roles(actor, roles)
    return roles


def may_answer(person: Actor) -> bool:
    """May this person be named to keep an expediente, or to answer for a reserve? It rests on her roles alone."""
    roles = roles_of(person)
    return bool(getattr(person, "desk_access", False) and roles & ANSWERING and not roles & NEVER_ANSWERING)


def grounds_for(actor: Actor, *, at: datetime.datetime | None = None) -> tuple[Ground, ...]:
    """Everything that lets this person read, now or at a past moment, in a constant number of queries."""
    return rights_of(actor, at=at).grounds


def rights_of(actor: Actor, *, at: datetime.datetime | None = None) -> Rights:
    """The person's roles now, and her grounds when something needs them: what an act checks several
    times it asks of this."""
    roles = roles_of(actor)
    if not getattr(actor, "is_active", False) or not getattr(actor, "desk_access", False) or roles & NO_CUSTODY:
        return Rights(None, frozenset(), at)
    return Rights(actor, roles, at)


def iter_grounds(actor: Actor, roles: frozenset[str], at: datetime.datetime | None) -> Iterator[Ground]:
    moment = at or clock.now()
    yield Ground("public_by_law", frozenset({Level.PUBLIC}))
    yield from office_grounds(roles)
    yield from appointment_grounds(actor, moment)
    yield from current_grants(actor, moment) if at is None else past_grants(actor, moment)
    yield from pending_grounds(actor, roles)
    yield from filer_grounds(actor, roles)


def office_grounds(roles: frozenset[str]) -> Iterator[Ground]:
    for role, levels in OFFICES.items():
        if role in roles:
            yield Ground("office", levels, office=role)


def appointment_grounds(actor: Actor, moment: datetime.datetime) -> Iterator[Ground]:
    day = timezone.localdate(moment)
    held = Appointment.objects.filter(person=actor, starts_on__lte=day, ends_on__gte=day, appointed_at__lte=moment)
    for key, kind, expediente in held.order_by().values_list("pk", "kind", "expediente"):
        yield Ground(f"appointment_{kind}", APPOINTMENTS[kind], expediente=expediente, act=key)


def current_grants(actor: Actor, moment: datetime.datetime) -> Iterator[Ground]:
    """Rights in force: guardian's rows whose grant has not ended."""
    day = timezone.localdate(moment)
    for table, rule, levels, column in GRANTED:
        rows = table.objects.filter(user=actor, grant__until__gte=day).order_by()
        for key, target in rows.values_list("grant", "content_object"):
            yield Ground(rule, levels, act=key, **{column: target})


def past_grants(actor: Actor, moment: datetime.datetime) -> Iterator[Ground]:
    """Rights as they stood: grants made, not yet ended and not yet withdrawn at that moment."""
    made = Grant.objects.filter(person=actor, granted_at__lte=moment, until__gte=timezone.localdate(moment))
    standing = made.exclude(withdrawal__withdrawn_at__lte=moment).order_by()
    for _table, rule, levels, column in GRANTED:
        for key, target in standing.exclude(**{column: None}).values_list("pk", column):
            yield Ground(rule, levels, act=key, **{column: target})


def pending_grounds(actor: Actor, roles: frozenset[str]) -> Iterator[Ground]:
    """Who may approve reads a piece while its proposal waits, unless she proposed or filed it."""
    if not roles & OFFICE_ACTS[Action.APPROVE_LEVEL]:
        return
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED)
    for act in waiting.exclude(proposed_by=actor).exclude(document__filed_by=actor).only("pk", "document_id"):
        yield Ground("pending_approval", ALL, document=act.document_id, act=act.pk)


def filer_grounds(actor: Actor, roles: frozenset[str]) -> Iterator[Ground]:
    """Who filed a piece reads it until it has a level; an office that reads all such pieces needs no list."""
    if any(Level.UNCLASSIFIED in OFFICES.get(role, ()) for role in roles):
        return
    mine = Document.objects.filter(filed_by=actor, level=Level.UNCLASSIFIED).order_by()
    for key in mine.values_list("pk", flat=True):
        yield Ground("filer", frozenset({Level.UNCLASSIFIED}), document=key)


class Rights:
    """The decision for one person at one moment; it answers every question from the same grounds.

    Grounds are read from the database once, at the first question that an office alone does not settle.
    """

    def __init__(self, actor: Actor | None, roles: frozenset[str], at: datetime.datetime | None) -> None:
        self.actor, self.roles, self.at = actor, roles, at

    @cached_property
    def grounds(self) -> tuple[Ground, ...]:
        return () if self.actor is None else tuple(iter_grounds(self.actor, self.roles, self.at))

    def reads(self, document: Document, level: str = "") -> bool:
        """May the person read this piece (at its present level, or at the one given)?"""
        return any(ground.covers(document, level or document.level) for ground in self.grounds)

    def reads_new(self, expediente: Expediente, level: str) -> bool:
        """Would she read a piece of this level filed there now, before any act upon the piece itself?"""
        return any(level in g.levels and (g.whole or g.expediente == expediente.pk) for g in self.grounds)

    def reach(self) -> Reach:
        return reach_of(self.grounds)

    def visible(self) -> QuerySet[Document]:
        """The pieces the person reads."""
        return within(self.reach())

    def is_staff_everywhere(self) -> bool:
        return any(role in OFFICES for role in self.roles)

    def is_staff_of(self, expediente: Expediente) -> bool:
        return self.is_staff_everywhere() or is_staff_of(self.grounds, expediente)

    def kept(self) -> frozenset[uuid.UUID]:
        """Expedientes of which the person is the named custodian today."""
        return frozenset(g.expediente for g in self.grounds if g.rule == "appointment_custodian" and g.expediente)

    def keeps(self, expediente: uuid.UUID | None) -> bool:
        """Is the person the named custodian of this expediente today?"""
        return expediente in self.kept()

    def sees(self, subject: object) -> bool:
        """Does the person know that the object is there?"""
        if isinstance(subject, Document):
            return self.reads(subject) or self.is_staff_of(subject.expediente)
        if isinstance(subject, Expediente):
            return self.is_staff_of(subject) or self.is_named_for(subject)
        return True

    def is_named_for(self, expediente: Expediente) -> bool:
        """Does a ground open the expediente, or a piece of it?"""
        named = any(ground.expediente == expediente.pk for ground in self.grounds)
        return named or self.visible().filter(expediente=expediente).exists()

    def allows(self, action: str, subject: object = None) -> bool:
        """May the person do this to that? `subject` is a Document, an Expediente or None."""
        if action in READING:
            return isinstance(subject, Document) and self.reads(subject)
        if not self.sees(subject):
            return False
        if action in CUSTODIAN_ACTS:
            return self.keeps(expediente_id(subject))
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
        if self.actor is not None and ground is not None:
            acting.note_ground(self.actor, subject, ground.told())

    def ground_of(self, action: str, subject: object) -> Ground | None:
        """The ground on which an allowed act rests: what opens the piece, the custody, or the office."""
        if action in READING:
            return next(
                (g for g in self.grounds if isinstance(subject, Document) and g.covers(subject, subject.level)), None
            )
        if action in CUSTODIAN_ACTS:
            kept = expediente_id(subject)
            return next((g for g in self.grounds if g.rule == "appointment_custodian" and g.expediente == kept), None)
        return next(
            (Ground("office", frozenset(), office=role) for role in sorted(self.roles & OFFICE_ACTS[action])), None
        )


def scope_for(actor: Actor) -> Reach:
    """What the person reads, level by level; levels with nothing open are left out."""
    return rights_of(actor).reach()


def reach_of(grounds: Iterable[Ground]) -> Reach:
    held = tuple(grounds)
    reaches = {level: level_reach([ground for ground in held if level in ground.levels]) for level in Level.values}
    return {level: reach for level, reach in reaches.items() if reach}


def level_reach(grounds: list[Ground]) -> LevelReach:
    return LevelReach(
        whole=any(ground.whole for ground in grounds),
        expedientes=frozenset(ground.expediente for ground in grounds if ground.expediente),
        documents=frozenset(ground.document for ground in grounds if ground.document),
    )


def visible_to(actor: Actor) -> QuerySet[Document]:
    """The pieces this person reads."""
    return rights_of(actor).visible()


def within(reach: Reach) -> QuerySet[Document]:
    conditions = [part.condition(level) for level, part in reach.items()]
    return Document.objects.filter(reduce(or_, conditions)) if conditions else Document.objects.none()


def expedientes_visible_to(actor: Actor) -> QuerySet[Expediente]:
    """Expedientes the person works in, and those that hold a piece she reads."""
    rights = rights_of(actor)
    if rights.is_staff_everywhere():
        return Expediente.objects.all()
    own = {ground.expediente for ground in rights.grounds if ground.expediente}
    holding = rights.visible().order_by().values("expediente")
    return Expediente.objects.filter(Q(pk__in=own) | Q(pk__in=holding))


def is_staff_everywhere(grounds: Iterable[Ground]) -> bool:
    return any(ground.rule == "office" for ground in grounds)


def is_staff_of(grounds: Iterable[Ground], expediente: Expediente) -> bool:
    """Staff of an expediente know every piece is there; of what they may not read they see no title."""
    return any(
        ground.rule == "office" or (ground.rule.startswith("appointment") and ground.expediente == expediente.pk)
        for ground in grounds
    )


def is_custodian_of(actor: Actor, expediente: Expediente) -> bool:
    return rights_of(actor).keeps(expediente.pk)


def expediente_id(subject: object) -> uuid.UUID | None:
    if isinstance(subject, Expediente):
        return subject.pk
    return subject.expediente_id if isinstance(subject, Document) else None


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
