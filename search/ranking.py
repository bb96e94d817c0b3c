"""What orders an answer: points that a document earns by its own text alone.

No figure here is counted over an archive. How long a field usually is, is a constant; all else comes from the
document itself. So nothing that a reader may not see can move what she sees, and two partitions, segments or days
give a document the same points. All words weigh alike: a table of how rare they are was measured and gave nothing
(ADR 40).

Points are whole numbers made of facts that an index can hold and a person can check:

* **Level of a term**, 1 to 16: how strongly a document speaks of it. Occurrences are weighted by field (title,
  metadata, first page, other pages) and divided by the field's length against a fixed usual length, summed, and
  saturated, as BM25F does (Robertson, Zaragoza and Taylor 2004), so that the tenth occurrence adds little. Made once
  per document, when it is indexed.
* **Side by side**: all that was asked stands in the document one after the other, as it was asked.

What holds everything as it was typed stands before what holds some of it only as a guess has it (ADR 39). Equal
points are put in order by date, newest first, then by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from search.asking import Run, as_typed, leaves_of
from search.engines.base import SENTINEL
from search.types import Query

VERSION = 1
"""Raised with every change of what a document's levels are: an index of another version must be rebuilt."""

LEVELS = 16
"""Levels of a term in a document that holds it, 1 to 16: with half of them nDCG falls by a hundredth."""

SATURATION = 2.4
"""The weighted occurrences that give half of the highest level."""

Terms = Sequence[str]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What an occurrence in a field is worth, the field's usual length in terms, and how far length divides it."""

    worth: float
    usual: int
    by_length: float


TITLE = FieldRule(worth=3.0, usual=6, by_length=0.3)
METADATA = FieldRule(worth=1.5, usual=8, by_length=0.3)
BODY = FieldRule(worth=1.0, usual=200, by_length=0.6)

FIRST_PAGE = 1.5
"""What an occurrence on the first page is worth, against one on another."""

PAIR_BESIDE = 3
ALL_BESIDE = LEVELS // 2
"""Points for two asked terms that stand side by side, and for three or more: a day, an article or a name that is
written as it was asked."""


@dataclass(frozen=True, slots=True)
class Text:
    """The terms of one document, by field; `pages` are those that have terms."""

    title: Terms = ()
    pages: Sequence[Terms] = ()
    metadata: Terms = ()

    @property
    def words(self) -> list[str]:
        """Title and pages as phrases see them."""
        return [*self.title, SENTINEL, *(term for page in self.pages for term in page)]


def levels(text: Text) -> dict[str, int]:
    """Term → level of each term of a document: all that an index must hold of frequency, field and length."""
    return _levels_in(text, text)


def points(query: Query, text: Text) -> int:
    """What a document earns for a query; the more, the earlier it stands. 0 where it holds none of the terms."""
    return sum(levels_of(scored(query), text).values()) + beside_points(query, text)


def tier(query: Query, text: Text, *, typed: bool) -> int:
    """`Place.tier`: the points, above those of all guesses where everything asked is there as `typed`."""
    return points(query, text) + (typed_worth(query) if typed else 0)


def scored(query: Query) -> tuple[str, ...]:
    """The distinct terms that earn points: those typed, in alternatives too; guesses earn nothing."""
    typed = leaves_of(map(as_typed, query.asked))
    return tuple(dict.fromkeys(term for leaf in typed if isinstance(leaf, Run) for term in leaf.terms))


def beside_worth(query: Query) -> int:
    """The points for all side by side; 0 for a single term, and for a phrase, which is there in all that is found."""
    run = query.sequence
    return 0 if len(run) < 2 or run in query.phrases else PAIR_BESIDE if len(run) == 2 else ALL_BESIDE


def most_points(query: Query) -> int:
    """The points that no document can surpass."""
    return LEVELS * len(scored(query)) + beside_worth(query)


def typed_worth(query: Query) -> int:
    """What stands between guesses and what is there as typed."""
    return most_points(query) + 1


def levels_of(wanted: Iterable[str], text: Text) -> dict[str, int]:
    """Term → level, of the wanted terms that the document holds: as `levels`, without counting the others."""
    kept = frozenset(wanted).__contains__
    fields = ([*filter(kept, field)] for field in (text.title, text.metadata))
    return _levels_in(text, Text(next(fields), [[*filter(kept, page)] for page in text.pages], next(fields)))


def beside_points(query: Query, text: Text) -> int:
    """Points for all asked terms side by side, in the order asked."""
    worth = beside_worth(query)
    return worth if worth and _holds(text.words, query.sequence) else 0


def _holds(field: Terms, run: Terms) -> bool:
    wanted, size = list(run), len(run)
    return any(list(field[at : at + size]) == wanted for at, term in enumerate(field) if term == run[0])


def _level(occurrences: float) -> int:
    return 1 + min(LEVELS - 1, int(LEVELS * occurrences / (SATURATION + occurrences)))


class _Levels(dict[tuple[int, int], int]):
    """(occurrences in the body, those of them on the first page) → level: few pairs are different in a document."""

    def __init__(self, each: float) -> None:
        super().__init__()
        self.each, self.first = each, each * (FIRST_PAGE - 1)

    def __missing__(self, times: tuple[int, int]) -> int:
        found = self[times] = _level(times[0] * self.each + times[1] * self.first)
        return found


def _levels_in(text: Text, part: Text) -> dict[str, int]:
    """Term → level of the terms of a part of the document."""
    levels = _Levels(_per_occurrence(BODY, sum(map(len, text.pages))))
    body, first = Counter(chain.from_iterable(part.pages)), Counter(chain.from_iterable(part.pages[:1]))
    found = dict(zip(body, map(levels.__getitem__, zip(body.values(), repeat(0))), strict=True))
    on_first = zip(map(body.__getitem__, first), first.values(), strict=True)
    found.update(zip(first, map(levels.__getitem__, on_first), strict=True))
    for term, worth in _named(text, part).items():
        found[term] = _level(body[term] * levels.each + first[term] * levels.first + worth)
    return found


def _named(text: Text, part: Text) -> Mapping[str, float]:
    """Term → what its occurrences in title and metadata are worth."""
    found: dict[str, float] = {}
    rules = (part.title, text.title, TITLE), (part.metadata, text.metadata, METADATA)
    for terms, field, rule in rules:
        worth = _per_occurrence(rule, len(field))
        for term, times in Counter(terms).items():
            found[term] = found.get(term, 0.0) + times * worth
    return found


def _per_occurrence(rule: FieldRule, length: int) -> float:
    return rule.worth / (1 - rule.by_length + rule.by_length * length / rule.usual)
