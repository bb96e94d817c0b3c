"""The tab «Faltantes» of an expediente: what its stage demands, what comes later, and what is there (B7)."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from records.desk.doors import READ, desk_view
from records.desk.expedientes import head
from records.selectors.checklist import checklist_for
from records.selectors.expedientes import get_expediente_for


@desk_view(*READ)
def missing(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    found = checklist_for(request.user, expediente)
    context = {
        **head(request, expediente, "expediente-missing"),
        "checklist": found,
        "later": [line for line in found.later if line.demanded],
        "later_conditional": [line for line in found.later if not line.demanded],
        "empty": not (found.now or found.later or found.present),
    }
    return render(request, "records/expediente_missing.html", context)
