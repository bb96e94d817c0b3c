"""Who answers the judged questions: engines by their port, and what other designs would answer.

A ranker is told all entries once, then gives the keys found for a text, best first, at most so many.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import Any, Protocol

from search.analysis import terms
from search.engines.base import SearchEngine, sort_of
from search.engines.memory import MemoryEngine
from search.parsing import parse
from search.ranking import Text
from search.types import IndexEntry, PartitionScope, Query, Request, Scope
from search.widening import widen

EVERYTHING = Scope({"public": PartitionScope(whole=True)})


class Ranker(Protocol):
    """One design of search."""

    def load(self, entries: Sequence[IndexEntry]) -> None:
        """Takes all there is to find."""

    def find(self, text: str, limit: int) -> list[str]:
        """Keys, best first."""


class Engine:
    """An engine as it stands, asked as the service asks it."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine

    def load(self, entries: Sequence[IndexEntry]) -> None:
        """See `Ranker.load`."""
        self._engine.rebuild(entries)

    def find(self, text: str, limit: int) -> list[str]:
        """See `Ranker.find`."""
        query = widen(parse(text))
        if query.is_empty:
            return []
        return [hit.key for hit in self._engine.search(Request(query, EVERYTHING, limit=limit)).hits]


Score = Callable[[Query, Text], float]

_MATCHING: dict[tuple[frozenset[str], str], list[str]] = {}
"""What the naive engine found among the documents of these keys, kept: it is slow, and every order begins from it."""


class Ordered:
    """What the naive engine finds, in the order of plain BM25 over what was loaded."""

    def __init__(self, title: int = 1) -> None:
        """A title is counted `title` times."""
        self._matching = Engine(MemoryEngine())
        self._score: Score | None = None
        self._title = title
        self._texts: dict[str, Text] = {}
        self._sorts: dict[str, int] = {}

    def load(self, entries: Sequence[IndexEntry]) -> None:
        """See `Ranker.load`."""
        self._matching.load(entries)
        self._texts = {one.key: Text(terms(one.title), [terms(page) for page in one.pages]) for one in entries}
        self._sorts = {one.key: sort_of(one) for one in entries}
        self._score = bm25(self._texts.values(), title=self._title)

    def find(self, text: str, limit: int) -> list[str]:
        """See `Ranker.find`."""
        query = widen(parse(text))
        asked = (frozenset(self._texts), text)
        if asked not in _MATCHING:
            _MATCHING[asked] = self._matching.find(text, len(self._texts))
        found = _MATCHING[asked]
        scored = [(-self._of(query, self._texts[key]), -self._sorts[key], key) for key in found]
        return [key for _score, _sort, key in sorted(scored)[:limit]]

    def _of(self, query: Query, text: Text) -> float:
        if self._score is None:
            raise LookupError("nothing loaded")
        return self._score(query, text)


def bm25(archive: Iterable[Text], k1: float = 1.2, b: float = 0.75, title: int = 1) -> Score:
    """Plain BM25 with the statistics of the whole archive (Robertson and Zaragoza 2009): what this product may not
    use where readers see different things. `title` counts a title's words so many times."""
    held = list(archive)
    lengths = [_length(text, title) for text in held]
    average = sum(lengths) / len(held)
    documents = Counter(term for text in held for term in _frequencies(text, title))
    rare = {term: log(1 + (len(held) - n + 0.5) / (n + 0.5)) for term, n in documents.items()}

    def score(query: Query, text: Text) -> float:
        times, norm = _frequencies(text, title), k1 * (1 - b + b * _length(text, title) / average)
        return sum(rare.get(t, 0.0) * times[t] * (k1 + 1) / (times[t] + norm) for t in query.terms if times[t])

    return score


def _length(text: Text, title: int) -> int:
    return title * len(text.title) + sum(map(len, text.pages))


def _frequencies(text: Text, title: int) -> Counter[str]:
    body = Counter(term for page in text.pages for term in page)
    return body + Counter({term: n * title for term, n in Counter(text.title).items()})


class Fts5:
    """SQLite's full text search as its documentation has one begin: folded accents, bm25 with a heavier title."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:")

    def load(self, entries: Sequence[IndexEntry]) -> None:
        """See `Ranker.load`."""
        tokenizer = "unicode61 remove_diacritics 2"
        self._db.execute(f"CREATE VIRTUAL TABLE held USING fts5(key UNINDEXED, title, body, tokenize='{tokenizer}')")
        rows = [(one.key, one.title, "\n".join(one.pages)) for one in entries]
        self._db.executemany("INSERT INTO held VALUES (?, ?, ?)", rows)

    def find(self, text: str, limit: int) -> list[str]:
        """See `Ranker.find`. Every word is required, "phrases" are phrases; each is quoted for FTS5's own syntax."""
        wanted = " ".join(f'"{part}"' for part in _parts(text))
        ranked = "SELECT key FROM held WHERE held MATCH ? ORDER BY bm25(held, 0, 3, 1), key LIMIT ?"
        return [key for (key,) in self._db.execute(ranked, (wanted, limit))] if wanted else []


class Postgres:
    """PostgreSQL's `spanish`: titles weigh more, ts_rank_cd with length (its normalisation 1)."""

    def __init__(self, connection: Any) -> None:
        """`connection`: an open one of psycopg; the table is temporary."""
        self._connection = connection

    def load(self, entries: Sequence[IndexEntry]) -> None:
        """See `Ranker.load`."""
        weighted = "setweight(to_tsvector('spanish', %s), 'A') || setweight(to_tsvector('spanish', %s), 'D')"
        with self._connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE judged (key text, words tsvector)")
            rows = [(one.key, one.title, "\n".join(one.pages)) for one in entries]
            cursor.executemany(f"INSERT INTO judged VALUES (%s, {weighted})", rows)

    def find(self, text: str, limit: int) -> list[str]:
        """See `Ranker.find`."""
        asked = "websearch_to_tsquery('spanish', %s)"
        order = f"ts_rank_cd(words, {asked}, 1) DESC, key"
        with self._connection.cursor() as cursor:
            cursor.execute(
                f"SELECT key FROM judged WHERE words @@ {asked} ORDER BY {order} LIMIT %s", (text, text, limit)
            )
            return [key for (key,) in cursor.fetchall()]


def _parts(text: str) -> list[str]:
    """Phrases and words that hold a letter or a digit."""
    pieces = [part for at, quoted in enumerate(text.split('"')) for part in ([quoted] if at % 2 else quoted.split())]
    return [piece for piece in pieces if any(sign.isalnum() for sign in piece)]


RANKERS: Mapping[str, Callable[[], Ranker]] = {
    "Custodia": lambda: Engine(MemoryEngine()),
    "plain BM25": Ordered,
    "BM25, title x3": lambda: Ordered(title=3),
    "SQLite FTS5": Fts5,
}
"""What is measured on every machine."""
