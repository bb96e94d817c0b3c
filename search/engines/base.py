"""The port of an engine, and the meaning all engines share.

**Order.** Never by corpus statistics (a hidden document would move visible ones). Tier 2: everything asked stands
in the title. Tier 1: all terms asked, at least two, stand side by side somewhere. Tier 0: the rest. Inside a tier
by date, newest first, then by a hash of the entry's name: each a fact of the entry alone, so partitions, segments
and hidden neighbours change nothing.

**Best page** of a hit: most distinct terms asked, then one with a phrase asked for (or all terms side by side),
then the first.

**Total and facets** count entries that match under the scope, exactly; hidden keys count as absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b, sha256
from typing import ClassVar, Literal, Protocol

from search import analysis
from search.types import Facets, Found, Indexed, IndexEntry, Query, Request

EngineState = Literal["ready", "missing", "outdated", "damaged"]

SENTINEL = "¶"
"""Stands between title and text, so that no phrase reaches from one into the other; no query holds it."""

_HASH_BITS = 41


class IndexWriter(Protocol):
    """Changes, applied in order, durable and visible once `commit` has returned."""

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """Adds or replaces entries. An entry that stood in another partition leaves it durably before it is
        added to the new one."""

    def remove(self, names: Iterable[tuple[str, str]]) -> None:
        """Removes entries named (source, key); absent ones are fine."""

    def commit(self) -> None:
        """Makes everything since the last commit durable and visible."""


class SearchEngine(Protocol):
    """An engine. Every method raises EngineUnavailable when it cannot do the whole of its work."""

    name: ClassVar[str]

    def state(self) -> EngineState:
        """Whether the index can be searched; anything but ready asks for `rebuild`."""

    def search(self, request: Request) -> Found:
        """The whole answer under the request's scope, or EngineUnavailable: never a part of it."""

    def writer(self) -> AbstractContextManager[IndexWriter]:
        """The one writer. Who else asks waits a bounded time, then gets EngineUnavailable("index_busy")."""

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """A new index of exactly these entries, put in place of the old one in one step; their number."""

    def indexed(self) -> Iterator[Indexed]:
        """What the index holds, one per entry; an entry held twice comes twice."""


def uid_of(source: str, key: str) -> str:
    """The name of an entry across all sources."""
    return f"{source}:{key}"


def split_uid(uid: str) -> tuple[str, str]:
    """(source, key) of a uid."""
    source, _colon, key = uid.partition(":")
    return source, key


def sort_of(entry: IndexEntry) -> int:
    """63 bits: the date's ordinal (0 without date), then a stable hash of the entry's name."""
    day = entry.date.toordinal() if entry.date else 0
    digest = blake2b(uid_of(entry.source, entry.key).encode(), digest_size=8).digest()
    return day << _HASH_BITS | int.from_bytes(digest, "big") >> (64 - _HASH_BITS)


def fingerprint_of(entry: IndexEntry) -> str:
    """Digest of all that the index should hold of an entry."""
    facts = [
        analysis.VERSION,
        *(entry.source, entry.key, entry.partition, entry.container, entry.title),
        entry.pages,
        sorted(entry.facets.items()),
        entry.date.isoformat() if entry.date else None,
        entry.first_folio,
    ]
    return sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()


def has_sequence_tier(query: Query) -> bool:
    """Whether tier 1 means anything for this query."""
    return len(query.sequence) > 1


def landing_phrases(query: Query) -> tuple[tuple[str, ...], ...]:
    """The phrases that make a page the better of two with as many terms."""
    return query.phrases or ((query.sequence,) if len(query.sequence) > 1 else ())


def arrange_facets(counted: Mapping[tuple[str, str], int]) -> Facets:
    """(name, value) → count, as name → value → count; names in order, values commonest first, then by value."""
    arranged: dict[str, dict[str, int]] = {}
    for (name, value), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        arranged.setdefault(name, {})[value] = count
    return arranged
