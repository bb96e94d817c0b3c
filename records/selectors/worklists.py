"""What waits for a person: the bandeja, proposals to decide, grants she answers for, and the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from records import clock, permissions
from records.errors import AccessDenied
from records.models import ClassificationAct, Document, Grant, LedgerEvent
from records.permissions import Actor
from records.vocabulary import Action, ActState, Level, ReadingState

SHOWN = 10
#: Rules of the grounds that rest on a grant by name.
GRANT_RULES = frozenset(rule for _table, rule, _levels, _column in permissions.GRANTED)


@dataclass(frozen=True)
class WorkGroup:
    """A group of the bandeja: how many wait, since when, and the first of them."""

    code: str
    count: int
    oldest: datetime.datetime | None
    items: list[Document] = field(default_factory=list)


def bandeja_for(actor: Actor) -> list[WorkGroup]:
    """Groups of the bandeja that fit the person's duties, empty ones included, in a constant number of queries."""
    roles = permissions.roles_of(actor)
    visible = permissions.visible_to(actor).select_related("expediente", "tipo", "reading", "filed_by")
    return [group_of(code, choose(visible, actor)) for code, (duties, choose) in GROUPS.items() if roles & duties]


def to_classify(visible: QuerySet[Document], _actor: Actor) -> QuerySet[Document]:
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED).values("document")
    return visible.filter(level=Level.UNCLASSIFIED).exclude(pk__in=waiting)


def to_approve(visible: QuerySet[Document], actor: Actor) -> QuerySet[Document]:
    return visible.filter(pk__in=list_acts_for(actor).values("document"))


def waiting_approval(visible: QuerySet[Document], _actor: Actor) -> QuerySet[Document]:
    return visible.filter(pk__in=ClassificationAct.objects.filter(state=ActState.PROPOSED).values("document"))


def reading_faults(visible: QuerySet[Document], _actor: Actor) -> QuerySet[Document]:
    faulty = (ReadingState.UNREADABLE, ReadingState.NO_TEXT, ReadingState.PARTIAL)
    return visible.filter(reading__state__in=faulty)


Choice = Callable[[QuerySet[Document], Actor], QuerySet[Document]]
CUSTODY = permissions.OFFICE_ACTS[Action.PROPOSE_LEVEL]
APPROVERS = permissions.OFFICE_ACTS[Action.APPROVE_LEVEL]
#: Each group of the bandeja: whose duty it is, and which pieces it holds.
GROUPS: dict[str, tuple[frozenset[str], Choice]] = {
    "to_approve": (APPROVERS, to_approve),
    "to_classify": (CUSTODY, to_classify),
    "waiting_approval": (CUSTODY, waiting_approval),
    "reading_faults": (CUSTODY, reading_faults),
}


def group_of(code: str, pieces: QuerySet[Document]) -> WorkGroup:
    oldest_first = pieces.order_by("filed_at", "pk")
    items, count = list(oldest_first[:SHOWN]), pieces.count()
    return WorkGroup(code, count, items[0].filed_at if items else None, items)


def list_acts_for(actor: Actor) -> QuerySet[ClassificationAct]:
    """Proposals this person may decide: not hers, nor of pieces she filed. None without that duty."""
    waiting = ClassificationAct.objects.filter(state=ActState.PROPOSED)
    if not permissions.roles_of(actor) & APPROVERS:
        return waiting.none()
    return (
        waiting.exclude(Q(proposed_by=actor) | Q(document__filed_by=actor))
        .select_related("document__expediente", "document__tipo", "proposed_by", "responsible")
        .order_by("proposed_at")
    )


def list_grants_for(actor: Actor) -> QuerySet[Grant]:
    """Grants over what the person answers for as custodian today, newest first."""
    kept = permissions.rights_of(actor).kept()
    own = Grant.objects.filter(Q(expediente__in=kept) | Q(document__expediente__in=kept))
    return own.select_related("person", "granted_by", "document__expediente", "expediente", "withdrawal")


def list_own_grants(actor: Actor) -> QuerySet[Grant]:
    """Grants in force that open something to this person. One over a piece she may not read all the same (it has
    no level, she took an office that holds no custody) is left out: its line would tell the title."""
    rights = permissions.rights_of(actor)
    given = [ground.act for ground in rights.grounds if ground.act and ground.rule in GRANT_RULES]
    readable = Q(document=None) | Q(document__in=rights.visible().order_by().values("pk"))
    own = Grant.objects.filter(readable, pk__in=given)
    return own.select_related("document__expediente", "expediente", "granted_by", "withdrawal")


def list_events_for(actor: Actor) -> QuerySet[LedgerEvent]:
    """The ledger, newest first, for whoever may consult it; it holds no title and no content."""
    if not permissions.allows(actor, Action.READ_LEDGER):
        raise AccessDenied(action=Action.READ_LEDGER)
    return LedgerEvent.objects.order_by("-index")


def people_who_may(actor: Actor, document: Document) -> Iterator[Grant]:
    """Grants in force over one piece, for its custodian."""
    permissions.check(actor, Action.GRANT, document)
    yield from document.grants.filter(withdrawal=None, until__gte=clock.today()).select_related("person", "granted_by")
