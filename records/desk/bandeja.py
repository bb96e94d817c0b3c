"""/custodia/: what waits for this person, one click from the act."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import clock
from records.desk.doors import READ, desk_view
from records.desk.sockets import news_for
from records.models import (
    AccessRequest,
    Appointment,
    BreakGlass,
    Document,
    Draft,
    Expediente,
    Grant,
    LedgerEvent,
    PersonAct,
    Quarantined,
    Resentencing,
)
from records.parsing.names import safe_display_name
from records.selectors.lacks import Lack
from records.selectors.service_state import count_unread, worker_runs
from records.selectors.worklists import DUE, WorkGroup, bandeja_for, list_acts_for
from records.stages import label_of
from records.vocabulary import Role

#: Title and word of the act, by group.
TOLD: dict[str, tuple[Any, Any]] = {
    "damaged": (_("Dañados en todas sus copias"), _("Ver")),
    "bulk_readings": (_("Lecturas en masa"), _("Ver")),
    "to_approve": (_("Por aprobar"), _("Decidir")),
    "resentencings": (_("Cambios de retención por decidir"), _("Decidir")),
    "incomplete": (_("Incompletos"), _("Completar")),
    "quarantine": (_("En cuarentena"), _("Atender")),
    "to_classify": (_("Por clasificar"), _("Proponer nivel")),
    "returned": (_("Devueltos"), _("Proponer de nuevo")),
    "waiting_approval": (_("En aprobación"), _("Ver")),
    "to_register": (_("Por registrar"), _("Registrar")),
    "levels_ending": (_("Niveles que vencen pronto"), _("Revisar")),
    "custody_ending": (_("Custodias que vencen pronto"), _("Ver")),
    "reading_faults": (_("Lectura con faltas"), _("Ver")),
    "emergencies": (_("Accesos de emergencia por revisar"), _("Revisar")),
    "to_confirm": (_("Accesos de emergencia por confirmar"), _("Ver")),
    "people": (_("Cargos e invitaciones por confirmar"), _("Decidir")),
    "requests": (_("Solicitudes de acceso"), _("Atender")),
    "grants_ending": (_("Concesiones que vencen pronto"), _("Renovar")),
    "lacking": (_("Expedientes incompletos"), _("Ver faltantes")),
}
#: Where the act of each group is, when it is not the viewer.
PLACES = {"to_classify": "desk:propose", "returned": "desk:propose", "to_register": "desk:register"}


@dataclass(frozen=True)
class Line:
    """What waits: a name, where it is, and the address of the act. `piece` is empty for what is no piece, `state`
    says in words what a piece's level would, and a line without `day` waits since no day in particular.
    `of_act`: its act is done on another page than the piece's."""

    title: str
    code: str
    where: str
    url: str
    day: datetime.date | datetime.datetime | None = None
    piece: Document | None = None
    state: str = ""
    of_act: bool = False

    @property
    def name_url(self) -> str:
        """Where its name leads: to the piece, when the act has a page of its own."""
        return reverse("desk:document", args=[self.piece.pk]) if self.of_act and self.piece else self.url


@dataclass(frozen=True)
class Group:
    """`days` since the first of them waits, or until the first of them ends when `due`; below zero it has ended.
    `more` are not listed here; `left` were not even looked at."""

    code: str
    title: Any
    act: Any
    count: int
    days: int | None
    lines: list[Line]
    due: bool = False
    left: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@desk_view(*READ)
def bandeja(request: HttpRequest) -> HttpResponse:
    """Groups with something, and the names of those without: a quiet day is a short page."""
    groups = bandeja_for(request.user)
    acts = act_of_each(request) if any(group.code == "to_approve" for group in groups) else {}
    running = worker_runs()
    context = {
        "groups": [shown(group, acts) for group in groups if group.count or group.left],
        "quiet": [TOLD[group.code][0] for group in groups if not (group.count or group.left)],
        "news": news_for(request.user),
        "worker_stopped": not running,
        "unread": 0 if running else count_unread(request.user),
    }
    return render(request, "records/bandeja.html", context)


def act_of_each(request: HttpRequest) -> dict[uuid.UUID, uuid.UUID]:
    return {document: act for act, document in list_acts_for(request.user).values_list("pk", "document_id")}


def shown(group: WorkGroup, acts: dict[uuid.UUID, uuid.UUID]) -> Group:
    title, act = TOLD[group.code]
    lines = [line_of(group.code, item, acts) for item in group.items]
    return Group(group.code, title, act, group.count, days_of(group), lines, group.code in DUE, group.left)


def days_of(group: WorkGroup) -> int | None:
    if group.oldest is None:
        return None
    day = timezone.localdate(group.oldest) if isinstance(group.oldest, datetime.datetime) else group.oldest
    return (day - clock.today()).days if group.code in DUE else (clock.today() - day).days


