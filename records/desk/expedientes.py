"""Expedientes: the list and the tabs of one, each a real address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from records import permissions, stages
from records.desk import ledger_lines
from records.desk.doors import READ, desk_view
from records.desk.filing import limits, offered_in
from records.desk.paging import page_of, page_of_growing
from records.holds.selectors import count_over
from records.models import Expediente
from records.permissions import Rights
from records.selectors.checklist import checklist_for
from records.selectors.expedientes import (
    Asked,
    Lines,
    Summary,
    find_parent_for,
    get_expediente_for,
    lines_for,
    list_expedientes_for,
    list_tipos_in,
    summary_of,
)
from records.selectors.history import OF_SYSTEM, count_routine, list_expediente_history, reasons_of
from records.selectors.people import list_custodians, list_grants_over, list_own_grants_in, why_here
from records.vocabulary import Action, DocumentState, ExpedienteState, Role

SIZE = 25
EVENTS = 50
#: Lines of an expediente up to which every tab tells how many pieces are missing.
MOST_COUNTED = 1_000
ORDERS: dict[str, tuple[str, ...]] = {"codigo": ("code",), "fecha": ("-opened_on", "code")}
#: Tabs in their order: name of the address, label.
TABS = (
    ("documents", _("Documentos")),
    ("expediente-annexes", _("Anexos")),
    ("expediente-missing", _("Faltantes")),
    ("expediente-access", _("Accesos")),
    ("expediente-index", _("Índice electrónico")),
    ("expediente-history", _("Historia")),
)
HOLD = ("expediente-hold", _("Suspender la disposición"), Action.PLACE_HOLD)
CERTIFY = ("expediente-certificate", _("Certificado"), Action.ISSUE_CERTIFICATE)
#: What may be done to an expediente by its state, beside its head: address, label, right, kind of button.
ACTS: dict[str, tuple[tuple[str, Any, str], ...]] = {
    ExpedienteState.OPEN: (
        ("expediente-stage", _("Cambiar etapa"), Action.ADVANCE_EXPEDIENTE),
        ("expediente-support", _("Soporte"), Action.ADVANCE_EXPEDIENTE),
        ("expediente-close", _("Cerrar"), Action.CLOSE_EXPEDIENTE),
        *(HOLD, CERTIFY),
    ),
    ExpedienteState.CLOSED_ADMINISTRATIVE: (
        ("expediente-close-for-good", _("Cierre definitivo"), Action.CLOSE_EXPEDIENTE),
        ("expediente-reopen", _("Reabrir"), Action.REOPEN_EXPEDIENTE),
        *(HOLD, CERTIFY),
    ),
    ExpedienteState.CLOSED_DEFINITIVE: (
        ("expediente-reopen", _("Reabrir"), Action.REOPEN_EXPEDIENTE),
        *(HOLD, CERTIFY),
    ),
}


@desk_view(*READ)
def expedientes(request: HttpRequest) -> HttpResponse:
    order = request.GET.get("orden") if request.GET.get("orden") in ORDERS else "codigo"
    known = list_expedientes_for(request.user)
    context = {
        "page": page_of(request, known, ORDERS[str(order)], SIZE),
        "count": known.count(),
        "order": order,
        "may_open": permissions.allows(request.user, Action.OPEN_EXPEDIENTE),
    }
    return render(request, "records/expedientes.html", context)


@desk_view(*READ)
def documents(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The first tab: the drop zone, then the lines of the expediente in order."""
    expediente = get_expediente_for(request.user, key)
    asked = asked_in(request)
    rights = permissions.rights_of(request.user)
    context = {
        **head(request, expediente, "documents"),
        "limits": limits(),
        **(offered_in(request, expediente) if may(rights, Action.FILE, expediente) else {}),
        **page_context(request, lines_for(request.user, expediente, asked)),
        "asked": asked,
        "states": DocumentState.choices,
        "tipos_here": list_tipos_in(request.user, expediente),
        "may_register": may(rights, Action.REGISTER, expediente),
    }
    return render(request, "records/expediente_documents.html", context)


def asked_in(request: HttpRequest) -> Asked:
    """What the address asks for; what is no order or no state counts as nothing."""
    since, state = request.GET.get("desde", ""), request.GET.get("estado", "")
    return Asked(
        int(since[:9]) if since.isascii() and since.isdigit() else 0,
        state if state in DocumentState.values else "",
        request.GET.get("tipo", "")[:120].replace("\x00", ""),
    )


def page_context(request: HttpRequest, lines: Lines) -> dict[str, Any]:
    return {
        "rows": lines.rows,
        "next_url": at_order(request, lines.next),
        "previous_url": at_order(request, lines.previous),
    }


