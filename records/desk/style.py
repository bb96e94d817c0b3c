"""/custodia/estilo/: every component of the design with plain values; only in the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from records.desk.doors import READ, desk_view
from records.desk.opening import OpenForm
from records.errors import NotFound
from records.vocabulary import Level, Phase


@desk_view(*READ)
def style(request: HttpRequest) -> HttpResponse:
    if getattr(settings, "PROFILE", "") != "demo":
        raise NotFound
    said = {"code": "", "title": "Un título", "kind": "derived", "opened_on": "31/02/2027"}
    faulty = OpenForm(said, actor=request.user)
    return render(
        request, "records/style.html", {"levels": Level.values, "phases": Phase.values, "form": faulty, **SAMPLES}
    )


SAMPLES = {
    "tabs": [{"url": "#", "label": "Documentos", "current": True, "count": 42}, {"url": "#", "label": "Accesos"}],
    "orders": [
        {"url": "#", "label": "relevancia", "current": True},
        {"url": "#", "label": "más recientes", "current": False},
    ],
    "chosen": [{"name": "Fase", "label": "Ejecución", "url": "#"}, {"name": "Año", "label": "2026", "url": "#"}],
    "columns": [
        {"key": "name", "label": "Documento", "kind": "head"},
        {"key": "date", "label": "Fecha", "kind": ""},
        {"key": "level", "label": "Nivel", "kind": "level"},
        {"key": "credits", "label": "Créditos (USD)", "kind": "money"},
    ],
    "rows": [
        {"name": "Acta de recibo A1.1", "date": "14 may 2027", "level": "restricted", "credits": "12500000"},
        {"name": "Designación de supervisor", "date": "12 jun 2026", "level": "public", "credits": "0"},
    ],
    "files": [
        {
            "name": "acta recibo A1.3.pdf",
            "detail": "1,4 MB",
            "tipo": "Acta de recibo",
            "state": "filed",
            "percent": 100,
            "words": "Radicado 2027-004417",
        },
        {
            "name": "soporte almacén.pdf",
            "detail": "88 MB",
            "tipo": "Registro de almacén",
            "state": "sending",
            "percent": 63,
            "words": "63 %",
        },
        {
            "name": "planilla.docm",
            "state": "refused",
            "words": "Contiene macros. Guárdelo como .docx y vuelva a soltarlo.",
        },
    ],
    "events": [
        {"what": "Radicado", "when": "14 may 2027, 10:02:17", "who": "archivista"},
        {"what": "Clasificado y aprobado", "when": "16 may 2027", "who": "jefatura"},
    ],
    "pairs": [
        {"label": "Código", "value": "CD-2026-001", "code": True},
        {"label": "Abierto el", "value": "10 jun 2026"},
    ],
    "figures": [{"value": "318", "label": "folios"}, {"value": "93,52 %", "label": "de los créditos, al 20 oct 2027"}],
    "job": {"name": "Lectura de 200 piezas", "percent": 63, "done": 126, "total": 200, "errors": 2},
    "hit": {
        "title": "Acta de recibo a satisfacción A1.1",
        "url": "#",
        "container": "CD-2026-001",
        "folio": 62,
        "level": "restricted",
        "snippet": "se recibe a satisfacción el proceso de reparación de compuestos",
        "links": [{"url": "#", "label": "Abrir en el folio 62"}],
    },
    "crumbs": [{"url": "/custodia/", "label": "Bandeja"}, {"label": "Estilo"}],
}
