"""Expedientes: the list, the form that opens one, and its tabs, each a real address."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.desk import ledger_lines
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DayField, sent, show_refusal
from records.desk.filing import limits
from records.desk.paging import page_of, page_of_growing
from records.errors import RecordsError
from records.models import Expediente
from records.selectors.expedientes import (
    DocumentRow,
    find_parent_for,
    get_expediente_for,
    level_mix,
    list_expedientes_for,
    list_rows_for,
)
from records.selectors.history import list_expediente_history
from records.selectors.people import list_custodians, list_grants_over, list_own_grants_in, why_here
from records.selectors.trd import list_tipos_for
from records.services.expedientes import open_expediente
from records.vocabulary import Action, ExpedienteKind, ExpedienteState

SIZE = 25
ROWS = 100
EVENTS = 50
ORDERS: dict[str, tuple[str, ...]] = {"codigo": ("code",), "fecha": ("-opened_on", "code")}
TABS = (("documents", _("Documentos")), ("expediente-access", _("Accesos")), ("expediente-history", _("Historia")))


class OpenForm(forms.Form):
    code = forms.CharField(
        label=_("Código"), max_length=80, help_text=_("El que lo identificará siempre, p. ej. GC-130-CD-2026-003.")
    )
    title = forms.CharField(label=_("Título"), max_length=300)
    kind = forms.ChoiceField(label=_("Tipo de expediente"), choices=ExpedienteKind.choices)
    opened_on = DayField(label=_("Abierto el"))
    convenio_number = forms.CharField(
        label=_("Convenio"), max_length=40, required=False, help_text=_("Número del convenio, si lo tiene.")
    )


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


@desk_view(*BOTH)
def new_expediente(request: HttpRequest) -> HttpResponse:
    permissions.check(request.user, Action.OPEN_EXPEDIENTE)
    form = OpenForm(sent(request), initial={"opened_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_expediente(actor=request.user, **form.cleaned_data)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Se abrió el expediente. Ya puede radicar en él."))
            return redirect("desk:documents", key=opened.pk)
    crumbs = [{"url": reverse("desk:expedientes"), "label": _("Expedientes")}, {"label": _("Abrir expediente")}]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "records/expediente_new.html", context, status=422 if form.errors else 200)


@desk_view(*READ)
def documents(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The first tab: the drop zone, then the lines of the expediente in order."""
    expediente = get_expediente_for(request.user, key)
    rows = list_rows_for(request.user, expediente)
    first = starting_at(request, rows)
    context = {
        **head(request, expediente, "documents", rows),
        "limits": limits(),
        "tipos": list_tipos_for(expediente),
        "rows": rows[first : first + ROWS],
        "next_url": f"?desde={rows[first + ROWS].order}" if len(rows) > first + ROWS else "",
        "previous_url": f"?desde={rows[max(0, first - ROWS)].order}" if first else "",
    }
    return render(request, "records/expediente_documents.html", context)


def starting_at(request: HttpRequest, rows: list[DocumentRow]) -> int:
    """Index of the first line to show: the one whose order the address names, or the next there is."""
    wanted = request.GET.get("desde", "")
    if not wanted.isascii() or not wanted.isdigit():
        return 0
    return next((index for index, row in enumerate(rows) if row.order >= int(wanted[:12])), 0)


@desk_view(*READ)
def access(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Who reads it by grant, for whoever answers for it; for the rest, why they read it themselves."""
    expediente = get_expediente_for(request.user, key)
    answers = permissions.allows(request.user, Action.GRANT, expediente)
    context = {
        **head(request, expediente, "expediente-access"),
        "answers": answers,
        "grants": list_grants_over(expediente) if answers else [],
        "why": why_here(request.user, expediente),
        "own": list_own_grants_in(request.user, expediente),
    }
    return render(request, "records/expediente_access.html", context)


@desk_view(*READ)
def history(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    page = page_of_growing(request, list_expediente_history(request.user, expediente), EVENTS)
    context = {
        **head(request, expediente, "expediente-history"),
        "page": page,
        "events": ledger_lines.gathered(ledger_lines.told(request.user, page.rows)),
    }
    return render(request, "records/expediente_history.html", context)


def head(
    request: HttpRequest, expediente: Expediente, tab: str, rows: list[DocumentRow] | None = None
) -> dict[str, Any]:
    """What every tab shows on top, as far as this person knows the expediente."""
    lines = list_rows_for(request.user, expediente) if rows is None else rows
    return {
        "expediente": expediente,
        "parent": find_parent_for(request.user, expediente),
        "custodians": list_custodians(expediente),
        "mix": level_mix(lines),
        "count": len(lines),
        "folios": sum(row.folio_last - row.folio_first + 1 for row in lines),
        "may_file": expediente.state == ExpedienteState.OPEN
        and permissions.allows(request.user, Action.FILE, expediente),
        "tabs": [
            {"url": reverse(f"desk:{name}", args=[expediente.pk]), "label": label, "current": name == tab}
            for name, label in TABS
        ],
        "section": "/custodia/expedientes/",
    }
