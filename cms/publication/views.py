"""Public views over published rows. They know no viewer: whoever asks, the answer is the citizen's."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.publication import open_data, totals
from cms.publication.models import PublishedProject
from search import api as search_api

LONGEST_QUERY = 400
EXAMPLES = (
    {"q": "aeropartes Antioquia", "what": "las dos palabras, en cualquier orden"},
    {"q": '"electrónica de potencia"', "what": "la frase exacta"},
    {"q": "formación -compuestos", "what": "la primera palabra sin la segunda"},
)
#: Addresses that are no Wagtail page and no project.
FIXED_ADDRESSES = ("/convenios/", "/datos/", "/verificar/")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Public search. With the engine down the page still answers, with a calm sentence and status 503."""
    words = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", " ")
    context: dict[str, Any] = {"q": words, "examples": EXAMPLES, "answer": None, "down": False}
    try:
        context.update(_answer(words, request.GET.get("despues")))
    except search_api.EngineUnavailable:
        context["down"] = True
    return render(request, "search/public.html", context, status=503 if context["down"] else 200)


def _answer(words: str, after: str | None) -> dict[str, Any]:
    if not words.strip():
        return {}
    return {"answer": search_api.search(None, words, after=after or None)}


@require_safe
def convenios(request: HttpRequest) -> HttpResponse:
    return render(
        request, "cms/publication/convenios.html", {"convenios": totals.convenios(), "balance": totals.balance()}
    )


@require_safe
def datasets(request: HttpRequest) -> HttpResponse:
    """The sets that have something in them, with their dictionary."""
    sets = [(data, data.count()) for data in open_data.DATASETS.values()]
    shown = [{"data": data, "count": count, "columns": data.columns.items()} for data, count in sets if count]
    return render(request, "cms/publication/datasets.html", {"sets": shown})


@require_safe
def dataset_csv(_request: HttpRequest, name: str) -> HttpResponse:
    response = HttpResponse(open_data.as_csv(_dataset(name)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_safe
def dataset_json(_request: HttpRequest, name: str) -> HttpResponse:
    return JsonResponse(list(_dataset(name).rows()), safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _dataset(name: str) -> open_data.Dataset:
    if name not in open_data.DATASETS:
        raise Http404
    return open_data.DATASETS[name]


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address, with the date of its last change where one is known."""
    pages = Page.objects.live().public().filter(depth__gt=1).order_by("path").only("url_path", "last_published_at")
    top = len(pages[0].url_path) if pages else 0
    entries = [{"path": f"/{page.url_path[top:]}", "changed": page.last_published_at} for page in pages]
    entries += [{"path": path, "changed": None} for path in FIXED_ADDRESSES]
    entries += [
        {"path": row.url, "changed": row.decided_at} for row in PublishedProject.objects.only("slug", "decided_at")
    ]
    base = f"{request.scheme}://{request.get_host()}"
    return render(
        request, "cms/publication/sitemap.xml", {"base": base, "entries": entries}, content_type="application/xml"
    )
