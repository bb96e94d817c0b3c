"""The classification scheme and retention schedule: its versions to read, filter, print and take away."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from records import clock, permissions, schedules
from records.desk.doors import READ, desk_view
from records.desk.paging import page_of
from records.keys import as_uuid
from records.models import TrdVersion
from records.schedules import Demand, Schedule, SubserieLine, TipoLine
from records.schedules.comparing import demand_text
from records.schedules.shapes import plain_text, row_of
from records.schedules.values import KINDS, REASONS, REQUIREMENTS
from records.selectors.resentencing import list_resentencings_for
from records.selectors.trd import (
    count_bound,
    find_version_on,
    get_version,
    list_bound_to,
    list_subseries,
    list_versions,
    schedule_of,
)
from records.vocabulary import Action, Disposition, ExpedienteKind

SIZE = 25
TIPOS = 25
#: Longest text a filter takes.
LONGEST = 200


@dataclass(frozen=True)
class Shelf:
    """A subserie with its serie, as the browser and the paper show it; `bound` as far as the reader knows."""

    office: str
    serie_code: str
    serie_name: str
    line: SubserieLine
    key: uuid.UUID | None = None
    bound: int = 0

    @property
    def code(self) -> str:
        """As the classification scheme writes it: office, serie and subserie, whose code may begin with its serie's."""
        own = self.line.code
        tail = own if own.startswith(f"{self.serie_code}.") else f"{self.serie_code}.{own}"
        return f"{self.office}.{tail}" if self.office else tail

    @property
    def kind(self) -> Any:
        return KINDS.labels.get(self.line.kind, self.line.kind)

    @property
    def disposition(self) -> str:
        said = dict(Disposition.choices).get(self.line.disposition, self.line.disposition)
        return f"{said}, {_('con medio técnico')}" if self.line.digitise else str(said)


@desk_view(*READ)
def in_force(request: HttpRequest) -> HttpResponse:
    """The version that rules today, or the newest; without any, what to do about it."""
    versions = list_versions()
    shown = find_version_on(clock.today()) or (versions[0] if versions else None)
    if shown is None:
        return render(request, "records/trd_none.html", {"may_load": may_load(request)})
    return browser(request, get_version(shown.number), versions)


@desk_view(*READ)
def version(request: HttpRequest, number: int) -> HttpResponse:
    return browser(request, get_version(number), list_versions())


def browser(request: HttpRequest, trd: TrdVersion, versions: Sequence[TrdVersion]) -> HttpResponse:
    schedule = schedule_of(trd)
    asked = {"q": request.GET.get("q", "")[:LONGEST].replace("\x00", ""), "tipo": request.GET.get("tipo", "")}
    found = chosen(schedule.tipos, asked["q"], asked["tipo"])
    rows = list_bound_to(request.user, trd)
    subserie = as_uuid(request.GET["subserie"]) if request.GET.get("subserie") else None
    context = {
        **about(trd, versions),
        "shelves": shelves(request, trd, schedule),
        "asked": asked,
        "kinds": ExpedienteKind.choices,
        **tipos_page(request, found),
        "total": len(schedule.tipos),
        "subserie": subserie,
        "page": page_of(request, rows.filter(subserie=subserie) if subserie else rows, ("code",), SIZE),
        "waiting": list_resentencings_for(request.user),
        "may_load": may_load(request),
    }
    return render(request, "records/trd.html", context)


def tipos_page(request: HttpRequest, found: Sequence[TipoLine]) -> dict[str, Any]:
    """The tipos from the one whose code the address names on; from the first, when it names none of them."""
    codes = [tipo.code for tipo in found]
    asked = request.GET.get("desde", "")
    start = codes.index(asked) if asked in codes else 0
    end = start + TIPOS
    return {
        "tipos": [shown(tipo) for tipo in found[start:end]],
        "found": len(found),
        "first": start + 1,
        "last": min(end, len(found)),
        "tipos_previous": at_tipo(request, codes[max(0, start - TIPOS)]) if start else "",
        "tipos_next": at_tipo(request, codes[end]) if end < len(codes) else "",
    }


