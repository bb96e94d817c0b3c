"""Version 1: addresses, what each takes and gives, and its refusals. Fields may be added; none changes its meaning."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError

from cms.core.identity import the_site
from cms.publication import descriptions
from cms.publication.api import reading, shapes
from cms.publication.data_views import base_of
from cms.publication.formats import FORMATS
from cms.publication.opening import open_to_programs
from cms.publication.problems import MEDIA, SCHEMA, problem

PREFIX = "/api/v1/"
REFUSALS: dict[str, Any] = {
    str(status): {
        "description": said,
        "content": {MEDIA: {"schema": SCHEMA}},
    }
    for status, said in ((404, "No está publicado."), (422, "Algo de la petición no se entiende."), (429, "Espere."))
}

api = NinjaAPI(
    title="Banco de Proyectos Offset",
    version="1.0.0",
    description="Los proyectos y convenios publicados, para leer. Sin clave. Licencia CC BY 4.0.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="public-api-1",
    servers=[{"url": "/"}],
)


UNCHANGED = {"description": "No ha cambiado desde la respuesta cuyo ETag trae If-None-Match."}


def refused(*statuses: str) -> dict[str, Any]:
    """What the document says of the refusals of an address, and of who has its answer already."""
    return {"responses": {"304": UNCHANGED, **{status: REFUSALS[status] for status in (*statuses, "429")}}}


@api.get("conjuntos", response=list[shapes.Set], summary="Conjuntos de datos abiertos", openapi_extra=refused("422"))
def sets(request: HttpRequest) -> Any:
    """Los conjuntos que tienen algún renglón, con sus archivos."""
    only_known(request)
    base = base_of(request)
    return [
        {
            "nombre": data.name,
            "titulo": str(data.title),
            "descripcion": str(data.about),
            "renglones": data.count(),
            "licencia": descriptions.LICENCE["path"],
            "archivos": [f"{base}/datos/{data.name}.{ending}" for ending in FORMATS],
            "esquema": f"{base}/datos/{data.name}/esquema.json",
        }
        for data in descriptions.shown()
    ]


@api.get("proyectos", response=shapes.ProjectPage, summary="Proyectos publicados", openapi_extra=refused("422"))
def projects(request: HttpRequest, asked: Query[shapes.ProjectsAsked]) -> Any:
    """Por código, con los mismos filtros que la lista del Banco."""
    only_known(request, asked)
    chosen = {name: getattr(asked, name) for name in (*reading.FILTERS, reading.IMPACT)}
    return _page(request, asked, reading.projects(chosen, asked.despues, asked.limite))


@api.get("proyectos/{codigo}", response=shapes.WholeProject, summary="Un proyecto", openapi_extra=refused("404", "422"))
def project(request: HttpRequest, codigo: str) -> Any:
    """Su ficha, sus indicadores y lo que se reserva de él."""
    only_known(request)
    found = reading.project(codigo)
    if found is None:
        raise Http404
    return found


@api.get("indicadores", response=shapes.IndicatorPage, summary="Indicadores", openapi_extra=refused("422"))
def indicators(request: HttpRequest, asked: Query[shapes.IndicatorsAsked]) -> Any:
    """Meta y logro de cada indicador; de todos los proyectos o de uno."""
    only_known(request, asked)
    return _page(request, asked, reading.indicators(asked.proyecto, asked.despues, asked.limite))


@api.get("convenios", response=shapes.ConvenioPage, summary="Convenios derivados", openapi_extra=refused("422"))
def convenios(request: HttpRequest, asked: Query[shapes.Paged]) -> Any:
    """Partes y créditos; sin valores de actividades ni multiplicadores."""
    only_known(request, asked)
    return _page(request, asked, reading.convenios(asked.despues, asked.limite))


def only_known(request: HttpRequest, asked: shapes.Paged | None = None) -> None:
    """A filter that is misspelt must not give everything."""
    unknown = sorted(set(request.GET) - set(type(asked).model_fields if asked else ()))
    if unknown:
        raise ValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown[:10]])


def _page(request: HttpRequest, asked: shapes.Paged, listed: reading.Listed) -> dict[str, Any]:
    following = urlencode({**asked.model_dump(exclude_defaults=True), "despues": listed.after})
    return {
        "total": listed.total,
        "siguiente": f"{base_of(request)}{request.path}?{following}" if listed.after else None,
        "datos": listed.rows,
    }


#: Kind of fault → its sentence; `{limit}` is the bound that was passed.
FAULTS = {
    "int_parsing": "Debe ser un número entero.",
    "greater_than_equal": "Debe ser {limit} o más.",
    "less_than_equal": "Debe ser {limit} o menos.",
    "extra_forbidden": "No es un parámetro de esta dirección.",
    "string_too_long": "Debe tener {limit} letras o menos.",
    "string_pattern_mismatch": "Tiene un signo que no se admite.",
}
BOUNDS = ("ge", "le", "max_length")


@api.exception_handler(ValidationError)
def not_understood(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return problem(422, _("Revise los parámetros que se nombran."), [_told(one) for one in fault.errors])


def _told(fault: dict[str, Any]) -> dict[str, str]:
    limit = next((fault.get("ctx", {})[bound] for bound in BOUNDS if bound in fault.get("ctx", {})), "")
    sentence = FAULTS.get(fault["type"], "No se entiende.").format(limit=limit)
    return {"parametro": str(fault["loc"][-1])[:120], "motivo": sentence}


@api.exception_handler(Http404)
def absent(_request: HttpRequest, _fault: Http404) -> HttpResponse:
    return problem(404, _("No hay nada publicado con ese nombre."))


def document(site: str) -> dict[str, Any]:
    """The OpenAPI document of this version, under the name of the site."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    return {**told, "info": {**told["info"], "title": site}}


def openapi(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(the_site().said_name), json_dumps_params={"ensure_ascii": False, "indent": 1})


def nothing_here(_request: HttpRequest, **_rest: str) -> HttpResponse:
    return problem(404, _("Esa dirección no es de esta API. Su documento está en /api/v1/openapi.json."))


def addresses() -> list[URLPattern]:
    """The API's own addresses, each readable by any program, and a refusal that programs read for all others."""
    own = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    named = [path(f"api/v1/{one.pattern}", open_to_programs(one.callback), name=f"api_{one.name}") for one in own]
    named.append(path("api/v1/openapi.json", open_to_programs(openapi), name="api_document"))
    return [*named, path("api/v1/<path:rest>", open_to_programs(nothing_here), name="api_absent")]
