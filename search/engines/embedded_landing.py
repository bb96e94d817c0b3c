"""The best page of each hit, found for the page of an answer alone: at once where the pages are few, else step by step.

See `base` for what makes a page the best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import tantivy
from tantivy import Occur
from tantivy import Query as TQuery

from search.engines.base import landing_phrases, landing_points, name_of
from search.engines.embedded_query import any_query, asks, has, one_of
from search.types import Query

_AT_ONCE = 256
"""Pages among which the best of each hit is looked for at once."""

_Hits = Sequence[tuple[float, tantivy.DocAddress]]


def best_pages(searcher: tantivy.Searcher, uids: Sequence[str], query: Query) -> dict[str, int]:
    """Uid → number of its best page, of those entries on whose pages something asked stands."""
    if not uids or not landing_points(query):
        return {}
    found = _at_once(searcher, uids, query)
    return dict(_by_steps(searcher, uids, query)) if found is None else found


def _at_once(searcher: tantivy.Searcher, uids: Sequence[str], query: Query) -> dict[str, int] | None:
    """None where the pages are too many."""
    named = {name_of(uid): uid for uid in uids}
    hits = searcher.search(_scored(uids, query), _AT_ONCE, False).hits
    if len(hits) == _AT_ONCE or len(named) < len(uids):
        return None
    best: dict[int, list[int]] = {}
    scores: dict[int, float] = {}
    for (score, _address), (name, number) in zip(hits, _named(searcher, hits), strict=True):
        # The best come first.
        if scores.setdefault(name, score) == score:
            best.setdefault(name, []).append(number)
    tied = [named[name] for name, numbers in best.items() if len(numbers) > 1]
    phrased = _phrased(searcher, tied, query)
    if len(phrased) == _AT_ONCE:
        return None
    return {named[name]: min(numbers, key=lambda n: ((name, n) not in phrased, n)) for name, numbers in best.items()}


def _scored(uids: Sequence[str], query: Query) -> TQuery:
    """The pages of these entries that hold something asked, by how many landing points they hold."""
    points = [asks(point, "page_words", "page_keys") for point in landing_points(query)]
    clauses = [(Occur.Should, TQuery.const_score_query(point, 1.0)) for point in points]
    return TQuery.boolean_query([(Occur.Must, one_of("page_of", uids)), *clauses], 1)


def _phrased(searcher: tantivy.Searcher, uids: Sequence[str], query: Query) -> set[tuple[int, int]]:
    """The pages of these entries, at most so many, that hold a phrase asked for."""
    phrases = [has("page_words", run) for run in landing_phrases(query)]
    if not uids or not phrases:
        return set()
    hits = searcher.search(_pages_of(uids, phrases[0] if len(phrases) == 1 else any_query(phrases)), _AT_ONCE, False)
    return set(_named(searcher, hits.hits))


def _named(searcher: tantivy.Searcher, hits: _Hits) -> Iterator[tuple[int, int]]:
    """(`name_of` its entry, number) of each page."""
    addresses = [address for _score, address in hits]
    names, numbers = (searcher.fast_field_values(field, addresses) for field in ("entry", "page_number"))
    for name, number in zip(names, numbers, strict=True):
        yield int(name or 0), int(number or 0)


# Step by step ---------------------------------------------------------------------------------------------


def _by_steps(searcher: tantivy.Searcher, uids: Sequence[str], query: Query) -> Iterator[tuple[str, int]]:
    waiting = list(uids)
    for step in _steps(query):
        if not waiting:
            return
        found = dict(_first_pages(searcher, _pages_of(waiting, step), len(waiting)))
        yield from found.items()
        waiting = [uid for uid in waiting if uid not in found]


def _steps(query: Query) -> Iterator[TQuery]:
    """Queries over pages, best first: as many distinct points as can be, with a phrase before without."""
    points = [asks(point, "page_words", "page_keys") for point in landing_points(query)]
    phrases = [has("page_words", run) for run in landing_phrases(query)]
    for at_least in range(len(points), 0, -1):
        enough = any_query(points, at_least)
        if phrases:
            yield TQuery.boolean_query([(Occur.Must, enough), (Occur.Must, any_query(phrases))])
        yield enough


def _pages_of(uids: Sequence[str], step: TQuery) -> TQuery:
    return TQuery.boolean_query([(Occur.Must, one_of("page_of", uids)), (Occur.Must, step)])


def _first_pages(searcher: tantivy.Searcher, query: TQuery, size: int) -> Iterator[tuple[str, int]]:
    first = {"first": {"min": {"field": "page_number"}}}
    by_entry = {"by_entry": {"terms": {"field": "page_of", "size": size}, "aggs": first}}
    for bucket in searcher.aggregate(query, by_entry)["by_entry"]["buckets"]:
        yield bucket["key"], int(bucket["first"]["value"])
