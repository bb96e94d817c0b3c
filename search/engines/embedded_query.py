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

    def __init__(self, request: Request, partition: str) -> None:
        self._query = request.query
        self._after = request.after
        self._scope = request.scope.partitions[partition]
        self._hidden = request.hidden.get(partition, frozenset())

    @cached_property
    def clauses(self) -> list[Clause]:
        """What every matching entry fulfils: scope, words, phrases; no exclusion, nothing hidden."""
        wanted = [*((word,) for word in self._query.words), *self._query.phrases]
        clauses = [(Occur.Must, has("words", run)) for run in wanted]
        clauses += [(Occur.MustNot, has("words", run)) for run in self._query.excluded]
        if self._hidden:
            clauses.append((Occur.MustNot, any_of("key", self._hidden)))
        return clauses + _scope_clauses(self._scope)

    @cached_property
    def matching(self) -> TQuery:
        """Every matching entry: for the total and the facets."""
        return TQuery.boolean_query(self.clauses)

    def tiers(self) -> Iterator[tuple[int, TQuery]]:
        """(tier, query of its entries after the cursor), highest first; the queries share no entry."""
        for tier, clauses in self._tier_clauses():
            if self._after is None or tier < self._after.tier:
                yield tier, TQuery.boolean_query(clauses)
            elif tier == self._after.tier:
                yield tier, TQuery.boolean_query([*clauses, self._from_cursor(self._after.sort)])

    def _tier_clauses(self) -> Iterator[tuple[int, list[Clause]]]:
        in_title = TQuery.boolean_query(_title_clauses(self._query))
        yield 2, [*self.clauses, (Occur.Must, in_title)]
        rest = [*self.clauses, (Occur.MustNot, in_title)]
        if not has_sequence_tier(self._query):
            yield 0, rest
            return
        side_by_side = has("words", self._query.sequence)
        yield 1, [*rest, (Occur.Must, side_by_side)]
        # A query that is one phrase and nothing else has no entry below tier 1.
        if self._query.sequence not in self._query.phrases:
            yield 0, [*rest, (Occur.MustNot, side_by_side)]

    @staticmethod
    def _from_cursor(sort: int) -> Clause:
        return Occur.Must, TQuery.range_query(_SCHEMA, "sort", FieldType.Unsigned, None, sort)


def _title_clauses(query: Query) -> list[Clause]:
    wanted = [*((word,) for word in query.words), *query.phrases]
    return [(Occur.Must, has("title", run)) for run in wanted]


def _scope_clauses(scope: PartitionScope) -> list[Clause]:
    if scope.whole:
        return []
    parts = [
        any_of(field, values) for field, values in (("container", scope.containers), ("key", scope.items)) if values
    ]
    return [(Occur.Must, any_query(parts))]


def landing_steps(query: Query) -> Iterator[TQuery]:
    """Queries over pages, best first: as many distinct terms as can be, with a phrase before without."""
    terms = [has("page_words", (term,)) for term in query.terms]
    phrases = [has("page_words", run) for run in landing_phrases(query)]
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
