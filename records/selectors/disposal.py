"""What the retention schedule says is due: transfer to the central archive, or the final disposition (B11).

Only a list: nothing here removes anything. Years run from the day of the administrative closing, `closed_on`, which
is when the procedure ended and was resolved; the definitive closing, once no action may be brought, moves nothing, and
a reopened expediente counts anew from its next closing (Acuerdo AGN 001 de 2024, which took in 002 de 2014 and 003 de
2015). Of a contract that trigger is its constancia de cierre (Decreto 1082 de 2015, artículo 2.2.1.1.2.4.3): who closes
the expediente does it with that piece in it. They run by the calendar and end on a working day, as legal terms do
(`working_days`). What a hold reaches is left out and counted apart.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from records import clock, permissions
from records.holds import standing
from records.models import Expediente, Subserie
from records.permissions import Actor
from records.vocabulary import ExpedienteState
from records.working_days import years_later

#: What an expediente waits for, once its years ended.
TRANSFER = "transfer"


@dataclass(frozen=True)
class Due:
    """An expediente whose years have ended: `act` is TRANSFER or a `Disposition`, `since` the day on which the last
    of its `years` ended, counted from `closed_on`."""

    expediente: Expediente
    subserie: Subserie
    act: str
    closed_on: datetime.date
    years: int
    since: datetime.date


@dataclass(frozen=True)
class Disposal:
    """What is due, the longest waiting first, and the expedientes that a hold leaves out."""

    rows: list[Due]
    held: list[Expediente]


def disposal_for(actor: Actor, on: datetime.date | None = None) -> Disposal:
    """Of the expedientes in which this person works."""
    day, held = on or clock.today(), standing.held_expedientes()
    found = [due for expediente in closed_ones(actor) if (due := due_of(expediente, day))]
    free = [due for due in found if due.expediente.pk not in held]
    return Disposal(
        sorted(free, key=lambda due: (due.since, due.expediente.code)),
        [due.expediente for due in found if due.expediente.pk in held],
    )


def closed_ones(actor: Actor) -> QuerySet[Expediente]:
    rights = permissions.rights_of(actor)
    known = Expediente.objects.exclude(state=ExpedienteState.OPEN).exclude(closed_on=None).exclude(subserie=None)
    return known.filter(rights.works_in("pk")).select_related("subserie__serie__trd", "trd").order_by("code")


def due_of(expediente: Expediente, day: datetime.date) -> Due | None:
    """What is due of it on a day: the final disposition when all its years ended, else the transfer; None before, and
    where the schedule tells no years."""
    subserie, closed = expediente.subserie, expediente.closed_on
    if subserie is None or closed is None or subserie.years_management is None:
        return None
    kept_here = subserie.years_management
    whole = kept_here + (subserie.years_central or 0)
    if subserie.disposition and (end := years_later(closed, whole)) < day:
        return Due(expediente, subserie, subserie.disposition, closed, whole, end)
    if subserie.years_central and (end := years_later(closed, kept_here)) < day:
        return Due(expediente, subserie, TRANSFER, closed, kept_here, end)
    return None
