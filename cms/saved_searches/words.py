"""How a saved search is told in Spanish, and how it is written as an address of the search page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk_search.address import ORDERS, Asked, asked_by, for_links
from cms.desk_search.facets import LABELS, LEVELS
from search import api as search

RELEVANCE = "relevance"

#: Happenings one may be told of: name, and what it says.
EVENTS: Mapping[str, tuple[Any, Any]] = {
    "complete": (
        gettext_lazy("Expedientes que quedan completos"),
        gettext_lazy("Cuando a un expediente a su cargo ya no le falta ninguna pieza de su etapa."),
    ),
    "reserve_ends": (
        gettext_lazy("Reservas que vencen en 30 días"),
        gettext_lazy("Cuando a un documento que usted puede leer le quedan 30 días o menos de reserva."),
    ),
}
REFUSED: Mapping[str, Any] = {
    "nothing_asked": gettext_lazy("Escriba algo que buscar, o elija un filtro, antes de guardar."),
    "too_long": gettext_lazy("Es demasiado larga para guardarla: admite hasta %(most)s caracteres."),
    "no_name": gettext_lazy("Escriba un nombre para reconocerla después."),
    "long_name": gettext_lazy("El nombre admite hasta %(most)s caracteres."),
    "name_taken": gettext_lazy("Ya tiene una con el nombre «%(name)s»: escriba otro."),
    "already_saved": gettext_lazy("Ya guardó esta misma búsqueda con el nombre «%(name)s»."),
    "too_many": gettext_lazy("Ya tiene %(most)s guardadas, que es lo más que se puede: borre alguna antes."),
    "unknown_alert": gettext_lazy("Elija cuándo quiere que se le avise."),
}
FAULTS: Mapping[str, Any] = {
    "too_broad": gettext_lazy("Encuentra más de mil documentos: no avisa. Guarde otra con más palabras o filtros."),
    "unavailable": gettext_lazy("La búsqueda no respondió la última vez; se intentará de nuevo."),
}


def refused(refusal: search.SavedRefused) -> str:
    return str(REFUSED[refusal.code]) % {name: written(value) for name, value in refusal.facts.items()}


def written(value: object) -> object:
    return number_format(value, force_grouping=True) if isinstance(value, int) else value


def asked_of(values: QueryDict) -> search.Asked:
    """What an address of the search page asks, or the happening it names."""
    event = values.get("suceso", "")
    if event in EVENTS:
        return search.Asked(event=event)
    sent = for_links(asked_by(values))
    return search.Asked(sent.words, sent.narrowed, sent.order)


def on_the_page(asked: search.Asked) -> Asked:
    """The same question as the search page has it."""
    return Asked(asked.text, asked.narrowed, asked.order)


def pairs_of(asked: search.Asked) -> str:
    """The same, written as the end of an address."""
    return urlencode({"suceso": asked.event}) if asked.event else on_the_page(asked).state()


def address_of(asked: search.Asked) -> str:
    """Where the search is run again; empty for a happening."""
    return "" if asked.event else on_the_page(asked).url()


def told(asked: search.Asked) -> list[str]:
    """What is asked, in lines: the words as typed, each narrowing, the order."""
    if asked.event:
        return [str(EVENTS[asked.event][1])] if asked.event in EVENTS else []
    lines = [asked.text] if asked.text.strip() else []
    for name, values in asked.plain().items():
        shown = ", ".join(str(LEVELS.get(value, value)) if name == "level" else value for value in values)
        lines.append(f"{LABELS.get(name, name)}: {shown}")
    return [*lines, _("Orden: %(order)s") % {"order": ORDERS[asked.order][1]}] if asked.order != RELEVANCE else lines


def doubts(asked: search.Asked) -> list[str]:
    """What of it is not understood (any more) as typed: it is searched as words, and its owner should know."""
    gone = [_("El filtro «%(name)s» ya no existe.") % {"name": name} for name in asked.narrowed if name not in LABELS]
    if asked.event:
        return [] if asked.event in EVENTS else [_("Este suceso ya no se vigila.")]
    return [*search.parse(asked.text).notes, *gone]


def name_for(asked: search.Asked) -> str:
    """A first name for it, to be changed at will."""
    if asked.event:
        return str(EVENTS[asked.event][0])
    return " ".join(" · ".join(told(asked)[:2]).split())[:80]
