"""Public views over published rows. They know no viewer: whoever asks, the answer is the citizen's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.core.kept_pages import same_for_everybody
from cms.core.models import without_address
from cms.core.walls import open_to_all
from cms.publication import feed, finding
from cms.publication.models import PublishedConvenio, PublishedDocument, PublishedProject
from search import api as search_api

EXAMPLES = (
    {"q": "aeropartes Antioquia", "what": _("las dos palabras, en cualquier orden")},
    {"q": '"electrónica de potencia"', "what": _("la frase, tal como está escrita")},
    {"q": "formación -compuestos", "what": _("la primera palabra, sin la segunda")},
    {"q": "astillero OR puerto", "what": _("una palabra u otra")},
    {"q": "electr*", "what": _("las palabras que empiezan así")},
    {"q": "tipo:norma reserva", "what": _("solo normas; también convenio:, proveedor:, desde: y antes:")},
)
#: Addresses that are no Wagtail page and no project.
FIXED_ADDRESSES = ("/convenios/", "/documentos/", "/datos/", "/api/", "/verificar/", "/peticiones/", "/ayuda/")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Public search. With the engine down the page still answers, with a calm sentence and status 503."""
    question = finding.read(request.GET)
    context: dict[str, Any] = {
        "q": question.words,
        "examples": EXAMPLES,
        "kept": question.kept,
        "canonical": f"{request.scheme}://{request.get_host()}{question.url(order='')}",
        "read_at": question.url(),
        "feed_url": question.url(feed.PATH, order=""),
    }
    try:
        context |= _answered(question)
    except search_api.EngineUnavailable:
        return feed.retry_later(render(request, "search/public.html", {**context, "down": True}, status=503))
    return render(request, "search/public.html", context)


def _answered(question: finding.Question) -> dict[str, Any]:
    answer = finding.ask(question)
    groups = finding.groups(question, answer)
    if not question.asks:
        return {"answer": None, "sections": groups[0]["options"] if groups else []}
    return {
        "answer": answer,
        "hits": finding.hits(question, answer),
        "remarks": finding.remarks(question, answer),
        "groups": groups,
        "chosen": finding.chosen(question),
        "clear_url": question.url(chosen={}),
        "orders": finding.orders(question),
        "suggestions": [{"words": words, "url": question.url(words=words)} for words in answer.suggestions],
        "next_url": question.url(after=answer.next) if answer.next else "",
        "first_url": question.url() if question.after else "",
    }


@require_safe
def completions(request: HttpRequest) -> JsonResponse:
    """How the words typed may go on, from what is published alone: `{"propuestas": ["…"]}`, empty with 503 while the
    index cannot answer."""
    try:
        texts = search_api.complete(None, finding.read(request.GET).words)
    except search_api.EngineUnavailable:
        return JsonResponse({"propuestas": []}, status=503)
    return JsonResponse({"propuestas": texts})


@require_safe
@same_for_everybody
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address, with the date of its last change where one is known."""
    public = open_to_all(Page.objects.live()).filter(depth__gt=1).not_exact_type(*without_address())
    pages = public.order_by("path").only("url_path", "last_published_at")
    top = len(pages[0].url_path) if pages else 0
    entries = [{"path": f"/{page.url_path[top:]}", "changed": page.last_published_at} for page in pages]
    entries += [{"path": path, "changed": None} for path in FIXED_ADDRESSES]
    for shown in (PublishedProject.objects, PublishedConvenio.objects, PublishedDocument.objects.defer("text")):
        entries += [{"path": row.url, "changed": row.decided_at} for row in shown.all()]
    base = f"{request.scheme}://{request.get_host()}"
    return render(
        request, "cms/publication/sitemap.xml", {"base": base, "entries": entries}, content_type="application/xml"
    )
