"""What waits for a person: the bandeja, proposals to decide, grants she answers for, and the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from records import clock, permissions
from records.errors import AccessDenied
from records.fixity import checks
from records.keys import Key, as_uuid
from records.models import Appointment, ClassificationAct, Document, Draft, Expediente, Grant, LedgerEvent, Resentencing
from records.permissions import Actor, Rights
from records.selectors.drafts import list_drafts_for
from records.selectors.lacks import has_charge, lacks_of
from records.selectors.quarantine import list_waiting
from records.selectors.resentencing import list_resentencings_for
from records.services.access import get_grant_for
from records.services.break_glass import list_to_confirm, list_to_review
from records.services.person_acts import list_person_acts_for
from records.services.requests import list_requests_for
from records.vocabulary import (
    Action,
    ActState,
    AppointmentKind,
    DocumentState,
    ExpedienteState,
    GrantBasis,
    Level,
    ReadingState,
)

SHOWN = 10
#: How long before its end a level or a custody is said to end soon.
NOTICE = datetime.timedelta(days=90)
#: How long before its end a grant is.
MONTH = datetime.timedelta(days=30)
#: How long a reading in bulk stays in the bandeja of who answers for what was read.
TOLD_FOR = datetime.timedelta(days=7)
#: Rules of the grounds that rest on a grant by name.
GRANT_RULES = permissions.GRANT_RULES


@dataclass(frozen=True)
class WorkGroup:
    """A group of the bandeja: how many wait, since when, and the first of them.

    Items are pieces, drafts in "incomplete", refused files in "quarantine", proposals in "resentencings",
    `lacks.Lack` in "lacking", or appointments in "custody_ending". `oldest` is the day on which the first of them came
    to wait; in the groups of DUE, on which it ends; None where none is told. `left` were not looked at.
    """

    code: str
    count: int
    oldest: datetime.date | datetime.datetime | None
    items: list[Any] = field(default_factory=list)
    left: int = 0


def bandeja_for(actor: Actor) -> list[WorkGroup]:
    """Groups of the bandeja that fit the person's duties, empty ones included, in a constant number of queries."""
    rights = permissions.rights_of(actor)
    groups = [group_of(code, choose(rights)) for code, (duties, choose) in GROUPS.items() if rights.roles & duties]
    groups += [group_of(code, choose(rights)) for code, choose in KEEPING.items()] if rights.kept() else []
    groups += [group_of("to_confirm", list_to_confirm(actor))] if rights.allows(Action.CONFIRM_BREAK_GLASS) else []
    groups += [group_of("people", list_person_acts_for(actor))] if rights.allows(Action.CONFIRM_PERSON) else []
    return [*groups, lacking(rights)] if has_charge(rights) else groups


def lacking(rights: Rights) -> WorkGroup:
    """Expedientes in charge that lack something at their stage."""
    found = lacks_of(rights)
    return WorkGroup("lacking", len(found.rows), None, list(found.rows[:SHOWN]), found.left)


def read_by(rights: Rights) -> QuerySet[Document]:
    """Pieces the person reads and that count."""
    counting = rights.visible().exclude(state=DocumentState.ANNULLED)
    return counting.select_related("expediente", "tipo", "reading", "filed_by")


def to_classify(rights: Rights) -> QuerySet[Document]:
    """Pieces without an approved level of their own; a reserved one waits for whoever keeps its expediente."""
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED).values("document")
    hers = ~Q(level=Level.RESERVED) | Q(expediente__in=rights.kept())
    return read_by(rights).filter(hers, state=DocumentState.FILED).exclude(pk__in=waiting)


def to_approve(rights: Rights) -> QuerySet[Document]:
    return read_by(rights).filter(pk__in=list_acts_for(rights.actor).order_by().values("document"))


def resentencings(rights: Rights) -> QuerySet[Resentencing]:
    return list_resentencings_for(rights.actor)


def waiting_approval(rights: Rights) -> QuerySet[Document]:
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED)
    return read_by(rights).filter(pk__in=waiting.values("document"))


def returned(rights: Rights) -> QuerySet[Document]:
    """Pieces whose last proposal came back and of which nobody has proposed again."""
    last = ClassificationAct.objects.filter(document=OuterRef("pk")).order_by("-proposed_at", "-pk")
    told = read_by(rights).annotate(last_act=Subquery(last.values("state")[:1]))
    return told.filter(last_act=ActState.REFUSED)


