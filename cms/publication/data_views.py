"""The addresses of open data: the page of the sets, each file, and what machines read about them."""

from __future__ import annotations

from typing import Any
from wsgiref.util import FileWrapper

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cms.core.identity import the_site
from cms.core.kept_pages import same_for_everybody
from cms.publication import descriptions, open_data
from cms.publication.formats import FORMATS, PIECE, written
from cms.publication.opening import open_to_programs, tag_of


@require_safe
@same_for_everybody
def datasets(request: HttpRequest) -> HttpResponse:
    """The sets that have something in them, with their dictionary."""
    sets = [(data, data.count()) for data in open_data.DATASETS.values()]
    shown = [{"data": data, "count": count, "columns": _dictionary(data)} for data, count in sets if count]
    context = {"sets": shown, "formats": FORMATS, "licence": descriptions.LICENCE, "changed": open_data.last_change()}
    return render(request, "cms/publication/datasets.html", context)


def _dictionary(dataset: open_data.Dataset) -> list[dict[str, Any]]:
    return [
        {"name": name, "meaning": column.meaning, "kind": open_data.KINDS[column.kind]}
        for name, column in dataset.columns.items()
    ]


@open_to_programs
def dataset_file(request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
    """A set as a file, sent piece by piece once it is written: its tag is of its bytes and goes before them."""
    form = FORMATS[ending]
    made, digest = written(form, _dataset(name))
    known = get_conditional_response(request, etag=tag_of(digest))
    if known is not None:
        made.close()
        known["ETag"] = tag_of(digest)
        return known
    response = StreamingHttpResponse(FileWrapper(made, PIECE), content_type=form.media)
    response["ETag"] = tag_of(digest)
    if form.attached:
        response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@open_to_programs
def json_schema(request: HttpRequest, name: str) -> HttpResponseBase:
    return _said(descriptions.json_schema(_dataset(name), base_of(request)), "application/schema+json")


@open_to_programs
def table_schema(_request: HttpRequest, name: str) -> HttpResponseBase:
    return _said(descriptions.table_schema(_dataset(name)))


@open_to_programs
def data_package(request: HttpRequest) -> HttpResponseBase:
    return _said(descriptions.data_package(base_of(request), the_site()))


@open_to_programs
def catalogue(request: HttpRequest) -> HttpResponseBase:
    return _said(descriptions.catalogue(base_of(request), the_site()), "application/ld+json")


def base_of(request: HttpRequest) -> str:
    """Scheme and host of this site, as the reader asked for it."""
    return f"{request.scheme}://{request.get_host()}"


def _said(value: dict[str, Any], media: str = "application/json") -> JsonResponse:
    return JsonResponse(value, json_dumps_params={"ensure_ascii": False, "indent": 1}, content_type=media)


def _dataset(name: str) -> open_data.Dataset:
    if name not in open_data.DATASETS:
        raise Http404
    return open_data.DATASETS[name]
