"""The life of a piece and of an expediente, as the ledger tells it and as far as one person may know it.

Acts of custody are told to whoever reads the piece. Who else read it, and who was given access, is told to
those who answer for it as custodians; a reader sees only her own readings.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Model, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from records import permissions
from records.audit import FAILED
from records.models import Document, Expediente, LedgerEvent, StateChange
from records.permissions import Actor
from records.vocabulary import Action, DocumentState, ExpedienteState

#: Acts that any reader of a piece is told, and those that staff of an expediente are told of it.
CUSTODY_ACTS = frozenset(
    {
        "expediente.opened",
        "expediente.staged",
        "expediente.closed",
        "expediente.closed_for_good",
        "expediente.reopened",
        "expediente.described",
        "expediente.received",
        "index.issued",
        "retention.proposed",
        "retention.approved",
        "retention.returned",
        "annex.listed",
        "document.filed",
        "document.classified",
        "document.registered",
        "document.sealed",
        "document.annulled",
        "document.located",
        "document.rendered",
        "document.signatures_checked",
        "document.parts_listed",
        "rendition.asked",
        "reading.asked",
        "signatures.asked",
        "document.read",
        "level.proposed",
        "level.raised",
        "level.approved",
        "level.returned",
        "level.overtaken",
        "level.inherited",
        "custody.verified",
        "custody.copied",
        "custody.mended",
        "custody.damaged",
        "hold.placed",
        "hold.lifted",
    }
)
#: What the system does by itself as a matter of course, many times a day; lists leave it out unless asked, never a
#: fault of it. Every one is an act of no person.
ROUTINE = (
    "custody.copied",
    "custody.swept",
    "custody.litter",
    "document.read",
    "document.rendered",
    "document.parts_listed",
    "document.signatures_checked",
)
OF_SYSTEM = Q(action__in=ROUTINE) & ~Q(result=FAILED)
#: Readings: one's own, or those of all for whoever answers for the piece.
READINGS = frozenset(
    {"document.viewed", "document.page_viewed", "document.downloaded", "receipt.read", "chain.exported"}
)
#: Machines whose reasons a history tells; those of levels are told by the page of each act, to its readers.
TOLD_MACHINES = ("Document", "Expediente", "Stage")


class AsText(Func):
    """A UUID as the ledger spells it, with dashes: SQLite keeps 32 digits, PostgreSQL a type of its own."""

    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        starts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        parts = " || '-' || ".join(f"substr(%(expressions)s, {first}, {length})" for first, length in starts)
        return self.as_sql(compiler, connection, template=f"({parts})", **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::varchar", **context)


@dataclass(frozen=True)
class Transition:
    """One step of one machine (P3): who took it, when, why, and the facts of its event as evidence."""

    machine: str
    source: str
    target: str
    at: datetime.datetime
    actor: str
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


def list_history_of(actor: Actor, document: Document) -> QuerySet[LedgerEvent]:
    """Events about one piece, newest first. The caller has decided that the person reads it."""
    return told_to(actor, document, LedgerEvent.objects.filter(object_id=str(document.pk)))


def list_expediente_history(actor: Actor, expediente: Expediente) -> QuerySet[LedgerEvent]:
    """Events about an expediente and those of its pieces this person reads, newest first."""
    pieces = permissions.visible_to(actor).filter(expediente=expediente).order_by()
    about = Q(object_id__in=pieces.annotate(told=AsText("pk")).values("told"))
    if permissions.rights_of(actor).is_staff_of(expediente):
        about |= Q(object_id=str(expediente.pk))
    return told_to(actor, expediente, LedgerEvent.objects.filter(about))


def count_routine(events: QuerySet[LedgerEvent]) -> int:
    """How many of these OF_SYSTEM are, from indexes alone: the ledger of an old house is long."""
    routine = events.filter(action__in=ROUTINE).order_by()
    return routine.count() - routine.filter(result=FAILED).count()


def told_to(actor: Actor, subject: Document | Expediente, events: QuerySet[LedgerEvent]) -> QuerySet[LedgerEvent]:
    newest_first = events.order_by("-index")
    if permissions.allows(actor, Action.EXPLAIN_OTHERS, subject):
        return newest_first
    own = Q(action__in=READINGS, actor=actor.get_username())
    return newest_first.filter(Q(action__in=CUSTODY_ACTS) | own)


def reasons_of(events: Iterable[LedgerEvent]) -> dict[int, str]:
    """Why each of these steps was taken, by the event's number. The events come from a history above: who is told
    of a step in it is told its reason."""
    steps = StateChange.objects.filter(event__in=[event.pk for event in events], machine__in=TOLD_MACHINES)
    return dict(steps.exclude(reason="").order_by().values_list("event", "reason"))


def transitions_of(subject: Model) -> list[Transition]:
    """Every step of whatever has a machine, oldest first; the caller has decided that the reader may know it.

    The first step of a piece, from draft to filed, and the opening of an expediente are in their rows.
    """
    steps = StateChange.objects.filter(subject=subject.pk).select_related("actor", "event").order_by("event", "pk")
    return [*first_step(subject), *map(transition_of, steps)]


def first_step(subject: Model) -> list[Transition]:
    if isinstance(subject, Document):
        facts = {"radicado": subject.radicado, "sha256": subject.blob_id}
        filer = subject.filed_by.get_username()
        return [Transition("Document", "draft", DocumentState.FILED, subject.filed_at, filer, evidence=facts)]
    if isinstance(subject, Expediente):
        opener = subject.opened_by.get_username()
        return [Transition("Expediente", "", ExpedienteState.OPEN, subject.created_at, opener)]
    return []


def transition_of(step: StateChange) -> Transition:
    facts = json.loads(step.event.payload)["facts"]
    evidence = {name: value for name, value in facts.items() if name not in ("machine", "from", "to")}
    actor = step.actor.get_username() if step.actor else ""
    return Transition(step.machine, step.source, step.target, step.at, actor, step.reason, evidence)
