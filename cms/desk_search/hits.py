"""The hits of an answer as a page shows them, and what is told of the reader's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest

from cms.desk_search.address import Asked
from records.api import Because, confidence_of, explain_each
from records.desk.api import urlencode_pairs
from search import api as search_api

#: Characters told before and after a piece of the text that was not understood.
AROUND = 32


def shown(request: HttpRequest, answer: search_api.Answer, asked: Asked) -> list[dict[str, Any]]:
    """All hits of one page, with why each may be read: as many queries for twenty as for one."""
    sure = confidence_of((hit.document, hit.page) for hit in answer.hits if hit.document)
    why = reasons_for(request, answer.hits)
    return [one(hit, asked, sure.get((hit.document or "", hit.page)), why) for hit in answer.hits]


def reasons_for(request: HttpRequest, hits: Iterable[search_api.AnswerHit]) -> dict[str, tuple[Because, ...]]:
    """Why this reader may open each piece of the page, by its id: all of them at once."""
    told = explain_each(request.user, [hit.document for hit in hits if hit.document])
    return {str(key): (*one.because, *one.held) for key, one in told.items()}


def one(
    hit: search_api.AnswerHit, asked: Asked, sure: float | None, why: dict[str, tuple[Because, ...]]
) -> dict[str, Any]:
    """A hit with the address that lands on its page with the words marked, and comes back to this list."""
    key = hit.document or ""
    state = urlencode_pairs(pagina=hit.page, q=asked.words, desde=asked.state_without_words())
    return {
        "key": key,
        "title": hit.title,
        "url": hit.url + state if key else hit.url,
        "container": hit.container,
        "date": hit.date,
        "folio": str(hit.folio) if hit.folio else "",
        "level": hit.level,
        "snippet": hit.snippet,
        "reading": hit.reading,
        "note": hit.note,
        "recognised": "" if sure is None else f"{sure:.0f}",
        "more_pages": max(hit.pages - 1, 0),
        "thumbnail_url": f"{hit.thumbnail_url}{hit.page}.png" if hit.thumbnail_url else "",
        "why": why.get(key),
        "words_url": f"/custodia/buscar/porque/{key}/{urlencode_pairs(q=asked.words)}" if key and asked.words else "",
        "alike_url": f"/custodia/buscar/parecidos/{key}/" if key else "",
    }


def remarks_of(words: str, remarks: Iterable[search_api.Remark]) -> Iterator[dict[str, str]]:
    """Each remark with the piece of the text it speaks of and a little of what stands around it."""
    for remark in remarks:
        start, end = remark.start, min(remark.end, remark.start + 2 * AROUND)
        before, after = words[max(0, start - AROUND) : start], words[end : end + AROUND]
        yield {
            "text": remark.text,
            "before": ("…" if start > AROUND else "") + visible(before),
            "piece": visible(words[start:end]),
            "after": visible(after) + ("…" if end + AROUND < len(words) else ""),
        }


def visible(text: str) -> str:
    """A piece of what was typed, with a dot for each sign that nobody sees: it cannot reorder the page around it."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in text)