def to_register(rights: Rights) -> QuerySet[Document]:
    return read_by(rights).filter(state=DocumentState.CLASSIFIED, expediente__state=ExpedienteState.OPEN)


def reading_faults(rights: Rights) -> QuerySet[Document]:
    faulty = (ReadingState.UNREADABLE, ReadingState.NO_TEXT, ReadingState.PARTIAL)
    return read_by(rights).filter(Q(reading__state__in=faulty) | Q(reading__unreadable_pages__gt=0))


def levels_ending(rights: Rights) -> QuerySet[Document]:
    """Pieces whose restriction ends soon, or has ended and is still to be looked at again."""
    acts = ClassificationAct.objects.filter(document=OuterRef("pk"), state=ActState.IN_FORCE, until__isnull=False)
    dated = read_by(rights).annotate(due=Subquery(acts.values("until")[:1]))
    return dated.filter(due__lte=clock.today() + NOTICE)


def custody_ending(rights: Rights) -> QuerySet[Appointment]:
    """Custodies that end soon and nobody follows: one's own, and all of them for who answers for the offices."""
    today = clock.today()
    custody = Appointment.objects.filter(kind=AppointmentKind.CUSTODIAN, end=None)
    held = custody.filter(starts_on__lte=today, ends_on__gte=today, ends_on__lte=today + NOTICE)
    followed = custody.filter(expediente=OuterRef("expediente"), ends_on__gt=OuterRef("ends_on"))
    mine = held.filter(rights.works_in("expediente"))
    mine = mine if rights.roles & APPROVERS else mine.filter(person=rights.actor)
    open_ones = mine.exclude(expediente__state=ExpedienteState.CLOSED_DEFINITIVE).exclude(Exists(followed))
    return open_ones.annotate(due=F("ends_on")).select_related("expediente", "person")


def incomplete(rights: Rights) -> QuerySet[Draft]:
    """One's own files that were sent and are not filed."""
    return list_drafts_for(rights.actor)


def damaged(rights: Rights) -> QuerySet[Document]:
    """Pieces whose bytes are wrong in every place: nothing of them is delivered until the right ones come back."""
    lost = checks.lost().values("blob")
    return rights.visible().select_related("expediente", "tipo", "reading", "filed_by").filter(blob__in=lost)


def grants_ending(rights: Rights) -> QuerySet[Grant]:
    """Grants over what the person keeps that end within a month: they end by themselves, and it is told before."""
    today = clock.today()
    standing = list_grants_for(rights.actor).filter(withdrawal=None, until__gte=today, until__lte=today + MONTH)
    return standing.exclude(basis=GrantBasis.BREAK_GLASS)


def bulk_readings(rights: Rights) -> QuerySet[LedgerEvent]:
    """Who read too much too fast lately, in expedientes of which the person answers."""
    since = clock.now() - TOLD_FOR
    mine = [str(key) for key in rights.kept()]
    return LedgerEvent.objects.filter(action="reading.throttled", object_id__in=mine, at__gte=since)


Choice = Callable[[Rights], QuerySet[Any]]
CUSTODY = permissions.OFFICE_ACTS[Action.PROPOSE_LEVEL]
APPROVERS = permissions.OFFICE_ACTS[Action.APPROVE_LEVEL]
REGISTRARS = permissions.OFFICE_ACTS[Action.REGISTER]
FILERS = permissions.OFFICE_ACTS[Action.FILE]
WARDENS = permissions.OFFICE_ACTS[Action.HANDLE_QUARANTINE]
#: Each group of the bandeja: whose duty it is, and what it holds.
GROUPS: dict[str, tuple[frozenset[str], Choice]] = {
    "damaged": (CUSTODY, damaged),
    "bulk_readings": (CUSTODY, bulk_readings),
    "to_approve": (APPROVERS, to_approve),
    "resentencings": (permissions.OFFICE_ACTS[Action.APPROVE_TRD], resentencings),
    "incomplete": (FILERS, incomplete),
    "quarantine": (WARDENS, list_waiting),
    "to_classify": (CUSTODY, to_classify),
    "returned": (CUSTODY, returned),
    "waiting_approval": (CUSTODY, waiting_approval),
    "to_register": (REGISTRARS, to_register),
    "levels_ending": (CUSTODY, levels_ending),
    "custody_ending": (CUSTODY | APPROVERS, custody_ending),
    "reading_faults": (CUSTODY, reading_faults),
}
#: Groups of whoever keeps something, by custody and not by office.
KEEPING: dict[str, Choice] = {
    "emergencies": lambda rights: list_to_review(rights.actor),
    "requests": lambda rights: list_requests_for(rights.actor),
    "grants_ending": grants_ending,
}
#: Groups ordered by the day on which something ends.
DUE = frozenset({"levels_ending", "custody_ending", "grants_ending"})
#: Since when the things of a group wait, where it is not since they were filed.
SINCE = {
    **dict.fromkeys(DUE, "due"),
    "grants_ending": "until",
    "emergencies": "asked_at",
    "to_confirm": "asked_at",
    "people": "asked_at",
    "requests": "asked_at",
    "incomplete": "created_at",
    "quarantine": "at",
    "bulk_readings": "at",
    "resentencings": "proposed_at",
}


