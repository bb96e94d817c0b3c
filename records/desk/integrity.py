"""/custodia/integridad/: how far the checks have come, where the copies are, and what was found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import conf
from records.desk import ledger_lines
from records.desk.doors import READ, desk_view
from records.desk.ledger_lines import PROBLEMS
from records.selectors.integrity import Loss, Standing, integrity_for
from records.services.index_audits import index_audits_for

NAMES = {"store": _("Almacén principal"), "copies": _("Segunda copia")}
HOUR, MINUTE = 3600, 60
SHOWN_AUDITS = 5


@desk_view(*READ)
def integrity(request: HttpRequest) -> HttpResponse:
    found = integrity_for(request.user)
    context = {
        "places": [place_context(standing) for standing in found.places],
        "copies": found.copies,
        "losses": [loss_context(loss) for loss in found.losses],
        "lost": found.lost,
        "orphans": sum(len(names) for names in found.orphans.values()),
        "lines": ledger_lines.told(request.user, list(found.events)),
        "audits": index_audits_for(request.user, most=SHOWN_AUDITS),
        "plan": conf.fixity(),
        "section": "/custodia/salud/",
    }
    return render(request, "records/integrity.html", context)


def place_context(standing: Standing) -> dict[str, Any]:
    coverage = standing.coverage
    return {
        "name": NAMES.get(standing.place.name, standing.place.name),
        "standing": standing,
        "coverage": coverage,
        "forecast": forecast(coverage.seconds) if coverage.waiting else "",
        "cycle": lasting(coverage.cycle_seconds),
    }


def loss_context(loss: Loss) -> dict[str, Any]:
    return {"loss": loss, "problem": PROBLEMS.get(loss.problem, loss.problem)}


def forecast(seconds: float) -> str:
    return _now("se leerán en %(time)s") % {"time": lasting(seconds)} if seconds else _now("se leerán en seguida")


def lasting(seconds: float) -> str:
    """About how long, in the unit that a person would use."""
    hours, minutes = round(seconds / HOUR), round(seconds / MINUTE)
    if hours:
        return ngettext("%(n)s hora", "%(n)s horas", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)s minuto", "%(n)s minutos", minutes) % {"n": minutes}
    return _now("menos de un minuto")
