"""/custodia/disposicion/: what the retention schedule says is due. A list and its export; it disposes of nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import clock
from records.desk.doors import READ, desk_view
from records.desk.schedules import download
from records.rendering.tables import as_csv, as_xlsx
from records.selectors.disposal import TRANSFER, Due, disposal_for
from records.services.told import note_export
from records.vocabulary import Disposition

#: Rows of the screen; the export has all.
SHOWN = 200
ACTS: dict[str, Any] = {TRANSFER: _("Transferencia al archivo central"), **dict(Disposition.choices)}
HEADS = (
    *(_("Expediente"), _("Título"), _("Subserie"), _("Versión de la TRD"), _("Cerrado el")),
    *(_("Años"), _("Venció el"), _("Qué corresponde"), _("Razón")),
)


@desk_view(*READ)
def disposal(request: HttpRequest) -> HttpResponse:
    found = disposal_for(request.user)
    context = {
        "lines": [{"due": due, "act": ACTS.get(due.act, due.act), "why": why(due)} for due in found.rows[:SHOWN]],
        "count": len(found.rows),
        "more": len(found.rows) - SHOWN,
        "held": found.held,
        "today": clock.today(),
        "section": "/custodia/trd/",
    }
    return render(request, "records/disposal.html", context)


@desk_view(*READ)
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Every row, as CSV or XLSX."""
    if request.method == "GET":
        note_export(actor=request.user, subject="disposal", what=f"disposal.{ending}")
    rows = [[str(head) for head in HEADS], *(cells(due) for due in disposal_for(request.user).rows)]
    content = as_csv(rows) if ending == "csv" else as_xlsx(rows, _now("Por disponer"))
    return download(content, f"por-disponer-{clock.today().isoformat()}", ending)


def cells(due: Due) -> list[Any]:
    place, subserie = due.expediente, due.subserie
    return [
        *(place.code, place.title, f"{subserie.code} {subserie.name}", place.trd_id),
        *(due.closed_on.isoformat(), due.years, due.since.isoformat(), str(ACTS.get(due.act, due.act)), why(due)),
    ]


def why(due: Due) -> str:
    """The rule and its sum, in one sentence."""
    place = _now("en archivo de gestión") if due.act == TRANSFER else _now("en gestión y central")
    told = {"years": due.years, "place": place, "closed": due.closed_on.strftime("%d/%m/%Y")}
    sentence = ngettext(
        "%(years)s año %(place)s desde el cierre del %(closed)s",
        "%(years)s años %(place)s desde el cierre del %(closed)s",
        due.years,
    )
    return sentence % told
