"""The ledger as its readers ask it: by days, person, act, object, expediente and result; and its last verification."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from records.audit import DONE, FAILED, REFUSALS, REFUSED
from records.errors import NotFound
from records.keys import NOBODY, as_uuid
from records.models import Document, LedgerEvent
from records.permissions import Actor
from records.selectors.expedientes import get_expediente_by_code_for
from records.selectors.history import OF_SYSTEM, AsText, count_routine
from records.selectors.worklists import list_events_for

#: What `Sought.system` may ask: the routine of the system too, or nothing else.
SHOWN, ALONE = "shown", "alone"


@dataclass(frozen=True)
class Sought:
    """What is asked of the ledger; empty asks nothing. Days are those of Bogotá, both ends included; an expediente is
    named by its identifier, or by its code where the reader knows it; `result` is one of `audit.RESULTS`.

    `system` is SHOWN, ALONE or empty: then the routine of the system is left out, save from the whole life of one
    object and from the list of one act."""

    object: str = ""
    person: str = ""
    action: str = ""
    expediente: str = ""
    result: str = ""
    system: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    def told(self) -> dict[str, str]:
        """What was asked, for the event of asking; a code of an expediente may be secret and stays out (U5)."""
        return {name: str(value) for name, value in asdict(self).items() if value and name != "expediente"}

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def leaves_routine_out(self) -> bool:
        return not (self.system or self.object or self.action)


def list_sought_for(actor: Actor, sought: Sought) -> QuerySet[LedgerEvent]:
    """The events asked for, newest first. Raises AccessDenied for whoever may not consult the ledger."""
    events = list_whole(actor, sought)
    if sought.system == ALONE:
        return events.filter(OF_SYSTEM)
    return events.exclude(OF_SYSTEM) if sought.leaves_routine_out else events


def count_sought_for(actor: Actor, sought: Sought) -> tuple[int, int]:
    """How many events the list above has, and how many of the system's routine it leaves out."""
    events = list_whole(actor, sought)
    if sought.system == ALONE:
        return count_routine(events), 0
    out = count_routine(events) if sought.leaves_routine_out else 0
    return events.count() - out, out


def list_whole(actor: Actor, sought: Sought) -> QuerySet[LedgerEvent]:
    events = list_events_for(actor)
    exact = {"object_id": sought.object, "actor": sought.person, "action": sought.action}
    events = events.filter(**{column: value for column, value in exact.items() if value})
    for narrow in (by_days(sought), by_result(sought.result), by_expediente(actor, sought.expediente)):
        events = events.filter(narrow)
    return events


def by_days(sought: Sought) -> Q:
    since = Q(at__gte=beginning(sought.since)) if sought.since else Q()
    return since & Q(at__lt=beginning(sought.until) + datetime.timedelta(days=1)) if sought.until else since


def beginning(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def by_result(result: str) -> Q:
    """Events older than results tell theirs by their act alone."""
    older = {REFUSED: Q(result="", action__in=REFUSALS), DONE: Q(result="") & ~Q(action__in=REFUSALS), FAILED: Q()}
    if result not in older:
        return Q()
    return Q(result=result) | older[result] if older[result] else Q(result=result)


def by_expediente(actor: Actor, named: str) -> Q:
    """Acts upon the expediente and upon its pieces; nothing for a name that means none to this reader."""
    if not named:
        return Q()
    key = identifier_of(actor, named)
    pieces = Document.objects.filter(expediente=key).order_by().annotate(told=AsText("pk")).values("told")
    return Q(object_id=str(key)) | Q(object_id__in=pieces) if key else Q(pk__in=())


def identifier_of(actor: Actor, named: str) -> Any:
    if (key := as_uuid(named)) != NOBODY:
        return key
    try:
        return get_expediente_by_code_for(actor, named).pk
    except NotFound:
        return None


def find_last_verification(actor: Actor) -> Mapping[str, Any] | None:
    """When the ledger was last verified from the desk, by whom, over how many events and with how many findings."""
    last = list_events_for(actor).filter(action="ledger.verified").first()
    if last is None:
        return None
    facts = json.loads(last.payload)["facts"]
    person = get_user_model().objects.filter(username=last.actor).first()
    told = person.get_full_name() if person else ""
    return {"at": last.at, "name": told or last.actor, "events": facts["events"], "findings": facts["findings"]}
