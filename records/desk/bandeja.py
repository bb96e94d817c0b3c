"""/custodia/: what waits for this person, one click from the act."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records import clock
from records.desk.doors import READ, desk_view
from records.models import Appointment, Document, Draft, Quarantined
from records.parsing.names import safe_display_name
from records.selectors.service_state import count_unread, worker_runs
from records.selectors.worklists import DUE, WorkGroup, bandeja_for, list_acts_for

#: Title, sentence when nothing waits, and word of the act, by group.
TOLD: dict[str, tuple[Any, Any, Any]] = {
    "to_approve": (_("Por aprobar"), _("No hay propuestas de nivel por decidir."), _("Decidir")),
    "incomplete": (_("Incompletos"), _("No tiene archivos por completar."), _("Completar")),
    "quarantine": (_("En cuarentena"), _("Ningún archivo rechazado espera que lo atiendan."), _("Atender")),
    "to_classify": (
        _("Por clasificar"),
        _("Todas las piezas que usted lee tienen nivel o propuesta."),
        _("Proponer nivel"),
    ),
    "returned": (_("Devueltos"), _("Ninguna propuesta devuelta espera que la corrijan."), _("Proponer de nuevo")),
    "waiting_approval": (_("En aprobación"), _("Ninguna propuesta espera decisión."), _("Ver")),
    "to_register": (_("Por registrar"), _("Ninguna pieza clasificada espera registro."), _("Registrar")),
    "levels_ending": (
        _("Niveles que vencen pronto"),
        _("Ninguna restricción que usted lea vence en los próximos 90 días."),
        _("Revisar"),
    ),
    "custody_ending": (
        _("Custodias que vencen pronto"),
        _("Ninguna custodia a su cargo vence en los próximos 90 días."),
        _("Ver"),
    ),
    "reading_faults": (_("Lectura con faltas"), _("Ninguna pieza se quedó sin leer."), _("Ver")),
}
#: Where the act of each group is, when it is not the viewer.
PLACES = {"to_classify": "desk:propose", "returned": "desk:propose", "to_register": "desk:register"}


@dataclass(frozen=True)
class Line:
    """What waits: a name, where it is, and the address of the act. `piece` is empty for what is no piece."""

    title: str
    code: str
    where: str
    url: str
    day: datetime.date | datetime.datetime
    piece: Document | None = None


@dataclass(frozen=True)
class Group:
    """`days` since the first of them waits, or until the first of them ends when `due`; below zero it has ended."""

    code: str
    title: Any
    empty: Any
    act: Any
    count: int
    days: int | None
    lines: list[Line]
    due: bool = False


@desk_view(*READ)
def bandeja(request: HttpRequest) -> HttpResponse:
    groups = bandeja_for(request.user)
    acts = act_of_each(request) if any(group.code == "to_approve" for group in groups) else {}
    running = worker_runs()
    context = {
        "groups": [shown(group, acts) for group in groups],
        "worker_stopped": not running,
        "unread": 0 if running else count_unread(request.user),
    }
    return render(request, "records/bandeja.html", context)


def act_of_each(request: HttpRequest) -> dict[uuid.UUID, uuid.UUID]:
    return {document: act for act, document in list_acts_for(request.user).values_list("pk", "document_id")}


def shown(group: WorkGroup, acts: dict[uuid.UUID, uuid.UUID]) -> Group:
    title, empty, act = TOLD[group.code]
    lines = [line_of(group.code, item, acts) for item in group.items]
    return Group(group.code, title, empty, act, group.count, days_of(group), lines, group.code in DUE)


def days_of(group: WorkGroup) -> int | None:
    if group.oldest is None:
        return None
    day = timezone.localdate(group.oldest) if isinstance(group.oldest, datetime.datetime) else group.oldest
    return (day - clock.today()).days if group.code in DUE else (clock.today() - day).days


def line_of(code: str, item: Any, acts: dict[uuid.UUID, uuid.UUID]) -> Line:
    if isinstance(item, Appointment):
        place = item.expediente
        url = reverse("desk:expediente-access", args=[place.pk])
        return Line(place.title, place.code, item.person.get_full_name(), url, item.ends_on)
    if isinstance(item, Draft):
        url, where = reverse("desk:draft", args=[item.pk]), item.get_state_display()
        return Line(safe_display_name(item.original_name), item.expediente.code, where, url, item.created_at)
    if isinstance(item, Quarantined):
        url, where = reverse("desk:quarantine-settle", args=[item.pk]), item.person.get_full_name()
        return Line(safe_display_name(item.original_name), item.expediente.code, where, url, item.at)
    where = f"{item.tipo.name} · {_('radicado')} {item.radicado}"
    day = item.due if code in DUE else item.filed_at
    return Line(item.title, item.expediente.code, where, address_of(code, item, acts), day, item)


def address_of(code: str, piece: Document, acts: dict[uuid.UUID, uuid.UUID]) -> str:
    if code == "to_approve" and piece.pk in acts:
        return reverse("desk:act", args=[acts[piece.pk]])
    return reverse(PLACES.get(code, "desk:document"), args=[piece.pk])
