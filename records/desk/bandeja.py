"""/custodia/: what waits for this person, one click from the act."""

from __future__ import annotations

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
from records.models import Document
from records.selectors.service_state import count_unread, worker_runs
from records.selectors.worklists import WorkGroup, bandeja_for, list_acts_for

#: Title, sentence when nothing waits, and word of the act, by group.
TOLD: dict[str, tuple[Any, Any, Any]] = {
    "to_approve": (_("Por aprobar"), _("No hay propuestas de nivel por decidir."), _("Decidir")),
    "to_classify": (
        _("Por clasificar"),
        _("Todas las piezas que usted lee tienen nivel o propuesta."),
        _("Proponer nivel"),
    ),
    "waiting_approval": (_("En aprobación"), _("Ninguna propuesta espera decisión."), _("Ver")),
    "reading_faults": (_("Lectura con faltas"), _("Ninguna pieza se quedó sin leer."), _("Ver")),
}


@dataclass(frozen=True)
class Line:
    piece: Document
    url: str


@dataclass(frozen=True)
class Group:
    code: str
    title: Any
    empty: Any
    act: Any
    count: int
    days: int | None
    lines: list[Line]


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
    days = (clock.today() - timezone.localdate(group.oldest)).days if group.oldest else None
    lines = [Line(piece, address_of(group.code, piece, acts)) for piece in group.items]
    return Group(group.code, title, empty, act, group.count, days, lines)


def address_of(code: str, piece: Document, acts: dict[uuid.UUID, uuid.UUID]) -> str:
    if code == "to_approve" and piece.pk in acts:
        return reverse("desk:act", args=[acts[piece.pk]])
    return reverse("desk:propose" if code == "to_classify" else "desk:document", args=[piece.pk])
