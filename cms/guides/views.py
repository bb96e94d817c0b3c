"""Guides of each person served: at the desk for staff, at /ayuda/ for citizens. Their text lies in docs/guia/."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms.guides.markdown import Block, blocks_of
from records.api import Role, roles_of

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "guia"
#: File of each guide and whom it serves, in the order of the work.
GUIDES: dict[str, Any] = {
    "ingreso": _("Entrar, confirmar y salir"),
    "archivista": _("Radicar y seguir lo radicado"),
    "envios": _("Paquetes, inventarios y lo que no entra"),
    "expedientes": _("Llevar un expediente"),
    "retencion": _("La tabla de retención"),
    "custodia": _("Clasificar, conceder y retirar accesos"),
    "pruebas": _("Probar la custodia"),
    "jefatura": _("Aprobar niveles y publicar proyectos"),
    "revision": _("Buscar y leer en custodia"),
    "auditoria": _("Seguir la vida de un documento"),
    "administracion": _("Personas y cargos"),
    "edicion": _("Editar y aprobar páginas"),
    "ciudadania": _("Consultar el Banco de Proyectos"),
    "buscar": _("Cómo buscar"),
}


#: The first guide of the public site.
CITIZEN = "ciudadania"
#: Office → the guide of its work, the first that a person holds; who holds none reads how to enter.
OWN: tuple[tuple[str, str], ...] = (
    (Role.ADMINISTRATOR, "administracion"), (Role.CONTRACTS_GROUP, "archivista"), (Role.CONTRACTS_HEAD, "jefatura"),
    (Role.SECRETARY_GENERAL, "jefatura"), (Role.AUDITOR, "auditoria"), (Role.REVIEWER, "revision"),
    (Role.SUPERVISOR, "revision"), (Role.SUPPLIER, "revision"),
)  # fmt: skip


@require_safe
def desk_guide(request: HttpRequest, name: str = "") -> HttpResponse:
    name = name or guide_of(roles_of(request.user))
    if name not in GUIDES:
        raise Http404
    entries = [
        {"url": f"/custodia/ayuda/{code}/", "label": label, "current": code == name} for code, label in GUIDES.items()
    ]
    context = {"title": GUIDES[name], "blocks": guide(name), "entries": entries, "section": "/custodia/ayuda/"}
    return render(request, "guides/desk.html", context)


def guide_of(held: frozenset[str]) -> str:
    return next((name for role, name in OWN if role in held), "ingreso")


@require_safe
def public_guide(request: HttpRequest, name: str = CITIZEN) -> HttpResponse:
    """A guide of the citizen: the same bytes for everybody."""
    steps = [{"label": _("Inicio"), "url": "/"}, {"label": _("Ayuda"), "url": "/ayuda/"}]
    crumbs = steps if name == CITIZEN else [*steps, {"label": GUIDES[name], "url": request.path}]
    return render(request, "guides/public.html", {"title": GUIDES[name], "blocks": guide(name), "crumbs": crumbs})


@cache
def guide(name: str) -> list[Block]:
    """Blocks of a guide, without its own title: the page gives it."""
    blocks = blocks_of((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    return [block for block in blocks if block.kind != "h1"]
