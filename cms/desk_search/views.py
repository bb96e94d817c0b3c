"""/custodia/buscar/: the search room's answer for a named reader, on a page of the desk.

It lies here because custody and the search room do not know each other (ARCHITECTURE §1).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cms.desk_search import facets, hits
from cms.desk_search.address import LONG, ORDERS, PATH, Asked, asked_by, for_links
from records.api import count_unread_for, sitting
from search import api as search_api

SIZE = 20
LONGEST = 10_000
EXAMPLES = (
    {"q": "taller compuestos", "what": _("las dos palabras, en cualquier orden y con sus plurales")},
    {"q": '"acta de recibo"', "what": _("la frase, tal como está escrita")},
    {"q": "aeropartes -motor", "what": _("la primera palabra, sin la segunda en ningún lugar")},
    {"q": "electronica", "what": _("con o sin tildes es lo mismo")},
    {"q": "SD-A1.1", "what": _("un código se busca entero")},
    {"q": "acta OR informe", "what": _("una palabra u otra; con paréntesis se agrupan")},
    {"q": "electr*", "what": _("las palabras que empiezan así")},
    {
        "q": "tipo:acta desde:2026-05",
        "what": _("solo actas, desde mayo de 2026; también convenio:, fase:, dependencia:, nivel: y folio:"),
    },
    {"q": "Convenio 1 de 2026", "what": _("lo mismo que 1/2026, CD-2026-001 o CM-2026-001")},
    {"q": "15 de mayo de 2026", "what": _("lo mismo que 15/05/2026 o 2026-05-15; «mayo de 2026» trae todo el mes")},
    {"q": '"propiedad intelectual" licencia -derivado', "what": _("todo junto: frase, palabra y exclusión")},
)


@require_http_methods(["GET", "HEAD", "POST"])
@sitting()
def search(request: HttpRequest) -> HttpResponse:
    """One box, exact totals under this reader's scope. With the engine down, a calm page and status 503.

    A long text comes by POST; a short one that does is sent to its address, so that it can be kept and shared.
    """
    sent = asked_by(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and len(sent.words) <= LONG:
        return HttpResponseRedirect(sent.url())
    context: dict[str, Any] = {
        "q": sent.words[:LONGEST],
        "told": hits.visible(sent.words[: 2 * SIZE]).strip(),
        "examples": EXAMPLES,
        "section": PATH,
        "long": LONG,
    }
    try:
        context.update(answered(request, sent) if sent.words.strip() or sent.narrowed else begun(request))
    except search_api.EngineUnavailable:
        context["down"] = True
    return render(request, "search/desk.html", context, status=503 if context.get("down") else 200)


def begun(request: HttpRequest) -> dict[str, Any]:
    """Before anything is asked: what there is to browse, as far as this reader may know it."""
    answer = search_api.Answer(facets=search_api.survey(request.user, "level", facets.LEVELS))
    return {"groups": facets.groups(Asked(), answer), "browse": True, "unread": count_unread_for(request.user)}


def answered(request: HttpRequest, sent: Asked) -> dict[str, Any]:
    """The page of an answer."""
    answer = search_api.search(
        request.user,
        sent.words,
        page_size=SIZE,
        after=sent.after or None,
        facets=True,
        narrowed=sent.narrowed,
        order=sent.order,
    )
    asked = for_links(sent if answer.continued else Asked(sent.words, sent.narrowed, sent.order))
    return {
        "answer": answer,
        "asked": asked,
        "hits": hits.shown(request, answer, asked),
        "remarks": list(hits.remarks_of(sent.words, answer.remarks)),
        # That nothing was found, and under which filters, the page says by itself.
        "notes": answer.notes[len(answer.remarks) :] if answer.total else (),
        "groups": facets.groups(asked, answer),
        "chips": list(facets.chips(asked)),
        "kept": asked.kept(),
        "orders": [(label, asked.url(order=order), order == asked.order) for order, (_name, label) in ORDERS.items()],
        "suggested": [(text, asked.url(words=text)) for text in answer.suggestions],
        "everywhere": asked.url(narrowed={}) if asked.narrowed else "",
        "unread": count_unread_for(request.user),
        **steps(asked, answer),
    }


def steps(asked: Asked, answer: search_api.Answer) -> dict[str, Any]:
    """Where in the list this page is, and the ones around it."""
    first = (asked.page - 1) * SIZE + 1
    return {
        "next_url": asked.onwards(answer.next) if answer.next else "",
        "previous_url": asked.backwards(),
        "first_url": asked.url() if asked.page > 2 else "",
        "pages": max(-(-answer.total // SIZE), 1),
        "first_shown": first,
        "last_shown": first + len(answer.hits) - 1,
    }
