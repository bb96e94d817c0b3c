"""The viewer: page images made in the cell, marks over them, what the piece is and why one may read it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk import ledger_lines, pages
from records.desk.doors import READ, WRITE, desk_view
from records.explain import explain
from records.models import Document
from records.parsing import formats
from records.parsing.names import storage_extension
from records.selectors.documents import (
    current_act,
    get_document_for,
    last_page_with_text,
    pending_act,
    returned_act,
)
from records.selectors.history import list_history_of
from records.services.fixity import verify_document
from records.services.viewing import open_original, page_image, view_document
from records.vocabulary import Action, ReadingState

ZOOMS = ("", "150", "200")
LONGEST_QUERY = 400
LONGEST_CURSOR = 1024
EVENTS = 60
#: Bytes of a piece are never a page of ours: no type is guessed, no script runs, no other site embeds them.
WALLS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@desk_view(*READ)
def document(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    last = pages_in(piece)
    place = place_in(request, last)
    history = list(list_history_of(request.user, piece)[:EVENTS])
    view_document(actor=request.user, document=piece)
    context = {
        "piece": piece,
        "section": "/custodia/buscar/" if place.query else "/custodia/expedientes/",
        **page_context(piece, place, last),
        **panel_context(request, piece),
        "timeline": ledger_lines.gathered(ledger_lines.told(request.user, history)),
    }
    return render(request, "records/document.html", context)


def pages_in(piece: Document) -> int:
    return max(1, piece.pages, 0 if has_images(piece) else last_page_with_text(piece))


def has_images(piece: Document) -> bool:
    row = formats.BY_MEDIA_TYPE.get(piece.media_type)
    return bool(row and row.page_images and piece.inspected and piece.pages)


def place_in(request: HttpRequest, last: int) -> pages.Place:
    """What the address asks for, held within the piece: a number beyond it is its last page."""
    asked = request.GET
    zoom = asked.get("zoom", "")
    return pages.Place(
        page=min(max(whole(asked.get("pagina")), 1), last),
        query=asked.get("q", "")[:LONGEST_QUERY].replace("\x00", " "),
        hit=max(whole(asked.get("c")), 1),
        zoom=zoom if zoom in ZOOMS else "",
        back=asked.get("desde", "")[:LONGEST_CURSOR],
    )


def whole(text: str | None) -> int:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else 1


def page_context(piece: Document, place: pages.Place, last: int) -> dict[str, Any]:
    sheet = pages.sheet_of(piece, place)
    shown = pages.window(place.page, last)
    counted = list(range(1, last + 1)) if last <= pages.COUNTED_WHOLE else shown
    found = pages.hits_by_page(piece, place.query, counted)
    return {
        "place": place,
        "sheet": sheet,
        "folio": piece.folio_first + place.page - 1,
        "image_url": image_url(piece, place.page) if has_images(piece) else "",
        "strip": [strip_entry(piece, place, number, found) for number in shown],
        "previous_page": place.url(page=place.page - 1, hit=1) if place.page > 1 else "",
        "next_page": place.url(page=place.page + 1, hit=1) if place.page < last else "",
        **hit_links(piece, place, sheet, found if len(counted) == last else None),
        "zooms": [
            {"url": place.url(zoom=zoom), "label": f"{zoom or 100} %", "current": zoom == place.zoom} for zoom in ZOOMS
        ],
        "back_url": back_url(place),
        "last": last,
    }


def image_url(piece: Document, number: int) -> str:
    return reverse("desk:page-image", args=[piece.pk, number])


def strip_entry(piece: Document, place: pages.Place, number: int, found: dict[int, int]) -> dict[str, Any]:
    return {
        "url": place.url(page=number, hit=1),
        "image_url": image_url(piece, number) if has_images(piece) else "",
        "label": str(piece.folio_first + number - 1),
        "current": number == place.page,
        "hit": number in found,
    }


def hit_links(piece: Document, place: pages.Place, sheet: pages.Sheet, found: dict[int, int] | None) -> dict[str, Any]:
    """Previous and next match. Beyond this page they are looked for when followed, so that no page waits for it."""
    if not place.query.strip():
        return {}
    jump = reverse("desk:hit", args=[piece.pk])
    onwards, backwards = (f"{jump}{place.url(hit=1)}&hacia={way}" for way in ("adelante", "atras"))
    return {
        "next_hit": place.url(hit=place.hit + 1) if place.hit < sheet.hits else onwards,
        "previous_hit": place.url(hit=place.hit - 1) if 1 < place.hit <= sheet.hits else backwards,
        "hit_total": sum(found.values()) if found is not None else None,
        "hit_number": sum(count for number, count in (found or {}).items() if number < place.page) + place.hit,
    }


def back_url(place: pages.Place) -> str:
    """Back to the list at the same place; the words are its whole state."""
    if not place.query:
        return ""
    return "/custodia/buscar/" + pages.urlencode_pairs(q=place.query, despues=place.back)


def panel_context(request: HttpRequest, piece: Document) -> dict[str, Any]:
    """What it is, its level and ground, why this person reads it and what she may do with it."""
    why = explain(request.user, piece)
    return {
        "act": current_act(piece),
        "proposal": pending_act(piece),
        "returned": returned_act(piece),
        "because": why.because,
        "allowed": why.allowed,
        "may_verify": permissions.allows(request.user, Action.VERIFY, piece),
        "reading": ReadingState(piece.reading.state),
    }


@desk_view(*READ)
def hit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go to the next page that holds a match, around the end if need be; stay when no other does.

    Where a word stands, or that it does not, is told of the content: it leaves the event of a reading first.
    """
    piece = get_document_for(request.user, key)
    view_document(actor=request.user, document=piece)
    last = pages_in(piece)
    place = place_in(request, last)
    after, before = list(range(place.page + 1, last + 1)), list(range(1, place.page))
    backwards = request.GET.get("hacia") == "atras"
    order = [*reversed(before), *reversed(after)] if backwards else [*after, *before]
    page = pages.next_page_with_hits(piece, place.query, order) or place.page
    only = pages.sheet_of(piece, pages.Place(page, place.query, 1, "")).hits if backwards else 1
    return redirect(reverse("desk:document", args=[piece.pk]) + place.url(page=page, hit=only))


@desk_view(*READ)
def page(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    piece = get_document_for(request.user, key)
    image = page_image(actor=request.user, document=piece, number=number)
    return HttpResponse(image, content_type="image/png", headers=WALLS)


@desk_view(*READ)
def original(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The filed bytes, under a name of ours: the received one is data, never a header."""
    piece = get_document_for(request.user, key)
    stream = open_original(actor=request.user, document=piece)
    name = piece.radicado + storage_extension(piece.original_name, piece.media_type)
    return FileResponse(stream, as_attachment=True, filename=name, content_type=piece.media_type, headers=WALLS)


@desk_view(*WRITE)
def verify(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    if verify_document(actor=request.user, document=piece):
        messages.error(
            request,
            _("Los bytes guardados no coinciden con los radicados. No se entrega nada de ella; avise al custodio."),
        )
    else:
        messages.success(request, _("Se releyeron los bytes guardados: son los que se radicaron."))
    return redirect("desk:document", key=piece.pk)


@desk_view(*READ)
def reading(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """How the reading of a piece goes, for whoever has just filed it."""
    piece = get_document_for(request.user, key)
    state = ReadingState(piece.reading.state)
    body = {"state": state.value, "label": str(state.label), "pages": piece.reading.pages}
    return JsonResponse({**body, "done": state != ReadingState.PENDING})
