"""The viewer: page images made in the cell, marks over them, what the piece is and why one may read it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from records.desk import matches, pages, panel
from records.desk.doors import READ, WRITE, desk_view
from records.models import Document
from records.selectors.documents import get_document_for
from records.selectors.pages import find_attached
from records.services.fixity import COPY, MENDED, RENDITION, verify_document
from records.services.viewing import view_document
from records.vocabulary import ReadingState

#: Sizes that a page image of the plain sharpness would show blurred.
ENLARGED = frozenset({"150", "200"})
UNLIKE = _("Los bytes guardados no coinciden con los radicados. No se entrega nada de ella; avise al custodio.")
UNCOPIED = _(
    "Los bytes radicados están intactos, pero su segunda copia no lo está y no se pudo reponer. Avise a soporte."
)
#: What verifying answers, by problem: kind of message and sentence.
VERIFIED: dict[str, tuple[int, Any]] = {
    "": (messages.SUCCESS, _("Se releyeron los bytes guardados: son los que se radicaron, y sus copias están bien.")),
    MENDED: (
        messages.WARNING,
        _("Había bytes dañados: se repusieron desde la otra copia, y los dañados quedaron apartados. Todo está bien."),
    ),
    RENDITION: (
        messages.ERROR,
        _("Los bytes radicados están intactos, pero una copia derivada ya no es la que se hizo. Avise a soporte."),
    ),
}


@desk_view(*READ)
def document(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    last = pages.pages_in(piece)
    place = pages.place_of(request.GET, piece, last)
    shown = pages.window(place.page, last)
    about = panel.context_of(request.user, piece)
    view_document(actor=request.user, document=piece, page=place.page, shown=(shown[0], shown[-1]))
    context = {
        "piece": piece,
        "section": "/custodia/buscar/" if place.query else "/custodia/expedientes/",
        **page_context(piece, place, last, shown),
        **about,
    }
    return render(request, "records/document.html", context)


def page_context(piece: Document, place: pages.Place, last: int, shown: list[int]) -> dict[str, Any]:
    sheet = pages.sheet_of(piece, place)
    counted = list(range(1, last + 1)) if last <= pages.COUNTED_WHOLE else shown
    found = pages.hits_by_page(piece, place.query, counted)
    return {
        "place": place,
        "sheet": sheet,
        "label": label_of(piece, place.page),
        "own_folio": place.page <= folios_of(piece),
        "strip": [strip_entry(piece, place, number, found) for number in shown],
        "previous_page": place.url(page=place.page - 1) if place.page > 1 else "",
        "next_page": place.url(page=place.page + 1) if place.page < last else "",
        **image_context(piece, place, last),
        **matches.links(piece, place, sheet, found if len(counted) == last else None),
        **zoom_context(place),
        **matches.way_back(place),
        "last": last,
    }


def image_context(piece: Document, place: pages.Place, last: int) -> dict[str, Any]:
    """The image of the page, and of the one after it: the browser asks for that one while this one is read."""
    if not pages.has_images(piece):
        return {"image_url": "", "ahead_url": ""}
    ahead = image_url(piece, place.page + 1, place.zoom) if place.page < last else ""
    return {"image_url": image_url(piece, place.page, place.zoom), "ahead_url": ahead}


def image_url(piece: Document, number: int, zoom: str) -> str:
    return reverse("desk:page-image", args=[piece.pk, number]) + ("?nitida=1" if zoom in ENLARGED else "")


def folios_of(piece: Document) -> int:
    return piece.folio_last - piece.folio_first + 1


def label_of(piece: Document, number: int) -> str:
    """How a page is called: by its folio; a page read from an attachment has none."""
    if number <= folios_of(piece):
        return _now("folio %(folio)s") % {"folio": piece.folio_first + number - 1}
    attached = find_attached(piece, number)
    if attached is None:
        return _now("página %(number)s del texto") % {"number": number}
    return _now("adjunto «%(name)s», página %(number)s") % {"name": attached.part.name, "number": attached.number}


def strip_entry(piece: Document, place: pages.Place, number: int, found: dict[int, int]) -> dict[str, Any]:
    own = number <= folios_of(piece)
    return {
        "url": place.url(page=number),
        "image_url": reverse("desk:thumbnail", args=[piece.pk, number]) if pages.has_images(piece) else "",
        "label": str(piece.folio_first + number - 1) if own else _now("adj. %(n)s") % {"n": number - folios_of(piece)},
        "current": number == place.page,
        "hit": number in found,
    }


def zoom_context(place: pages.Place) -> dict[str, Any]:
    """Nearer, farther, as wide as there is room, and a quarter turn; the match one stands on stays."""
    steps = list(pages.ZOOMS)
    at = steps.index(place.zoom) if place.zoom in steps else 0
    wide = place.zoom == pages.WIDE
    return {
        "zoom_label": _now("Ancho") if wide else f"{place.zoom or 100} %",
        "nearer": place.url(hit=place.hit, zoom=steps[at + 1]) if at + 1 < len(steps) else "",
        "farther": place.url(hit=place.hit, zoom=steps[at - 1]) if at else "",
        "wider": place.url(hit=place.hit, zoom="" if wide else pages.WIDE),
        "is_wide": wide,
        "turned": place.url(hit=place.hit, turn=(place.turn + 90) % 360),
    }


@desk_view(*WRITE)
def verify(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    found = verify_document(actor=request.user, document=piece)
    kind, sentence = VERIFIED.get(found, (messages.ERROR, UNCOPIED if found.startswith(COPY) else UNLIKE))
    messages.add_message(request, kind, sentence)
    return redirect("desk:document", key=piece.pk)


@desk_view(*READ)
def reading(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """How the reading of a piece goes, for whoever has just filed it."""
    piece = get_document_for(request.user, key)
    state = ReadingState(piece.reading.state)
    body = {"state": state.value, "label": str(state.label), "pages": piece.reading.pages}
    return JsonResponse({**body, "done": state != ReadingState.PENDING})