def line_of(code: str, item: Any, acts: dict[uuid.UUID, uuid.UUID]) -> Line:
    if told := OTHERS.get(type(item)):
        return told(item)
    where = f"{item.tipo.name} · {_('radicado')} {item.radicado}"
    day = item.due if code in DUE else item.filed_at
    return Line(item.title, item.expediente.code, where, address_of(code, item, acts), day, item, of_act=code in PLACES)


def line_of_custody(item: Appointment) -> Line:
    place, url = item.expediente, reverse("desk:expediente-access", args=[item.expediente_id])
    return Line(place.title, place.code, item.person.get_full_name(), url, item.ends_on)


def line_of_draft(item: Draft) -> Line:
    url, where = reverse("desk:draft", args=[item.pk]), item.get_state_display()
    return Line(safe_display_name(item.original_name), item.expediente.code, where, url, item.created_at)


def line_of_refused(item: Quarantined) -> Line:
    url, where = reverse("desk:quarantine-settle", args=[item.pk]), item.person.get_full_name()
    return Line(safe_display_name(item.original_name), item.expediente.code, where, url, item.at)


def line_of_resentencing(item: Resentencing) -> Line:
    place, url = item.expediente, reverse("desk:resentencing", args=[item.pk])
    where = _("propone %(person)s") % {"person": item.proposed_by.get_full_name()}
    return Line(place.title, place.code, where, url, item.proposed_at, state=step_of(item))


def step_of(item: Resentencing) -> str:
    """The step that a proposal would take, between versions of the schedule."""
    return f"TRD v {item.from_subserie.serie.trd_id} → v {item.to_subserie.serie.trd_id}"


def line_of_lack(item: Lack) -> Line:
    place, number = item.expediente, len(item.lines)
    where = _("etapa %(stage)s") % {"stage": label_of(place.kind, place.stage)}
    told = ngettext("Falta %(n)s pieza", "Faltan %(n)s piezas", number) % {"n": number}
    return Line(place.title, place.code, where, reverse("desk:expediente-missing", args=[place.pk]), state=told)


def line_of_request(item: AccessRequest) -> Line:
    place = item.document.expediente if item.document else item.expediente
    title = item.document.title if item.document else place.title if place else ""
    url, where = reverse("desk:access-request", args=[item.pk]), item.person.get_full_name()
    return Line(title, place.code if place else "", where, url, item.asked_at)


def line_of_emergency(item: BreakGlass) -> Line:
    """The line of the expediente, and no title: who confirms may not know it."""
    place, url = item.document.expediente, reverse("desk:emergency", args=[item.pk])
    title = _("Orden %(order)s") % {"order": item.document.order}
    return Line(title, place.code, item.asked_by.get_full_name(), url, item.asked_at)


def line_of_person(item: PersonAct) -> Line:
    what = asked_for(item)
    where = _("lo pide %(person)s") % {"person": item.asked_by.get_full_name()}
    url = reverse("desk:person-act", args=[item.pk])
    title = f"{what}: {item.person.get_full_name()}"
    return Line(title, item.person.get_username(), where, url, item.asked_at)


def asked_for(item: PersonAct) -> str:
    """What a second person confirms; the bare name of an office would be read as something else."""
    if not item.role:
        return str(_("Invitación para poner la contraseña"))
    return str(_("Cargo de %(office)s") % {"office": role_named(item.role)})


def role_named(code: str) -> str:
    return str(dict(Role.choices).get(code, code))


def line_of_grant(item: Grant) -> Line:
    place = item.place
    title = item.document.title if item.document else str(place.title if place else item.target)
    code = place.code if place else str(_("Convenio"))
    return Line(title, code, item.holder_name, reverse("desk:renew", args=[item.pk]), item.until)


def line_of_bulk(item: LedgerEvent) -> Line:
    """Who read too fast, and in which expediente: its custodian is told, who knows it."""
    place = Expediente.objects.get(pk=item.object_id)
    where = str(_("leyó demasiado en una hora, y espera"))
    return Line(item.actor, place.code, where, reverse("desk:expediente-history", args=[place.pk]), item.at)


#: How each thing that is no piece is told.
OTHERS: dict[type, Callable[[Any], Line]] = {
    Appointment: line_of_custody,
    Draft: line_of_draft,
    Quarantined: line_of_refused,
    Resentencing: line_of_resentencing,
    Lack: line_of_lack,
    AccessRequest: line_of_request,
    BreakGlass: line_of_emergency,
    PersonAct: line_of_person,
    Grant: line_of_grant,
    LedgerEvent: line_of_bulk,
}


def address_of(code: str, piece: Document, acts: dict[uuid.UUID, uuid.UUID]) -> str:
    if code == "to_approve" and piece.pk in acts:
        return reverse("desk:act", args=[acts[piece.pk]])
    return reverse(PLACES.get(code, "desk:document"), args=[piece.pk])
