"""The matches of a search in one piece: from each to the next over all its pages, and back to the list of hits."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from records.desk import pages
from records.desk.doors import READ, desk_view
from records.models import Document
from records.selectors.documents import get_document_for
from records.services.viewing import view_document

LIST = "/custodia/buscar/"


def links(piece: Document, place: pages.Place, sheet: pages.Sheet, found: dict[int, int] | None) -> dict[str, Any]:
    """Previous and next match. Beyond this page they are looked for when followed, and in a piece too long to be
    looked through first (`found` is None) they are counted once the page is there: no page waits for either."""
    if not place.query.strip():
        return {}
    jump = reverse("desk:hit", args=[piece.pk])
    onwards, backwards = (f"{jump}{place.url()}&hacia={way}" for way in ("adelante", "atras"))
    return {
        "next_hit": place.url(hit=place.hit + 1) if place.hit < sheet.hits else onwards,
        "previous_hit": place.url(hit=place.hit - 1) if 1 < place.hit <= sheet.hits else backwards,
        "hit_total": sum(found.values()) if found is not None else None,
        "hit_number": number_of(place, found or {}),
        "count_url": "" if found is not None else reverse("desk:hits", args=[piece.pk]) + place.url(hit=place.hit),
    }


def number_of(place: pages.Place, found: dict[int, int]) -> int:
    """The ordinal of the present match among those of the whole piece, by its matches per page."""
    return sum(count for number, count in found.items() if number < place.page) + place.hit


def way_back(place: pages.Place) -> dict[str, str]:
    """The list one came from, at the same place, and its state for who searches on inside the piece."""
    if not (place.query or place.back):
        return {"back_url": "", "back_state": ""}
    words = "" if "q" in parse_qs(place.back) else pages.urlencode_pairs(q=place.query).removeprefix("?")
    state = "&".join(filter(None, (words, place.back)))
    return {"back_url": f"{LIST}?{state}", "back_state": state}


@desk_view(*READ)
def hit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Go to the next page that holds a match, around the end if need be; stay when no other does."""
    piece, place, last = asked_place(request, key)
    after, before = list(range(place.page + 1, last + 1)), list(range(1, place.page))
    backwards = request.GET.get("hacia") == "atras"
    order = [*reversed(before), *reversed(after)] if backwards else [*after, *before]
    page = pages.next_page_with_hits(piece, place.query, order) or place.page
    only = pages.sheet_of(piece, pages.Place(page, place.query)).hits if backwards else 1
    return redirect(reverse("desk:document", args=[piece.pk]) + place.url(page=page, hit=only))


@desk_view(*READ)
def hits(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """How many matches the whole piece holds, and which of them the present one is: {"number", "total"}."""
    piece, place, last = asked_place(request, key)
    found = pages.hits_in_all(piece, place.query, last)
    return JsonResponse({"number": number_of(place, found), "total": sum(found.values())})


def asked_place(request: HttpRequest, key: uuid.UUID) -> tuple[Document, pages.Place, int]:
    """The piece, the place asked for and the piece's last page. Where a word stands, or that it does not, is told of
    the content: it leaves the event of a reading first. Raises NotFound."""
    piece = get_document_for(request.user, key)
    last = pages.pages_in(piece)
    place = pages.place_of(request.GET, piece, last)
    view_document(actor=request.user, document=piece, page=place.page, shown=(place.page, place.page))
    return piece, place, last
