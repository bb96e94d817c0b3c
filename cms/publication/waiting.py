"""Addresses that are already public and that later work fills: a calm page each, that says what to do meanwhile."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cms.calls.models import CallPage
from cms.core.kept_pages import same_for_everybody
from cms.core.search_source import readable


@require_safe
@same_for_everybody
def petitions(request: HttpRequest) -> HttpResponse:
    """How information is asked for while it cannot be asked for here."""
    return _calm(
        request,
        title=_("Peticiones"),
        lead=_("Toda persona puede pedir información y presentar peticiones, quejas y reclamos. Es gratis."),
        empty=_("Todavía no se reciben peticiones en esta página"),
        text=_(
            "Mientras tanto use los canales de la entidad. En Transparencia está cómo pedirla y qué hacer si la niegan."
        ),
        action={"url": "/transparencia/#solicitar", "label": _("Cómo solicitar información")},
    )


@require_safe
def petition(_request: HttpRequest, code: str) -> HttpResponse:
    """No petition has a page yet, so no code is known."""
    del code
    raise Http404


@require_safe
@same_for_everybody
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The place where one applies to a call that is public."""
    call = readable().type(CallPage).filter(slug=slug).specific().first()
    if call is None:
        raise Http404
    return _calm(
        request,
        title=_("Postularse"),
        lead=call.title,
        empty=_("Todavía no se reciben postulaciones en esta página"),
        text=_("La convocatoria dice quién organiza, qué se pide y por qué medio se presenta."),
        action={"url": f"/convocatorias/{slug}/", "label": _("Leer la convocatoria")},
        steps=[
            {"url": "/convocatorias/", "label": _("Convocatorias")},
            {"url": f"/convocatorias/{slug}/", "label": call.title},
        ],
    )


def _calm(request: HttpRequest, *, action: dict[str, Any], **words: Any) -> HttpResponse:
    return render(request, "cms/publication/waiting.html", {"action": action, **words})
