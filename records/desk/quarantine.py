"""/custodia/cuarentena/: what was refused, told and never shown, until somebody attends to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import conf
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedText, sent, show_refusal
from records.desk.paging import page_of
from records.errors import Incomplete
from records.models import Quarantined
from records.selectors.quarantine import get_quarantined_for, list_quarantined_for, waiting
from records.sentences import told_reasons
from records.services.quarantine import settle

SIZE = 25
ALL = "todos"


@dataclass(frozen=True)
class Line:
    row: Quarantined
    reasons: list[str]


class SettleForm(forms.Form):
    reason = DemandedText(
        label=_("Qué se hizo y por qué"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("P. ej.: se avisó al proveedor y entregó un archivo limpio."),
    )


@desk_view(*READ)
def quarantine(request: HttpRequest) -> HttpResponse:
    known = list_quarantined_for(request.user)
    everything = request.GET.get("ver") == ALL
    rows = known if everything else waiting(known)
    page = page_of(request, rows, ("-at", "pk"), SIZE)
    context = {
        "lines": [line_of(row) for row in page.rows],
        "page": page,
        "count": rows.count(),
        "everything": everything,
        "days": conf.quarantine_days(),
    }
    return render(request, "records/quarantine.html", context)


@desk_view(*BOTH)
def quarantine_settle(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button; what is discarded does not come back."""
    row = get_quarantined_for(request.user, key)
    form = SettleForm(sent(request))
    if request.method == "POST" and form.is_valid() and settled(request, row, form):
        messages.success(request, _("Quedó atendido. Sus bytes se descartaron y los motivos se conservan."))
        return redirect("desk:quarantine")
    context = {"line": line_of(row), "form": form, "section": "/custodia/cuarentena/"}
    return render(request, "records/quarantine_settle.html", context, status=422 if form.errors else 200)


def settled(request: HttpRequest, row: Quarantined, form: SettleForm) -> bool:
    try:
        settle(actor=request.user, quarantined=row, reason=form.cleaned_data["reason"])
    except Incomplete as refusal:
        show_refusal(form, refusal)
        return False
    return True


def line_of(row: Quarantined) -> Line:
    return Line(row, told_reasons(row.reasons))
