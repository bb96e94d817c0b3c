"""search(): scope → engine → recheck → cards and texts from the database → page.

Stale facts can hide, never show. What waits in the outbox is left out of the query itself, so that total and
facets count only what the index is sure of; each hit is then confirmed by its source for this viewer, and title,
level and text come from the source at the time of showing. A hit that its source refuses although no change of it
was waiting is an incident: it is told to the observers, queued for repair, and the question is asked again without
it, so that neither total nor facets nor a short page betray it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from search import cursor, observers, outbox
from search.conf import get_engine
from search.engines.base import SearchEngine
from search.errors import EngineUnavailable
from search.marking import snippet
from search.parsing import parse
from search.sources import Reach, Source, Viewer, reach_of
from search.types import Answer, AnswerHit, Card, Found, Hit, Place, Query, Request

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000

_WIDE = 1000
_ROUNDS = 5

Keys = dict[str, set[str]]
"""Source name → keys."""


def search(viewer: Viewer, text: str, *, page_size: int = 20, after: str | None = None, facets: bool = False) -> Answer:
    """What the viewer may find of the text, now: any text of any length gets an answer.

    `page_size` is held between 1 and 1000; `after` takes an answer's `next`, and garbage counts as none, with a
    note. The number of database queries depends on neither hits nor documents. Raises EngineUnavailable when the
    index cannot give the whole answer.
    """
    query = parse(text)
    place, notes = _place_of(after, query)
    reach = reach_of(viewer)
    waiting = outbox.pending_keys([source.name for source in reach.sources]) if reach.sources else {}
    request = Request(query, reach.scope, {}, min(max(page_size, 1), MAX_PAGE_SIZE), place, facets)
    found = _confirmed(request, reach, waiting, viewer)
    shown = _shown(found.hits, reach, query, viewer)
    observers.tell_answer(viewer, text, [hit for hit, _place in shown])
    return Answer(
        total=found.total,
        hits=tuple(hit for hit, _place in shown),
        facets=found.facets,
        next=cursor.write(shown[-1][1], query) if found.more and shown else None,
        notes=(*query.notes, *notes),
        pending=_visible(waiting, reach, viewer),
        asked=not query.is_empty,
    )


def _place_of(after: str | None, query: Query) -> tuple[Place | None, tuple[str, ...]]:
    place = cursor.read(after, query) if after else None
    if after and place is None:
        return None, (_("La continuación de la lista no es válida: se muestra desde el principio."),)
    return place, ()


def _confirmed(request: Request, reach: Reach, waiting: Keys, viewer: Viewer) -> Found:
    """The engine's answer, asked again without each hit that the database refuses, until it refuses none."""
    if request.query.is_empty or request.scope.is_empty:
        return Found()
    engine, hidden, limit = get_engine(), {name: set(keys) for name, keys in waiting.items()}, request.limit
    for _round in range(_ROUNDS):
        found = engine.search(_without(request, reach, hidden, limit))
        refused = _refused(found.hits, reach, viewer)
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
    return Request(request.query, request.scope, by_partition, limit, request.after, request.facets)


def _cut(found: Found, limit: int) -> Found:
    return Found(found.total, found.hits[:limit], found.facets, found.more or len(found.hits) > limit)


def _refused(hits: Iterable[Hit], reach: Reach, viewer: Viewer) -> Keys:
    """Keys that their source does not confirm for the viewer: one question per source."""
    refused: Keys = {}
    for name, keys in _keys_of(hits).items():
        source = _source(reach, name)
        left = keys - source.confirm(keys, viewer) if source else keys
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
    counts = (len(source.confirm(keys, viewer)) for source in reach.sources if (keys := waiting.get(source.name)))
    return sum(counts)


def _shown(hits: Sequence[Hit], reach: Reach, query: Query, viewer: Viewer) -> list[tuple[AnswerHit, Place]]:
    """The hits as their sources present them now; one that vanished a moment ago is left out."""
    cards: dict[tuple[str, str], Card] = {}
    texts: dict[tuple[str, str, int], str] = {}
    for name, keys in _keys_of(hits).items():
        if source := _source(reach, name):
            cards.update({(name, key): card for key, card in source.present(keys, viewer).items()})
            places = [(hit.key, hit.page) for hit in hits if hit.source == name and (name, hit.key) in cards]
            texts.update({(name, *place): text for place, text in source.page_texts(places).items()})
    return [
        (_answer_hit(hit, cards[hit.source, hit.key], _source(reach, hit.source), texts, query), hit.place)
        for hit in hits
        if (hit.source, hit.key) in cards
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
    """ready, missing, outdated or damaged: for the health page and readiness."""
    return (engine or get_engine()).state()
