"""`Request` → the body of one search over all partitions asked. Built from terms only: no query language, no script,
no statistics of an index, nothing that `LINTED` names.

Clauses of the question are the package's objects; what comes in dozens or thousands (levels, scopes) is written as
Elasticsearch takes it, which is fifty times faster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from elasticsearch_dsl import A, Search
from elasticsearch_dsl.query import Bool, ConstantScore, Fuzzy, MatchNone, MatchPhrase, Prefix, Query, Range, Term

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
    parts_of,
)
from search.engines.base import DATED, LAST_SORT, day_sort
from search.nearness import strokes_allowed
from search.ranking import LEVELS, beside_worth, scored, typed_worth
from search.types import PartitionScope, Place, Request

Body = dict[str, Any]

FACET_GLUE = "\x1f"
"""Between a facet's name and its value in the one field that holds all facets of an entry."""

UNDATED = ((1 << 22) - 1) << 41
"""Added to the `sort` of what has no date, to put it behind every date that there is."""

NO_SHELF = "\U0010ffff"
"""The shelf of what the order by folio puts at the end."""

FACETS_AT_ONCE = 20_000
"""Distinct values of facets counted in the search itself; more are counted page by page."""

_MOST_TERMS = 60_000
"""Values of one clause: the server takes 65,536."""

_KINDS = {FORM: "f", SHAPE: "s", REFERENCE: "r"}

# What an entry or a page is asked by.
_ENTRY, _PAGE = ("words", "keys"), ("pages.words", "pages.keys")


def key_of(kind: str, term: str) -> str:
    """A `Key` as it stands in the index: no name of a fact is as short as a kind that comes from the text."""
    return f"{_KINDS.get(kind, kind)}:{term}"


def level_of(term: str, level: int) -> str:
    """The level that a term has in an entry, as it stands in the index."""
    return f"{term}|{level}"


def has(field: str, terms: Sequence[str]) -> Query:
    """The field holds these terms side by side."""
    return Term(field, terms[0]) if len(terms) == 1 else MatchPhrase(field, " ".join(terms))


def asks(node: Node, fields: tuple[str, str] = _ENTRY) -> Query:  # noqa: PLR0911 one for each kind of node
    """What a node asks of entries; of pages, by their fields of words and keys."""
    words, keys = fields
    match node:
        case Run(run):
            return has(words, run)
        case Key(kind, term):
            return Term(keys, key_of(kind, term))
        case Start(letters):
            return Prefix(keys, key_of(FORM, letters))
        case Near(letters):
            # Every word of the index is looked at, not the first fifty: hidden ones would push others out.
            edits = {"fuzziness": strokes_allowed(letters), "prefix_length": 2, "rewrite": "constant_score"}
            return Fuzzy(keys, {"value": key_of(FORM, letters), **edits})
        case Days() | Folios():
            return Bool(filter=_measured(node)) if fields == _ENTRY else MatchNone()
        case Not(part):
            return Bool(must_not=[asks(part, fields)])
        case All(parts):
            return Bool(filter=[asks(part, fields) for part in parts])
        case _:
            return Bool(should=[asks(part, fields) for part in parts_of(node)], minimum_should_match=1)


def page_asks(node: Node) -> Query:
    """What a node asks of the pages of an entry."""
    return asks(node, _PAGE)


def page_has(terms: Sequence[str]) -> Query:
    """A page holds these terms side by side."""
    return has(_PAGE[0], terms)


def _measured(node: Days | Folios) -> list[Query]:
    if isinstance(node, Folios):
        last, first = min(node.last, LAST_SORT), min(node.first, LAST_SORT)
        return [Range("folio_first", {"lte": last}), Range("folio_last", {"gte": first})]
    least = day_sort(node.since) if node.since else DATED
    return [Range("sort", {"gte": least, **({"lt": day_sort(node.before)} if node.before else {})})]


