"""/custodia/bitacora/: the ledger for whoever may consult it. It tells acts, never titles of what is not public."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from records.audit import ACTIONS
from records.desk import ledger_lines
from records.desk.doors import READ, desk_view
from records.desk.paging import page_of
from records.models import LedgerEvent
from records.selectors.worklists import list_events_for

SIZE = 50
#: Filter in the address → column. Values are matched whole: the ledger is indexed by them.
FILTERS = {"documento": "object_id", "persona": "actor", "acto": "action"}
LONGEST = 150


@desk_view(*READ)
def ledger(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:LONGEST].replace("\x00", "").strip() for name in FILTERS}
    events = narrowed(list_events_for(request.user), asked)
    page = page_of(request, events, ("-index",), SIZE)
    context = {
        "page": page,
        "lines": ledger_lines.told(request.user, page.rows),
        "count": events.count(),
        "asked": asked,
        "actions": sorted(ACTIONS.items(), key=lambda row: row[1]),
    }
    return render(request, "records/ledger.html", context)


def narrowed(events: QuerySet[LedgerEvent], asked: dict[str, str]) -> QuerySet[LedgerEvent]:
    return events.filter(**{FILTERS[name]: value for name, value in asked.items() if value})