def at_order(request: HttpRequest, order: int | None) -> str:
    """The same list from another order on; empty when there is no such page."""
    if order is None:
        return ""
    asked = request.GET.copy()
    asked["desde"] = str(order)
    return f"?{asked.urlencode()}"


@desk_view(*READ)
def access(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Who reads it by grant, for whoever answers for it; for the rest, why they read it themselves."""
    expediente = get_expediente_for(request.user, key)
    answers = permissions.allows(request.user, Action.GRANT, expediente)
    context = {
        **head(request, expediente, "expediente-access"),
        "answers": answers,
        "grants": list_grants_over(request.user, expediente) if answers else [],
        "why": why_here(request.user, expediente),
        "own": list_own_grants_in(request.user, expediente),
        "may_break": permissions.allows(request.user, Action.BREAK_GLASS, expediente),
    }
    return render(request, "records/expediente_access.html", context)


@desk_view(*READ)
def history(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The acts; the routine of the system by itself only when asked for, as it would bury them."""
    expediente = get_expediente_for(request.user, key)
    events = list_expediente_history(request.user, expediente)
    whole = request.GET.get("sistema") == "mostrar"
    page = page_of_growing(request, events if whole else events.exclude(OF_SYSTEM), EVENTS)
    context = {
        **head(request, expediente, "expediente-history"),
        "page": page,
        "whole": whole,
        "routine": count_routine(events),
        "events": ledger_lines.gathered(ledger_lines.told(request.user, page.rows, reasons_of(page.rows))),
    }
    return render(request, "records/expediente_history.html", context)


# What every tab shows on top ------------------------------------------------------------------------------


def head(request: HttpRequest, expediente: Expediente, tab: str) -> dict[str, Any]:
    """What every tab shows on top, as far as this person knows the expediente; `tab` is a name of TABS."""
    rights = permissions.rights_of(request.user)
    summary = summary_of(request.user, expediente)
    return {
        "expediente": expediente,
        "parent": find_parent_for(request.user, expediente),
        "custodians": list_custodians(expediente),
        "office": Role(expediente.office).label if expediente.office in Role.values else expediente.office,
        "mix": summary.levels,
        "count": summary.count,
        "folios": summary.folios,
        "by_state": summary.states,
        "course": course_of(expediente),
        "may_file": may(rights, Action.FILE, expediente),
        "acts": acts_for(rights, expediente),
        "holds": count_over(rights, expediente),
        "tabs": tabs_of(expediente, tab, {"expediente-missing": missing_now(request, expediente, summary)}),
        "section": "/custodia/expedientes/",
    }


def may(rights: Rights, action: str, expediente: Expediente) -> bool:
    """Acts that add to an expediente or change it need it open, whoever asks."""
    return expediente.state == ExpedienteState.OPEN and rights.allows(action, expediente)


def acts_for(rights: Rights, expediente: Expediente) -> list[dict[str, Any]]:
    return [
        {"url": reverse(f"desk:{name}", args=[expediente.pk]), "label": label}
        for name, label, action in ACTS[expediente.state]
        if rights.allows(action, expediente)
    ]


def course_of(expediente: Expediente) -> dict[str, Any]:
    """The course of its kind as a step line, and where in it the expediente is."""
    labels = list(stages.COURSES.get(expediente.kind, {}).values())
    here = stages.position_of(expediente.kind, expediente.stage)
    state = {-1: "is-done", 0: "is-now", 1: ""}
    steps = [{"label": label, "state": state[(at > here) - (at < here)]} for at, label in enumerate(labels)]
    return {
        "steps": steps,
        "number": here + 1,
        "total": len(steps),
        "label": stages.label_of(expediente.kind, expediente.stage),
    }


def missing_now(request: HttpRequest, expediente: Expediente, summary: Summary) -> int | str:
    """How many pieces its stage demands and are not there, for whoever knows all of it; empty when none is missing,
    and for an expediente so long that counting would slow every tab."""
    if summary.count > MOST_COUNTED:
        return ""
    found = checklist_for(request.user, expediente)
    return len(found.missing) if found.whole and found.missing else ""


def tabs_of(expediente: Expediente, current: str, counts: Mapping[str, int | str]) -> list[dict[str, Any]]:
    return [
        {"url": url, "label": label, "current": name == current, "count": counts.get(name, "")}
        for name, label in TABS
        if (url := address_of(name, expediente))
    ]


def address_of(name: str, expediente: Expediente) -> str:
    try:
        return reverse(f"desk:{name}", args=[expediente.pk])
    except NoReverseMatch:
        return ""
