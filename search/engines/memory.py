"""The naive engine: the meaning of `base` spelled out over Python lists. For tests and as the model of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import ClassVar

from search.analysis import terms
from search.asking import FORM, All, Days, Folios, Key, Near, Node, Not, Run, Start, as_typed, parts_of
from search.engines.base import (
    SENTINEL,
    EngineState,
    Keys,
    arrange_facets,
    facts_of,
    fingerprint_of,
    folios_of,
    joined_keys,
    keys_of,
    landing_phrases,
    landing_points,
    placed,
    uid_of,
)
from search.nearness import is_near
from search.ranking import Text, tier
from search.types import Facets, Found, Hit, Indexed, IndexEntry, PartitionScope, Place, Query, Request

Terms = Sequence[str]


@dataclass(frozen=True)
class _Held:
    entry: IndexEntry
    title: list[str]
    pages: list[list[str]]
    words: list[str]
    keys: Keys
    page_keys: list[Keys]


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
        ranked = sorted(((_place(held, request), held) for held in matching), key=lambda pair: pair[0].rank)
        following = [pair for pair in ranked if request.after is None or pair[0].rank > request.after.rank]
        shown = following[: request.limit]
        return Found(
            total=len(matching),
            hits=tuple(_hit(held, place, request.query) for place, held in shown),
            facets=_facets(matching) if request.facets else {},
            more=len(following) > len(shown),
        )

    @contextmanager
    def writer(self) -> Iterator[MemoryWriter]:
        """See `base.SearchEngine.writer`."""
        with self._lock:
            yield MemoryWriter(self._held)

    def progress(self) -> None:
        """See `base.SearchEngine.progress`."""

    def drop_half_made(self) -> None:
        """See `base.SearchEngine.drop_half_made`."""

    def verify(self) -> None:
        """See `base.SearchEngine.verify`: there are no files."""

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
            keys = joined_keys([keys_of((entry.title, *entry.pages)), facts_of(entry)])
            page_keys: list[Keys] = [keys_of([page]) for page in entry.pages]
            self._held[uid_of(entry.source, entry.key)] = _Held(entry, title, pages, words, keys, page_keys)

    def remove(self, names: Iterable[tuple[str, str]]) -> None:
        """See `base.IndexWriter.remove`."""
        for source, key in names:
            self._held.pop(uid_of(source, key), None)

    def commit(self) -> None:
        """See `base.IndexWriter.commit`."""

    @property
    def refused(self) -> Mapping[tuple[str, str], str]:
        """See `base.IndexWriter.refused`: nothing is."""
        return {}


def _is_found(held: _Held, request: Request) -> bool:
    entry = held.entry
    scope = request.scope.partitions.get(entry.partition, PartitionScope())
    visible = scope.whole or entry.container in scope.containers or entry.key in scope.items
    visible = visible and entry.container not in scope.except_containers and entry.key not in scope.except_items
    hidden = entry.key in request.hidden.get(entry.partition, frozenset())
    return visible and not hidden and _matches(held, request)


def _matches(held: _Held, request: Request) -> bool:
    narrow = all(held.entry.facets.get(name) in values for name, values in request.narrowed.items())
    return not request.is_empty and narrow and all(_holds(held, node) for node in request.query.asked)


def _holds(held: _Held, node: Node) -> bool:
    if isinstance(node, Days | Folios):
        return _is_of(held.entry, node)
    return _stands(held.words, held.keys, node, lambda part: _holds(held, part))


def _stands(words: Terms, keys: Keys, node: Node, holds: Callable[[Node], bool]) -> bool:
    match node:
        case Run(run):
            return _has(words, run)
        case Key(kind, term):
            return term in keys.get(kind, ())
        case Start() | Near():
            return any(_is_formed(form, node) for form in keys[FORM])
        case Not(part):
            return not holds(part)
        case All(parts):
            return all(map(holds, parts))
        case _:
            return any(map(holds, parts_of(node)))


def _is_formed(form: str, node: Start | Near) -> bool:
    if isinstance(node, Start):
        return form.startswith(node.letters)
    return form == node.letters or is_near(node.letters, form)


def _is_of(entry: IndexEntry, asked: Days | Folios) -> bool:
    if isinstance(asked, Days):
        day = entry.date
        return day is not None and (asked.since or day) <= day and (asked.before is None or day < asked.before)
    folios = folios_of(entry)
    return folios is not None and folios[0] <= asked.last and asked.first <= folios[1]


def _has(words: Terms, run: Terms) -> bool:
    return any(list(words[at : at + len(run)]) == list(run) for at in range(len(words) - len(run) + 1))


def _place(held: _Held, request: Request) -> Place:
    return placed(held.entry, request.order, _tier(held, request.query))


def _tier(held: _Held, query: Query) -> int:
    typed = all(_holds(held, as_typed(node)) for node in query.asked)
    return tier(query, Text(held.title, [page for page in held.pages if page]), typed=typed)


def _hit(held: _Held, place: Place, query: Query) -> Hit:
    entry = held.entry
    return Hit(entry.source, entry.key, entry.partition, place, _best_page(held, query))


def _best_page(held: _Held, query: Query) -> int:
    def worth(number: int) -> tuple[int, bool, int]:
        page, keys = held.pages[number - 1], held.page_keys[number - 1]
        phrase = any(_has(page, run) for run in landing_phrases(query))
        return sum(_stands_on(page, keys, point) for point in landing_points(query)), phrase, -number

    return max(range(1, len(held.pages) + 1), key=worth, default=1)


def _stands_on(page: Terms, keys: Keys, point: Node) -> bool:
    return _stands(page, keys, point, lambda part: _stands_on(page, keys, part))


def _facets(matching: Iterable[_Held]) -> Facets:
    return arrange_facets(Counter(item for held in matching for item in held.entry.facets.items()))
