"""`Request` → tantivy queries. Built from terms only; tantivy's query language is never used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TQuery

from search.engines.base import has_sequence_tier, landing_phrases
from search.engines.embedded_files import schema
from search.types import PartitionScope, Query, Request

Clause = tuple[Occur, TQuery]

_SET_FROM = 64
"""From this many values a term set is faster than an OR of terms."""

_SCHEMA = schema()


def has(field: str, terms: Sequence[str]) -> TQuery:
    """The field holds these terms side by side."""
    if len(terms) == 1:
        return TQuery.term_query(_SCHEMA, field, terms[0])
    return TQuery.phrase_query(_SCHEMA, field, list(terms))


def any_of(field: str, values: Collection[str]) -> TQuery:
    """The raw field holds one of these values."""
    if len(values) >= _SET_FROM:
        return TQuery.term_set_query(_SCHEMA, field, list(values))
    return any_query([TQuery.term_query(_SCHEMA, field, value) for value in values])


def any_query(queries: Sequence[TQuery], at_least: int = 1) -> TQuery:
    """At least so many of these queries hold."""
    return TQuery.boolean_query([(Occur.Should, query) for query in queries], at_least)


class PartitionQuery:
    """The queries of one request in one partition. The scope is a clause of every one of them."""

    def __init__(self, request: Request, partition: str, searcher: tantivy.Searcher) -> None:
        self._query = request.query
        self._after = request.after
        self._searcher = searcher
        self._runs = [*((word,) for word in self._query.words), *self._query.phrases]
        self._asked: list[Clause] = [(Occur.Must, has("words", run)) for run in self._runs]
        self._limits = [(Occur.MustNot, has("words", run)) for run in self._query.excluded]
        if hidden := request.hidden.get(partition):
            self._limits.append((Occur.MustNot, any_of("key", hidden)))
        self._limits += _scope_clauses(request.scope.partitions[partition])

    @cached_property
    def matching(self) -> TQuery:
        """Every matching entry: for the total and the facets."""
        return TQuery.boolean_query([*self._asked, *self._limits])

    def tiers(self) -> Iterator[tuple[int, TQuery]]:
        """(tier, query of its entries after the cursor), highest first; the queries share no entry."""
        for tier, clauses in self._tier_clauses():
            if self._after is None or tier < self._after.tier:
                yield tier, TQuery.boolean_query([*clauses, *self._limits])
            elif tier == self._after.tier:
                yield tier, TQuery.boolean_query([*clauses, *self._limits, _from_cursor(self._after.sort)])

    def _tier_clauses(self) -> Iterator[tuple[int, list[Clause]]]:
        """What each tier asks, without the limits. What stands in the title, or side by side, need not be asked
        of the whole text again."""
        above: list[Clause] = []
        if self._may_be_title():
            in_title = [(Occur.Must, has("title", run)) for run in self._runs]
            yield 2, in_title
            above.append((Occur.MustNot, TQuery.boolean_query(in_title)))
        if has_sequence_tier(self._query):
            side_by_side = has("words", self._query.sequence)
            yield 1, [(Occur.Must, side_by_side), *above]
            # A query that is one phrase and nothing else has no entry below tier 1.
            if self._query.sequence in self._query.phrases:
                return
            above.append((Occur.MustNot, side_by_side))
        yield 0, [*self._asked, *above]

    def _may_be_title(self) -> bool:
        """Whether every term stands in some title of the partition at all: else tier 2 need not be asked."""
        return all(self._searcher.doc_freq("title", term) for term in self._query.terms)


def _from_cursor(sort: int) -> Clause:
    return Occur.Must, TQuery.range_query(_SCHEMA, "sort", FieldType.Unsigned, None, sort)


def _scope_clauses(scope: PartitionScope) -> list[Clause]:
    shut = (("container", scope.except_containers), ("key", scope.except_items))
    clauses = [(Occur.MustNot, any_of(field, values)) for field, values in shut if values]
    if scope.whole:
        return clauses
    named = (("container", scope.containers), ("key", scope.items))
    parts = [any_of(field, values) for field, values in named if values]
    return [(Occur.Must, parts[0] if len(parts) == 1 else any_query(parts)), *clauses]


def landing_steps(query: Query) -> Iterator[TQuery]:
    """Queries over pages, best first: as many distinct terms as can be, with a phrase before without."""
    terms = [has("page_words", (term,)) for term in query.terms]
    phrases = [has("page_words", run) for run in landing_phrases(query)]
    if len(terms) == 1 and not phrases:
        yield terms[0]
        return
    for at_least in range(len(terms), 0, -1):
        enough = any_query(terms, at_least)
        if phrases:
            yield TQuery.boolean_query([(Occur.Must, enough), (Occur.Must, any_query(phrases))])
        yield enough


def pages_of(uids: Sequence[str], step: TQuery) -> TQuery:
    """The pages of these entries that fulfil a landing step."""
    return TQuery.boolean_query([(Occur.Must, any_of("page_of", uids)), (Occur.Must, step)])


def entries_named(uids: Collection[str]) -> TQuery:
    """Everything, entries and pages, that belongs to these uids."""
    return any_of("uid", uids)


def all_entries() -> TQuery:
    """Every entry, no pages."""
    return TQuery.exists_query("sort")


def searchable_schema() -> tantivy.Schema:
    """The schema these queries are built on."""
    return _SCHEMA
