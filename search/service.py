"""search(): scope → engine → recheck → cards and texts from the database → page.

Stale facts can hide, never show. What waits in the outbox is left out of the query itself, so that total and
facets count only what the index is sure of; each hit is then confirmed by its source for this viewer, and title,
level and text come from the source at the time of showing. A hit that its source refuses although no change of it
was waiting is an incident: it is told to the observers, queued for repair, and the question is asked again without
it, so that neither total nor facets nor a short page betray it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypedDict

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from search import cursor, observers, outbox
from search.batches import batched
from search.conf import get_engine
from search.engines.base import SearchEngine
from search.errors import EngineUnavailable
from search.looking import Look
from search.marking import snippet
from search.parsing import parse
from search.sources import Reach, Source, Viewer, reach_of
from search.suggesting import corrected, lonely
from search.types import Answer, AnswerHit, Card, Found, Hit, Narrowing, Order, Place, Query, Request, Scope
from search.widening import widen

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000

MOST_CHOSEN = 100
"""Facets narrowed by, and values of each of them."""

_WIDE = 1000

_CONFIRMED_AT_ONCE = 10_000
"""Keys of what waits asked in one query: SQLite takes 32,766 values in one, and a whole archive is more."""

_ROUNDS = 5

Keys = dict[str, set[str]]
"""Source name → keys."""

Judge = Callable[[Source, set[str]], Collection[str]]
"""Those of the keys that their source lets the viewer see now."""

Cards = dict[tuple[str, str], Card]
"""(source name, key) → what to show of it."""


class _Help(TypedDict, total=False):
    suggestions: tuple[str, ...]
    absent: tuple[str, ...]


def search(
    viewer: Viewer,
    text: str,
    *,
    page_size: int = 20,
    after: str | None = None,
    facets: bool = False,
    narrowed: Mapping[str, Collection[str]] | None = None,
    order: Order = "relevance",
) -> Answer:
    """What the viewer may find of the text, now: any text of any length gets an answer.

    `page_size` is held between 1 and 1000; `after` takes an answer's `next`, and garbage, or that of another query,
    narrowing or order, counts as none, with a note. `narrowed` takes names of facets with the values chosen; names
    and values that nothing has find nothing, with a note; without text it lists all that is so narrowed. The number
    of database queries depends on neither hits nor documents. Raises EngineUnavailable when the index cannot give
    the whole answer.
    """
    query, reach = widen(parse(text)), reach_of(viewer)
    limit = min(max(page_size, 1), MAX_PAGE_SIZE)
    request = Request(query, reach.scope, {}, limit, None, facets, _bounded(narrowed or {}), order)
    request, notes = _continued(request, after)
    waiting = _waiting(reach)
    look = Look(viewer, reach, lambda asked: _confirmed(asked, reach, waiting, viewer), request.narrowed)
    cards: Cards = {}
    found = _confirmed(request, reach, waiting, viewer, lambda source, keys: _presented(cards, source, keys, viewer))
    if request.narrowed and not found.total:
        notes = (*notes, _("Con los filtros elegidos no hay resultados."))
    shown = _shown(found.hits, reach, query, cards)
    observers.tell_answer(viewer, text, [hit for hit, _place in shown])
    return Answer(
        total=found.total,
        hits=tuple(hit for hit, _place in shown),
        facets=found.facets,
        next=cursor.write(shown[-1][1], request) if found.more and shown else None,
        notes=(*query.notes, *notes),
        pending=_visible(waiting, reach, viewer),
        asked=not query.is_empty or bool(request.narrowed),
        remarks=query.remarks,
        continued=request.after is not None,
        beside=look.beside(query) if facets else {},
        **({} if found.total else _helped(look, text, query)),
    )


def _helped(look: Look, text: str, query: Query) -> _Help:
    """What may help who found nothing."""
    return {"suggestions": corrected(look, text, query), "absent": lonely(look, query)}


def look_of(viewer: Viewer) -> Look:
    """What else the room may ask for a viewer at this moment."""
    reach = reach_of(viewer)
    waiting = _waiting(reach)
    return Look(viewer, reach, lambda asked: _confirmed(asked, reach, waiting, viewer))


def _waiting(reach: Reach) -> Keys:
    return outbox.pending_keys([source.name for source in reach.sources]) if reach.sources else {}


def find_keys(viewer: Viewer, text: str, *, narrowed: Narrowing, most: int) -> set[tuple[str, str]] | None:
    """(source, key) of all that the viewer may find of the text now, confirmed; None when there is more than `most`.

    Nothing of the hits is read or shown, so that nobody is told of an answer. Raises EngineUnavailable.
    """
    look = look_of(viewer)
    found = look.ask(Request(widen(parse(text)), look.reach.scope, {}, most, None, narrowed=_bounded(narrowed)))
    return None if found.total > most else {(hit.source, hit.key) for hit in found.hits}


def is_found(viewer: Viewer, text: str, *, container: str, key: str) -> bool:
    """Whether the text finds for the viewer, now, the one thing that has this key in this container. Nothing of it is
    read or shown, so that nobody is told of an answer. Raises EngineUnavailable.
    """
    look = look_of(viewer)
    parts = {name: part.only(container, key) for name, part in look.reach.scope.partitions.items()}
    only = Scope({name: part for name, part in parts.items() if not part.is_empty})
    return look.ask(Request(widen(parse(text)), only, limit=1)).total > 0


def _bounded(narrowed: Mapping[str, Collection[str]]) -> Narrowing:
    """The narrowing with at most so many values of each facet; what no index could hold narrows to nothing."""
    return {
        name: frozenset(sorted(value for value in values if _is_text(f"{name}{value}"))[:MOST_CHOSEN])
        for name, values in sorted(narrowed.items())[:MOST_CHOSEN]
    }


def _is_text(value: str) -> bool:
    return value == value.encode("utf-8", "replace").decode()


def _continued(request: Request, after: str | None) -> tuple[Request, tuple[str, ...]]:
    """The request from the cursor on, and what is to be told of a cursor that is none."""
    place = cursor.read(after, request) if after else None
    if after and place is None:
        return request, (_("La continuación de la lista no es válida: se muestra desde el principio."),)
    return replace(request, after=place), ()


def _presented(cards: Cards, source: Source, keys: set[str], viewer: Viewer) -> Collection[str]:
    """Judges by what is shown: one question of the database confirms the hits and says what to show of them."""
    told = source.present(keys, viewer)
    cards.update({(source.name, key): card for key, card in told.items()})
    return told.keys()


def _confirmed(request: Request, reach: Reach, waiting: Keys, viewer: Viewer, judge: Judge | None = None) -> Found:
    """The engine's answer, asked again without each hit that the database refuses, until it refuses none. Every hit
    of it was judged in the last round, after the engine gave it."""
    if request.is_empty:
        return Found()
    judge = judge or (lambda source, keys: source.confirm(keys, viewer))
    engine, hidden, limit = get_engine(), {name: set(keys) for name, keys in waiting.items()}, request.limit
    for _round in range(_ROUNDS):
        found = engine.search(_without(request, reach, hidden, limit))
        refused = _refused(found.hits, reach, judge)
        if not refused:
            return _cut(found, request.limit)
        _report(refused)
        _merge(hidden, refused)
        limit = max(limit, _WIDE)
    raise EngineUnavailable("index_disagrees")


def _without(request: Request, reach: Reach, hidden: Mapping[str, set[str]], limit: int) -> Request:
    by_partition = {
        partition: frozenset(hidden[source.name])
        for source in reach.sources
        if hidden.get(source.name)
        for partition in source.partitions
    }
    return replace(request, hidden=by_partition, limit=limit)


def _cut(found: Found, limit: int) -> Found:
    return Found(found.total, found.hits[:limit], found.facets, found.more or len(found.hits) > limit)


def _refused(hits: Iterable[Hit], reach: Reach, judge: Judge) -> Keys:
    """Keys that their source refuses to the viewer: one question per source."""
    refused: Keys = {}
    for name, keys in _keys_of(hits).items():
        source = _source(reach, name)
        left = keys.difference(judge(source, keys)) if source else keys
        if left:
            refused[name] = left
    return refused


def _source(reach: Reach, name: str) -> Source | None:
    return next((source for source in reach.sources if source.name == name), None)


def _keys_of(hits: Iterable[Hit]) -> Keys:
    keys: Keys = {}
    for hit in hits:
        keys.setdefault(hit.source, set()).add(hit.key)
    return keys


def _merge(into: Keys, more: Keys) -> None:
    for name, keys in more.items():
        into.setdefault(name, set()).update(keys)


def _report(refused: Keys) -> None:
    """Incident and repair for each refused key, unless a change of it has begun to wait meanwhile."""
    waiting = outbox.pending_keys(list(refused))
    for name, keys in refused.items():
        unexplained = frozenset(keys - waiting.get(name, set()))
        if unexplained:
            _queue_repair(name, unexplained)
            observers.tell_mismatch(unexplained)


def _queue_repair(name: str, keys: frozenset[str]) -> None:
    try:
        with transaction.atomic():
            outbox.enqueue(name, keys)
    except DatabaseError as fault:
        # The public process may only read; the next audit finds the same.
        logger.warning("search: repair of %d keys could not be queued: %s", len(keys), type(fault).__name__)


def _visible(waiting: Keys, reach: Reach, viewer: Viewer) -> int:
    """How many of the waiting keys the viewer may know of: a count over all would tell of hidden filings."""
    parts = (
        (source, part) for source in reach.sources for part in batched(waiting.get(source.name, ()), _CONFIRMED_AT_ONCE)
    )
    return sum(len(source.confirm(part, viewer)) for source, part in parts)


def _shown(hits: Sequence[Hit], reach: Reach, query: Query, cards: Cards) -> list[tuple[AnswerHit, Place]]:
    """The hits with the cards that confirmed them and the texts of their pages as they are now."""
    texts: dict[tuple[str, str, int], str] = {}
    for name in _keys_of(hits):
        if source := _source(reach, name):
            places = [(hit.key, hit.page) for hit in hits if hit.source == name]
            texts.update({(name, *place): text for place, text in source.page_texts(places).items()})
    return [
        (_answer_hit(hit, cards[hit.source, hit.key], _source(reach, hit.source), texts, query), hit.place)
        for hit in hits
    ]


def _answer_hit(
    hit: Hit, card: Card, source: Source | None, texts: Mapping[tuple[str, str, int], str], query: Query
) -> AnswerHit:
    return AnswerHit(
        document=card.key if source and source.documents else None,
        url=card.url,
        page=hit.page,
        title=card.title,
        snippet=snippet(texts.get((hit.source, hit.key, hit.page), ""), query),
        level=card.level,
        container=card.container,
        date=card.date,
        folio=card.folio_first + min(hit.page, max(card.pages, 1)) - 1 if card.folio_first else None,
        level_label=card.level_label,
        pages=card.pages,
        thumbnail_url=card.thumbnail_url,
        reading=card.reading,
        note=card.note,
        source=hit.source,
        key=hit.key,
    )


def engine_state(engine: SearchEngine | None = None) -> str:
    """See `base.EngineState`: for the health page and readiness."""
    return (engine or get_engine()).state()
