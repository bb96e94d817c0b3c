"""`Request` → tantivy queries. Built from terms only; tantivy's query language is never used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import add

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TQuery

from search.asking import (
    FORM,
    REFERENCE,
    SHAPE,
    All,
    Days,
    Folios,
    Key,
    Near,
    Node,
    Not,
    Run,
    Start,
    as_typed,
    is_fact,
    parts_of,
)
from search.engines.base import DATED, day_sort
from search.engines.embedded_files import schema
from search.nearness import strokes_allowed
from search.ranking import LEVELS
from search.types import PartitionScope, Request

Clause = tuple[Occur, TQuery]

FACET_GLUE = "\x1f"
"""Between a facet's name and its value in the one field that holds all facets of an entry."""

_SCHEMA = schema()

_LONGEST_KEPT = 1_000
"""Values of a query that is kept: a longer scope, of what one filed oneself, is another after each filing."""

_LEVEL_SIGNS = [f"|{level}" for level in range(LEVELS + 1)]

_KINDS = {FORM: "f", SHAPE: "s", REFERENCE: "r"}


def has(field: str, terms: Sequence[str]) -> TQuery:
    """The field holds these terms side by side."""
    if len(terms) == 1:
        return TQuery.term_query(_SCHEMA, field, terms[0])
    return TQuery.phrase_query(_SCHEMA, field, list(terms))


def one_of(field: str, values: Iterable[str]) -> TQuery:
    """The raw field holds one of these values; adds nothing to a score, so that it need not be a term set, which is
    made anew at each use and takes five times as long."""
    return TQuery.const_score_query(any_query([TQuery.term_query(_SCHEMA, field, value) for value in values]), 0.0)


_kept_one_of = lru_cache(maxsize=256)(one_of)


def any_of(field: str, values: Collection[str]) -> TQuery:
    """As `one_of`, kept for the next request where it is not too long: scopes come again."""
    if len(values) > _LONGEST_KEPT:
        return one_of(field, values)
    return _kept_one_of(field, frozenset(values)) if values else TQuery.empty_query()


def any_query(queries: Sequence[TQuery], at_least: int = 1) -> TQuery:
    """At least so many of these queries hold."""
    return TQuery.boolean_query([(Occur.Should, query) for query in queries], at_least)


def key_of(kind: str, term: str) -> str:
    """A `Key` as it stands in the index: no name of a fact is as short as a kind that comes from the text."""
    return f"{_KINDS.get(kind, kind)}:{term}"


def level_of(term: str, level: int) -> str:
    """The level that a term has in an entry, as it stands in the index."""
    return term + _LEVEL_SIGNS[level]


def levels_of(earned: Mapping[str, int]) -> str:
    """All levels of an entry as its field holds them."""
    return " ".join(map(add, earned, map(_LEVEL_SIGNS.__getitem__, earned.values())))


def asks(node: Node, words: str = "words", keys: str = "keys") -> TQuery:
    """What a node asks of entries; of pages, by their fields of words and keys."""
    match node:
        case Run(run):
            return has(words, run)
        case Key(kind, term):
            return TQuery.term_query(_SCHEMA, keys, key_of(kind, term))
        case Start() | Near():
            return _formed(node, keys)
        case Days() | Folios():
            return TQuery.boolean_query(_measured(node))
        case All(parts):
            return TQuery.boolean_query([_clause(part, words, keys) for part in parts])
        case _:
            return any_query([asks(part, words, keys) for part in parts_of(node)])


def _formed(node: Start | Near, keys: str) -> TQuery:
    form = key_of(FORM, node.letters)
    if isinstance(node, Start):
        return TQuery.regex_query(_SCHEMA, keys, f"{form}.*")
    return TQuery.fuzzy_term_query(_SCHEMA, keys, form, strokes_allowed(node.letters))


def required(nodes: Iterable[Node]) -> list[Clause]:
    """The nodes as clauses that add nothing to a score."""
    return [unscored(_clause(node)) for node in nodes]


def _clause(node: Node, words: str = "words", keys: str = "keys") -> Clause:
    if isinstance(node, Not):
        return Occur.MustNot, asks(node.part, words, keys)
    return Occur.Must, asks(node, words, keys)


def within_range(field: str, least: int | None, most: int | None) -> Clause:
    """The fast field lies between these two, both included."""
    return Occur.Must, TQuery.range_query(_SCHEMA, field, FieldType.Unsigned, least, most)


def _measured(node: Days | Folios) -> list[Clause]:
    if isinstance(node, Folios):
        return [within_range("folio_first", None, node.last), within_range("folio_last", node.first, None)]
    least = day_sort(node.since) if node.since else DATED
    clauses = [within_range("sort", least, None)]
    return [*clauses, within_range("sort", None, day_sort(node.before) - 1)] if node.before else clauses


class AskedQuery:
    """What a request asks, in queries that all partitions share."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.text = [node for node in request.query.asked if not (isinstance(node, Not) or is_fact(node))]
        self.typed = [as_typed(node) for node in self.text]
        self.asked = [_clause(node) for node in self.text]
        self.limits = [_clause(node) for node in request.query.asked if isinstance(node, Not) or is_fact(node)]
        for name, values in request.narrowed.items():
            self.limits.append((Occur.Must, any_of("facets", [f"{name}{FACET_GLUE}{value}" for value in values])))


class PartitionQuery:
    """The queries of one request in one partition. The scope is a clause of every one of them."""

    def __init__(self, shared: AskedQuery, partition: str, searcher: tantivy.Searcher) -> None:
        self.shared = shared
        self._searcher = searcher
        request = shared.request
        self._limits = [*shared.limits, *_scope_clauses(request.scope.partitions[partition])]
        if hidden := request.hidden.get(partition):
            # Made anew: what waits is another set with every drain, and it is long when much is filed at once.
            self._limits.append((Occur.MustNot, one_of("key", hidden)))
        self._limits = [unscored(clause) for clause in self._limits]

    @cached_property
    def matching(self) -> TQuery:
        """Every matching entry: for the total and the facets."""
        return self.within(self.shared.asked)

    def within(self, clauses: Sequence[Clause]) -> TQuery:
        """These clauses inside the scope and all other limits."""
        return TQuery.boolean_query([*clauses, *self._limits])

    def facet_values(self, name: str) -> list[str]:
        """The values of a facet in what matches, in order."""
        prefix = f"{name}{FACET_GLUE}"
        glued = self._searcher.terms_with_prefix("facets", prefix, self.matching)
        return sorted(one.removeprefix(prefix) for one, _count in glued)


def unscored(clause: Clause) -> Clause:
    """The clause, adding nothing to a score: as a union it is also faster so."""
    occur, query = clause
    return occur, TQuery.const_score_query(query, 0.0) if occur == Occur.Must else query


def _scope_clauses(scope: PartitionScope) -> list[Clause]:
    shut = (("container", scope.except_containers), ("key", scope.except_items))
    clauses = [(Occur.MustNot, any_of(field, values)) for field, values in shut if values]
    if scope.whole:
        return clauses
    named = (("container", scope.containers), ("key", scope.items))
    parts = [any_of(field, values) for field, values in named if values]
    return [(Occur.Must, parts[0] if len(parts) == 1 else any_query(parts)), *clauses]


def entries_named(uids: Collection[str]) -> TQuery:
    """Everything, entries and pages, that belongs to these uids."""
    return one_of("uid", uids)


def all_entries() -> TQuery:
    """Every entry, no pages."""
    return TQuery.exists_query("sort")


def searchable_schema() -> tantivy.Schema:
    """The schema these queries are built on."""
    return _SCHEMA
