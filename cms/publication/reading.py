"""Published convenios and documents, each with its page; read from published rows and the public copy alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.core.kept_pages import same_for_everybody
from cms.publication import totals
from cms.publication.copies import path_of
from cms.publication.models import PublishedConvenio, PublishedDocument, PublishedProject

PAGE_SIZE = 50


@require_safe
@same_for_everybody
def convenios(request: HttpRequest) -> HttpResponse:
    """The derivados of published projects, each within its marco; credits as the projects' decisions told them."""
    shown = list(PublishedConvenio.objects.order_by("number"))
    context = {
        "convenios": totals.convenios(),
        "marcos": [one for one in shown if one.kind == "framework"],
        "linked": {one.number: one.url for one in shown},
        "stages": {one.number: one.stage for one in shown},
        "balance": totals.balance(),
    }
    return render(request, "cms/publication/convenios.html", context)


@require_safe
@same_for_everybody
def convenio(request: HttpRequest, slug: str) -> HttpResponse:
    """One convenio: parties, object, state, credits, its projects and documents; a marco's derivados."""
    found = get_object_or_404(PublishedConvenio, slug=slug)
    column = "framework_number" if found.kind == "framework" else "convenio_number"
    context = {
        "convenio": found,
        "marco": PublishedConvenio.objects.filter(number=found.framework_number).first(),
        "derived": PublishedConvenio.objects.filter(framework_number=found.number),
        "projects": PublishedProject.objects.filter(**{column: found.number}),
        "documents": PublishedDocument.objects.filter(convenio_number=found.number).defer("text"),
    }
    return render(request, "cms/publication/convenio.html", context)


@require_safe
@same_for_everybody
def documents(request: HttpRequest) -> HttpResponse:
    """All published documents, newest first (Resolución 1519 de 2020, annex 2, 2.4.1.a)."""
    rows = PublishedDocument.objects.defer("text").order_by("-decided_at", "-date", "title", "id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("pagina", "1")[:9])
    read_at = f"{request.path}?pagina={page.number}" if page.number > 1 else ""
    return render(request, "cms/publication/documents.html", {"page": page, "read_at": read_at})


@require_safe
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _published(key)
    convenio = PublishedConvenio.objects.filter(number=found.convenio_number).first()
    projects = PublishedProject.objects.filter(convenio_number=found.convenio_number)
    context: dict[str, Any] = {
        "document": found,
        "convenio": convenio,
        "projects": projects,
        "ready": path_of(found.digest).is_file(),
    }
    return render(request, "cms/publication/document.html", context)


@require_safe
def download(request: HttpRequest, key: UUID) -> FileResponse | HttpResponse:
    """The bytes of the public copy, under a name that tells what they are; 503 for the moments until they are there."""
    found = _published(key)
    try:
        stream = path_of(found.digest).open("rb")
    except OSError:
        return _on_its_way(request, found)
    response = FileResponse(
        stream, as_attachment=True, filename=found.filename, content_type=found.media_type or "application/octet-stream"
    )
    response["ETag"] = f'"{found.digest}"'
    response["Cache-Control"] = "public, no-cache"  # a piece that was closed is given by no cache on the way
    return response


def _published(key: UUID) -> PublishedDocument:
    """What is not published is answered as what never existed."""
    found = PublishedDocument.objects.defer("text").filter(id=key).first()
    if found is None:
        raise Http404
    return found


def _on_its_way(request: HttpRequest, found: PublishedDocument) -> HttpResponse:
    response = render(request, "cms/publication/document.html", {"document": found, "ready": False}, status=503)
    response["Retry-After"] = "10"
    return response
