"""What stands beside the answers: completion, why a piece is a hit, pieces like one, what cannot be searched yet."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from cms.desk_search import hits
from cms.desk_search.address import LONG, PATH, Asked
from records.api import count_unread_for, get_document_for, list_page_texts, list_unread_for, view_document
from records.desk.api import READ, desk_view, page_of, urlencode_pairs
from search import api as search_api

#: Pages of a piece that are looked through for reasons, and for the words that tell it.
REASONED, WEIGHED = 100, 20
ALIKE, ROWS = 10, 50


@desk_view(*READ)
def complete(request: HttpRequest) -> JsonResponse:
    """The text typed so far with its last word completed: {"texts": [text, …]}. Empty where the engine does not
    answer: a help that fails must not be noticed."""
    try:
        texts = search_api.complete(request.user, request.GET.get("q", "")[:LONG])
    except search_api.EngineUnavailable:
        texts = ()
    return JsonResponse({"texts": list(texts)})


@desk_view(*READ)
def why(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Which words make a piece a hit, and where they stand: told of its content, it leaves the event of a reading."""
    piece = read_piece(request, key)
    words = request.GET.get("q", "").replace("\x00", " ")
    pages = list_page_texts(piece, list(range(1, REASONED + 1)))
    found = is_found(request, piece, words)
    reasons = search_api.why(words, piece.title, pages, piece.date)
    context = {"reasons": [told(piece, words, one) for one in reasons if found or not one.is_of_facts], "found": found}
    return render(request, "search/why.html", {**context, "piece": piece, "q": words, "section": PATH})


def is_found(request: HttpRequest, piece: Any, words: str) -> bool:
    """Whether the words find it for who asks: the address may be of other words, or of an answer of yesterday."""
    try:
        return search_api.is_found(request.user, words, container=str(piece.expediente_id), key=str(piece.pk))
    except search_api.EngineUnavailable:
        return False


def told(piece: Any, words: str, reason: search_api.Reason) -> dict[str, Any]:
    """A reason with its pages as links into the viewer."""
    address = f"/custodia/documentos/{piece.pk}/"
    pages = [(number, address + urlencode_pairs(pagina=number, q=words)) for number in reason.pages[:5]]
    return {"one": reason, "pages": pages, "more": max(len(reason.pages) - 5, 0)}


@desk_view(*READ)
def alike(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Pieces that share the words that tell this one. Its words are told of its content, as in `why`."""
    piece = read_piece(request, key)
    pages = [text for _number, text in list_page_texts(piece, list(range(1, WEIGHED + 1)))]
    context: dict[str, Any] = {"piece": piece, "section": PATH}
    try:
        context.update(likened(request, piece, search_api.question_like(request.user, piece.title, pages)))
    except search_api.EngineUnavailable:
        context["down"] = True
    return render(request, "search/alike.html", context, status=503 if context.get("down") else 200)


def likened(request: HttpRequest, piece: Any, question: Any) -> dict[str, Any]:
    """The answer to the question, without the piece itself."""
    if not question.text:
        return {}
    answer = search_api.search(request.user, question.text, page_size=ALIKE + 1)
    asked = Asked(words=question.text)
    others = [one for one in hits.shown(request, answer, asked) if one["key"] != str(piece.pk)]
    return {"words": question.words, "hits": others[:ALIKE], "all_url": asked.url()}


def read_piece(request: HttpRequest, key: uuid.UUID) -> Any:
    """The piece, once its reading has left its event. Raises NotFound, the same for a hidden one and an absent."""
    piece = get_document_for(request.user, key)
    view_document(actor=request.user, document=piece, page=1, shown=(1, 1))
    return piece


@desk_view(*READ)
def unread(request: HttpRequest) -> HttpResponse:
    """Pieces that are found by their title alone: their text waits to be read, or cannot be."""
    rows = page_of(request, list_unread_for(request.user), ("-filed_at", "pk"), ROWS)
    context = {"rows": rows, "unread": count_unread_for(request.user), "section": PATH}
    return render(request, "search/unread.html", context)