class AskedQuery:
    """One request as Elasticsearch is asked. `indexes` tells the index of each partition; others hold nothing."""

    def __init__(self, request: Request, indexes: Mapping[str, str]) -> None:
        self.request = request
        parts = request.scope.partitions.items()
        self.parts = {indexes[name]: name for name, scope in parts if name in indexes and not scope.is_empty}
        typed = [as_typed(node) for node in request.query.asked]
        self._guessing = typed != list(request.query.asked)
        self._typed = typed
        self.base = 0 if self._guessing else typed_worth(request.query)
        """What every hit earns beside its score."""

    def matching(self) -> Body:
        """Every matching entry under the scope, without points."""
        filters = [asks(node).to_dict() for node in self.request.query.asked]
        for name, values in self.request.narrowed.items():
            filters += one_of("facets", [f"{name}{FACET_GLUE}{value}" for value in values])
        return {"bool": {"filter": [*filters, self._within()]}}

    def body(self) -> Body:
        """Hits in order, the exact total and, when asked for, the facets."""
        request, query = self.request, self.matching()
        if request.order == "relevance":
            query["bool"]["should"] = list(self._points())
        search = Search().extra(size=request.limit + 1, track_total_hits=True, stored_fields="_none_")
        search = search.sort(*_SORTS[request.order])
        if request.facets:
            search.aggs.bucket("facets", A("terms", field="facets", size=FACETS_AT_ONCE))
        after = {"search_after": self._after(request.after)} if request.after else {}
        return {**search.to_dict(), **after, "query": query}

    def _points(self) -> Iterator[Body]:
        query = self.request.query
        for term in scored(query):
            yield from each_level(term)
        if worth := beside_worth(query):
            yield worth_of(has("words", query.sequence), worth)
        if self._guessing:
            yield worth_of(Bool(filter=[asks(node) for node in self._typed]), typed_worth(query))

    def _within(self) -> Body:
        request = self.request
        # Partitions that a reader may search alike are asked alike, once: scopes are long.
        alike: dict[tuple[PartitionScope, frozenset[str]], list[str]] = {}
        for index, name in self.parts.items():
            alike.setdefault((request.scope.partitions[name], request.hidden.get(name, frozenset())), []).append(index)
        each = [_within(indexes, scope, hidden) for (scope, hidden), indexes in alike.items()]
        return each[0] if len(each) == 1 else {"bool": {"should": each, "minimum_should_match": 1}}

    def place(self, values: Sequence[Any]) -> Place:
        """The place of a hit by what it was put in order by."""
        match self.request.order:
            case "relevance":
                return Place(self.base + int(values[0]), int(values[1]), str(values[2]))
            case "newest":
                return Place(0, int(values[0]), str(values[1]))
            case "oldest":
                dated = int(values[0]) < UNDATED
                return Place(int(dated), LAST_SORT - (int(values[0]) - (0 if dated else UNDATED)), str(values[1]))
            case _:
                shelf = "" if values[0] == NO_SHELF else str(values[0])
                return Place(int(bool(shelf)), LAST_SORT - int(values[1]), str(values[2]), shelf)

    def _after(self, place: Place) -> list[Any]:
        """The place as the values that a hit there would have; a made-up one leads nowhere worse than past the end."""
        match self.request.order:
            case "relevance":
                return [float(min(max(place.tier - self.base, -1), 1 << 24)), place.sort, place.uid]
            case "newest":
                return [place.sort, place.uid]
            case "oldest":
                age = LAST_SORT - place.sort + (0 if place.tier else UNDATED)
                return [min(age, LAST_SORT), place.uid]
            case _:
                return [place.shelf if place.tier else NO_SHELF, LAST_SORT - place.sort, place.uid]


_SORTS: Mapping[str, Sequence[Any]] = {
    "relevance": ({"_score": "desc"}, {"sort": "desc"}, {"uid": "asc"}),
    "newest": ({"sort": "desc"}, {"uid": "asc"}),
    "oldest": ({"age": "asc"}, {"uid": "asc"}),
    "folio": ({"shelf": "asc"}, {"leaf": "asc"}, {"uid": "asc"}),
}


@lru_cache(maxsize=1024)
def each_level(term: str) -> tuple[Body, ...]:
    """One clause for each level of a term, worth as much."""
    return tuple(
        {"constant_score": {"filter": {"term": {"levels": level_of(term, level)}}, "boost": float(level)}}
        for level in range(1, LEVELS + 1)
    )


def worth_of(query: Query, points: int) -> Body:
    """So many points for what the query finds."""
    made: Body = ConstantScore(filter=query, boost=float(points)).to_dict()
    return made


def one_of(field: str, values: Collection[str]) -> list[Body]:
    """The field holds one of the values, as one clause; of very many it becomes several inside."""
    listed = list(values)
    parts = [{"terms": {field: listed[at : at + _MOST_TERMS]}} for at in range(0, len(listed), _MOST_TERMS)]
    if len(parts) > 1:
        return [{"bool": {"should": parts, "minimum_should_match": 1}}]
    return parts or [{"match_none": {}}]


def _within(indexes: list[str], scope: PartitionScope, hidden: Collection[str]) -> Body:
    """A scope, in the indexes of the partitions that have it."""
    shut = (("container", scope.except_containers), ("key", scope.except_items), ("key", hidden))
    inside: Body = {"filter": [{"terms": {"_index": indexes}}]}
    if refused := list(_each(shut)):
        inside["must_not"] = refused
    if not scope.whole:
        inside["should"] = list(_each((("container", scope.containers), ("key", scope.items))))
        inside["minimum_should_match"] = 1
    return {"bool": inside}


def _each(named: Iterable[tuple[str, Collection[str]]]) -> Iterator[Body]:
    for field, values in named:
        yield from one_of(field, values) if values else ()


LINTED = frozenset(
    {"global", "significant_terms", "significant_text", "suggest", "profile", "explain", "query_string",
     "simple_query_string", "script", "script_score", "script_fields", "runtime_mappings", "post_filter", "wildcard",
     "regexp", "more_like_this", "rescore"}
)  # fmt: skip
"""What no body may hold: it reads beyond the scope, counts over an index, or runs what somebody wrote."""


def banned_in(body: Any) -> Iterator[str]:
    """The names in a body that `LINTED` bans, with what only looks harmless: counts of nothing, terms looked up."""
    if isinstance(body, Mapping):
        for name, value in body.items():
            if name in LINTED or (name == "min_doc_count" and not value):
                yield str(name)
            elif name == "terms" and isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values()):
                yield "terms lookup"
            yield from banned_in(value)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from banned_in(value)
