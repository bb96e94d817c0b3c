"""The naive engine: the meaning of `base` spelled out over Python lists. For tests and as the model of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from threading import RLock
from typing import ClassVar

from search.analysis import terms
from search.engines.base import (
    SENTINEL,
    EngineState,
    arrange_facets,
    fingerprint_of,
    has_sequence_tier,
    landing_phrases,
    sort_of,
    uid_of,
)
from search.types import Facets, Found, Hit, Indexed, IndexEntry, PartitionScope, Place, Query, Request

Terms = Sequence[str]


@dataclass(frozen=True)
class _Held:
    entry: IndexEntry
    title: list[str]
    pages: list[list[str]]
    words: list[str]


class MemoryEngine:
    """Holds everything in this process; gone with it."""

    name: ClassVar[str] = "memory"

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = RLock()

    def state(self) -> EngineState:
        """Always ready."""
        return "ready"

    def search(self, request: Request) -> Found:
        """See `base.SearchEngine.search`."""
        with self._lock:
            matching = [held for held in self._held.values() if _is_found(held, request)]
        placed = sorted(((_place(held, request.query).rank, held) for held in matching), key=itemgetter(0))
        after = request.after.rank if request.after else None
        following = [held for rank, held in placed if after is None or rank > after]
        shown = following[: request.limit]
        return Found(
            total=len(matching),
            hits=tuple(_hit(held, request.query) for held in shown),
            facets=_facets(matching) if request.facets else {},
            more=len(following) > len(shown),
        )

    @contextmanager
    def writer(self) -> Iterator[MemoryWriter]:
        """See `base.SearchEngine.writer`."""
        with self._lock:
            yield MemoryWriter(self._held)

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """See `base.SearchEngine.rebuild`."""
        fresh: dict[str, _Held] = {}
        MemoryWriter(fresh).put(list(entries))
        with self._lock:
            self._held = fresh
        return len(fresh)

    def indexed(self) -> Iterator[Indexed]:
        """See `base.SearchEngine.indexed`."""
        for held in list(self._held.values()):
            entry = held.entry
            yield Indexed(entry.source, entry.key, entry.partition, fingerprint_of(entry))


class MemoryWriter:
    """Writes at once: there is nothing between put and commit to lose."""

    def __init__(self, held: dict[str, _Held]) -> None:
        self._held = held

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """See `base.IndexWriter.put`."""
        for entry in entries:
            title, pages = terms(entry.title), [terms(page) for page in entry.pages]
            words = [*title, SENTINEL, *(term for page in pages for term in page)]
            self._held[uid_of(entry.source, entry.key)] = _Held(entry, title, pages, words)

    def remove(self, names: Iterable[tuple[str, str]]) -> None:
        """See `base.IndexWriter.remove`."""
        for source, key in names:
            self._held.pop(uid_of(source, key), None)

    def commit(self) -> None:
        """See `base.IndexWriter.commit`."""


def _is_found(held: _Held, request: Request) -> bool:
    entry = held.entry
    scope = request.scope.partitions.get(entry.partition, PartitionScope())
    visible = scope.whole or entry.container in scope.containers or entry.key in scope.items
    visible = visible and entry.container not in scope.except_containers and entry.key not in scope.except_items
    hidden = entry.key in request.hidden.get(entry.partition, frozenset())
    return visible and not hidden and _matches(held.words, request.query)


def _matches(words: Terms, query: Query) -> bool:
    wanted = [*((word,) for word in query.words), *query.phrases]
    return (
        bool(wanted) and all(_has(words, run) for run in wanted) and not any(_has(words, run) for run in query.excluded)
    )


def _has(words: Terms, run: Terms) -> bool:
    return any(list(words[at : at + len(run)]) == list(run) for at in range(len(words) - len(run) + 1))


def _place(held: _Held, query: Query) -> Place:
    asked = [*((word,) for word in query.words), *query.phrases]
    tier = 1 if has_sequence_tier(query) and _has(held.words, query.sequence) else 0
    if all(_has(held.title, run) for run in asked):
        tier = 2
    return Place(tier, sort_of(held.entry), uid_of(held.entry.source, held.entry.key))


def _hit(held: _Held, query: Query) -> Hit:
    entry = held.entry
    return Hit(entry.source, entry.key, entry.partition, _place(held, query), _best_page(held.pages, query))


def _best_page(pages: Sequence[Terms], query: Query) -> int:
    def worth(number: int) -> tuple[int, bool, int]:
        page = pages[number - 1]
        phrase = any(_has(page, run) for run in landing_phrases(query))
        return len(set(query.terms) & set(page)), phrase, -number

    return max(range(1, len(pages) + 1), key=worth, default=1)


def _facets(matching: Iterable[_Held]) -> Facets:
    return arrange_facets(Counter(item for held in matching for item in held.entry.facets.items()))
