"""/custodia/buscar/: the search room's answer for a named reader, on a page of the desk.

It lies here because custody and the search room do not know each other (ARCHITECTURE §1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from records.api import Because, confidence_of, explain_each
from search import api as search_api

LONGEST_QUERY = 400
LONGEST_CURSOR = 1024
SIZE = 20
EXAMPLES = (
    {"q": "taller compuestos", "what": _("las dos palabras, en cualquier orden y con sus plurales")},
    {"q": '"acta de recibo"', "what": _("la frase, tal como está escrita")},
    {"q": "aeropartes -motor", "what": _("la primera palabra, sin la segunda en ningún lugar")},
    {"q": "electronica", "what": _("con o sin tildes es lo mismo")},
    {"q": "SD-A1.1", "what": _("un código se busca entero")},
    {"q": '"propiedad intelectual" licencia -derivado', "what": _("todo junto: frase, palabra y exclusión")},
)
#: Facets in the order they help, with their names; the ones the answer does not bring are left out.
FACETS = (
    ("tipo", _("Tipo documental")),
    ("convenio", _("Convenio")),
    ("expediente", _("Expediente")),
    ("year", _("Año")),
    ("level", _("Nivel")),
)
LEVELS = {
    "public": _("Pública"),
    "restricted": _("Clasificada"),
    "reserved": _("Reservada"),
    "unclassified": _("Sin clasificar"),
}
MOST_OPTIONS = 12


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box, exact totals under this reader's scope. With the engine down, a calm page and status 503."""
    words = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", " ")
    after = request.GET.get("despues", "")[:LONGEST_CURSOR]
    context: dict[str, Any] = {"q": words, "examples": EXAMPLES, "section": "/custodia/buscar/"}
    try:
        context.update(answered(request, words, after))
    except search_api.EngineUnavailable:
        context["down"] = True
    return render(request, "search/desk.html", context, status=503 if context.get("down") else 200)


def answered(request: HttpRequest, words: str, after: str) -> dict[str, Any]:
    if not words.strip():
        return {}
    answer = search_api.search(request.user, words, page_size=SIZE, after=after or None, facets=True)
    sure = confidence_of((hit.document, hit.page) for hit in answer.hits if hit.document)
    why = reasons_for(request, answer.hits)
    return {
        "answer": answer,
        "hits": [
            {**shown(hit, words, after, sure.get((hit.document or "", hit.page))), "why": why.get(hit.document or "")}
            for hit in answer.hits
        ],
        "groups": [group for name, label in FACETS if (group := facet(name, label, answer.facets.get(name, {})))],
        "next_url": pairs(q=words, despues=answer.next) if answer.next else "",
        "first_url": pairs(q=words) if after else "",
    }


def reasons_for(request: HttpRequest, hits: Iterable[search_api.AnswerHit]) -> dict[str, tuple[Because, ...]]:
    """Why this reader may open each piece of the page, by its id: all of them at once."""
    told = explain_each(request.user, [hit.document for hit in hits if hit.document])
    return {str(key): (*one.because, *one.held) for key, one in told.items()}


def shown(hit: search_api.AnswerHit, words: str, after: str, sure: float | None = None) -> dict[str, Any]:
    """A hit with the address that lands on its page with the words marked, and comes back to this list."""
    url = hit.url
    if hit.document:
        url += pairs(pagina=hit.page, q=words, desde=after)
    return {
        "key": hit.document or "",
        "title": hit.title,
        "url": url,
        "container": hit.container,
        "date": hit.date,
        "folio": str(hit.folio) if hit.folio else "",
        "level": hit.level,
        "snippet": hit.snippet,
        "reading": hit.reading,
        "note": hit.note,
        "recognised": "" if sure is None else f"{sure:.0f}",
        "more_pages": max(hit.pages - 1, 0),
        "thumbnail_url": f"{hit.thumbnail_url}{hit.page}.png" if hit.thumbnail_url else "",
    }


def facet(name: str, label: Any, counts: Any) -> dict[str, Any] | None:
    """Counts of what this reader may find, commonest first; a single value narrows nothing but is told."""
    if not counts:
        return None
    named = LEVELS if name == "level" else {}
    options = [{"label": named.get(value, value), "count": count} for value, count in counts.items()]
    return {
        "name": name,
        "label": label,
        "options": options[:MOST_OPTIONS],
        "left_out": max(len(options) - MOST_OPTIONS, 0),
    }


def pairs(**values: object) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})