def at_tipo(request: HttpRequest, code: str) -> str:
    asked = request.GET.copy()
    asked["desde"] = code
    return f"?{asked.urlencode()}#tipos"


@desk_view(*READ)
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """A version in the columns of the AGN's form, to be printed and signed."""
    trd = get_version(number)
    schedule = schedule_of(trd)
    rows = [
        {"shelf": shelf, "tipos": [tipo for tipo in schedule.tipos if shelf.line.kind in tipo.kinds]}
        for shelf in shelves(request, trd, schedule)
    ]
    return render(request, "records/trd_paper.html", {"trd": trd, "rows": rows, "section": "/custodia/trd/"})


@desk_view(*READ)
def export(_request: HttpRequest, number: int, ending: str) -> HttpResponse:
    """A version as a file that can be loaded again."""
    return download(schedules.write(schedule_of(get_version(number)), ending), f"trd-v{number}", ending)


@desk_view(*READ)
def blank(_request: HttpRequest, ending: str) -> HttpResponse:
    """The file from which to begin a schedule."""
    return download(schedules.blank(ending), "plantilla-trd", ending)


def download(content: bytes, name: str, ending: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(content, content_type=schedules.FORMATS[ending][0], headers=headers)


# -- what is shown -------------------------------------------------------------------------------------------------


def about(trd: TrdVersion, versions: Iterable[TrdVersion]) -> dict[str, Any]:
    ruling = find_version_on(clock.today())
    return {
        "trd": trd,
        "versions": [{"trd": each, "state": state_of(each, ruling), "current": each == trd} for each in versions],
        "state": state_of(trd, ruling),
        "rules": trd == ruling,
        "section": "/custodia/trd/",
    }


def state_of(trd: TrdVersion, ruling: TrdVersion | None) -> Any:
    if trd == ruling:
        return _("Vigente")
    return _("Por regir") if trd.in_force_from > clock.today() else _("Cerrada")


def shelves(request: HttpRequest, trd: TrdVersion, schedule: Schedule) -> list[Shelf]:
    keys = {(row.serie.code, row.code): row.pk for row in list_subseries(trd)}
    bound: Mapping[Any, int] = count_bound(request.user, trd)
    lines = [(serie, line, keys.get((serie.code, line.code))) for serie in schedule.series for line in serie.subseries]
    return [Shelf(trd.office_code, serie.code, serie.name, line, key, bound.get(key, 0)) for serie, line, key in lines]


def chosen(tipos: Iterable[TipoLine], words: str, kind: str) -> list[TipoLine]:
    """Tipos that a kind admits and in which every word occurs, accents and capitals aside, by name."""
    wanted = plain_text(words).split()
    found = [
        tipo
        for tipo in tipos
        if (kind not in ExpedienteKind.values or kind in tipo.kinds) and all(word in said_of(tipo) for word in wanted)
    ]
    return sorted(found, key=lambda tipo: plain_text(tipo.name))


def said_of(tipo: TipoLine) -> str:
    kinds = " ".join(str(KINDS.labels.get(kind, kind)) for kind in tipo.kinds)
    return plain_text(f"{tipo.name} {tipo.code} {tipo.producer} {tipo.source} {tipo.stage} {tipo.template} {kinds}")


def shown(tipo: TipoLine) -> dict[str, Any]:
    return {
        "line": tipo,
        "kinds": [KINDS.labels.get(kind, kind) for kind in tipo.kinds],
        "reasons": [REASONS.labels.get(reason, reason) for reason in tipo.default_reasons],
        "requires": [REQUIREMENTS.get(code, code) for code in tipo.requires],
        "demands": [told(demand) for demand in tipo.demands],
    }


def told(demand: Demand) -> str:
    return demand_text(row_of(demand))


def may_load(request: HttpRequest) -> bool:
    return permissions.allows(request.user, Action.LOAD_TRD)