def group_of(code: str, rows: QuerySet[Any]) -> WorkGroup:
    moment = SINCE.get(code, "filed_at")
    items, count = list(rows.order_by(moment, "pk")[:SHOWN]), rows.count()
    return WorkGroup(code, count, getattr(items[0], moment) if items else None, items)


def list_acts_for(actor: Actor) -> QuerySet[ClassificationAct]:
    """Proposals this person may decide: not hers, nor of pieces she filed. None without that duty."""
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED)
    rights = permissions.rights_of(actor)
    if not rights.roles & APPROVERS:
        return waiting.none()
    return (
        waiting.filter(rights.not_shut("document"))
        .exclude(Q(proposed_by=actor) | Q(document__filed_by=actor))
        .select_related("document__expediente", "document__tipo", "proposed_by", "responsible")
        .order_by("proposed_at")
    )


#: What a line of a grant tells.
TOLD = ("document__expediente", "expediente", "convenio", "package__expediente", "granted_by", "withdrawal")


def list_grants_for(actor: Actor) -> QuerySet[Grant]:
    """Grants over what the person answers for as custodian today, newest first."""
    rights = permissions.rights_of(actor)
    kept = rights.kept()
    places = Q(expediente__in=kept) | Q(document__expediente__in=kept) | Q(package__expediente__in=kept)
    kept_numbers = Expediente.objects.filter(pk__in=kept).exclude(convenio_number="").values("convenio_number")
    own = Grant.objects.filter(places | Q(convenio__number__in=kept_numbers)).filter(rights.not_shut("document"))
    return own.select_related(*TOLD, "person", "office")


def list_own_grants(actor: Actor) -> QuerySet[Grant]:
    """Grants in force that open something to this person. One over a piece she may not read all the same (it has
    no level, she took an office that holds no custody) is left out: its line would tell the title."""
    rights = permissions.rights_of(actor)
    given = [ground.act for ground in rights.grounds if ground.act and ground.rule in GRANT_RULES]
    readable = Q(document=None) | Q(document__in=rights.visible().order_by().values("pk"))
    own = Grant.objects.filter(readable, pk__in=given).exclude(expediente__in=rights.barred.expedientes)
    own = own.exclude(package__expediente__in=rights.barred.expedientes)
    return own.select_related(*TOLD)


def get_known_grant(actor: Actor, key: Key) -> Grant:
    """A grant that opens something to this person, or over something she answers for. Raises NotFound."""
    own = list_own_grants(actor).select_related("person", "office").filter(pk=as_uuid(key)).first()
    return own or get_grant_for(actor, key)


def list_events_for(actor: Actor) -> QuerySet[LedgerEvent]:
    """The ledger, newest first, for whoever may consult it; it holds no title and no content. What tells of a piece
    that a recusal shuts to her, by its id anywhere in the event, is left out."""
    rights = permissions.rights_of(actor)
    if not rights.allows(Action.READ_LEDGER):
        raise AccessDenied(action=Action.READ_LEDGER)
    events = LedgerEvent.objects.order_by("-index")
    for piece in rights.barred.documents:
        events = events.exclude(payload__contains=str(piece))
    for place in rights.barred.expedientes:
        inside = Document.objects.filter(expediente=place).order_by().values_list("pk", flat=True)
        events = events.exclude(payload__contains=str(place)).exclude(object_id__in=list(map(str, inside)))
    return events


def people_who_may(actor: Actor, document: Document) -> Iterator[Grant]:
    """Grants in force over one piece, for its custodian."""
    permissions.check(actor, Action.GRANT, document)
    yield from document.grants.filter(withdrawal=None, until__gte=clock.today()).select_related("person", "granted_by")
