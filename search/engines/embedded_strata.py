"""The order of an answer as queries: strata that share no entry, the first of them first.

A `Ordered` stratum goes by one field; a `Scored` one by points, which are the sum of constants: one for each level of
each term (`search.ranking`), one for all side by side. Nothing in them is counted over the partition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tantivy import Occur
from tantivy import Query as TQuery

from search.asking import Node, Run
from search.engines.base import DATED, LAST_SORT, SHELF
from search.engines.embedded_query import (
    FACET_GLUE,
    Clause,
    PartitionQuery,
    any_query,
    has,
    level_of,
    required,
    searchable_schema,
    within_range,
)
from search.ranking import LEVELS, beside_worth, most_points, scored, typed_worth
from search.types import Place

_SCHEMA = searchable_schema()


@dataclass(frozen=True)
class Ordered:
    """Entries put in order by one fast field."""

    tier: int
    clauses: Sequence[Clause]
    field: str = "sort"
    ascending: bool = False
    shelf: str = ""

    def place(self, value: int) -> Place:
        """The place of an entry, but for its name, by its value of the field."""
        return Place(self.tier, LAST_SORT - value if self.ascending else value, "", self.shelf)

    def following(self, after: Place | None) -> Ordered | None:
        """The stratum without most of what stands before the place; None where all does."""
        if after is None or (-self.tier, self.shelf) > (-after.tier, after.shelf):
            return self
        if (self.tier, self.shelf) != (after.tier, after.shelf):
            return None
        ends = (LAST_SORT - after.sort, None) if self.ascending else (None, after.sort)
        clauses = [*self.clauses, within_range(self.field, *ends)]
        return Ordered(self.tier, clauses, self.field, self.ascending, self.shelf)


@dataclass(frozen=True)
class Scored:
    """Entries put in order by points, which are their score, above `tier`; equal ones by their field `sort`.

    Where one term alone earns points, `alone` names it, and all entries of one level can be asked for in order.
    """

    tier: int
    clauses: Sequence[Clause]
    alone: str = ""
    rest: Sequence[Clause] = ()
    most: int = LEVELS

    def from_bar(self, bar: Place | None) -> Scored:
        """The stratum without what lies below the bar, where one term alone earns points."""
        least = bar.tier - self.tier if bar else 0
        if not self.alone or not bar or least < 1:
            return self
        newer = TQuery.boolean_query([(Occur.Must, _level(self.alone, least)), within_range("sort", bar.sort, None)])
        equal = [TQuery.const_score_query(newer, float(least))] if least <= self.most else []
        above = _each_level(self.alone)[least : self.most]
        return replace(self, clauses=[(Occur.Must, any_query([*equal, *above])), *self.rest])

    def of(self, points: int) -> Ordered | None:
        """The entries of so many points, where they can be asked for alone."""
        if not self.alone:
            return None
        return Ordered(self.tier + points, [(Occur.Must, _level(self.alone, points)), *self.rest])


Stratum = Ordered | Scored


def strata(part: PartitionQuery, bar: Place | None = None) -> Iterator[Stratum]:
    """The strata of a partition from the cursor on, first to last, as far as they may hold what surpasses the bar."""
    after, most = part.shared.request.after, most_points(part.shared.request.query)
    for stratum in _strata(part):
        first = (-stratum.tier - most, "") if isinstance(stratum, Scored) else (-stratum.tier, stratum.shelf)
        if bar and first > (-bar.tier, bar.shelf):
            return
        if isinstance(stratum, Scored):
            for one in _from_cursor(stratum, after, part):
                yield one.from_bar(bar) if isinstance(one, Scored) else one
        elif following := stratum.following(after):
            yield following


def _strata(part: PartitionQuery) -> Iterator[Stratum]:
    asked = required(part.shared.text)
    match part.shared.request.order:
        case "newest":
            yield Ordered(0, asked)
        case "oldest":
            yield Ordered(1, [*asked, within_range("sort", DATED, None)], ascending=True)
            yield Ordered(0, [*asked, within_range("sort", None, DATED - 1)], ascending=True)
        case "folio":
            yield from _shelves(part, asked)
        case _:
            yield from _by_points(part)


def _shelves(part: PartitionQuery, asked: list[Clause]) -> Iterator[Stratum]:
    """One stratum for each expediente found, by its code, then what lies in none or has no folio."""
    foliated = Occur.Must, TQuery.exists_query("folio_first")
    for shelf in part.facet_values(SHELF):
        of_shelf = Occur.Must, TQuery.term_query(_SCHEMA, "facets", f"{SHELF}{FACET_GLUE}{shelf}")
        yield Ordered(1, [*asked, of_shelf, foliated], "leaf", ascending=True, shelf=shelf)
    any_shelf = Occur.Must, TQuery.regex_query(_SCHEMA, "facets", f"{SHELF}{FACET_GLUE}.*")
    yield Ordered(0, [*asked, (Occur.MustNot, TQuery.boolean_query([foliated, any_shelf]))])


def _by_points(part: PartitionQuery) -> Iterator[Stratum]:
    """What is there as typed, then what is there as a guess has it."""
    shared, query = part.shared, part.shared.request.query
    terms, worth = scored(query), typed_worth(query)
    words = [node.terms[0] for node in shared.typed if isinstance(node, Run) and len(node.terms) == 1]
    rest = required(node for node in shared.typed if not (isinstance(node, Run) and len(node.terms) == 1))
    if not terms:
        yield Ordered(worth, rest)
    elif words == list(terms):
        levels = [(Occur.Must, _levels(term)) for term in terms]
        # One word asked again inside a phrase ("acta" and "acta acta") earns points for standing side by side too.
        alone = terms[0] if len(terms) == 1 and not beside_worth(query) else ""
        yield Scored(worth, [*levels, *_beside(part), *rest], alone, rest)
    else:
        yield Scored(worth, [*required(shared.typed), *_earning(part, terms)])
    if shared.typed != shared.text:
        guessed = [*required(shared.text), (Occur.MustNot, _all_of(shared.typed))]
        # Who holds the only word that was typed is no guess.
        earning = [] if words == list(terms) and len(terms) == 1 and not rest else _earning(part, terms)
        yield Scored(0, [*guessed, *earning]) if earning else Ordered(0, guessed)


def _all_of(nodes: Sequence[Node]) -> TQuery:
    return TQuery.boolean_query(required(nodes))


def _earning(part: PartitionQuery, terms: Sequence[str]) -> list[Clause]:
    """What earns points and need not be there."""
    return [*((Occur.Should, level) for term in terms for level in _each_level(term)), *_beside(part)]


def _beside(part: PartitionQuery) -> list[Clause]:
    query = part.shared.request.query
    worth = beside_worth(query)
    if not worth:
        return []
    return [(Occur.Should, TQuery.const_score_query(has("words", query.sequence), float(worth)))]


def _level(term: str, level: int) -> TQuery:
    return TQuery.term_query(_SCHEMA, "levels", level_of(term, level))


@lru_cache(maxsize=1024)
def _levels(term: str, most: int = LEVELS) -> TQuery:
    return any_query(_each_level(term, most))


@lru_cache(maxsize=1024)
def _each_level(term: str, most: int = LEVELS) -> tuple[TQuery, ...]:
    """One query for each level, worth as much. Kept: partitions ask alike, and words come again."""
    return tuple(TQuery.const_score_query(_level(term, level), float(level)) for level in range(1, most + 1))


def _from_cursor(stratum: Scored, after: Place | None, part: PartitionQuery) -> Iterator[Stratum]:
    if after is None or after.tier > stratum.tier + most_points(part.shared.request.query):
        yield stratum
    elif after.tier < stratum.tier:
        return
    elif level := stratum.of(after.tier - stratum.tier):
        if following := level.following(after):
            yield following
        most = after.tier - stratum.tier - 1
        if most > 0:
            below = Occur.Must, _levels(stratum.alone, most)
            yield Scored(stratum.tier, [below, *stratum.rest], stratum.alone, stratum.rest, most)
    else:
        yield stratum
